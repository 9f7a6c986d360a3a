"""What a refund takes back and what of the holdback it frees, line by line with its working."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from models.commissions import engine
from models.commissions.engine import Code, SaleLine
from models.commissions.engine.state import Units
from tests.commission_world import event, plan, sale, splits, total, world

BASE, BACK, HELD, FREED = Code.BASE, Code.CLAWBACK, Code.HOLDBACK, Code.HOLDBACK_RELEASE
FLAT = {"base": {"type": "flat", "rate": "0.10"}}
CLAWBACK = {"clawback": {"days": 90}}
HOLDBACK = {"holdback": {"pct": "0.25", "days": 60}}


def day(number, month=11):
    return date(2026, month, number)


def lines_of(lines):
    """(code, partner, amount, payout, corrects) of each."""
    return [
        (one.code, one.partner, one.amount_minor, one.payout_minor, one.corrects) for one in lines
    ]


def told(line):
    """The working, without what is told of the exchange."""
    return tuple(one for one in line.told if not isinstance(one, dict))


def in_euros():
    """Half a euro for a dollar on the tenth, 0.40 on any other day."""

    def rate_on(source, target, on):
        return engine.Rate(Decimal("0.5" if on == day(10) else "0.4"), on, "ECB")

    return replace(world(), rate_on=rate_on)


def refund(on, amount=None, **more):
    return event("refund", on=on, amount=amount, **more)


@pytest.fixture
def happens():
    """What comes of an event of one sale of two partners, held in part and paid in euros."""
    rules = FLAT | CLAWBACK | HOLDBACK
    rules |= {"new_logo_bonus": {"amount": "50", "lookback_months": 12}}
    paid_in_euros, here = replace(plan(rules), payout_currency="EUR"), in_euros()
    sold = sale(net=1_000_00, splits=splits("60", "40"))
    return lambda what: engine.rate(paid_in_euros, sold, what, here)


def test_what_is_held_is_a_share_of_what_each_has_earned(happens):
    earned = happens(event(on=day(10)))
    assert lines_of(earned) == [
        (BASE, "R1", 60_00, 30_00, ()),
        (BASE, "R2", 40_00, 20_00, ()),
        (Code.NEW_LOGO, "R1", 50_00, 25_00, ()),
        (HELD, "R1", -15_00, -7_50, ()),
        (HELD, "R2", -10_00, -5_00, ()),
    ]
    assert [told(one) for one in earned[3:]] == [
        ("holdback", 60_00, "0.25", "2027-01-09", -15_00),
        ("holdback", 40_00, "0.25", "2027-01-09", -10_00),
    ]


def test_a_refund_in_parts_takes_from_each_what_it_earned_and_frees_what_is_held_of_it(happens):
    happens(event(on=day(10)))
    first = happens(refund(day(20), 333_33))
    assert lines_of(first) == [
        (BACK, "R1", -20_00, -10_00, ("1", "3")),
        (FREED, "R1", 5_00, 2_50, ("4",)),
        (BACK, "R2", -13_33, -6_67, ("2",)),
        (FREED, "R2", 3_33, 1_67, ("5",)),
    ]
    assert [told(one) for one in first[:2]] == [
        ("clawback", 60_00, 333_33, 1_000_00, 0, 0, 10, 90, -20_00),
        ("holdback_freed", "2027-01-09", 5_00),
    ]
    second = happens(refund(day(1, month=12), 333_33))
    assert lines_of(second)[2:] == [
        (BACK, "R2", -13_34, -6_66, ("2",)),
        (FREED, "R2", 3_34, 1_67, ("5",)),
    ]
    last = happens(refund(day(2, month=12), 333_34))
    assert lines_of(last) == [
        (BACK, "R1", -70_00, -35_00, ("1", "3")),
        (FREED, "R1", 5_00, 2_50, ("4",)),
        (BACK, "R2", -13_33, -6_67, ("2",)),
        (FREED, "R2", 3_33, 1_66, ("5",)),
    ]
    assert told(last[0]) == ("clawback", 60_00, 1_000_00, 1_000_00, 40_00, 50_00, 22, 90, -70_00)
    assert happens(refund(day(3, month=12))) == []


SPIFFS = [
    {"sku": sku, "per_unit": amount, "from": "2026-11-01", "to": "2026-11-30"}
    for sku, amount in (("BIKE", "25"), ("HELMET", "3"))
]


@pytest.mark.parametrize(
    "bonuses, taken",
    [
        ("full_refund", [(0, 31_00), (24_00, 75_00), (44_00, 0), (54_00, 24_00)]),
        ("pro_rata", [(0, 31_20), (24_00, 26_00), (44_00, 13_00), (54_00, 59_80)]),
    ],
)
def test_bonuses_go_back_by_the_unit_or_in_the_share_of_the_refund(bonuses, taken):
    rules = FLAT | {"clawback": {"days": 90, "bonuses": bonuses}, "spiffs": SPIFFS}
    here, a_plan = in_euros(), replace(plan(rules), payout_currency="EUR")
    lines = (SaleLine("BIKE", "b", 4, 800_00, 0), SaleLine("HELMET", "h", 10, 200_00, 0))
    sold = sale(net=1_000_00, lines=lines)
    engine.rate(a_plan, sold, event(on=day(10)), here)
    bikes = here.state.get(Units, "R1|PLAN|BIKE|2026-11-01")
    back = []
    for what, left in (
        (refund(day(20), 240_00, units={"BIKE": 1, "HELMET": 2}), 3),
        (refund(day(21), 200_00, units={"BIKE": 9}), 0),
        (refund(day(22), 100_00), 0),
        (refund(day(23)), 0),
    ):
        back += engine.rate(a_plan, sold, what, here)
        assert bikes.value == left
    assert [(told(one)[4], told(one)[5]) for one in back] == taken
    assert all(one.corrects == ("1", "2", "3") for one in back)
    assert total(back) == -230_00
    assert [2 * one.payout_minor for one in back] == [one.amount_minor for one in back]


@pytest.mark.parametrize("last, taken", [(90, -100_00), (91, 0)])
def test_after_the_last_day_nothing_is_taken_back(last, taken):
    here, sold, a_plan = world(), sale(net=1_000_00), plan(FLAT | CLAWBACK)
    engine.rate(a_plan, sold, event(on=day(1)), here)
    on = date.fromordinal(day(1).toordinal() + last)
    assert total(engine.rate(a_plan, sold, refund(on), here)) == taken


def test_nothing_is_taken_back_of_what_earned_nothing_or_where_the_plan_takes_nothing():
    sold = sale(net=1_000_00)
    assert engine.rate(plan(FLAT | CLAWBACK), sold, refund(day(9)), world()) == []
    kept, here = plan(FLAT), world()
    engine.rate(kept, sold, event(on=day(10)), here)
    assert engine.rate(kept, sold, refund(day(11)), here) == []


def test_no_more_comes_back_than_was_sold():
    here, sold, a_plan = world(), sale(net=1_000_00), plan(FLAT | CLAWBACK)
    engine.rate(a_plan, sold, event(on=day(10), amount=400_00), here)
    back = engine.rate(a_plan, sold, refund(day(11), 900_00), here)
    assert lines_of(back) == [(BACK, "R1", -40_00, -40_00, ("1",))]
    assert engine.rate(a_plan, sold, refund(day(12), 1_00), here) == []


def test_holds_of_two_payments_are_freed_in_their_order_and_released_on_their_days():
    here, sold = world(), sale(net=1_000_00, splits=splits("50", "50"))
    a_plan = plan(FLAT | CLAWBACK | HOLDBACK)
    for on in (10, 15):
        engine.rate(a_plan, sold, event(on=day(on), amount=500_00), here)
    back = engine.rate(a_plan, sold, refund(day(20), 600_00), here)
    holds = [(one.partner, one.amount_minor, told(one)[1]) for one in back if one.code == FREED]
    assert holds == [
        ("R1", 6_25, "2027-01-09"), ("R1", 1_25, "2027-01-14"),
        ("R2", 6_25, "2027-01-09"), ("R2", 1_25, "2027-01-14"),
    ]  # fmt: skip
    assert engine.release_due(a_plan, sold, event(on=date(2027, 1, 13)), here) == []
    freed = engine.release_due(a_plan, sold, event(on=date(2027, 2, 3)), here)
    assert [(one.partner, one.amount_minor, one.payout_minor, one.on) for one in freed] == [
        ("R1", 5_00, 5_00, date(2027, 1, 14)), ("R2", 5_00, 5_00, date(2027, 1, 14)),
    ]  # fmt: skip
    assert [told(one) for one in freed] == [("holdback_release", "2027-01-14", 5_00)] * 2
    assert all(len(one.corrects) == 1 and one.period == "2027-01" for one in freed)
    assert engine.release_due(a_plan, sold, event(on=date(2027, 2, 4)), here) == []


def test_a_release_pays_what_was_held_at_the_rate_of_its_line():
    paid_in_euros = replace(plan(FLAT | CLAWBACK | HOLDBACK), payout_currency="EUR")
    here, sold = in_euros(), sale(net=1_000_00)
    engine.rate(paid_in_euros, sold, event(on=day(10)), here)
    [line] = engine.release_due(paid_in_euros, sold, event(on=date(2027, 1, 9)), here)
    assert lines_of([line]) == [(FREED, "R1", 25_00, 12_50, ("2",))]
    assert engine.rate(paid_in_euros, sold, refund(date(2027, 1, 10)), here)[0].code == BACK


def test_bonuses_are_not_held_and_halves_go_to_the_even_where_the_plan_says_so():
    rules = FLAT | {"new_logo_bonus": {"amount": "50", "lookback_months": 12}}
    for rounding, held in (("half_up", -3), ("half_even", -2)):
        more = {"holdback": {"pct": "0.25", "days": 0}, "rounding": rounding}
        lines = engine.rate(plan(rules | more), sale(net=1_00), event(on=day(10)), world())
        assert [one.amount_minor for one in lines if one.code == HELD] == [held]
    for net, codes in ((10, [BASE]), (40, [BASE, HELD])):  # a quarter of a cent, and a whole one
        lines = engine.rate(plan(FLAT | HOLDBACK), sale(net=net), event(on=day(10)), world())
        assert [one.code for one in lines] == codes


@pytest.mark.parametrize(
    ("mode", "rated_back"),
    [("marginal", [-50_00, -30_00]), ("slab_step", [0, -40_00]), ("slab_retro", [0, -40_00])],
)
def test_what_is_left_in_a_window_may_be_rated_again_after_a_refund(mode, rated_back):
    tiers = [["0", "0.05"], ["1000", "0.08"], ["3000", "0.10"]]
    base = {"type": "tier", "mode": mode, "window": "quarter", "tiers": tiers}
    a_plan, here = plan({"base": base, "clawback": {"days": 90, "derate": True}}), world()
    sold = [sale("D1", 1_000_00), sale("D2", 1_000_00), sale("D3", 2_000_00)]

    def all_of(kind, day):
        return [
            engine.rate(a_plan, one, event(kind, on=date(2026, 11, day), id=kind + one.deal), here)
            for one in sold
        ]

    earned, back = all_of("paid", 2), all_of("refund", 9)
    assert [total(lines, code=Code.TIER_RERATED) for lines in back[:2]] == rated_back
    assert sum(map(total, earned)) + sum(map(total, back)) == 0


def test_a_refund_takes_back_the_share_that_counted_of_what_was_paid():
    """600.00 of the invoice earn 10 %, 400.00 of services earn nothing."""
    lines = tuple(
        SaleLine("A", "bikes", 1, minor, None, commissionable=earns)
        for minor, earns in ((600_00, True), (400_00, False))
    )
    rules = {
        "base": {"type": "flat", "rate": "0.10"},
        "clawback": {"days": 90},
        "new_logo_bonus": {"amount": "50", "lookback_months": 12},
    }
    sold, here, a_plan = sale(net=1_000_00, lines=lines), world(), plan(rules)
    back = [
        total(engine.rate(a_plan, sold, event(kind, amount=amount, id=kind + str(amount)), here))
        for kind, amount in (
            ("paid", 1_000_00), ("refund", 600_00), ("refund", 333_33), ("refund", 66_67)
        )
    ]  # fmt: skip
    assert back == [60_00 + 50_00, -36_00, -20_00, -4_00 - 50_00]


def test_what_counted_is_taken_back_of_what_was_paid_and_returned_in_parts():
    """600.00 of the invoice earn 10 %, 400.00 of services earn nothing."""
    lines = tuple(
        SaleLine("A", "bikes", 1, minor, None, commissionable=earns)
        for minor, earns in ((600_00, True), (400_00, False))
    )
    sold, here, a_plan = sale(net=1_000_00, lines=lines), world(), plan(FLAT | CLAWBACK)
    found = [
        total(engine.rate(a_plan, sold, event(kind, amount=amount, id=kind + str(amount)), here))
        for kind, amount in (("paid", 400_00), ("paid", 500_00), ("refund", 300_00),
                             ("refund", 200_00), ("refund", 400_00))
    ]  # fmt: skip
    assert found == [24_00, 30_00, -18_00, -12_00, -24_00]


def test_small_refunds_free_small_parts_each_once():
    here, sold, a_plan = world(), sale(net=1_000_00), plan(FLAT | CLAWBACK | HOLDBACK)
    engine.rate(a_plan, sold, event(on=day(10)), here)
    for on, amount, back, freed in (
        (11, 40, -4, 1),
        (12, 250_00, -25_00, 6_25),
        (13, 250_00, -25_00, 6_25),
        (14, 250_00, -25_00, 6_25),
    ):
        lines = engine.rate(a_plan, sold, refund(day(on), amount), here)
        assert [one.amount_minor for one in lines] == [back, freed]


def test_units_that_come_back_are_looked_for_in_all_that_were_paid():
    here, a_plan = world(), plan(FLAT | CLAWBACK | {"spiffs": SPIFFS})
    sold = sale(net=800_00, lines=(SaleLine("BIKE", "b", 4, 800_00, 0),))
    for on in (10, 11):
        engine.rate(a_plan, sold, event(on=day(on), amount=400_00), here)
    back = engine.rate(a_plan, sold, refund(day(20), 600_00, units={"BIKE": 3}), here)
    assert total(back) == -60_00 - 75_00
