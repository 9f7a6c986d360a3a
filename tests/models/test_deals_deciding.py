"""A manager decides: approve, reject, ask, clear a match; rivals, and who was quicker."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from models import deals
from models.audit import AuditEntry
from models.deals import Deal, DealMatch, DealNote, DealStatus, Question, RejectReason, RevokeReason
from models.errors import Refused
from models.notices import Notice


def approve(session, a, deal, now=None):
    deals.approve(session, deal, by=a.decider(), now=now or a.now)
    session.flush()


def reject(session, a, deal, *, text="They are ours.", now=None):
    deals.reject(
        session, deal, code=RejectReason.NOT_QUALIFIED, text=text, by=a.decider(),
        now=now or a.now,
    )  # fmt: skip


def test_approval_protects_for_ninety_days_and_says_so(session, a):
    deal = a.submitted(customer_name="Kestrel Foods Ltd")
    approve(session, a, deal)
    assert deal.status is DealStatus.APPROVED
    assert (deal.approved_on, deal.protected_through) == (date(2026, 11, 18), date(2027, 2, 16))
    notice = session.scalars(select(Notice).where(Notice.kind == "deal-approved")).one()
    assert notice.title == "Kestrel Foods Ltd is approved"
    assert "16 February 2027" in notice.body and notice.link == f"/deals/{deal.id}"


def test_the_day_of_approval_is_the_vendors_own(session, a):
    deal = a.submitted()
    late = a.now.replace(hour=23, minute=30)  # half past midnight in Berlin
    approve(session, a, deal, now=late)
    assert deal.approved_on == date(2026, 11, 19)


def test_a_second_approval_is_told_who_was_quicker(session, a, now):
    deal = a.submitted()
    approve(session, a, deal)
    with pytest.raises(Refused, match=r"Rosa Kim approved this deal 2 min ago\. Nothing was"):
        approve(session, a, deal, now=now + timedelta(minutes=2))
    with pytest.raises(Refused, match="Rosa Kim approved this deal"):
        reject(session, a, deal)


def test_each_decision_leaves_an_event_and_an_audit_entry(session, a):
    deal = a.submitted()
    approve(session, a, deal)
    story = deals.story_of(session, deal.id, with_notes=False)
    assert [event.verb for event in story] == ["draft", "submit", "approve"]
    assert story[-1].by_name == "Rosa Kim"
    audited = session.scalars(select(AuditEntry).where(AuditEntry.about_id == deal.id)).all()
    assert audited[-1].action == "deal: approve" and audited[-1].detail["to"] == "approved"


def test_a_customer_already_protected_is_refused_to_another_partner(session, a):
    first = a.approved(customer_name="Kestrel Foods Ltd")
    second = a.submitted(customer_name="Kestrel Foods")
    with pytest.raises(Refused, match=f"through 16 February 2027 .{first.number}."):
        approve(session, a, second)
    assert second.status is DealStatus.SUBMITTED


def test_another_product_family_of_the_same_customer_is_free(session, a):
    a.approved(customer_name="Kestrel Foods Ltd", family="Bikes")
    other = a.submitted(customer_name="Kestrel Foods Ltd", family="Helmets")
    approve(session, a, other)
    assert other.status is DealStatus.APPROVED


def test_the_same_partner_may_have_two_projects_with_its_customer(session, a):
    partner = a.partner()
    a.approved(partner=partner, customer_name="Kestrel Foods Ltd")
    second = a.submitted(partner=partner, customer_name="Kestrel Foods Ltd")
    assert len(deals.own_duplicates(session, second)) == 1
    approve(session, a, second)
    assert second.status is DealStatus.APPROVED


def test_whoever_submitted_first_is_decided_first(session, a, now):
    first = a.submitted(customer_name="Kestrel Foods Ltd")
    second = a.submitted(customer_name="Kestrel Foods Ltd")
    with pytest.raises(Refused, match=f"registered this customer first .{first.number}."):
        approve(session, a, second)
    reject(session, a, first)
    approve(session, a, second)
    assert second.status is DealStatus.APPROVED


def test_a_customer_is_free_again_when_the_protection_is_over(session, a, now):
    first = a.approved(customer_name="Kestrel Foods Ltd")
    second = a.submitted(customer_name="Kestrel Foods Ltd")
    day_after = now + timedelta(days=91)
    approve(session, a, second, now=day_after)
    assert second.status is DealStatus.APPROVED and first.protected_through < second.approved_on


def test_a_likely_duplicate_must_be_looked_at_before_approval(session, a, now):
    first = a.approved(customer_name="Müller Maschinenbau GmbH & Co. KG")
    second = a.submitted(customer_name="Mueller Maschinenbau")
    with pytest.raises(Refused, match=f"looks like the same customer .{first.number}."):
        approve(session, a, second)
    match = session.scalars(select(DealMatch).where(DealMatch.deal_id == second.id)).one()
    by = a.decider()
    deals.clear_match(session, second, match.id, reason="Another owner.", by=by, now=now)
    with pytest.raises(Refused, match="Rosa Kim has already said so"):
        deals.clear_match(session, second, match.id, reason="Again.", by=by, now=now)
    approve(session, a, second)
    note = session.scalars(select(DealNote).where(DealNote.deal_id == second.id)).one()
    assert note.verb == "not_a_duplicate" and note.by_name == "Rosa Kim"
    assert note.note == "Müller Maschinenbau GmbH & Co. KG: Another owner."


def test_a_match_is_cleared_only_with_a_reason_and_only_on_its_own_deal(session, a, now):
    a.approved(customer_name="Müller Maschinenbau GmbH & Co. KG")
    deal, other = a.submitted(customer_name="Mueller Maschinenbau"), a.submitted()
    match = session.scalars(select(DealMatch).where(DealMatch.deal_id == deal.id)).one()
    with pytest.raises(Refused, match="why it is not a duplicate"):
        deals.clear_match(session, deal, match.id, reason=" ", by=a.decider(), now=now)
    with pytest.raises(Refused, match="belongs to another deal"):
        deals.clear_match(session, other, match.id, reason="Ours.", by=a.decider(), now=now)


def test_the_evidence_puts_protected_deals_first_and_names_the_equal_fields(session, a, now):
    approved = a.approved(
        customer_name="Kestrel Foods Ltd", customer_country="GB",
        customer_domain="kestrelfoods.co.uk",
    )  # fmt: skip
    waiting = a.submitted(customer_name="Kestrel Food Ltd", customer_country="GB")
    deal = a.submitted(
        customer_name="Kestrel Foods", customer_country="GB", customer_domain="kestrelfoods.co.uk"
    )
    found = deals.evidence(session, deal, on=now.date())
    assert [row.number for row in found] == [approved.number, waiting.number]
    assert found[0].is_same_customer and not found[1].is_same_customer
    assert found[1].score_percent >= 88 and found[1].fields == ["Country"]


def test_rejection_needs_a_text_which_the_partner_reads_word_for_word(session, a, now):
    deal = a.submitted()
    with pytest.raises(Refused, match="Write why you reject it"):
        reject(session, a, deal, text="  ")
    words = "Nobody there has a budget before May."
    reject(session, a, deal, text=words)
    assert (deal.reject_code, deal.reject_text) == (RejectReason.NOT_QUALIFIED, words)
    assert words in session.scalars(select(Notice.body).where(Notice.kind == "deal-rejected")).one()
    with pytest.raises(Refused, match="Rosa Kim rejected this deal"):
        reject(session, a, deal)


def test_asking_twice_is_refused(session, a, now):
    deal = a.submitted()
    by = a.decider()
    ask = {"questions": [Question.CONTACT], "text": "Who decides there?", "by": by, "now": now}
    deals.ask(session, deal, **ask)
    with pytest.raises(Refused, match="Rosa Kim asked for information on this deal just now"):
        deals.ask(session, deal, **ask)
    assert deal.asked_fields == ["contact"]


def test_a_question_is_about_something(session, a, now):
    deal = a.submitted()
    with pytest.raises(Refused, match="Choose at least one part"):
        deals.ask(session, deal, questions=[], text="Hm?", by=a.decider(), now=now)


def test_an_unanswered_deal_can_still_be_rejected(session, a, now):
    deal = a.submitted()
    deals.ask(
        session, deal, questions=[Question.CLOSE], text="When?", by=a.decider(), now=now
    )  # fmt: skip
    reject(session, a, deal, text="No answer came.")
    assert deal.status is DealStatus.REJECTED and deal.asked_at is None


def test_nobody_decides_what_they_registered_themselves(session, a, now):
    deal = a.submitted()
    with pytest.raises(Refused, match="You registered this deal yourself"):
        deals.approve(session, deal, by=a.registrant(deal), now=now)


def test_revoking_frees_the_customer_and_is_done_once(session, a, now):
    deal = a.approved(customer_name="Kestrel Foods Ltd")
    rival = a.submitted(customer_name="Kestrel Foods Ltd")
    why = {"code": RevokeReason.UNTRUE, "text": "They have never heard of you."}
    deals.revoke(session, deal, **why, by=a.decider(), now=now)
    with pytest.raises(Refused, match="Rosa Kim revoked this deal"):
        deals.revoke(session, deal, **why, by=a.decider(), now=now)
    approve(session, a, rival)


def test_the_database_itself_refuses_two_protections_at_once(session, a):
    a.approved(customer_name="Kestrel Foods Ltd")
    rival = a.submitted(customer_name="Kestrel Foods Ltd")
    forced = (
        update(Deal)
        .where(Deal.id == rival.id)
        .values(
            status=DealStatus.APPROVED,
            approved_on=date(2027, 2, 16),  # the last protected day of the other
            protected_through=date(2027, 5, 1),
        )
    )
    with pytest.raises(IntegrityError):
        session.execute(forced)


def test_the_database_lets_the_next_protection_begin_on_the_day_after(session, a):
    a.approved(customer_name="Kestrel Foods Ltd")
    rival = a.submitted(customer_name="Kestrel Foods Ltd")
    rival.status = DealStatus.APPROVED
    rival.approved_on, rival.protected_through = date(2027, 2, 17), date(2027, 5, 1)
    session.flush()
