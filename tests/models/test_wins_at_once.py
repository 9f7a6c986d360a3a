"""Partner and manager record one win at the same moment, two workers propose one renewal."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from models import engine as engines
from models import renewals, wins
from models.deals import Deal, DealStatus
from models.errors import Refused
from models.people import Actor
from models.renewals import RenewalProposal
from models.scope import Scope, open_session
from models.wins import DealOrder, HandOver, Order
from tests.processes import at_once


def record(
    url: str, deal_id: UUID, number: str, hand_over: HandOver, by: Actor, now: datetime, gate,
    answers,
) -> None:  # fmt: skip
    """One person's click: in a process, a connection and a transaction of its own."""
    engine = engines.connect(url)
    scope = Scope.partner(by.partner_id) if by.partner_id else Scope.vendor()
    gate.wait()
    with open_session(engines.for_writing(engine), scope) as session:
        try:
            deal = session.get_one(Deal, deal_id)
            order = Order(number=number, ordered_at=now)
            wins.record(session, deal, order, hand_over, by=by, now=now)
            session.commit()
            answers.put("recorded")
        except Refused as refusal:
            session.rollback()
            answers.put(str(refusal))
    engine.dispose()


def propose(url: str, now: datetime, gate, answers) -> None:
    engine = engines.connect(url)
    gate.wait()
    with open_session(engines.for_writing(engine), Scope.vendor()) as session:
        count = renewals.propose_due(session, now)
        session.commit()
        answers.put(count)
    engine.dispose()


def test_partner_and_manager_record_the_win_at_once_and_one_is_told(session, a, database_url, now):
    deal = a.approved()
    deal_id, hand_over = deal.id, a.hand_over()
    seller, manager = a.registrant(deal), a.decider()
    session.commit()
    said = at_once(
        record,
        [
            (database_url, deal_id, "PO-1", hand_over, seller, now),
            (database_url, deal_id, "CRM-77", hand_over, manager, now),
        ],
    )
    assert said.count("recorded") == 1
    assert any("recorded the win of this deal" in text for text in said)
    session.expire_all()
    assert session.scalar(select(func.count(DealOrder.id))) == 1
    assert session.get_one(Deal, deal_id).status is DealStatus.WON


def test_two_workers_propose_a_renewal_once(session, a, database_url, now):
    deal = a.approved()
    today = now.date()
    hand_over = a.hand_over(starts_on=today, renews_on=today + timedelta(days=60))
    a.order(deal, hand_over=hand_over)
    session.commit()
    assert sorted(at_once(propose, [(database_url, now)] * 2)) == [0, 1]
    assert session.scalar(select(func.count(RenewalProposal.id))) == 1
