"""Approvals, appeals, changes, letters and the clock in the browser, without script."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from models import approvals, deals
from models.approvals import ApprovalRule, ApproverKind, RuleDetails, Step
from models.audit import AuditEntry
from models.deals import DealAmendment, DealStatus, RejectReason
from models.deals.transitions import DECIDERS, PARTNER, TRANSITIONS
from models.people import STAFF
from portal.deals.showing import NEEDS
from portal.permissions import WHO_MAY, Can
from tests.queries import counting

LETTER = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def rosa(a, sign_in):
    """The channel manager's browser."""
    return sign_in(a.decider().email)


@pytest.fixture
def ines(a, sign_in):
    """A second channel manager's browser."""
    return sign_in(a.manager(name="Ines Weber"))


@pytest.fixture
def linda(a, sign_in):
    """The sales manager's browser."""
    return sign_in(a.seller_of_vendor().email)


@pytest.fixture
def kim(a, sign_in):
    """The administrator's browser."""
    return sign_in(a.administrator(name="Kim Ralls"))


@pytest.fixture
def two_steps(session, a):
    a.programme()
    steps = [Step(0, ApproverKind.CHANNEL_MANAGER), Step(1, ApproverKind.SALES_MANAGER)]
    writer = a.administrator().actor()
    approvals.add(session, RuleDetails(name="Two", steps=steps), by=writer, now=a.now)


def seller_of(a, sign_in, deal):
    return sign_in(a.registrant(deal).email)


def reject(session, a, deal):
    code = RejectReason.NOT_QUALIFIED
    deals.reject(session, deal, code=code, text="Too early.", by=a.decider(), now=a.now)
    session.flush()


def test_each_finds_in_the_queue_what_waits_for_them(rosa, linda, a, two_steps, session):
    deal = a.submitted(customer_name="Alder Motors")
    assert "Alder Motors" in rosa.get("/deals/queue").text
    assert "Alder Motors" not in linda.get("/deals/queue").text
    page = linda.get(f"/deals/{deal.id}").text
    assert f"/deals/{deal.id}/approval" not in page and "Approvals, 0 of 2 given" in page
    page = rosa.post(f"/deals/{deal.id}/approval", follow_redirects=True).text
    assert "approved by you" in page
    assert "Approvals, 1 of 2 given" in page
    assert "Alder Motors" not in rosa.get("/deals/queue").text
    assert f"/deals/{deal.id}/approval" in linda.get("/deals/queue").text
    linda.post(f"/deals/{deal.id}/approval")
    session.refresh(deal)
    assert deal.status is DealStatus.APPROVED


def test_the_partner_sees_how_many_approvals_are_given(a, sign_in, two_steps, session):
    deal = a.submitted()
    deals.approve(session, deal, by=a.decider(), now=a.now)
    page = seller_of(a, sign_in, deal).get(f"/deals/{deal.id}").text
    assert "Approvals, 1 of 2 given" in page and "Rosa Kim" in page and "Linda Mitchell" in page


def test_a_late_decision_tells_the_partner_that_it_stays_protected(a, sign_in, session, now):
    deal = a.submitted()
    deal.decide_by = deal.missed_at = now - timedelta(hours=3)
    page = seller_of(a, sign_in, deal).get(f"/deals/{deal.id}").text
    assert "We are late" in page and "You are protected until we decide" in page


def test_an_appeal_goes_from_the_partner_to_another_manager(a, sign_in, session, rosa, ines):
    deal = a.submitted(customer_name="Alder Motors")
    reject(session, a, deal)
    seller = seller_of(a, sign_in, deal)
    assert "You may appeal once, through Dec 2, 2026" in seller.get(f"/deals/{deal.id}").text
    assert seller.post(f"/deals/{deal.id}/appeal", data={"text": ""}).status_code == 422
    seller.post(f"/deals/{deal.id}/appeal", data={"text": "It is qualified."})
    again = seller.post(f"/deals/{deal.id}/appeal", data={"text": "Once more."})
    assert again.status_code == 422 and "You have appealed already" in again.text
    assert "Alder Motors" in ines.get("/deals/requests").text
    assert "Judge the appeal" not in rosa.get(f"/deals/{deal.id}").text
    judged = {"granted": "yes", "text": "We looked again."}
    own = rosa.post(f"/deals/{deal.id}/appeal/judgement", data=judged)
    assert own.status_code == 422 and "somebody else has to judge" in own.text
    assert "Judge the appeal" in ines.get(f"/deals/{deal.id}").text
    assert ines.post(f"/deals/{deal.id}/appeal/judgement", data=judged).status_code == 303
    session.refresh(deal)
    assert deal.status is DealStatus.APPROVED
    ines.get("/deals/requests")  # its toast names the deal
    assert "Alder Motors" not in ines.get("/deals/requests").text


def test_a_change_is_made_by_the_partner_and_approved_by_the_manager(a, sign_in, session, rosa):
    deal = a.approved(value=10_000_00)
    seller = seller_of(a, sign_in, deal)
    line = deals.registration_of(session, deal).lines[0]
    sent = {
        "note": "They want two more.", "customer_name": deal.customer_name,
        "customer_country": "DE", "kind": "new_business", "problem": deal.problem,
        "expected_close_on": str(deal.expected_close_on), "contact_name": deal.contact_name,
        "contact_email": deal.contact_email, "lines-0-product": str(line.product_id),
        "lines-0-quantity": "3", "lines-0-unit": "10000",
    }  # fmt: skip
    assert "needs our approval again" in seller.get(f"/deals/{deal.id}/change").text
    unsaid = seller.post(f"/deals/{deal.id}/change", data=sent | {"note": ""})
    assert unsaid.status_code == 422
    page = seller.post(f"/deals/{deal.id}/change", data=sent, follow_redirects=True).text
    assert "until then the deal stays protected as it was" in page
    assert "The value changes by more than 25 %" in page
    made = session.scalars(select(DealAmendment)).one()
    url = f"/deals/{deal.id}/changes/{made.id}"
    assert seller.post(f"{url}/approval").status_code == 403
    assert f"{url}/approval" in rosa.get(f"/deals/{deal.id}").text
    assert deal.number in rosa.get("/deals/requests").text
    assert rosa.post(f"{url}/approval").status_code == 303
    session.refresh(deal)
    assert deal.value.minor == 30_000_00
    assert f"{url}/approval" not in rosa.get(f"/deals/{deal.id}").text


def test_the_customers_letter_moves_the_deal(a, sign_in, session, rosa, ines):
    loser = a.approved(customer_name="Kestrel Foods Ltd")
    chosen = a.submitted(customer_name="Kestrel Foods Ltd")
    seller, other = seller_of(a, sign_in, chosen), seller_of(a, sign_in, loser)
    url = f"/deals/{chosen.id}/letter"
    assert "Hand in the letter" in seller.get(url).text
    assert seller.post(url, data={"text": "Signed."}).status_code == 422
    sent = {"text": "Signed by the board.", "letter": (BytesIO(LETTER), "letter.pdf")}
    assert seller.post(url, data=sent).status_code == 303
    assert "letter.pdf" in rosa.get(f"/deals/{chosen.id}").text
    assert "letter" not in other.get(f"/deals/{loser.id}").text.lower().replace("newsletter", "")
    choice = session.scalars(select(deals.CustomerChoice)).one()
    url = f"/deals/{chosen.id}/letters/{choice.id}"
    assert rosa.post(f"{url}/backing").status_code == 303
    assert f"{url}/confirmation" not in rosa.get(f"/deals/{chosen.id}").text
    assert ines.post(f"{url}/confirmation").status_code == 303
    session.refresh(chosen)
    session.refresh(loser)
    assert (loser.status, chosen.status) == (DealStatus.REVOKED, DealStatus.APPROVED)
    page = other.get(f"/deals/{loser.id}").text
    assert "written wish" in page and chosen.number not in page


def test_a_release_is_not_seen_by_the_partner_before_it_is_confirmed(a, sign_in, session, rosa):
    deal = a.approved()
    url = f"/deals/{deal.id}/letter"
    sent = {"text": "They chose Summit.", "letter": (BytesIO(LETTER), "letter.pdf")}
    assert rosa.post(url, data=sent).status_code == 303
    page = seller_of(a, sign_in, deal).get(f"/deals/{deal.id}").text
    assert "Summit" not in page and "letter.pdf" not in page
    assert "Summit" in rosa.get(f"/deals/{deal.id}").text


def test_refusing_more_time_needs_words(a, rosa, session, now):
    deal = a.approved()
    deals.ask_to_extend(session, deal, note="March.", by=a.registrant(deal), now=now)
    assert deal.number in rosa.get("/deals/requests").text
    url = f"/deals/{deal.id}/extension-refusal"
    assert rosa.post(url, data={"text": ""}).status_code == 422
    assert rosa.post(url, data={"text": "No news."}).status_code == 303
    session.refresh(deal)
    assert deal.extension_asked_at is None


def test_a_rule_is_written_changed_raised_and_removed(kim, a, session):
    a.programme()
    assert "No rules: the channel manager" in kim.get("/approvals").text
    sent = {"name": "Large", "from_value": "100000", "steps-0-stage": "0",
            "steps-0-approver": "channel_manager", "steps-1-stage": "1",
            "steps-1-approver": "administrator"}  # fmt: skip
    assert kim.post("/approvals", data={"name": ""}).status_code == 422
    nobody = kim.post("/approvals", data={"name": "Empty"})
    assert nobody.status_code == 422 and "Name at least one approver." in nobody.text
    more = kim.post("/approvals", data=sent | {"more": "yes"}).text
    assert "steps-3-approver" in more and 'value="Large"' in more
    assert kim.post("/approvals", data=sent).status_code == 303
    kim.post("/approvals", data=sent | {"name": "Huge", "from_value": "900000"})
    page = kim.get("/approvals").text
    assert "from €100,000.00" in page and "“Huge” is never asked" in page
    huge = session.scalars(select(ApprovalRule).where(ApprovalRule.name == "Huge")).one()
    kim.post(f"/approvals/{huge.id}/raise")
    assert "is never asked" not in kim.get("/approvals").text
    assert 'value="900000.00"' in kim.get(f"/approvals/{huge.id}").text
    kim.post(f"/approvals/{huge.id}", data=sent | {"name": "Giant"})
    kim.post(f"/approvals/{huge.id}/removal")
    assert "Giant" not in kim.get("/approvals/export").text
    audited = select(AuditEntry.action).where(AuditEntry.action.startswith("approval rule"))
    assert len(session.scalars(audited).all()) == 5


def test_only_administrators_write_rules(rosa, a, session):
    assert rosa.get("/approvals").status_code == 200
    assert "New rule" not in rosa.get("/approvals").text
    assert rosa.post("/approvals", data={"name": "Mine"}).status_code == 403


def test_the_programmes_decisions_are_saved_and_audited(kim, rosa, a, session):
    programme = a.programme()
    sent = {
        "tier_gold": "1", "clock_warn_percent": "50", "clock_escalate_percent": "200",
        "holiday_subdivision": "by", "closed_days": "2026-12-24\n2026-12-31",
        "appeal_business_days": "5", "material_change_percent": "10", "stale_days": "20",
        "stale_grace_days": "7",
    }  # fmt: skip
    assert kim.post("/programme/decisions", data=sent).status_code == 303
    session.refresh(programme)
    assert programme.decision_days("gold") == 1 and programme.decision_days("silver") == 2
    assert programme.closed_days == ["2026-12-24", "2026-12-31"]
    assert not programme.participants_may_approve
    wrong = kim.post("/programme/decisions", data=sent | {"closed_days": "soon",
                                                          "holiday_subdivision": "WA"})  # fmt: skip
    assert "soon is no day" in wrong.text and "no holidays of its own for WA" in wrong.text
    page = rosa.get("/programme/decisions").text
    assert "2026-12-24" in page and "<form" not in page.split("<main")[1].split("</main")[0]
    assert rosa.post("/programme/decisions", data=sent).status_code == 403
    assert session.scalars(select(AuditEntry).where(AuditEntry.action == "programme changed")).all()


def test_staff_read_every_move_of_a_deal(rosa, a, sign_in):
    page = rosa.get("/deals/moves").text
    assert page.count('class="main"') == len(TRANSITIONS)
    assert "Approve step" in page and "Time alone" in page
    assert rosa.get("/deals/moves/export").text.count("\n") == len(TRANSITIONS) + 1
    assert sign_in(a.seller()).get("/deals/moves").status_code == 403


def test_the_table_says_the_same_as_the_permissions():
    """Approving is open to all staff, because a rule may name anybody; the rule decides."""
    may = {Can.APPROVE_DEAL: STAFF, Can.DECIDE_DEAL: DECIDERS, Can.REGISTER_DEAL: PARTNER}
    for verb, permission in NEEDS.items():
        if permission in may:
            assert TRANSITIONS[verb].who == may[permission], verb
    assert len(WHO_MAY[Can.APPROVE_DEAL]) == 1


@pytest.mark.parametrize("page", ["/deals/requests", "/approvals", "/deals/moves"])
def test_the_pages_ask_few_questions_however_much_waits(app, rosa, a, session, now, page):
    for _ in range(4):
        deal = a.approved()
        deals.ask_to_extend(session, deal, note="March.", by=a.registrant(deal), now=now)
    rosa.get(page)
    with counting(app) as asked:
        assert rosa.get(page).status_code == 200
    assert len(asked) <= 9, asked
