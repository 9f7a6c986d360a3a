"""What the designer shows beside its form is what the engine pays; form and JSON say the same."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from models.commissions import FxPolicy, Trigger, engine
from models.commissions.examples import examples
from models.commissions.replay.case import plan_case
from portal.commissions.plan_form import DesignerForm
from portal.commissions.plan_json import form_data, rules_from

GOLDEN = Path(__file__).parents[1] / "golden" / "commissions.json"
TIERS = [["0", "0.05"], ["10000", "0.08"], ["50000", "0.10"]]


def told(rules, *, currency="EUR", tried=None):
    version = engine.Version("v", None, None, engine.parse_rules(rules, currency))
    plan = engine.Plan(
        "p", "Plan", currency, None, "Europe/Berlin", Trigger.PAID, FxPolicy.PAID_DATE, (version,)
    )
    found = examples(plan, lambda money: f"{money.major:,}", today=date(2026, 11, 18), tried=tried)
    return {one.text: one.total.major for one in found}


@pytest.mark.parametrize(("mode", "pays"), [("deal_marginal", "4700.00"), ("deal_slab", "6000.00")])
def test_a_deal_of_60000_earns_what_the_rules_of_tiers_say(mode, pays):
    base = {"type": "tier", "mode": mode, "tiers": TIERS}
    assert told({"base": base})["A deal of 60,000.00 earns"] == Decimal(pays)


def test_three_sales_in_one_window_show_how_tiers_add_up():
    base = {"type": "tier", "mode": "slab_retro", "window": "quarter", "tiers": TIERS}
    found = told({"base": base})
    sales = [found[f"The {place} sale of 25,000.00 in one quarter earns"]
             for place in ("first", "second", "third")]  # fmt: skip
    assert sum(sales) == Decimal("7500.00")  # 10% of all that was sold


def test_every_component_has_an_example():
    rules = {
        "base": {"type": "flat", "rate": "0.10"},
        "dealreg_uplift": "0.05",
        "override": [{"rate": "0.03", "basis": "net"}, {"rate": "0.10", "basis": "commission"}],
        "new_logo_bonus": {"amount": "500.00", "lookback_months": 24},
        "spiffs": [{"sku": "FW-1", "per_unit": "25.00", "from": "2026-11-01", "to": "2026-11-30"}],
        "holdback": {"pct": "0.10", "days": 90},
        "clawback": {"days": 90},
        "draw": {"type": "guarantee", "amount": "2000.00"},
    }
    found = told(rules, tried=1_234_57)
    assert {text: found[text] for text in found if not text.startswith("A deal of 1,0")} == {
        "A deal of 1,234.57 earns": Decimal("123.46"),
        "A deal of 10,000.00 earns": Decimal("1000.00"),
        "A deal of 60,000.00 earns": Decimal("6000.00"),
        "A registered deal of 10,000.00 earns": Decimal("1500.00"),
        "When its reseller sells 10,000.00, distributor 1 earns": Decimal("300.00"),
        "When its reseller sells 10,000.00, distributor 2 earns": Decimal("100.00"),
        "Of a deal of 10,000.00 shared 60 to 40, the one with 60% earns": Decimal("600.00"),
        "Of a deal of 10,000.00 shared 60 to 40, the one with 40% earns": Decimal("400.00"),
        "The first 10,000.00 of a new customer earn": Decimal("1500.00"),
        "3 units of FW-1 for 10,000.00 on 01 November 2026 earn": Decimal("1075.00"),
        "Of 10,000.00, so much waits 90 days": Decimal("-100.00"),
        "When a quarter of 10,000.00 is refunded after 10 days": Decimal("-225.00"),
        "A month in which nothing is sold: a guarantee": Decimal("2000.00"),
    }


def golden_rules():
    for case in json.loads(GOLDEN.read_text())["cases"]:
        plan = plan_case(case)
        for version in plan.versions:
            yield case["id"], plan.currency, version.rules


def test_every_golden_plan_passes_through_the_designers_form_and_means_the_same(app):
    count = 0
    with app.test_request_context():
        for case, currency, rules in golden_rules():
            form = DesignerForm(formdata=None, data=form_data(rules))
            form.grow()
            written = rules_from(form.data, rules)
            before, after = (engine.parse_rules(one, currency) for one in (rules, written))
            assert before == after, (case, written)
            told(written, currency=currency)
            count += 1
    assert count >= 50


def test_what_the_form_does_not_know_stays(app):
    rules = {"base": {"type": "flat", "rate": "0.10"}, "from_tomorrow": {"x": 1}}
    with app.test_request_context():
        form = DesignerForm(formdata=None, data=form_data(rules) | {"flat_rate": "12.5"})
        assert rules_from(form.data, rules) == {
            "base": {"type": "flat", "rate": "0.125"}, "from_tomorrow": {"x": 1},
        }  # fmt: skip
