"""The designer: what is typed becomes a version; examples beside it; nothing typed is lost."""

import io

import pytest
from sqlalchemy import select

from models.commissions import Adjustment, CommissionLine, PlanDraft
from models.people import Role
from tests.factories_commissions import TWELVE_PERCENT
from tests.models.test_commissions_adjustments import LETTER

SENT = {
    "from_on": "2026-12-01",
    "base_type": "tier",
    "tier_mode": "deal_marginal",
    "tier_window": "quarter",
    "tiers-0-lower": "0",
    "tiers-0-rate": "5",
    "tiers-1-lower": "10,000",
    "tiers-1-rate": "8",
    "tiers-2-lower": "50000",
    "tiers-2-rate": "10",
    "tiers-3-lower": "",
    "tiers-3-rate": "",
    "uplift": "2.5",
    "clawback_days": "90",
    "clawback_bonuses": "full_refund",
    "rounding": "half_up",
    "rating_date": "won",
    "uplift_for": "any",
    "override_from": "vendor",
}
RULES = {
    "base": {
        "type": "tier",
        "mode": "deal_marginal",
        "tiers": [["0", "0.05"], ["10000", "0.08"], ["50000", "0.10"]],
    },
    "dealreg_uplift": "0.025",
    "clawback": {"days": 90},
}


@pytest.fixture
def finance(a, sign_in):
    a.programme()
    return sign_in(a.finance(name="Fay Finance"))


@pytest.fixture
def draft(a):
    return a.plan_draft(a.plan(), by=a.actor(role=Role.FINANCE))


def test_what_is_typed_becomes_the_rules(a, session, finance, draft):
    assert "12" in finance.get(f"/plans/drafts/{draft.id}/edit").text
    answer = finance.post(f"/plans/drafts/{draft.id}/edit", data=SENT)
    assert answer.headers["Location"] == f"/plans/drafts/{draft.id}"
    assert session.get_one(PlanDraft, draft.id).rules == RULES


def test_examples_are_worked_out_while_one_types_and_nothing_is_kept(session, finance, draft):
    text = finance.post(f"/plans/drafts/{draft.id}/examples", data=SENT).text
    assert "A deal of €60,000.00 earns" in text and "€4,700.00" in text
    assert "<html" not in text
    tried = finance.post(f"/plans/drafts/{draft.id}/examples", data=SENT | {"try_amount": "20000"})
    assert "A deal of €20,000.00 earns" in tried.text and "€1,300.00" in tried.text
    assert session.get_one(PlanDraft, draft.id).rules == TWELVE_PERCENT


def test_without_script_a_button_shows_the_examples_and_keeps_what_was_typed(
    session, finance, draft
):
    page = finance.post(f"/plans/drafts/{draft.id}/edit", data=SENT | {"button": "preview"})
    assert page.status_code == 200
    assert "€4,700.00" in page.text and 'value="10000"' in page.text
    assert 'name="tiers-4-rate"' in page.text, "there is room for one more tier"
    assert session.get_one(PlanDraft, draft.id).rules == TWELVE_PERCENT


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"tiers-0-lower": "5"}, "leaves a gap below its first tier; let the first begin at 0"),
        ({"tiers-1-lower": "60000"}, "has tiers that do not rise"),
        ({"tiers-1-rate": "eight"}, "Enter a number in digits"),
        ({"uplift": "130"}, "Enter a percentage between 0 and 100"),
        ({"to_on": "2026-11-01"}, "ends before it begins"),
        ({"override_pool": "8", "overrides-0-rate": "9", "overrides-0-basis": "net"}, "pool"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_nothing_typed_is_lost(
    session, finance, draft, changed, said
):
    answer = finance.post(f"/plans/drafts/{draft.id}/edit", data=SENT | changed)
    assert answer.status_code == 422
    assert said in answer.text and "Please mend this first" in answer.text
    assert 'value="50000"' in answer.text
    assert session.get_one(PlanDraft, draft.id).rules == TWELVE_PERCENT


def test_finance_adjusts_with_evidence_and_the_partner_reads_the_reason(
    a, session, finance, sign_in
):
    a.plan()
    partner = a.partner(name="Alpenrad GmbH")
    sent = {"partner": "Alpenrad GmbH", "way": "take", "amount": "75", "reason": "Paid twice."}
    made = finance.post(
        "/adjustments", data=sent | {"evidence": (io.BytesIO(LETTER.content), "a.pdf")}
    )
    assert "Paid twice." in finance.get(made.headers["Location"]).text
    line = session.scalars(select(CommissionLine)).one()
    assert line.payout_minor == -75_00
    page = sign_in(a.seller(partner)).get(f"/commissions/{line.id}").text
    assert "Paid twice." in page
    assert "Paid twice." in finance.get("/adjustments").text


def test_a_large_adjustment_waits_for_a_second_person(a, session, finance, sign_in):
    a.plan()
    partner = a.partner()
    sent = {"partner": partner.number, "way": "give", "amount": "5000", "reason": "A promise."}
    address = finance.post("/adjustments", data=sent).headers["Location"]
    assert "A second person decides" in finance.get(address).text
    finance.post(f"{address}/approval")
    assert session.scalars(select(CommissionLine)).all() == []
    second = sign_in(a.administrator())
    assert second.post(f"{address}/refusal", data={"reason": ""}).status_code == 422
    second.post(f"{address}/approval")
    assert session.scalars(select(CommissionLine.payout_minor)).all() == [5_000_00]


def test_an_adjustment_of_nobody_and_of_nothing_comes_back(a, session, finance):
    a.plan()
    sent = {"partner": "nobody", "way": "give", "amount": "5", "reason": "A promise."}
    answer = finance.post("/adjustments", data=sent)
    assert (answer.status_code, "No partner is called" in answer.text) == (422, True)
    assert "A promise." in answer.text
    assert session.scalars(select(Adjustment)).all() == []


def test_only_an_administrator_sets_the_limit(a, finance, sign_in):
    assert finance.post("/adjustments/limit", data={"limit": "50"}).status_code == 403
    browser = sign_in(a.administrator())
    assert browser.post("/adjustments/limit", data={"limit": "50"}).status_code == 303
    assert "Up to €50.00 one person is enough" in browser.get("/adjustments").text
