"""Several people at once, each in a process of its own: one case, one decision."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import deals
from models import engine as engines
from models.deals import Deal
from models.deals.conflicts import Conflict, ConflictSide, Decision, notes_of
from models.deals.conflicts import operations as conflicts
from models.errors import Refused
from models.people import Actor
from models.scope import Scope, open_session
from tests.processes import at_once


def one(url: str, work: Callable[[Session], None], gate, answers) -> None:
    engine = engines.connect(url)
    gate.wait()
    with open_session(engines.for_writing(engine), Scope.vendor()) as session:
        try:
            work(session)
            session.commit()
            answers.put("done")
        except Refused as refusal:
            session.rollback()
            answers.put(str(refusal))
    engine.dispose()


class Deciding:
    """One manager's decision, as it is sent to a process."""

    def __init__(self, case_id: UUID, decision: Decision, by: Actor, now: datetime) -> None:
        self.case_id, self.decision, self.by, self.now = case_id, decision, by, now

    def __call__(self, session: Session) -> None:
        conflict = session.get_one(Conflict, self.case_id)
        conflicts.decide(session, conflict, self.decision, by=self.by, now=self.now)


class Submitting:
    """One partner's click on Submit."""

    def __init__(self, deal_id: UUID, by: Actor, now: datetime) -> None:
        self.deal_id, self.by, self.now = deal_id, by, now

    def __call__(self, session: Session) -> None:
        deals.submit(session, session.get_one(Deal, self.deal_id), by=self.by, now=self.now)


def test_two_managers_decide_at_once_and_one_decision_holds(session, a, database_url, now):
    first, second = a.contest()
    case = a.case_of(first)
    later = now + timedelta(days=10)
    works = [
        Deciding(case.id, a.decision(case, favoured), by, later)
        for favoured, by in ((first, a.decider()), (second, a.manager(name="Ada Second").actor()))
    ]
    session.commit()
    said = at_once(one, [(database_url, work) for work in works])
    assert said.count("done") == 1
    assert any("decided this case already" in text for text in said)
    session.expire_all()
    assert [event.verb for event in notes_of(session, case.id)].count("decide") == 1


def test_two_partners_who_register_at_once_meet_in_one_case(session, a, database_url, now):
    a.customer("Kestrel Foods Ltd")
    drafts = [a.draft(customer_name="Kestrel Foods Ltd") for _ in range(3)]
    works = [Submitting(deal.id, a.registrant(deal), now) for deal in drafts]
    session.commit()
    assert at_once(one, [(database_url, work) for work in works]) == ["done"] * 3
    assert len(session.scalars(select(Conflict.id)).all()) == 1
    assert len(session.scalars(select(ConflictSide.id)).all()) == 3
