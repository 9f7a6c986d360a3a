"""Plans in the portal: written, loaded and taken out, proposed by one and approved by another."""

import io
import json
import re
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from models import commissions
from models.commissions import DraftState, PlanDraft, PlanVersion, drafts
from models.notices import Notice
from models.people import Role
from portal.command_line import portal
from tests.factories_commissions import TEN_PERCENT, TWELVE_PERCENT

ANYBODY = {"partner": "", "tier": "", "role": "", "country": ""}
FRAME = {
    "name": "Gold",
    "currency": "eur",
    "earning_event": "paid",
    "fx_policy": "paid_date",
    "time_zone": "Europe/Berlin",
}


@pytest.fixture
def finance(a, sign_in):
    a.programme()
    return sign_in(a.finance(name="Fay Finance"))


@pytest.fixture
def second(a, sign_in):
    return sign_in(a.finance(name="Sam Second"))


def run(app, *words):
    with app.app_context():
        return CliRunner().invoke(portal, ["commissions", "plan", *map(str, words)])


def save(browser, draft_address, rules, **said):
    sent = {"from_on": "2026-11-01", "rules": json.dumps(rules)} | said
    return browser.post(f"{draft_address}/json", data=sent)


def test_finance_makes_a_plan_another_puts_it_into_force_and_it_is_assigned(a, finance, second):
    plan = finance.post("/plans", data=FRAME).headers["Location"]
    assert f"{plan}/frame" in finance.get(plan).text
    changed = finance.post(f"{plan}/frame", data=FRAME | {"time_zone": "Europe/Nowhere"})
    assert changed.status_code == 422
    changed = finance.post(f"{plan}/frame", data=FRAME | {"time_zone": "Europe/Paris"})
    assert changed.status_code == 303 and "Europe/Paris" in finance.get(plan).text
    begun = finance.post(f"{plan}/drafts").headers["Location"]
    draft = re.search(r"/plans/drafts/[0-9a-f-]{36}", begun).group()
    assert save(finance, draft, TEN_PERCENT, from_on="2026-01-01").status_code == 303
    assert "10% of the net value" in finance.get(draft).text
    assert finance.post(f"{draft}/proposal").status_code == 303
    assert "A second person decides" in finance.get(draft).text
    assert "Approve" not in finance.get(draft).text
    page = second.get(draft).text
    seen = re.search(r'name="seen" value="(\w+)"', page).group(1)
    assert second.post(f"{draft}/approval", data={"seen": seen}).status_code == 303
    partner = a.partner(name="Alpenrad GmbH")
    sent = ANYBODY | {"partner": partner.number, "from_on": "2026-01-01"}
    assert finance.post(f"{plan}/assignments", data=sent).status_code == 303
    page = finance.get(plan).text
    assert "Alpenrad GmbH" in page and "In force" in page and "approved by Sam Second" in page
    assert f"{plan}/frame" not in page
    typed = finance.get(f"{plan}/frame", follow_redirects=True)
    assert typed.request.path == plan and "what was promised stays" in typed.text
    late = finance.post(f"{plan}/frame", data=FRAME)
    assert late.status_code == 422 and "what was promised stays" in late.text
    assert "Gold" in finance.get("/plans").text


def test_the_author_cannot_approve_by_address_either(a, session, sign_in):
    a.programme()
    author = a.finance()
    draft = a.plan_draft(a.plan(), by=author.actor())
    browser = sign_in(author)
    browser.post(f"/plans/drafts/{draft.id}/proposal")
    answer = browser.post(
        f"/plans/drafts/{draft.id}/approval", data={"seen": drafts.seen_of(draft)}
    )
    assert answer.status_code >= 400 or "a second person" in browser.get("/plans").text
    session.expire_all()
    assert session.get_one(PlanDraft, draft.id).state is DraftState.PROPOSED


def test_it_is_sent_back_only_with_a_reason(a, session, second):
    draft = a.plan_draft(a.plan(), by=a.actor(role=Role.FINANCE))
    author = a.session.get_one(PlanDraft, draft.id)
    author.state = DraftState.PROPOSED
    session.commit()
    answer = second.post(f"/plans/drafts/{draft.id}/return", data={"reason": ""})
    assert (answer.status_code, "Say why" in answer.text) == (422, True)
    assert second.post(f"/plans/drafts/{draft.id}/return", data={"reason": "Too dear."})
    assert "Too dear." in second.get(f"/plans/drafts/{draft.id}").text


def test_a_draft_shows_what_changes_against_the_version_in_force(a, finance):
    draft = a.plan_draft(a.plan(), by=a.actor(role=Role.FINANCE))
    page = finance.get(f"/plans/drafts/{draft.id}").text
    assert "10% of the net value" in page and "12% of the net value" in page
    assert "Version 1" in page
    assert "For example" in page and "€120.00" in page  # of 1,000.00, as the engine works it out


def test_everybody_can_ask_which_plan_a_partner_is_on_and_why(a, sign_in, finance):
    a.plan(name="Ten for all")
    partner = a.partner(name="Alpenrad GmbH")
    why = "Plan “Ten for all” because it is assigned to every partner, from 1 January 2025."
    assert why in finance.get(f"/plans?partner={partner.number}").text
    assert "No partner is called “nobody”" in finance.get("/plans?partner=nobody").text
    assert why in sign_in(a.seller(partner)).get("/commissions").text


def test_an_assignment_that_another_plan_overrules_is_marked(a, finance):
    first = a.plan(name="Ten for all")
    later = a.plan(name="Twelve for all")
    page = finance.get(f"/plans/{first.id}").text
    assert "Shadowed" in page and "“Twelve for all” decides: it says the same, later." in page
    assert "Shadowed" not in finance.get(f"/plans/{later.id}").text


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ('{"base": ', "This is not JSON: line 1"),
        ('{"base": {"type": "flat", "rate": "2"}}', "rules.base.rate: 2 must lie between"),
        ('{"base": {"type": "dice"}}', "the component base “dice” is not known"),
        ("", "Paste the rules, or choose a file."),
        ("[" * 10_000, "This is not JSON: a number is too long, or brackets are too deep"),
    ],
)
def test_bad_rules_come_back_with_what_was_typed_and_what_is_wrong(a, finance, rules, said):
    draft = a.plan_draft(a.plan(), by=a.actor(role=Role.FINANCE))
    sent = {"from_on": "2026-12-01", "rules": rules}
    answer = finance.post(f"/plans/drafts/{draft.id}/json", data=sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert rules.replace('"', "&#34;") in answer.text


def test_who_opened_it_before_it_was_approved_does_not_take_the_approval_back_unasked(
    a, session, finance
):
    author, other = a.actor(role=Role.FINANCE), a.finance(name="Sam Second")
    draft = a.plan_draft(a.plan(), by=author)
    commissions.propose_draft(session, draft, by=author, now=a.now)
    seen = drafts.seen_of(draft)
    commissions.approve_draft(session, draft, seen=seen, by=other.actor(), now=a.now)
    session.commit()
    address = f"/plans/drafts/{draft.id}"
    late = save(finance, address, TEN_PERCENT, from_on="2026-12-03", was="draft")
    assert (late.status_code, "It is approved meanwhile" in late.text) == (422, True)
    assert "whoever approved it is told" in finance.get(f"{address}/json").text
    saved = save(finance, address, TEN_PERCENT, from_on="2026-12-03", was="approved")
    assert saved.status_code == 303
    told = session.scalars(select(Notice.title).where(Notice.person_id == other.id)).all()
    assert any("that you approved" in title for title in told)


def test_the_same_name_and_an_unknown_partner_are_refused_beside_the_field(a, finance):
    plan = a.plan(name="Gold")
    sent = ANYBODY | {"partner": "nobody", "from_on": "2026-01-01"}
    answer = finance.post(f"/plans/{plan.id}/assignments", data=sent)
    assert (answer.status_code, "No partner is called “nobody”" in answer.text) == (422, True)
    answer = finance.post("/plans", data=FRAME)
    assert (answer.status_code, "There is a plan “Gold” already" in answer.text) == (422, True)


def test_a_plan_goes_out_as_a_file_and_comes_in_elsewhere_the_same(a, app, session, finance):
    plan = a.plan(name="Gold")
    a.version(plan, TWELVE_PERCENT, date(2026, 11, 10))
    out = finance.get(f"/plans/{plan.id}/file").get_data()
    told = json.loads(out) | {"name": "Silver"}
    sent = {"file": (io.BytesIO(json.dumps(told).encode()), "silver.json")}
    address = finance.post("/plans/import", data=sent).headers["Location"]
    loaded = session.scalars(select(PlanDraft).order_by(PlanDraft.from_on)).all()
    assert [(one.from_on, one.to_on, one.rules) for one in loaded] == [
        (date(2025, 1, 1), date(2026, 11, 10), TEN_PERCENT),
        (date(2026, 11, 10), None, TWELVE_PERCENT),
    ]
    assert "Silver" in finance.get(address).text
    alone = json.loads(finance.get(f"/plans/drafts/{loaded[0].id}/file").get_data())
    assert alone["versions"] == told["versions"][:1]
    sent = {"file": (io.BytesIO(b'{"name": "Odd"}'), "odd.json")}
    answer = finance.post("/plans/import", data=sent)
    assert (answer.status_code, "neither “rules” nor “versions”" in answer.text) == (422, True)


def test_a_plan_is_loaded_and_printed_by_command(a, app, session, tmp_path):
    a.vendor()
    author = a.finance(email="fay@example.com")
    session.commit()
    file = tmp_path / "plan.json"
    file.write_text(json.dumps({"plan": {"name": "Gold", "currency": "EUR", "rules": TEN_PERCENT}}))
    answer = run(app, "import", file, "--by", "fay@example.com")
    assert (answer.exit_code, answer.output) == (0, "“Gold”: 1 draft.\n")
    session.expire_all()
    draft = session.scalars(select(PlanDraft)).one()
    assert (draft.state, draft.author_id) == (DraftState.DRAFT, author.id)
    assert session.scalars(select(PlanVersion)).all() == []
    session.rollback()
    assert json.loads(run(app, "export", "Gold").output)["versions"] == []
    assert run(app, "export", "Lead").exit_code == 1
    assert run(app, "import", file, "--by", "nobody@example.com").exit_code == 1


def test_what_has_always_a_value_is_not_called_optional(finance):
    page = finance.get("/plans/new").text
    assert re.search(r'for="payout_currency">[^<]*<span class="optional">', page)
    assert re.search(r'for="fx_policy">[^<]*</label>', page)
    assert re.search(r'for="file">File</label>', finance.get("/plans/import").text)
