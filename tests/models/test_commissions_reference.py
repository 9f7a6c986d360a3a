"""The engine against an independent, slow reading of the same rules, whatever plan and history.

The suite tries a few hundred; `--every-crash` tries 10,000 of them.
"""

import sys
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from models.commissions import engine
from models.commissions.engine import Registration, SaleLine
from tests.commission_reference import Reference
from tests.commission_world import event, plan, sale, world

MANY = 10_000 if "--every-crash" in sys.argv else 150
RATES = some.integers(0, 3000).map(lambda n: str(Decimal(n) / 10_000))
AMOUNTS = some.integers(1, 400_000).map(lambda n: str(Decimal(n) / 100))
TIERS = some.lists(some.integers(1, 30_000), max_size=3, unique=True).flatmap(
    lambda bounds: some.tuples(*(RATES for _ in range(len(bounds) + 1))).map(
        lambda rates: [[str(n), rate] for n, rate in zip([0, *sorted(bounds)], rates, strict=True)]
    )
)
WINDOWS = some.sampled_from(["month", "quarter", "year"])
BASES = some.one_of(
    RATES.map(lambda rate: {"type": "flat", "rate": rate}),
    some.fixed_dictionaries(
        {"type": some.just("by_category"), "rates": some.fixed_dictionaries({"bikes": RATES})}
    ),
    some.fixed_dictionaries(
        {"type": some.just("by_deal_type"), "rates": some.fixed_dictionaries({"new": RATES})}
    ),
    RATES.map(lambda rate: {"type": "margin", "rate": rate}),
    some.fixed_dictionaries(
        {
            "type": some.just("tier"),
            "mode": some.sampled_from(["marginal", "slab_step", "slab_retro"]),
            "window": WINDOWS,
            "tiers": TIERS,
        }
    ),
    some.fixed_dictionaries(
        {
            "type": some.just("tier"),
            "mode": some.sampled_from(["deal_slab", "deal_marginal"]),
            "tiers": TIERS,
        }
    ),
    some.fixed_dictionaries(
        {
            "type": some.just("accelerator"),
            "base_rate": some.just("0.10"),
            "quota": some.integers(1, 20_000).map(str),
            "window": WINDOWS,
            "bands": some.sampled_from(
                [[["0", "1.0"], ["1.0", "1.5"]], [["0", "0.5"], ["0.8", "1"], ["1.2", "2"]]]
            ),
        }
    ),
)
OVERRIDE = some.fixed_dictionaries(
    {"rate": RATES, "basis": some.sampled_from(["net", "commission"])}
)
PARTS = {
    "dealreg_uplift": RATES,
    "uplift_for": some.sampled_from(["any", "fulfilling"]),
    "deal_floor": some.integers(0, 5_000).map(lambda n: str(Decimal(n) / 100)),
    "deal_cap": some.integers(5_000, 90_000).map(lambda n: str(Decimal(n) / 100)),
    "period_cap": AMOUNTS,
    "override": some.lists(OVERRIDE, min_size=1, max_size=3),
    "new_logo_bonus": some.fixed_dictionaries(
        {"amount": AMOUNTS, "lookback_months": some.integers(1, 3)}
    ),
    "spiffs": some.fixed_dictionaries(
        {
            "sku": some.just("A"),
            "per_unit": AMOUNTS,
            "from": some.just("2026-10-20"),
            "to": some.just("2026-12-05"),
            "max_units": some.integers(1, 9),
        }
    ).map(lambda one: [one]),
    "holdback": some.fixed_dictionaries({"pct": RATES, "days": some.integers(0, 40)}),
    "clawback": some.fixed_dictionaries(
        {
            "days": some.integers(0, 120),
            "bonuses": some.sampled_from(["full_refund", "pro_rata"]),
            "derate": some.booleans(),
        }
    ),
    "rounding": some.sampled_from(["half_up", "half_even"]),
}


@some.composite
def plans(draw):
    chosen = draw(some.lists(some.sampled_from(sorted(PARTS)), unique=True, max_size=6))
    return {"base": draw(BASES)} | {name: draw(PARTS[name]) for name in chosen}


@some.composite
def deals(draw, number):
    amounts = draw(some.lists(some.integers(1, 900_000), min_size=1, max_size=3))
    lines = tuple(
        SaleLine(
            draw(some.sampled_from("AB")),
            draw(some.sampled_from(["bikes", "parts"])),
            draw(some.integers(1, 5)),
            amount,
            draw(some.integers(0, amount)),
            commissionable=position == 0 or draw(some.booleans()),
        )
        for position, amount in enumerate(amounts)
    )
    partner = draw(some.sampled_from(["R1", "R2"]))
    others = [name for name in ("R1", "R2", "R3") if name != partner]
    weights = draw(some.lists(some.integers(1, 99), max_size=3))
    splits = tuple(
        (name, Decimal(weight))
        for name, weight in zip([partner, *others], weights, strict=False)
        if len(weights) > 1
    )
    registered = Registration(date(2026, 10, 1), draw(some.integers(0, 60)))
    return sale(
        f"D{number}",
        sum(amounts),
        lines=lines,
        partner=partner,
        splits=splits,
        customer=draw(some.sampled_from(["C1", "C2"])),
        kind=draw(some.sampled_from(["new", "renewal"])),
        registration=draw(some.sampled_from([None, registered])),
        distributors=("near", "far")[: draw(some.integers(0, 2))],
    )


@some.composite
def histories(draw):
    """(sale, event) in the order of time: paid in parts, refunded in parts."""
    sold = [draw(deals(number)) for number in range(draw(some.integers(1, 4)))]
    on, steps = date(2026, 10, 5), []
    left = {one.deal: one.net_minor for one in sold}
    for number in range(draw(some.integers(1, 9))):
        on += timedelta(days=draw(some.integers(0, 25)))
        one = draw(some.sampled_from(sold))
        kind = draw(some.sampled_from(["paid", "paid", "refund"]))
        most = left[one.deal] if kind == "paid" else one.net_minor
        if most == 0:
            continue
        amount = most if draw(some.booleans()) else draw(some.integers(1, most))
        left[one.deal] -= amount if kind == "paid" else 0
        steps.append((one, event(kind, on=on, amount=amount, id=f"e{number}")))
    return steps


@settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck))
@given(plans(), histories())
def test_the_engine_earns_what_the_rules_say(rules, steps):
    a_plan, here, reference = plan(rules), world(), Reference(rules)
    for sold, happened in steps:
        lines = engine.rate(a_plan, sold, happened, here)
        rated = sorted((line.partner, line.code.value, line.amount_minor) for line in lines)
        expected = sorted((who, code, int(minor)) for who, code, minor in
                          reference.event(sold, happened))  # fmt: skip
        assert rated == expected, happened.id
