"""A partner registers a deal: drafts, complete submissions, questions and answers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from models import deals
from models.deals import (
    Deal,
    DealEvent,
    DealMatch,
    DealStatus,
    Line,
    Question,
    Registration,
    RejectReason,
)
from models.deals.rules import clock_resumed
from models.errors import Refused
from models.money import Money
from models.notices import Notice
from models.partners import Partner, PartnerStatus
from models.scope import Scope, open_session
from models.vendor import Vendor


def verbs(session, deal) -> list[str]:
    return [event.verb for event in deals.story_of(session, deal.id, with_notes=True)]


def told(session, kind: str) -> list[str]:
    return list(session.scalars(select(Notice.title).where(Notice.kind == kind)))


def test_a_draft_may_lack_everything(session, a, now):
    partner = a.partner(currency="USD")
    by = a.seller(partner).actor()
    deal = deals.draft(session, Registration(), partner_id=partner.id, by=by, now=now)
    assert deal.status is DealStatus.DRAFT and deal.value == Money(0, "USD")


def test_a_draft_comes_back_as_it_was_left(session, a):
    deal = a.draft(customer_name="Kestrel Foods Ltd", competitors="Contoso")
    kept = deals.registration_of(session, deal)
    assert (kept.customer_name, kept.competitors) == ("Kestrel Foods Ltd", "Contoso")
    assert deal.value == Money(10_000_00, "EUR")


def test_saving_twice_changes_nothing_the_second_time(session, a, now):
    deal = a.draft()
    better = replace(deals.registration_of(session, deal), competitors="Contoso")
    later = now + timedelta(hours=1)
    deals.save(session, deal, better, now=later)
    deals.save(session, deal, better, now=later + timedelta(hours=1))
    assert deal.changed_at == later


def test_a_submitted_deal_is_routed_to_named_people_and_the_clock_starts(session, a, now):
    deal = a.submitted()
    assert deal.status is DealStatus.SUBMITTED and deal.submitted_at == now
    assert deal.channel_manager_id and deal.sales_manager_id and deal.routing_why
    assert deal.decide_by == now + timedelta(days=2)
    assert deal.customer_id and deal.protected_through is None


def test_the_decision_clock_does_not_run_on_a_weekend(session, a):
    friday = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    deal = a.draft()
    deals.submit(session, deal, by=a.registrant(deal), now=friday)
    assert deal.decide_by == datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def test_managers_and_the_partner_hear_of_a_submission(session, a):
    a.submitted(customer_name="Kestrel Foods Ltd")
    assert (
        told(session, "deal-submitted") == ["Kestrel Foods Ltd: a deal waits for your decision"] * 2
    )
    assert told(session, "deal-received") == ["Kestrel Foods Ltd is registered"]


def test_an_incomplete_draft_is_refused_with_what_is_missing(session, a, now):
    deal = a.draft(problem="They need bikes.")
    with pytest.raises(Refused, match="at least 50 characters"):
        deals.submit(session, deal, by=a.registrant(deal), now=now)
    assert deal.status is DealStatus.DRAFT


def test_a_deal_below_the_minimum_is_refused_unless_the_minimum_is_nothing(session, a, now):
    deal = a.draft(value=4_999_99)
    with pytest.raises(Refused, match=r"starts at EUR 5,000\.00; this deal is worth EUR 4,999\.99"):
        deals.submit(session, deal, by=a.registrant(deal), now=now)
    session.scalars(select(Vendor)).one().minimum_deal_minor = 0
    deals.submit(session, deal, by=a.registrant(deal), now=now)
    assert deal.status is DealStatus.SUBMITTED


def test_submitting_twice_is_refused_and_names_who_did_it(session, a, now):
    deal = a.submitted()
    by = a.registrant(deal)
    with pytest.raises(Refused, match=f"{by.name} submitted this deal 5 min ago"):
        deals.submit(session, deal, by=by, now=now + timedelta(minutes=5))
    assert verbs(session, deal) == ["draft", "submit"]


def test_the_family_is_that_of_most_value_and_unknown_products_are_refused(session, a, now):
    bike, helmet = a.sold("Bikes"), a.sold("Helmets")
    deal = a.draft(lines=(Line(helmet.id, 10, 100_00), Line(bike.id, 3, 2_000_00)))
    assert deal.family_id == bike.family_id and deal.value == Money(7_000_00, "EUR")


def test_the_same_customer_written_differently_is_recognised(session, a):
    one = a.submitted(customer_name="Acme Corporation", customer_country="US")
    two = a.submitted(customer_name="ACME Corp.", customer_country="US")
    assert one.customer_id == two.customer_id


def test_a_customer_that_looks_alike_is_kept_as_evidence_for_a_person(session, a, now):
    one = a.submitted(customer_name="Müller Maschinenbau GmbH & Co. KG")
    two = a.submitted(customer_name="Mueller Maschinenbau")
    assert one.customer_id != two.customer_id
    match = session.scalars(select(DealMatch).where(DealMatch.deal_id == two.id)).one()
    assert match.customer_id == one.customer_id and match.verdict == "review"
    found = deals.evidence(session, two, on=now.date())
    assert [row.number for row in found] == [one.number] and not found[0].is_same_customer


def test_a_partner_submits_in_its_own_session_and_sees_nothing_of_the_rival(engine, session, a):
    rival = a.submitted(customer_name="Kestrel Foods Ltd")
    deal = a.draft(customer_name="Kestrel Foods")
    by, deal_id, now = a.registrant(deal), deal.id, a.now
    session.commit()
    with open_session(engine, Scope.partner(by.partner_id)) as own:
        mine = own.get_one(Deal, deal_id)
        deals.submit(own, mine, by=by, now=now)
        own.commit()
        assert mine.customer_id == rival.customer_id
        assert own.scalar(select(func.count(Deal.id))) == 1
        assert own.scalar(select(func.count(DealMatch.id))) == 0
        assert deals.evidence(own, mine, on=now.date()) == []


def test_a_question_opens_only_the_fields_it_names(session, a, now):
    deal = a.submitted()
    by = a.registrant(deal)
    deals.ask(
        session, deal, questions=[Question.CLOSE], text="Is February certain?",
        by=a.decider(), now=now,
    )  # fmt: skip
    assert deal.status is DealStatus.INFO_REQUESTED
    written = deals.registration_of(session, deal)
    with pytest.raises(Refused, match="Only the fields that were asked about"):
        deals.answer(
            session, deal, replace(written, competitors="None"), note="Yes.", by=by, now=now
        )
    moved = replace(written, expected_close_on=date(2027, 3, 1))
    deals.answer(session, deal, moved, note="March, rather.", by=by, now=now)
    assert deal.status is DealStatus.SUBMITTED and deal.expected_close_on == date(2027, 3, 1)
    assert deal.asked_at is None and deal.asked_fields == []
    with pytest.raises(Refused, match="answered the questions on this deal just now"):
        deals.answer(session, deal, moved, note="March, rather.", by=by, now=now)


def test_the_clock_stands_while_information_is_asked(session, a, now):
    deal = a.submitted()
    asked = now + timedelta(days=1)  # a Thursday; one business day of two is left
    deals.ask(
        session, deal, questions=[Question.CLOSE], text="When?", by=a.decider(), now=asked
    )  # fmt: skip
    answered = asked + timedelta(days=5)  # a Tuesday
    deals.answer(
        session, deal, deals.registration_of(session, deal), note="As written.",
        by=a.registrant(deal), now=answered,
    )  # fmt: skip
    assert deal.decide_by == answered + timedelta(days=1)


def test_a_clock_that_had_run_out_gives_no_more_time(a, now):
    calendar = a.programme().calendar
    due = clock_resumed(
        calendar, asked_at=now, decide_by=now - timedelta(hours=1), answered_at=now + timedelta(2)
    )
    assert due == now + timedelta(days=2)


def test_hours_that_are_left_run_on_but_not_into_the_weekend(a, now):
    calendar = a.programme().calendar
    friday = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)  # 23:00 in Berlin
    due = clock_resumed(
        calendar, asked_at=now, decide_by=now + timedelta(hours=3), answered_at=friday
    )
    assert due == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # Monday, 02:00 in Berlin


def test_a_rejected_deal_is_submitted_again_only_with_changes(session, a, now):
    deal = a.submitted()
    by = a.registrant(deal)
    deals.reject(
        session, deal, code=RejectReason.INCOMPLETE, text="Who decides there?",
        by=a.decider(), now=now,
    )  # fmt: skip
    later = now + timedelta(hours=1)
    with pytest.raises(Refused, match="Change what was missing"):
        deals.submit(session, deal, by=by, now=later)
    better = replace(deals.registration_of(session, deal), contact_title="Head of IT")
    deals.save(session, deal, better, now=later)
    deals.submit(session, deal, by=by, now=later)
    assert deal.status is DealStatus.SUBMITTED and deal.reject_code is None
    assert deal.submitted_at == later


def test_a_submitted_deal_cannot_be_edited_behind_the_managers_back(session, a, now):
    deal = a.submitted()
    with pytest.raises(Refused, match="Only a draft or a rejected deal"):
        deals.save(session, deal, Registration(), now=now)


def test_withdrawing_frees_the_customer_and_is_done_once(session, a, now):
    deal = a.submitted()
    by = a.registrant(deal)
    deals.withdraw(session, deal, note="They chose to wait.", by=by, now=now)
    assert deal.status is DealStatus.WITHDRAWN and deal.decide_by is None
    with pytest.raises(Refused, match="withdrew this deal just now"):
        deals.withdraw(session, deal, by=by, now=now)
    assert len(told(session, "deal-withdrawn")) == 2


def test_withdrawing_a_draft_tells_nobody(session, a, now):
    deal = a.draft()
    deals.withdraw(session, deal, by=a.registrant(deal), now=now)
    assert told(session, "deal-withdrawn") == []


def test_an_event_is_never_changed(session, a):
    deal = a.submitted()
    event = session.scalars(select(DealEvent).where(DealEvent.deal_id == deal.id)).first()
    event.note = "Never happened"
    with pytest.raises(Exception, match="deal_event is never changed"):
        session.flush()


@pytest.mark.parametrize(
    "status, reason",
    [("onboarding", "checklist"), ("suspended", "suspended"), ("ended", "has ended")],
)
def test_only_an_active_partner_submits(session, a, now, status, reason):
    deal = a.draft()
    partner = session.get_one(Partner, deal.partner_id)
    by = a.seller(partner).actor()
    partner.status = PartnerStatus(status)
    with pytest.raises(Refused, match=reason):
        deals.submit(session, deal, by=by, now=now)
    assert deal.status is DealStatus.DRAFT
