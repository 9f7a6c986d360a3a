"""Conflict cases: they open by themselves, each party is heard alone, one decision holds."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import deals
from models.deals import DealStatus, RejectReason
from models.deals.conflicts import (
    Conflict,
    ConflictSide,
    ConflictStatus,
    Outcome,
    Rule,
    Standing,
    evidence_of,
    sides_of,
)
from models.deals.conflicts import operations as conflicts
from models.errors import Refused
from models.files import Upload, attached
from models.jobs import Job
from models.notices import Notice
from models.scope import Scope, open_session

LATER = timedelta(days=30)


def how_many(session, table=Conflict) -> int:
    return session.scalar(select(func.count(table.id)))


def told(session, deal, kind) -> list[str]:
    found = select(Notice).where(Notice.partner_id == deal.partner_id, Notice.kind == kind)
    return [f"{notice.title} {notice.body}" for notice in session.scalars(found)]


def test_a_case_opens_by_itself_when_a_rival_registers_the_same_customer(a, session):
    first, second = a.contest()
    case = a.case_of(second)
    assert case.status is ConflictStatus.OPEN and case.manager_id == second.channel_manager_id
    assert {side.deal_id for side in sides_of(session, case.id)} == {first.id, second.id}
    assert case.likely_rule is Rule.EXISTING_PROTECTION
    assert len(told(session, first, "conflict-opened")) == 1
    assert len(told(session, second, "conflict-opened")) == 1


def test_a_case_opens_for_a_customer_that_only_looks_alike(a):
    first, second = a.contest(alike=True)
    assert first.customer_id != second.customer_id
    assert a.case_of(first).id == a.case_of(second).id
    assert a.case_of(first).likely_rule is Rule.NOT_THE_SAME


@pytest.mark.parametrize("change", [{"family": "Helmets"}, {"customer_name": "Elm Optics"}])
def test_another_family_or_customer_is_no_conflict(a, session, change):
    a.approved(customer_name="Kestrel Foods Ltd")
    a.submitted(**({"customer_name": "Kestrel Foods Ltd"} | change))
    assert how_many(session) == 0


def test_ones_own_second_registration_is_no_conflict(a, session):
    partner = a.partner()
    a.submitted(customer_name="Kestrel Foods Ltd", partner=partner)
    a.submitted(customer_name="Kestrel Foods Ltd", partner=partner)
    assert how_many(session) == 0


def test_a_third_party_joins_the_same_case_and_the_others_hear_nothing_of_it(a, session):
    first, second = a.contest()
    before = told(session, first, "conflict-opened"), told(session, second, "conflict-opened")
    third = a.submitted(customer_name="Kestrel Foods Ltd")
    assert how_many(session) == 1 and how_many(session, ConflictSide) == 3
    assert a.case_of(third).id == a.case_of(first).id
    after = told(session, first, "conflict-opened"), told(session, second, "conflict-opened")
    assert before == after


def test_looking_again_opens_nothing_twice(a, session, now):
    first, second = a.contest()
    for deal in (first, second, first):
        conflicts.open_if_contested(session, deal, now=now)
    conflicts.look_again(session, first.customer_id, now=now)
    assert how_many(session) == 1 and how_many(session, ConflictSide) == 2


def test_the_clock_of_a_waiting_deal_runs_as_long_as_its_case(a):
    _, second = a.contest()
    assert second.decide_by == a.case_of(second).decide_by > a.case_of(second).evidence_by


def test_a_partners_session_opens_the_case_and_sees_only_its_own_side(a, session, engine, now):
    first, second = a.contest()
    a.evidence(first, uploads=[Upload("our-contract.txt", b"We met in May")])
    session.commit()
    with open_session(engine, Scope.partner(second.partner_id)) as own:
        sides = own.scalars(select(ConflictSide)).all()
        assert [side.deal_id for side in sides] == [second.id]
        assert own.scalars(select(Conflict)).all() == []
        theirs = a.side_of(first)
        assert (
            evidence_of(own, [theirs.id]) == [] and attached(own, "conflict_side", theirs.id) == []
        )
    with open_session(engine, Scope.partner(first.partner_id)) as own:
        assert len(attached(own, "conflict_side", theirs.id)) == 1


def test_not_even_the_distributor_sees_its_resellers_side(a, session, engine):
    first, _ = a.contest()
    distributor = a.distributor()
    session.commit()
    reads = frozenset({first.partner_id})
    with open_session(engine, Scope.partner(distributor.id, reads=reads)) as theirs:
        assert theirs.scalars(select(ConflictSide)).all() == []


def test_evidence_sent_twice_is_kept_once_and_told_once(a, session):
    _, second = a.contest()
    upload = Upload("order.txt", b"An order of May")
    assert a.evidence(second, uploads=[upload])
    assert not a.evidence(second, uploads=[upload])
    side = a.side_of(second)
    assert len(evidence_of(session, [side.id])) == 1
    assert len(attached(session, "conflict_side", side.id)) == 1
    assert a.evidence(second, uploads=[Upload("more.txt", b"A letter of June")])


def test_evidence_that_comes_late_is_refused(a, now):
    _, second = a.contest()
    side = a.side_of(second)
    assert a.evidence(second, now=side.evidence_by)
    with pytest.raises(Refused, match="time for evidence is over"):
        a.evidence(second, "And this.", now=side.evidence_by + timedelta(seconds=1))


def test_nothing_is_decided_while_a_party_still_has_time_to_be_heard(a, session, now):
    first, second = a.contest()
    case, by = a.case_of(first), a.decider()
    decision = a.decision(case, first)
    a.evidence(first)
    with pytest.raises(Refused, match="still have time"):
        conflicts.decide(session, case, decision, by=by, now=now)
    conflicts.decide(session, case, decision, by=by, now=case.evidence_by + timedelta(seconds=1))
    assert a.side_of(first).standing is Standing.FAVOURED
    assert a.side_of(second).standing is Standing.REFUSED


def test_a_decision_for_the_protected_rejects_the_other_with_its_own_words(a, session):
    first, second = a.contest()
    case = a.decided(a.case_of(first), first, rule=Rule.EXISTING_PROTECTION)
    assert case.status is ConflictStatus.DECIDED and case.appeal_by is not None
    assert first.status is DealStatus.APPROVED and second.status is DealStatus.REJECTED
    assert second.reject_code is RejectReason.EXISTING_REGISTRATION
    assert second.reject_text == f"Words for {a.side_of(second).number}."
    [said] = told(session, second, "conflict-decided")
    assert "A protection that stands" in said and "You may appeal once" in said
    [other] = told(session, first, "conflict-decided")
    assert "appeal" not in other and a.side_of(second).number not in other


def test_a_decision_for_the_later_takes_the_protection_back_and_lets_it_be_approved(
    a, session, now
):
    first, second = a.contest()
    a.decided(a.case_of(first), second, rule=Rule.CUSTOMERS_CHOICE)
    assert first.status is DealStatus.REVOKED and second.status is DealStatus.SUBMITTED
    deals.approve(session, second, by=a.decider(), now=now)
    assert second.status is DealStatus.APPROVED


def test_two_that_only_look_alike_are_told_apart_and_both_go_on(a, session, now):
    first, second = a.contest(alike=True)
    case, by = a.case_of(first), a.decider()
    with pytest.raises(Refused, match="looks like the same customer"):
        deals.approve(session, second, by=by, now=now)
    decision = a.decision(case, outcome=Outcome.APART, rule=Rule.NOT_THE_SAME)
    conflicts.decide(session, case, decision, by=by, now=now)
    assert case.status is ConflictStatus.FINAL
    deals.approve(session, second, by=by, now=now)
    assert first.status is second.status is DealStatus.APPROVED
    conflicts.open_if_contested(session, second, now=now)
    assert how_many(session) == 1


def test_one_customer_record_cannot_be_told_apart(a, session, now):
    first, _ = a.contest()
    case = a.case_of(first)
    decision = a.decision(case, outcome=Outcome.APART, rule=Rule.NOT_THE_SAME)
    with pytest.raises(Refused, match="one customer record"):
        conflicts.decide(session, case, decision, by=a.decider(), now=now)


def test_a_second_decision_is_told_who_was_quicker(a, session, now):
    first, second = a.contest()
    case = a.decided(a.case_of(first), first)
    with pytest.raises(Refused, match="Rosa Kim decided this case already"):
        conflicts.decide(session, case, a.decision(case, second), by=a.decider(), now=now)
    assert second.status is DealStatus.REJECTED and first.status is DealStatus.APPROVED


@pytest.mark.parametrize("gives_away", ["bike  world", "number", "registrant"])
def test_a_text_that_names_the_other_party_is_refused(a, session, now, gives_away):
    first, second = a.contest()
    case = a.case_of(first)
    name = {"number": first.number, "registrant": a.registrant(first).name}.get(
        gives_away, gives_away
    )
    sides = {a.side_of(first).id: "You keep it.", a.side_of(second).id: f"We gave it to {name}."}
    decision = a.decision(case, first, texts=sides)
    with pytest.raises(Refused, match="names the other party"):
        conflicts.decide(session, case, decision, by=a.decider(), now=now + LATER)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"texts": {}}, "for each party"),
        ({"rule": Rule.NOT_THE_SAME}, "its own rule"),
        ({"outcome": Outcome.VENDOR}, "no party of this case"),
        ({"outcome": Outcome.PARTNER}, "one of the parties"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused(a, session, now, said, why):
    first, _ = a.contest()
    case = a.case_of(first)
    with pytest.raises(Refused, match=why):
        conflicts.decide(session, case, a.decision(case, **said), by=a.decider(), now=now + LATER)
    assert case.status is ConflictStatus.OPEN


def test_a_deal_that_is_withdrawn_leaves_its_case_and_the_case_closes(a, session, now):
    first, second = a.contest()
    deals.withdraw(session, second, by=a.registrant(second), now=now)
    session.flush()
    case = a.case_of(first)
    assert case.status is ConflictStatus.SETTLED and case.outcome is None
    assert a.side_of(second).standing is Standing.LEFT
    assert a.side_of(first).standing is Standing.SETTLED
    assert len(told(session, first, "conflict-closed")) == 1
    with pytest.raises(Refused, match="Counterpart closed this case already"):
        conflicts.decide(session, case, a.decision(case, first), by=a.decider(), now=now)
    with pytest.raises(Refused, match="closed"):
        a.evidence(first)


def test_a_case_goes_on_while_two_of_three_are_left(a, session, now):
    first, second = a.contest()
    third = a.submitted(customer_name="Kestrel Foods Ltd")
    a.reject(second)
    session.flush()
    assert a.case_of(first).status is ConflictStatus.OPEN
    a.reject(third)
    session.flush()
    assert a.case_of(first).status is ConflictStatus.SETTLED


def test_a_rejected_deal_that_is_submitted_again_opens_a_new_case(a, session, now):
    first, second = a.contest()
    a.decided(a.case_of(first), first)
    later = submit_again(session, a, second)
    assert how_many(session) == 2 and a.case_of(second).opened_at == later


def test_who_left_a_case_that_goes_on_and_submits_again_is_a_party_again(a, session):
    _, second = a.contest()
    a.submitted(customer_name="Kestrel Foods Ltd")
    a.reject(second)
    session.flush()
    submit_again(session, a, second)
    side = a.side_of(second)
    assert (side.standing, side.decided_at) == (Standing.OPEN, None)
    assert how_many(session) == 1 and len(sides_of(session, side.conflict_id)) == 3
    assert len(told(session, second, "conflict-opened")) == 2
    assert a.evidence(second), "it is heard again"


def submit_again(session, a, deal):
    """With changes, an hour later."""
    changed = a.registration(customer_name="Kestrel Foods Ltd", problem="Another need. " * 8)
    later = a.now + timedelta(hours=1)
    deals.save(session, deal, changed, now=later)
    deals.submit(session, deal, by=a.registrant(deal), now=later)
    session.flush()
    return later


def test_the_clock_tells_who_is_in_charge_and_then_who_can_help(a, session):
    _, second = a.contest()
    case, boss = a.case_of(second), a.administrator()
    jobs = {
        job.topic: job for job in session.scalars(select(Job).where(Job.key.contains(str(case.id))))
    }
    assert jobs["conflict-evidence-over"].run_at == case.evidence_by
    for topic in ("conflict-evidence-over", "conflict-late"):
        job = jobs[topic]
        conflicts.JOBS[topic](session, job.payload, job.run_at)
    session.flush()
    told_whom = select(Notice.person_id).where(Notice.kind == "conflict-overdue")
    assert set(session.scalars(told_whom)) == {case.manager_id, boss.id}
