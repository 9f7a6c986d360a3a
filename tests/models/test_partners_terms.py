"""A partner's tier and role by day: what was won before they changed earns as it did then."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models import commissions, partners
from models.commissions import CommissionLine, closes, reratings
from models.partners import PartnerRole, Tier, terms
from models.people import SYSTEM


@pytest.fixture
def partner(session, a):
    """A silver partner, where silver earns five per cent and gold ten."""
    for tier, rate in ((Tier.SILVER, "0.05"), (Tier.GOLD, "0.10")):
        plan = a.plan({"base": {"type": "flat", "rate": rate}}, assigned=False)
        from_on = date(2025, 1, 1)
        commissions.assign(session, plan, from_on=from_on, tier=tier, by=SYSTEM, now=a.now)
    return a.partner(tier=Tier.SILVER)


def change(session, a, partner, *, now=None, **said):
    wanted = {
        "tier": partner.tier, "role": partner.role, "currency": partner.currency,
    } | said  # fmt: skip
    partners.edit_terms(
        session, partner, by=a.manager().actor(), name=partner.name,
        channel_manager_id=None, now=now or a.now, **wanted,
    )  # fmt: skip


def nothing_to_rate_anew(session, a):
    looked = commissions.look(session, "2026-11", by=SYSTEM, now=a.now)
    return session.execute(reratings.changes(looked.id)).all() == []


def paid(session):
    return session.scalars(
        select(CommissionLine.payout_minor).order_by(CommissionLine.id)
    ).all()  # fmt: skip


def test_a_new_tier_earns_from_the_next_day_on_and_lifts_nothing_that_was_won_before(
    session, a, partner
):
    a.earned(1_000_00, partner_id=partner.id)
    won = a.invoice(net=1_000_00, partner_id=partner.id)
    change(session, a, partner, tier=Tier.GOLD)
    assert nothing_to_rate_anew(session, a)
    a.now += timedelta(days=1)
    a.payment(won)
    a.rate_all()
    a.earned(1_000_00, partner_id=partner.id, issued_on=a.now.date())
    assert paid(session) == [50_00, 50_00, 100_00]
    assert nothing_to_rate_anew(session, a)


def test_why_this_plan_follows_the_day(session, a, partner):
    change(session, a, partner, tier=Tier.GOLD)
    today = a.now.date()
    said = [
        commissions.plan_for(session, partner, today + timedelta(days=days)).why
        for days in (-400, 0, 1)
    ]
    assert ["silver" in why for why in said] == [True, True, False]
    assert "tier gold" in said[-1]


def test_who_had_a_plan_when_the_month_ended_is_not_missed_for_a_tier_of_later(session, a, partner):
    assert closes.without_plan(session, "2026-11") == 0
    change(session, a, partner, tier=Tier.PLATINUM, now=a.now.replace(month=12, day=3))
    assert closes.without_plan(session, "2026-11") == 0
    assert closes.without_plan(session, "2026-12") == 1


def test_what_never_came_to_hold_is_no_history(session, a, partner):
    change(session, a, partner, tier=Tier.GOLD)
    change(session, a, partner, tier=Tier.PLATINUM, role=PartnerRole.VAR)
    change(session, a, partner)  # the same again
    tomorrow = a.now.date() + timedelta(days=1)
    assert terms.held(session, partner) == [
        (Tier.PLATINUM, PartnerRole.VAR, "EUR", tomorrow, None),
        (Tier.SILVER, PartnerRole.RESELLER, "EUR", None, tomorrow),
    ]


def test_a_new_currency_pays_what_happens_from_the_next_day_on(session, a, partner):
    a.rate("EUR", "USD", "2", on=date(2026, 1, 1))
    won = a.invoice(net=1_000_00, partner_id=partner.id)
    a.payment(won, 400_00)
    a.rate_all()
    change(session, a, partner, currency="USD")
    a.payment(won, 200_00)
    a.now += timedelta(days=1)
    a.payment(won)
    a.rate_all()
    lines = select(CommissionLine.payout_minor, CommissionLine.payout_currency)
    paid_out = sorted(tuple(row) for row in session.execute(lines))
    assert paid_out == [(10_00, "EUR"), (20_00, "EUR"), (40_00, "USD")]
    assert nothing_to_rate_anew(session, a)
