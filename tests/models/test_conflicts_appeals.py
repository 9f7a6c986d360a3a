"""One appeal of a losing party, judged by somebody else; then the case is final."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import deals
from models.deals import DealStatus
from models.deals.conflicts import ConflictSide, ConflictStatus, Outcome, Rule, Standing
from models.deals.conflicts import operations as conflicts
from models.errors import Refused
from models.jobs import Job
from models.notices import Notice


@pytest.fixture
def lost(a):
    """The first party was favoured, the second lost; (first, second, case)."""
    first, second = a.contest()
    return first, second, a.decided(a.case_of(first), first, rule=Rule.EXISTING_PROTECTION)


@pytest.fixture
def appealed(a, session, now, lost):
    _, second, _ = lost
    side = a.side_of(second)
    conflicts.appeal(session, side, text="We have it in writing.", by=a.registrant(second), now=now)
    return lost


def judge(a, session, case, favoured, now, **said):
    by = said.pop("by", None) or a.manager(name="Ada Second").actor()
    later = now + timedelta(hours=3)
    conflicts.judge(session, case, a.decision(case, favoured, **said), by=by, now=later)
    session.flush()


def notices_of(session, deal) -> list[str]:
    found = select(Notice.kind).where(Notice.partner_id == deal.partner_id)
    return list(session.scalars(found))


def test_the_losing_party_appeals_once_and_the_other_hears_nothing(a, session, appealed, now):
    first, second, case = appealed
    assert case.status is ConflictStatus.APPEALED
    before = notices_of(session, first)
    with pytest.raises(Refused, match="appealed already"):
        conflicts.appeal(
            session, a.side_of(second), text="Again.", by=a.registrant(second), now=now
        )
    assert notices_of(session, first) == before
    assert a.side_of(first).appealed_at is None


def test_the_winning_party_has_nothing_to_appeal(a, session, lost, now):
    first, _, _ = lost
    with pytest.raises(Refused, match="against you"):
        conflicts.appeal(session, a.side_of(first), text="More!", by=a.registrant(first), now=now)


def test_an_appeal_is_possible_for_ten_business_days(a, session, lost):
    _, second, case = lost
    side = a.side_of(second)
    assert side.appeal_by == case.appeal_by
    assert side.appeal_by.date() == side.decided_at.date() + timedelta(days=14)
    late = side.appeal_by + timedelta(seconds=1)
    with pytest.raises(Refused, match="final"):
        conflicts.appeal(session, side, text="Too late.", by=a.registrant(second), now=late)
    conflicts.appeal(session, side, text="In time.", by=a.registrant(second), now=side.appeal_by)


def test_a_case_is_final_when_nobody_appealed_in_time(a, session, lost):
    _, second, case = lost
    job = session.scalars(select(Job).where(Job.topic == "conflict-finish")).one()
    for _ in range(2):
        conflicts.JOBS[job.topic](session, job.payload, job.run_at)
    assert case.status is ConflictStatus.FINAL
    with pytest.raises(Refused, match="against you"):
        conflicts.appeal(
            session, a.side_of(second), text="Late.", by=a.registrant(second), now=job.run_at
        )


def test_an_appeal_keeps_the_case_from_becoming_final(session, appealed):
    _, _, case = appealed
    job = session.scalars(select(Job).where(Job.topic == "conflict-finish")).one()
    conflicts.JOBS[job.topic](session, job.payload, job.run_at)
    assert case.status is ConflictStatus.APPEALED


def test_whoever_decided_does_not_judge_the_appeal(a, session, appealed, now):
    first, _, case = appealed
    with pytest.raises(Refused, match="somebody else"):
        judge(a, session, case, first, now, by=a.decider())
    assert case.status is ConflictStatus.APPEALED


def test_a_decision_that_stands_is_told_to_who_appealed_and_to_nobody_else(
    a, session, appealed, now
):
    first, second, case = appealed
    before = notices_of(session, first)
    judge(a, session, case, first, now, rule=Rule.EXISTING_PROTECTION)
    assert case.status is ConflictStatus.FINAL and second.status is DealStatus.REJECTED
    side = a.side_of(second)
    assert side.standing is Standing.REFUSED and side.judged_text and side.appeal_by is None
    assert side.decision_text != "" and side.judged_by_name == "Ada Second"
    assert notices_of(session, first) == before and a.side_of(first).judged_at is None


def test_a_decision_that_is_turned_moves_both_deals(a, session, appealed, now):
    first, second, case = appealed
    judge(a, session, case, second, now, rule=Rule.CUSTOMERS_CHOICE)
    assert first.status is DealStatus.REVOKED and second.status is DealStatus.SUBMITTED
    assert second.reject_code is None and second.decide_by is not None
    assert a.side_of(first).standing is Standing.REFUSED
    assert a.side_of(second).standing is Standing.FAVOURED
    with pytest.raises(Refused, match="against you"):
        conflicts.appeal(session, a.side_of(first), text="No!", by=a.registrant(first), now=now)
    deals.approve(session, second, by=a.decider(), now=now)
    assert second.status is DealStatus.APPROVED


def test_an_appeal_is_judged_once(a, session, appealed, now):
    first, second, case = appealed
    judge(a, session, case, first, now)
    with pytest.raises(Refused, match="No appeal waits"):
        judge(a, session, case, second, now)
    assert second.status is DealStatus.REJECTED


def test_the_words_of_an_appeal_name_nobody_either(a, session, appealed, now):
    first, second, case = appealed
    texts = {a.side_of(first).id: "Kept.", a.side_of(second).id: f"{first.number} was earlier."}
    with pytest.raises(Refused, match="names the other party"):
        judge(a, session, case, first, now, texts=texts)


def test_both_losing_parties_may_appeal_and_one_judgement_answers_them(a, session, now):
    first, second = a.contest()
    case = a.decided(a.case_of(first))
    assert {first.status, second.status} == {DealStatus.REVOKED, DealStatus.REJECTED}
    for deal in (first, second):
        conflicts.appeal(session, a.side_of(deal), text="No.", by=a.registrant(deal), now=now)
    judge(a, session, case, first, now)
    assert first.status is DealStatus.SUBMITTED and second.status is DealStatus.REJECTED
    sides = session.scalars(select(ConflictSide)).all()
    assert all(side.judged_text for side in sides)


def test_a_deal_that_a_case_turned_down_is_appealed_in_the_case_and_not_beside_it(
    a, session, lost, now
):
    _, second, _ = lost
    with pytest.raises(Refused, match=f"conflict case {a.side_of(second).number}"):
        deals.appeal(session, second, note="Not so.", by=a.registrant(second), now=now)


def test_an_appeal_does_not_tell_two_customers_apart(a, session, appealed, now):
    _, _, case = appealed
    with pytest.raises(Refused, match="for or against a party"):
        judge(a, session, case, None, now, outcome=Outcome.APART, rule=Rule.NOT_THE_SAME)
