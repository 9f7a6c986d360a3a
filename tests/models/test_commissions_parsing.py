"""A plan's rules that are refused, each with its place and what to write instead."""

import pytest

from models.commissions.engine import parse_rules
from models.errors import Refused

FLAT = {"base": {"type": "flat", "rate": "0.10"}}
SPIFF = {"sku": "BIKE", "per_unit": "25", "from": "2026-11-01", "to": "2026-11-30"}
RATES = {"base": {"type": "by_category", "rates": {}}}


def base(kind, **said):
    return {"base": {"type": kind} | said}


def schedule(*steps):
    return base("recurring", schedule=[list(step) for step in steps])


def accelerator(quota="100", bands=(("0", "1"),)):
    bands = [list(band) for band in bands]
    return base("accelerator", base_rate="0.10", quota=quota, window="year", bands=bands)


@pytest.mark.parametrize(
    "rules, said",
    [
        (FLAT | {"spiffs": SPIFF}, "rules.spiffs: must be a list, in square brackets."),
        (
            base("tier", mode="marginal", window="year", tiers=[["0"]]),
            "rules.base.tiers[0]: must be a list of 2: from amount, rate.",
        ),
        (FLAT | {"holdback": "10 %"}, "rules.holdback: must be an object, in curly brackets."),
        (
            FLAT | {"spiffs": [SPIFF | {"sku": " "}]},
            "rules.spiffs[0].sku: must be a text, in quotation marks.",
        ),
        (
            FLAT | {"draw": {"type": "gift", "amount": "1"}},
            "rules.draw.type: “gift” is not known; known are guarantee, recoverable.",
        ),
        (
            FLAT | {"clawback": {"days": 90, "derate": "yes"}},
            "rules.clawback.derate: must be true or false.",
        ),
        (FLAT | {"deal_cap": "NaN"}, "rules.deal_cap: “NaN” is not a number."),
        (
            accelerator(bands=[["-1", "1"]]),
            "rules.base.bands[0][0]: -1 must not be negative.",
        ),
        (
            accelerator(bands=[["0", "1.1234567"]]),
            "rules.base.bands[0][1]: 1.1234567 has more than 6 decimals.",
        ),
        (FLAT | {"deal_floor": "-1"}, "rules.deal_floor: -1 must not be negative."),
        (
            FLAT | {"deal_floor": "1.001"},
            "rules.deal_floor: 1.001 has more than the 2 decimals of USD.",
        ),
        (
            FLAT | {"clawback": {"days": True}},
            "rules.clawback.days: must be a whole number, 0 or more.",
        ),
        (
            FLAT | {"spiffs": [SPIFF | {"from": "tomorrow"}]},
            "rules.spiffs[0].from: “tomorrow” is not a day; write it as 2026-11-30.",
        ),
        (
            FLAT | {"draw": {"type": "guarantee", "amount": "1", "periods": ["November"]}},
            "rules.draw.periods[0]: “November” is not a month; write it as 2026-11.",
        ),
        (
            FLAT | {"spiffs": [SPIFF | {"to": "2026-10-31"}]},
            "rules.spiffs[0]: ends before it begins; swap “from” and “to”.",
        ),
        (RATES, "rules.base.rates: names no rate; add at least one."),
        (
            schedule((3, 2, "0.10")),
            "rules.base.schedule[0]: its last month lies before its first.",
        ),
        (
            schedule((1, 12, "0.10"), (12, None, "0.05")),
            "rules.base.schedule[1]: overlaps the step before; let it begin later.",
        ),
        (
            schedule((1, None, "0.10"), (13, None, "0.05")),
            "rules.base.schedule[1]: overlaps the step before; let it begin later.",
        ),
        (accelerator(quota="0"), "rules.base.quota: must be more than 0."),
        (accelerator(bands=[]), "rules.base: has no tier; add at least one that begins at 0."),
        (
            base("margin", rate="0.10") | {"override": {"rate": "0.01", "basis": "net"}}
            | {"override_pool": "0.10"},
            "rules.override_pool: reseller and distributors together could get 11%, more than the "
            "pool of 10%; lower a rate or raise the pool.",
        ),
        (
            base("by_category", rates={"bike": "0.10", "part": "0.20"}) | {"override_pool": "0.19"},
            "rules.override_pool: reseller and distributors together could get 20%, more than the "
            "pool of 19%; lower a rate or raise the pool.",
        ),
        (
            schedule((1, 12, "0.10"), (13, None, "0.20")) | {"override_pool": "0.19"},
            "rules.override_pool: reseller and distributors together could get 20%, more than the "
            "pool of 19%; lower a rate or raise the pool.",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_plan_is_named_with_its_place_and_its_remedy(rules, said):
    with pytest.raises(Refused) as no:
        parse_rules(rules, "USD")
    assert str(no.value) == said
