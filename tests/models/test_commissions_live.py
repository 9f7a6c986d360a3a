"""Live equals replay: rated one by one as they come, or all at once, events give the same lines.

Two sets of partners live through the same months, and their tiers, which have plans of their own,
and currencies change meanwhile.  Of one set each event is rated as soon as it is recorded; of the
other everything is recorded first, the partners mixed in another way.  The suite tries two
histories; `--every-crash` tries 60.
"""

from collections import Counter
from datetime import timedelta
from random import Random

from sqlalchemy import select

from models import commissions, partners
from models.commissions import CommissionLine
from models.partners import Partner, Tier
from models.people import SYSTEM

PLANS = (
    {
        "base": {
            "type": "tier", "mode": "marginal", "window": "month",
            "tiers": [["0", "0.05"], ["900", "0.08"], ["2500", "0.10"]],
        },
        "override": {"rate": "0.03", "basis": "net"},
        "holdback": {"pct": "0.10", "days": 3},
        "clawback": {"days": 90},
    },
    {
        "base": {
            "type": "tier", "mode": "slab_retro", "window": "quarter",
            "tiers": [["0", "0.05"], ["1200", "0.08"]],
        },
        "override": {"rate": "0.10", "basis": "commission"},
        "deal_cap": "80.00",
        "clawback": {"days": 90, "most": "0.50"},
    },
)  # fmt: skip
TIERS = (Tier.SILVER, Tier.GOLD)
CURRENCIES = ("USD", "EUR")
PARTNERS, INVOICES = 3, 2


def pytest_generate_tests(metafunc):
    every = metafunc.config.getoption("--every-crash")
    metafunc.parametrize("seed", range(60 if every else 2))


def history(rng):
    """For each partner what happens, in its order: (invoice, "paid" or "back", minor); or a new
    tier."""
    told = []
    for _ in range(PARTNERS):
        nets = [rng.randrange(200_00, 2_000_00) for _ in range(INVOICES)]
        steps = []
        for invoice, net in enumerate(nets):
            part = rng.randrange(1_00, net)
            steps += [(invoice, "paid", part), (invoice, "paid", net - part)]
            if rng.random() < 0.7:
                steps.append((invoice, "back", rng.randrange(1_00, net)))
        steps.insert(rng.randrange(1, len(steps)), (0, "tier", 0))
        told.append((nets, steps))
    return told


def mixed(rng, told):
    """Whose turn it is, step by step."""
    turns = [number for number, (_, steps) in enumerate(told) for _ in steps]
    rng.shuffle(turns)
    return turns


def lived(a, name, told, turns, after):
    """One set of partners through its history; `after` is called after each event."""
    distributor = a.partner(name=f"{name} distributor")
    who = [a.partner(name=f"{name} {number}", tier=TIERS[0]) for number in range(len(told))]
    invoices, manager = {}, a.manager().actor()
    for number, partner in enumerate(who):
        a.parent(partner, distributor)
        nets, steps = told[number]
        for place, net in enumerate(nets):
            first = min(nth for nth, step in enumerate(steps) if step[:2] == (place, "paid"))
            day = on(a, first).date()
            invoices[number, place] = a.invoice(net=net, partner_id=partner.id, issued_on=day)
    done = Counter()
    for number in turns:
        place, what, minor = told[number][1][done[number]]
        at, invoice, partner = on(a, done[number]), invoices[number, place], who[number]
        if what == "paid":
            a.payment(invoice, minor, paid_at=at)
        elif what == "back":
            a.credit_note(invoice, minor, issued_at=at)
        else:
            partners.edit_terms(
                a.session, partner, by=manager, name=partner.name, role=partner.role,
                tier=TIERS[1], currency=CURRENCIES[number % 2], channel_manager_id=None, now=at,
            )  # fmt: skip
        done[number] += 1
        after(partner)


def on(a, nth):
    """When the nth thing happens to a partner."""
    return a.now - timedelta(days=8) + timedelta(hours=20 * nth)


def lines(session, name):
    rows = session.execute(
        select(
            Partner.name, CommissionLine.period, CommissionLine.on, CommissionLine.code,
            CommissionLine.payout_minor, CommissionLine.payout_currency, CommissionLine.working,
        )
        .join(Partner, Partner.id == CommissionLine.partner_id)
        .where(Partner.name.startswith(name))
    )  # fmt: skip
    return sorted(str((row.name.removeprefix(name), *row[1:])) for row in rows)


def test_rated_live_or_all_at_once_the_lines_are_the_same(session, a, seed):
    rng = Random(seed)
    a.rate("EUR", "USD", "1.1", (a.now - timedelta(days=30)).date())
    for tier, rules in zip(TIERS, PLANS[::-1] if seed % 2 else PLANS, strict=True):
        plan = a.plan(rules, assigned=False)
        since = (a.now - timedelta(days=600)).date()
        commissions.assign(session, plan, tier=tier, from_on=since, by=SYSTEM, now=a.now)
    told = history(rng)

    def rate(partner):
        commissions.catch_up(session, now=a.now, partner_id=partner.id)

    lived(a, "Live", told, mixed(rng, told), rate)
    lived(a, "Later", told, mixed(rng, told), lambda _partner: None)
    assert lines(session, "Later") == []
    commissions.catch_up(session, now=a.now)
    assert lines(session, "Later") == lines(session, "Live")
    assert len(lines(session, "Live")) > PARTNERS * INVOICES
    assert seed or any("'USD'" in line for line in lines(session, "Live"))
