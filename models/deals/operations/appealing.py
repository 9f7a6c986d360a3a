"""The one appeal against a rejection: made in time, judged by somebody else."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import jobs, notices, territories, vendor
from models.base import lock
from models.deals.appeals import must_be_somebody_else
from models.deals.conflicts.queries import case_that_decided
from models.deals.decision_tables import DealAppeal
from models.deals.operations.approving import DECIDERS
from models.deals.operations.clock import decision_days
from models.deals.operations.contesting import open_if_contested
from models.deals.operations.protecting import protect, refuse_the_protected
from models.deals.operations.steps import (
    link_to,
    lock_with_customer,
    move,
    require,
    tell_partner,
    tidy,
)
from models.deals.states import DealStatus
from models.deals.tables import Deal
from models.errors import Refused
from models.people import Actor, Person, PersonStatus, Role
from models.scope import vendor_side

APPEAL_LATE = "deal-appeal-late"


def appeal(session: Session, deal: Deal, *, note: str, by: Actor, now: datetime) -> DealAppeal:
    """Ask somebody else to look at a rejection again.  Once a deal, within some days."""
    lock(session, deal)
    require(session, deal, "appeal", now=now)
    note = tidy(note, what="why the decision should be another", least=3)
    if side := case_that_decided(session, deal):
        raise Refused(f"This was decided in the conflict case {side.number}. Appeal there.")
    if appeal_of(session, deal.id):
        raise Refused("You have appealed already; there is one appeal for each deal.")
    last_day = appeal_through(session, deal)
    if vendor.settings(session).calendar.day_of(now) > last_day:
        raise Refused(f"An appeal was possible until {last_day:%-d %B %Y}. The decision is final.")
    deal_id = deal.id
    programme = vendor.settings(session)
    judge_by = programme.calendar.add_business_days(now, decision_days(session, deal, programme))
    with vendor_side(session) as beside:
        judge_id = _somebody_else(beside, beside.get_one(Deal, deal_id), now=now)
        late = (f"{APPEAL_LATE} {deal_id}", {"deal_id": str(deal_id)}, judge_by)
        jobs.enqueue_new(beside, APPEAL_LATE, [late])
    made = DealAppeal(
        partner_id=deal.partner_id,
        deal_id=deal.id,
        note=note,
        made_at=now,
        made_by_name=by.name,
        judge_id=judge_id,
        judge_by=judge_by,
    )
    session.add(made)
    move(session, deal, "appeal", by=by, now=now, note=note)
    said: dict[str, Any] = {
        "title": f"{deal.customer_name}: an appeal comes to you",
        "body": f"{by.name} appeals against the rejection of {deal.number}. {note}",
        "link": link_to(deal),
        "now": now,
    }
    _tell_judge(session, judge_id, said)
    return made


def handle_appeal_late(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """The judgement is not there in time: whoever judges hears of it, and the administrators."""
    deal = session.get_one(Deal, UUID(payload["deal_id"]))
    made = appeal_of(session, deal.id)
    if made is None or made.judged_at or deal.status is not DealStatus.REJECTED:
        return
    said: dict[str, Any] = {
        "title": f"{deal.customer_name}: the appeal is overdue",
        "body": f"The appeal about {deal.number} should have been judged by now.",
        "link": link_to(deal),
        "now": now,
    }
    if made.judge_id:
        notices.tell(session, made.judge_id, "deal-appeal-overdue", **said)
    notices.tell_staff(session, Role.ADMINISTRATOR, "deal-appeal-overdue", **said)


def uphold(session: Session, deal: Deal, *, text: str, by: Actor, now: datetime) -> None:
    """The rejection stands, with a reason that the partner reads word for word."""
    lock(session, deal)
    require(session, deal, "uphold", now=now)
    made = _must_judge(session, deal, by, now=now)
    text = tidy(text, what="why the decision stands", least=3)
    _judged(made, granted=False, text=text, by=by, now=now)
    move(session, deal, "uphold", by=by, now=now, note=text)
    tell_partner(
        session, deal, "deal-upheld", now=now,
        title=f"{deal.customer_name}: the rejection stands", body=text,
    )  # fmt: skip


def overturn(session: Session, deal: Deal, *, text: str, by: Actor, now: datetime) -> None:
    """The rejection was wrong: the deal is approved, unless somebody else is protected by now."""
    lock_with_customer(session, deal)
    require(session, deal, "overturn", now=now)
    made = _must_judge(session, deal, by, now=now)
    text = tidy(text, what="why the decision is another one", least=3)
    today = vendor.settings(session).calendar.day_of(now)
    refuse_the_protected(session, deal, on=today)
    _judged(made, granted=True, text=text, by=by, now=now)
    protect(session, deal, "overturn", by=by, now=now, note=text)
    open_if_contested(session, deal, now=now)  # who waits for this customer stands against it now


def appeal_through(session: Session, deal: Deal) -> date:
    """The last day, inclusive, on which a decided deal may be appealed."""
    assert deal.decided_at
    programme = vendor.settings(session)
    until = programme.calendar.add_business_days(deal.decided_at, programme.appeal_business_days)
    return programme.calendar.day_of(until)


def appeal_of(session: Session, deal_id: UUID) -> DealAppeal | None:
    return session.scalars(select(DealAppeal).where(DealAppeal.deal_id == deal_id)).first()


def may_judge(session: Session, deal: Deal, made: DealAppeal, by: Actor, *, now: datetime) -> bool:
    """The judge or their stand-in; an administrator for a judge who has left or was not found."""
    if made.judged_at or by.id == deal.decided_by_id:
        return False
    if made.judge_id is None:
        return by.role in DECIDERS
    today = vendor.settings(session).calendar.day_of(now)
    if made.judge_id in territories.acting_for(session, by.id, today):
        return True
    if made.judge_by and now > made.judge_by and by.role is Role.ADMINISTRATOR:
        return True  # late: whoever can help may
    has_left = session.scalar(
        select(Person.id).where(Person.id == made.judge_id, Person.status == PersonStatus.LEFT)
    )
    return has_left is not None and by.role is Role.ADMINISTRATOR


def _tell_judge(session: Session, judge_id: UUID | None, said: dict[str, Any]) -> None:
    if judge_id:
        notices.tell(session, judge_id, "deal-appealed", **said)
    else:
        notices.tell_staff(session, Role.ADMINISTRATOR, "deal-appealed", **said)


def _must_judge(session: Session, deal: Deal, by: Actor, *, now: datetime) -> DealAppeal:
    made = appeal_of(session, deal.id)
    if made is None:
        raise Refused("The partner has not appealed against this decision.")
    lock(session, made)
    if made.judged_at:
        raise Refused(f"{made.judged_by_name} has judged this appeal already.")
    must_be_somebody_else(
        by, decided_by_id=deal.decided_by_id, decided_by_name=deal.decided_by_name
    )
    if by.id == deal.registered_by_id:
        raise Refused("You registered this deal yourself; somebody else has to judge the appeal.")
    if not may_judge(session, deal, made, by, now=now):
        raise Refused("This appeal was given to somebody else; only they can judge it.")
    return made


def _somebody_else(session: Session, deal: Deal, *, now: datetime) -> UUID | None:
    """The deal's own manager when another decided, else the next one."""
    today = vendor.settings(session).calendar.day_of(now)
    barred = {deal.decided_by_id, deal.registered_by_id}
    own = deal.channel_manager_id
    if own and (present := territories.who_acts_for(session, own, today)) not in barred:
        is_here = select(Person.id).where(
            Person.id == present, Person.status == PersonStatus.ACTIVE
        )
        if session.scalar(is_here):
            return present
    return territories.next_manager(
        session, territory_id=deal.territory_id, besides=barred, on=today
    )


def _judged(made: DealAppeal, *, granted: bool, text: str, by: Actor, now: datetime) -> None:
    made.was_granted, made.answer = granted, text
    made.judged_at, made.judged_by_name = now, by.name
