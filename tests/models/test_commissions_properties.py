"""What must be true of commissions whatever the plan and the history."""

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as some

from models.commissions import engine
from models.commissions.engine import SaleLine, State
from models.commissions.engine.state import text_of
from models.commissions.engine.statements import figures
from tests.commission_world import event, plan, sale, total, world

RATES = some.decimals("0", "0.5", places=4).map(str)
NETS = some.integers(1, 10_000_000)
TIERS = [["0", "0.05"], ["10000", "0.08"], ["50000", "0.10"]]


def cumulative(mode):
    return {"type": "tier", "mode": mode, "window": "month", "tiers": TIERS}


BASES = some.one_of(
    RATES.map(lambda rate: {"type": "flat", "rate": rate}),
    some.sampled_from(["marginal", "slab_step", "slab_retro"]).map(cumulative),
    some.just({"type": "tier", "mode": "deal_marginal", "tiers": TIERS}),
    RATES.map(lambda rate: {"type": "by_category", "rates": {"bikes": rate, "parts": "0.03"}}),
)
WEIGHTS = some.lists(some.integers(1, 100), min_size=1, max_size=4)


@some.composite
def plans(draw):
    rules = {"base": draw(BASES), "clawback": {"days": 365}}
    if draw(some.booleans()):
        rules["dealreg_uplift"] = draw(RATES)
    if draw(some.booleans()):
        rules["deal_cap"] = "1000.00"
    if draw(some.booleans()):
        rules["period_cap"] = "1500.00"
    if draw(some.booleans()):
        rules["override"] = {
            "rate": draw(RATES),
            "basis": draw(some.sampled_from(["net", "commission"])),
        }
    if draw(some.booleans()):
        rules["new_logo_bonus"] = {"amount": "500.00", "lookback_months": 24}
    if draw(some.booleans()):
        rules["holdback"] = {"pct": "0.10", "days": draw(some.integers(0, 120))}
    return plan(rules)


@some.composite
def deals(draw, number):
    net = draw(NETS)
    first = draw(some.integers(0, net))
    lines = (
        SaleLine("A", "bikes", 1, first, 0),
        SaleLine("B", "parts", 2, net - first, 0),
    )
    weights = draw(WEIGHTS)
    shares = tuple((f"R{n}", Decimal(weight)) for n, weight in enumerate(weights, start=1))
    return sale(f"D{number}", net, lines=lines, splits=shares, distributors=("DIST",))


@some.composite
def histories(draw):
    """(sale, event) in order: payments, then refunds of all of some deals."""
    sold = [draw(deals(number)) for number in range(draw(some.integers(1, 4)))]
    paid = [(one, event(on=date(2026, 11, 1 + n), id=f"p{n}")) for n, one in enumerate(sold)]
    back = [one for one in sold if draw(some.booleans())]
    refunds = []
    for n, one in enumerate(back):
        part = draw(some.integers(0, one.net_minor))
        days = (date(2026, 12, 1 + n), date(2026, 12, 11 + n))
        for day, amount in zip(days, (part, one.net_minor - part), strict=True):
            if amount:
                refunds.append((one, event("refund", on=day, amount=amount, id=f"r{n} {day}")))
    return paid + refunds, {one.deal for one in back}


def run(a_plan, steps, here):
    return [line for sold, happened in steps for line in engine.rate(a_plan, sold, happened, here)]


@settings(max_examples=150, deadline=None)
@given(plans(), histories())
def test_one_event_at_a_time_gives_the_same_lines_as_all_at_once(a_plan, history):
    steps, _ = history
    at_once = run(a_plan, steps, world())
    stored = {}

    def kept(kind, key):
        return stored.get((kind, key))

    live = []
    ids = iter(range(1, 10_000))
    for step in steps:
        state = State(kept)
        live += run(a_plan, [step], world(state, ids=lambda: str(next(ids))))
        for key, memory in state.touched:
            stored[memory.kind, key] = ("", text_of(memory).decode())
    assert live == at_once


@settings(max_examples=150, deadline=None)
@given(plans(), histories())
def test_a_full_refund_leaves_nothing_of_the_deal(a_plan, history):
    steps, refunded = history
    here = world()
    lines = run(a_plan, steps, here)
    for deal in refunded:
        memory = here.state.get(engine.state.Deal, deal)
        assert all(share.earned == share.clawed for share in memory.shares)
        assert all(share.bonus == share.bonus_clawed for share in memory.shares)
        assert not any(hold.left for hold in memory.holds)
    if len(refunded) == len({sold.deal for sold, _ in steps}):
        assert total(lines) == 0


@given(NETS, RATES, WEIGHTS)
def test_the_parts_of_a_split_sum_to_the_whole(net, rate, weights):
    shares = tuple((f"R{n}", Decimal(weight)) for n, weight in enumerate(weights))
    rules = plan({"base": {"type": "flat", "rate": rate}})
    whole = run(rules, [(sale(net=net), event())], world())
    parts = run(rules, [(sale(net=net, splits=shares), event())], world())
    assert total(parts) == total(whole)


@given(
    some.integers(-(10**9), 10**9),
    some.integers(-(10**9), 10**9),
    some.integers(-(10**9), 0),
    some.integers(0, 10**7),
)
def test_a_statement_pays_and_carries_exactly_what_there_is(opening, earned, back, minimum):
    told = figures(opening, earned, back, minimum=minimum, tax=None)
    assert told.opening_minor + told.net_minor == told.payable_minor + told.closing_minor
    assert told.payable_minor == 0 or (told.closing_minor == 0 and told.payable_minor >= minimum)
    assert told.payable_minor >= 0
