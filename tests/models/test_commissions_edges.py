"""Where a plan earns nothing, or cannot be rated: what is paid then, and what is said."""

from dataclasses import replace
from datetime import date

import pytest

from models.commissions import engine
from models.commissions.engine import Code, Registration, SaleLine
from models.errors import Refused
from tests.commission_world import event, plan, sale, total, world

FLAT = {"base": {"type": "flat", "rate": "0.10"}}
MARGIN = {"base": {"type": "margin", "rate": "0.10"}}
SPIFF = {"sku": "BIKE", "per_unit": "25", "from": "2026-11-01", "to": "2026-11-30", "max_units": 4}


def rated(rules, sold, *events, here=None):
    here = here or world()
    a_plan = plan(rules)
    return [line for one in events or (event(),) for line in engine.rate(a_plan, sold, one, here)]


def bikes(count, net, cost=0, **more):
    return (SaleLine("BIKE", "bikes", count, net, cost, **more),)


def test_a_spiff_ends_with_its_last_place():
    here, rules = world(), FLAT | {"spiffs": [SPIFF]}
    for name, count, paid in (("D1", 3, 75_00), ("D2", 3, 25_00), ("D3", 3, 0)):
        lines = rated(rules, sale(name, 300_00, lines=bikes(count, 300_00)), here=here)
        assert total(lines, code=Code.SPIFF) == paid


def test_an_uplift_of_a_margin_plan_is_of_the_margin():
    registered = Registration(date(2026, 11, 1), 90)
    sold = sale(net=1_000_00, lines=bikes(1, 1_000_00, 600_00), registration=registered)
    lines = rated(MARGIN | {"dealreg_uplift": "0.05"}, sold)
    assert total(lines, code=Code.UPLIFT) == 20_00


@pytest.mark.parametrize(
    "rules, lines, said",
    [
        (
            {"base": {"type": "by_category", "rates": {"bikes": "0.10"}}}, (),
            "Rates by category need the invoice's lines; add them to the invoice.",
        ),
        (MARGIN, (), "A margin plan needs the invoice's lines with their cost; add them."),
        (MARGIN, bikes(1, 1_000_00, None),
         "A margin plan needs the cost of BIKE; add it to the invoice."),
    ],
)  # fmt: skip
def test_an_invoice_that_says_too_little_is_not_rated(rules, lines, said):
    with pytest.raises(Refused) as no:
        rated(rules, sale(net=1_000_00, lines=lines))
    assert str(no.value) == said


def test_the_month_of_a_subscription_is_the_events_or_counted_from_the_first_that_earned():
    base = {"type": "recurring", "schedule": [[1, 1, "0.10"], [2, 13, "0.05"], [14, 14, "0.01"]]}
    days = [date(2026, 11, 10), date(2026, 12, 1), date(2027, 12, 31), date(2028, 1, 1)]
    events = [event(on=day, amount=100_00, id=str(day)) for day in days]
    lines = rated({"base": base}, sale(net=1_200_00), *events)
    assert [one.amount_minor for one in lines] == [10_00, 5_00, 1_00]
    said = rated({"base": base}, sale(net=100_00), event(subscription_month=14))
    assert total(said) == 1_00


def test_a_day_without_a_version_is_named():
    a_plan = plan(FLAT)
    later = replace(a_plan.versions[0], from_on=date(2027, 1, 1))
    with pytest.raises(Refused) as no:
        engine.rate(replace(a_plan, versions=(later,)), sale(), event(), world())
    assert str(no.value) == (
        "Plan “Plan” has no version in force on 03 November 2026; add one that covers it."
    )


@pytest.mark.parametrize("mode", ["marginal", "slab_retro", "slab_step"])
def test_a_sale_of_which_nothing_counts_earns_nothing_and_fills_no_tier(mode):
    base = {"type": "tier", "mode": mode, "window": "year", "tiers": [["0", "0.1"], ["100", "0.2"]]}
    rules = {"base": base, "override": {"rate": "0.03", "basis": "commission"}}
    rules |= {"override_from": "commission", "clawback": {"days": 90, "derate": True}}
    here = world()
    nothing = sale("D1", 1_000_00, lines=bikes(1, 1_000_00, commissionable=False))
    assert total(rated(rules, nothing, here=here)) == 0
    assert total(rated(rules, sale("D2", 50_00), here=here)) == 5_00
