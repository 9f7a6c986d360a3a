"""Several managers at once, each in a process of its own: the database settles it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from models import deals
from models import engine as engines
from models.deals import Deal, DealStatus
from models.errors import Refused
from models.people import Actor
from models.scope import Scope, open_session
from tests.processes import at_once
from tests.rush import check, contenders_for, rush


def decide(url: str, deal_id: UUID, by: Actor, now: datetime, gate, answers) -> None:
    """One manager's click: in a process, a connection and a transaction of its own."""
    engine = engines.connect(url)
    gate.wait()
    with open_session(engines.for_writing(engine), Scope.vendor()) as session:
        try:
            deals.approve(session, session.get_one(Deal, deal_id), by=by, now=now)
            session.commit()
            answers.put("approved")
        except Refused as refusal:
            session.rollback()
            answers.put(str(refusal))
    engine.dispose()


def test_however_fast_nobody_is_approved_past_an_open_conflict_case(session, a, database_url, now):
    """Both came in at the same instant, so that only the lock can tell who is later."""
    first = a.submitted(customer_name="Kestrel Foods Ltd")
    second = a.submitted(customer_name="Kestrel Foods Ltd")
    ids, by = [first.id, second.id], a.decider()
    session.commit()
    said = at_once(decide, [(database_url, deal_id, by, now) for deal_id in ids])
    assert any("is a party of the conflict case" in text for text in said)
    assert any("registered this customer first" in text for text in said)
    approved = select(Deal.id).where(Deal.status == DealStatus.APPROVED)
    assert session.scalars(approved).all() == []


def test_two_managers_approve_the_same_deal_at_once_and_one_is_told(session, a, database_url, now):
    deal = a.submitted()
    deal_id, by = deal.id, a.decider()
    session.commit()
    said = sorted(at_once(decide, [(database_url, deal_id, by, now)] * 3))
    assert said.count("approved") == 1
    assert said[0].startswith("Rosa Kim approved this deal just now")
    story = deals.story_of(session, deal_id, with_notes=False)
    assert [event.verb for event in story].count("approve") == 1


def test_eight_rivals_register_at_once_and_one_is_approved_round_after_round(
    session, a, database_url
):
    """The same for 200 rounds: python -m benchmarks.rivals."""
    many, rounds = 8, 6
    told = rush(contenders_for(a, database_url, many=many, rounds=rounds))
    check(session, told, many=many, rounds=rounds)
