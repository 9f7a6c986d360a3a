"""For ten seconds a decision can be taken back, and until then nobody was told."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import deals, notices
from models.audit import AuditEntry
from models.deals import Deal, DealDecision, DealStatus, Question, RejectReason, Visibility
from models.errors import Refused
from models.jobs import Job
from models.notices import Notice

SOON = timedelta(seconds=6)


def approve(session, a, deal, by=None, now=None):
    deals.approve(session, deal, by=by or a.decider(), now=now or a.now)
    session.flush()


def reject(session, a, deal, now=None):
    deals.reject(
        session, deal, code=RejectReason.OTHER, text="No.", by=a.decider(), now=now or a.now
    )
    session.flush()


def ask(session, a, deal):
    deals.ask(
        session, deal, questions=[Question.CONTACT], text="Who signs?", by=a.decider(), now=a.now
    )
    session.flush()


def undo(session, a, deal, *, by=None, after=SOON):
    deals.undo(session, deal, by=by or a.decider(), now=a.now + after)
    session.flush()


def columns(session, deal):
    session.flush()
    row = session.execute(select(Deal.__table__).where(Deal.__table__.c.id == deal.id)).one()
    return {name: value for name, value in row._mapping.items() if name != "updated_at"}


def told_so_far(session, kind):
    return session.scalar(select(func.count(Notice.id)).where(Notice.kind == kind))


@pytest.mark.parametrize("decide", [approve, reject, ask])
def test_a_decision_taken_back_leaves_the_deal_as_it_was_before(session, a, decide):
    deal = a.submitted()
    before = columns(session, deal)
    jobs_before = session.scalar(select(func.count(Job.id)))
    decide(session, a, deal)
    assert columns(session, deal) != before
    undo(session, a, deal)
    assert columns(session, deal) == before
    assert session.scalar(select(func.count(Job.id))) == jobs_before


@pytest.mark.parametrize("decide", [approve, reject, ask])
def test_an_undone_decision_was_never_told_to_the_partner(session, a, decide):
    deal = a.submitted()
    seller = a.registrant(deal)
    rung = notices.unread(session, seller.id, now=a.now)
    decide(session, a, deal)
    assert notices.unread(session, seller.id, now=a.now + SOON) == rung
    undo(session, a, deal)
    assert notices.unread(session, seller.id, now=a.now + timedelta(days=1)) == rung
    assert sum(told_so_far(session, f"deal-{done}") for done in ("approved", "rejected")) == 0


def test_a_decision_that_stands_is_told_when_its_seconds_are_over(session, a):
    deal = a.submitted()
    seller = a.registrant(deal)
    approve(session, a, deal)
    rung = notices.unread(session, seller.id, now=a.now + timedelta(seconds=14))
    assert notices.unread(session, seller.id, now=a.now + timedelta(seconds=15)) == rung + 1


def test_the_timeline_and_the_audit_show_both_steps(session, a):
    deal = a.submitted()
    approve(session, a, deal)
    undo(session, a, deal)
    story = [event.verb for event in deals.story_of(session, deal.id, with_notes=True)]
    assert story[-2:] == ["approve", "undo"]
    done = set(session.scalars(select(AuditEntry.action).where(AuditEntry.about_id == deal.id)))
    assert {"deal: approve", "deal: undo"} <= done


def test_a_partner_does_not_read_the_words_of_a_rejection_that_was_taken_back(session, a):
    deal = a.submitted()
    deals.reject(
        session, deal, code=RejectReason.OTHER, text="Meant for another.", by=a.decider(),
        now=a.now,
    )  # fmt: skip
    undo(session, a, deal)
    theirs = deals.story_of(session, deal.id, with_notes=False)
    assert "Meant for another." not in [event.note for event in theirs]
    assert [event.verb for event in theirs][-2:] == ["reject", "undo"]
    ours = deals.story_of(session, deal.id, with_notes=True)
    assert "Meant for another." in [event.note for event in ours]


def test_taking_back_twice_does_nothing_twice(session, a):
    deal = a.submitted()
    approve(session, a, deal)
    undo(session, a, deal)
    with pytest.raises(Refused, match="taken back already"):
        undo(session, a, deal)
    assert deal.status is DealStatus.SUBMITTED


def test_it_is_too_late_once_the_seconds_and_a_little_grace_are_over(session, a):
    deal = a.submitted()
    approve(session, a, deal)
    with pytest.raises(Refused, match=r"the partner has been told\. A decision can be taken back"):
        undo(session, a, deal, after=timedelta(seconds=16))
    undo(session, a, deal, after=timedelta(seconds=15))
    assert deal.status is DealStatus.SUBMITTED


def test_nobody_takes_back_what_somebody_else_decided(session, a):
    deal = a.submitted()
    approve(session, a, deal)
    with pytest.raises(Refused, match="Rosa Kim's decision"):
        undo(session, a, deal, by=a.manager(name="Tom").actor())


def test_what_somebody_did_after_the_decision_is_never_undone(session, a):
    deal = a.submitted()
    approve(session, a, deal)
    deals.comment(
        session, deal, "Thank you!", visibility=Visibility.ALL, by=a.registrant(deal),
        now=a.now + SOON,
    )  # fmt: skip
    with pytest.raises(Refused, match="Something has happened to this deal since"):
        undo(session, a, deal, after=timedelta(seconds=8))
    assert deal.status is DealStatus.APPROVED


def test_a_mail_that_has_left_cannot_be_called_back(session, a):
    deal = a.submitted()
    approve(session, a, deal)
    session.scalars(select(Notice).where(Notice.kind == "deal-approved")).first().mailed_at = a.now
    with pytest.raises(Refused, match="told already"):
        undo(session, a, deal)


def test_a_deal_nobody_has_decided_has_nothing_to_take_back(session, a):
    with pytest.raises(Refused, match="Nothing was decided"):
        undo(session, a, a.submitted())


def test_after_taking_it_back_the_same_decision_can_be_taken_again(session, a):
    deal = a.submitted()
    approve(session, a, deal)
    undo(session, a, deal)
    approve(session, a, deal, now=a.now + SOON)
    assert deal.status is DealStatus.APPROVED
    assert told_so_far(session, "deal-approved") == 1


def decisions(session, deal):
    return session.scalars(
        select(DealDecision).where(DealDecision.deal_id == deal.id).order_by(DealDecision.id)
    ).all()


def test_a_deal_counts_once_by_its_latest_decision_that_stands(session, a):
    deal = a.submitted()
    reject(session, a, deal)
    changed = replace(deals.registration_of(session, deal), problem="Couriers lose hours." * 5)
    deals.save(session, deal, changed, now=a.now + timedelta(minutes=9))
    deals.submit(session, deal, by=a.registrant(deal), now=a.now + timedelta(hours=1))
    deals.approve(session, deal, by=a.decider(), now=a.now + timedelta(hours=2))
    first, second = decisions(session, deal)
    assert (first.counts, second.counts) == (False, True)
    deals.undo(session, deal, by=a.decider(), now=a.now + timedelta(hours=2, seconds=4))
    assert (first.counts, second.counts) == (True, False)


def test_how_long_a_decision_took_leaves_out_the_time_the_partner_was_asked(session, a):
    deal = a.submitted()
    ask(session, a, deal)
    deals.answer(
        session, deal, deals.registration_of(session, deal), note="She does.",
        by=a.registrant(deal), now=a.now + timedelta(days=1),
    )  # fmt: skip
    approve(session, a, deal, now=a.now + timedelta(days=1, hours=3))
    decision = decisions(session, deal)[-1]
    assert decision.took_seconds == 3 * 3600
    assert decision.verb == "approve" and not decision.is_late


def test_a_decision_after_the_clock_is_kept_as_late(session, a):
    deal = a.submitted()
    approve(session, a, deal, now=deal.decide_by + timedelta(minutes=1))
    assert decisions(session, deal)[-1].is_late
