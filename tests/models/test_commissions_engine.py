"""The commission engine: rules of commissions.md that no golden case shows alone."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from models.commissions import engine
from models.commissions.engine import Code, Registration, SaleLine
from models.errors import Refused
from tests.commission_world import event, plan, sale, splits, total, world

TIERS = [["0", "0.05"], ["10000", "0.08"], ["50000", "0.10"]]
CLAWBACK = {"clawback": {"days": 90}}


def flat(rate="0.10", **more):
    return plan({"base": {"type": "flat", "rate": rate}} | more)


def tiered(mode, window=None, **more):
    base = {"type": "tier", "mode": mode, "tiers": TIERS}
    return plan({"base": base | ({"window": window} if window else {})} | more)


def rated(a_plan, *steps, a_world=None):
    """The lines of (sale, event) after (sale, event)."""
    here = a_world or world()
    return [line for sold, happened in steps for line in engine.rate(a_plan, sold, happened, here)]


def amounts(lines, code=None):
    return [line.amount_minor for line in lines if code is None or line.code == code]


def test_a_quarter_reached_in_its_third_month_lifts_the_first_two():
    lines = rated(
        tiered("slab_retro", "quarter"),
        (sale("D1", 8_000_00), event(on=date(2026, 10, 5))),
        (sale("D2", 5_000_00), event(on=date(2026, 11, 5))),
        (sale("D3", 40_000_00), event(on=date(2026, 12, 5))),
    )
    by_month = [total(line for line in lines if line.period == f"2026-{n}") for n in (10, 11, 12)]
    assert by_month == [400_00, 640_00, 4_260_00]


def test_a_year_counts_from_january():
    lines = rated(
        tiered("marginal", "year"),
        (sale("D1", 10_000_00), event(on=date(2026, 1, 5))),
        (sale("D2", 10_000_00), event(on=date(2026, 12, 31))),
        (sale("D3", 10_000_00), event(on=date(2027, 1, 1))),
    )
    assert amounts(lines) == [500_00, 800_00, 500_00]


def test_a_decelerator_pays_less_below_quota():
    base = {
        "type": "accelerator",
        "base_rate": "0.10",
        "quota": "100000",
        "window": "month",
        "bands": [["0", "0.5"], ["0.8", "1.0"], ["1.0", "1.5"]],
    }
    lines = rated(plan({"base": base}), (sale(net=120_000_00), event()))
    assert amounts(lines) == [80_000_00 // 20 + 20_000_00 // 10 + 20_000_00 * 15 // 100]


def test_volume_counts_for_whoever_registered_and_not_for_whoever_shares():
    here = world()
    rules = tiered("marginal", "month")
    rated(
        rules,
        (sale("D1", 10_000_00, splits=splits("60", "40")), event()),
        a_world=here,
    )
    other = rated(rules, (sale("D2", 1_000_00, partner="R2"), event()), a_world=here)
    own = rated(rules, (sale("D3", 1_000_00), event()), a_world=here)
    assert (amounts(other), amounts(own)) == ([50_00], [80_00])


def test_a_refund_lowers_the_counter_but_rates_nothing_again():
    lines = rated(
        tiered("marginal", "month", **CLAWBACK),
        (sale("D1", 10_000_00), event(on=date(2026, 11, 2))),
        (sale("D2", 4_000_00), event(on=date(2026, 11, 3))),
        (sale("D1", 10_000_00), event("refund", on=date(2026, 11, 4))),
        (sale("D3", 6_000_00), event(on=date(2026, 11, 5))),
    )
    assert amounts(lines) == [500_00, 320_00, -500_00, 300_00]


def test_part_payments_of_one_deal_climb_its_own_tiers_together():
    whole = sale(net=60_000_00)
    parts = [(whole, event(on=date(2026, 11, n), amount=20_000_00)) for n in (1, 2, 3)]
    assert sum(amounts(rated(tiered("deal_marginal"), *parts))) == 4_700_00


def test_part_payments_of_a_large_deal_each_earn_its_size():
    parts = [(sale(net=60_000_00), event(on=date(2026, 11, n), amount=30_000_00)) for n in (1, 2)]
    assert amounts(rated(tiered("deal_slab"), *parts)) == [3_000_00, 3_000_00]


def test_an_extension_lengthens_the_protection_that_earns_the_uplift():
    def lines(won_on, extension):
        sold = sale(
            net=1_000_00,
            won_at=datetime(won_on.year, won_on.month, won_on.day, 12, tzinfo=UTC),
            registration=Registration(date(2026, 6, 1), 90, extension),
        )
        return rated(flat(dealreg_uplift="0.05"), (sold, event()))

    assert amounts(lines(date(2026, 9, 29), 30), Code.UPLIFT) == [50_00]
    assert amounts(lines(date(2026, 9, 30), 30), Code.UPLIFT) == []
    assert amounts(lines(date(2026, 9, 1), 0), Code.UPLIFT) == []


def test_an_override_on_the_commission_is_taken_after_the_cap():
    rules = flat(deal_cap="500.00", override={"rate": "0.20", "basis": "commission"})
    lines = rated(rules, (sale(net=10_000_00, distributors=("D",)), event()))
    assert total(lines, partner="D") == 100_00
    assert total(lines, partner="R1") == 500_00


def test_each_tier_of_distribution_has_its_own_override():
    rates = [{"rate": "0.03", "basis": "net"}, {"rate": "0.01", "basis": "net"}]
    sold = sale(net=10_000_00, distributors=("near", "far"))
    lines = rated(flat(override=rates), (sold, event()))
    assert [total(lines, partner=name) for name in ("R1", "near", "far")] == [
        1_000_00, 300_00, 100_00,
    ]  # fmt: skip


def test_everything_together_adds_up_after_a_quarter_of_the_deal_came_back():
    rules = flat(
        deal_cap="5000.00",
        override={"rate": "0.03", "basis": "net"},
        holdback={"pct": "0.10", "days": 90},
        **CLAWBACK,
    )
    sold = sale(net=80_000_00, splits=splits("60", "40"), distributors=("D",))
    lines = rated(
        rules, (sold, event()), (sold, event("refund", on=date(2026, 12, 1), amount=20_000_00))
    )
    assert [total(lines, partner=name, code=Code.CLAWBACK) for name in ("R1", "R2", "D")] == [
        -750_00, -500_00, -600_00,
    ]  # fmt: skip
    assert [total(lines, partner=name) for name in ("R1", "R2")] == [
        3_000_00 - 300_00 - 750_00 + 75_00,
        2_000_00 - 200_00 - 500_00 + 50_00,
    ]


def test_refunds_in_parts_never_leave_a_stray_cent():
    sold = sale(net=100_00)
    refunds = [(sold, event("refund", on=date(2026, 11, n), amount=33_33)) for n in (11, 12)]
    last = (sold, event("refund", on=date(2026, 11, 13), amount=33_34))
    lines = rated(flat("0.0525", **CLAWBACK), (sold, event()), *refunds, last)
    assert total(lines) == 0


def test_what_is_still_held_is_released_when_its_day_has_come():
    rules = flat(holdback={"pct": "0.10", "days": 30}, **CLAWBACK)
    here, sold = world(), sale(net=1_000_00)
    rated(rules, (sold, event(on=date(2026, 11, 10))), a_world=here)
    before = engine.release_due(rules, sold, event(on=date(2026, 12, 9)), here)
    after = engine.release_due(rules, sold, event(on=date(2026, 12, 10)), here)
    again = engine.release_due(rules, sold, event(on=date(2026, 12, 11)), here)
    assert (amounts(before), amounts(after), amounts(again)) == ([], [10_00], [])
    assert after[0].period == "2026-12"


def bikes(units, net):
    return (SaleLine("BIKE", "bikes", units, net, 0),)


SPIFFS = {
    "spiffs": [
        {
            "sku": "BIKE",
            "per_unit": "25.00",
            "from": "2026-11-01",
            "to": "2026-11-30",
            "max_units": 10,
        }
    ]
}


def test_a_partial_refund_leaves_the_spiff_and_a_full_one_takes_it_and_frees_its_places():
    rules = flat("0.05", **SPIFFS, **CLAWBACK)
    seven = sale("D1", 2_800_00, lines=bikes(7, 2_800_00))
    six = sale("D2", 2_400_00, lines=bikes(6, 2_400_00))
    lines = rated(
        rules,
        (seven, event(on=date(2026, 11, 2))),
        (seven, event("refund", on=date(2026, 11, 3), amount=400_00)),
        (seven, event("refund", on=date(2026, 11, 4), amount=2_400_00)),
        (six, event(on=date(2026, 11, 5))),
    )
    assert amounts(lines, Code.CLAWBACK) == [-20_00, -120_00 - 175_00]
    assert amounts(lines, Code.SPIFF) == [175_00, 150_00]


def test_returned_units_give_back_their_spiff():
    rules = flat("0.05", **SPIFFS, **CLAWBACK)
    seven = sale(net=2_800_00, lines=bikes(7, 2_800_00))
    back = event("refund", on=date(2026, 11, 20), amount=800_00, units={"BIKE": 2})
    lines = rated(rules, (seven, event()), (seven, back))
    assert amounts(lines, Code.CLAWBACK) == [-40_00 - 50_00]


def test_a_type_of_deal_without_a_rate_earns_nothing():
    rules = plan({"base": {"type": "by_deal_type", "rates": {"new": "0.10", "renewal": "0.04"}}})
    deals = [sale(f"D{n}", 1_000_00, kind=kind) for n, kind in enumerate(("new", "renewal", "rfp"))]
    assert amounts(rated(rules, *((deal, event()) for deal in deals))) == [100_00, 40_00]


def test_dinars_have_three_decimals():
    rules = plan({"base": {"type": "flat", "rate": "0.075"}}, currency="KWD")
    lines = rated(rules, (sale(net=1_234_567, currency="KWD"), event()))
    assert amounts(lines) == [92_593]


def test_half_even_rounding_is_an_option():
    rules = flat("0.05", rounding="half_even")
    assert amounts(rated(rules, (sale(net=100_50), event()))) == [5_02]


def test_a_won_plan_ignores_payments_and_a_paid_plan_ignores_wins():
    won = plan({"base": {"type": "flat", "rate": "0.10"}}, trigger="won")
    assert amounts(rated(won, (sale(), event("paid")), (sale(), event("won")))) == [100_00]
    assert amounts(rated(flat(), (sale(), event("won")))) == []


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({}, "rules: “base” is missing"),
        ({"base": {"type": "roulette"}}, "base “roulette” is not known"),
        ({"base": {"type": []}}, "base “[]” is not known"),
        ({"base": {"type": "by_category", "rates": {"\ud800": "0"}}}, "rates: has signs that"),
        ({"base": {"type": "flat", "rate": "1E400000"}}, "at most 15 digits before the point"),
        ({"base": {"type": "flat", "rate": "0.1"}, "clawback": {"days": 99999}}, "above 36500"),
        ({"base": {"type": "flat", "rate": "0.1"}, "lottery": 1}, "component “lottery”"),
        ({"base": {"type": "flat", "rate": 0.1}}, "rules.base.rate: must be a decimal in"),
        ({"base": {"type": "flat", "rate": "12"}}, "rules.base.rate: 12 must lie between"),
        ({"base": {"type": "flat", "rate": "0.1", "cap": 1}}, "“cap” is not known here"),
        (
            {
                "base": {
                    "type": "tier",
                    "mode": "marginal",
                    "window": "month",
                    "tiers": [["5", "0"]],
                }
            },
            "rules.base: leaves a gap below its first tier",
        ),
        (
            {"base": {"type": "flat", "rate": "0.1"}, "deal_floor": "9", "deal_cap": "8"},
            "deal_floor is above deal_cap",
        ),
        (
            {"base": {"type": "flat", "rate": "0.1"}, "deal_cap": "1.005"},
            "rules.deal_cap: 1.005 has more than the 2 decimals of USD",
        ),
    ],
)
def test_a_bad_plan_is_refused_with_its_path_and_the_remedy(rules, said):
    with pytest.raises(Refused, match=r".+") as refusal:
        engine.parse_rules(rules, "USD")
    assert said in str(refusal.value)


def test_the_working_of_a_line_says_what_it_was_made_of():
    sold = sale(net=12_345_67, splits=splits("60", "40"))
    line = rated(flat(), (sold, event()))[0]
    assert line.working == {
        "rule": "flat",
        "basis_minor": 12_345_67,
        "rate": "0.10",
        "pool_minor": 1_234_57,
        "split": {"weight": "60", "of": "100"},
        "rounding": "half_up",
    }
    assert Decimal(line.amount_minor) == 740_74
