"""The approvals that a deal needs: planned when it is submitted, signed one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import approvals, catalog, notices, territories, vendor
from models.approvals import DealFacts, Parties, Planned
from models.deals.decision_tables import ApprovalState, DealApproval
from models.deals.operations.steps import link_to
from models.deals.tables import Deal, DealParticipant
from models.errors import Refused
from models.money import Money, exponent, rounded
from models.partners import Partner
from models.people import Actor, Person, PersonStatus, Role
from models.scope import vendor_side
from models.vendor import Vendor

DECIDERS = frozenset({Role.CHANNEL_MANAGER, Role.ADMINISTRATOR})
"""Who decides where no rule names anybody."""


@dataclass(frozen=True)
class Subject:
    """What is to be approved: a deal as it stands, or as it would be."""

    value: Money
    country: str
    family_id: UUID | None
    kind: str

    @classmethod
    def of(cls, deal: Deal) -> Subject:
        return cls(deal.value, deal.customer_country, deal.family_id, deal.kind)


def plan_approvals(
    session: Session,
    deal: Deal,
    *,
    now: datetime,
    amendment_id: UUID | None = None,
    subject: Subject | None = None,
) -> None:
    """Write down whose approval the deal, or a change of it, needs, and ask the first."""
    deal_id, partner_id = deal.id, deal.partner_id
    subject = subject or Subject.of(deal)
    with vendor_side(session) as beside:
        planned = _planned(beside, beside.get_one(Deal, deal_id), subject, now=now)
    for row in open_rows(session, deal_id, amendment_id, ApprovalState.LATER, ApprovalState.DONE):
        row.state = ApprovalState.DROPPED
    rows = [_row(each, deal_id, partner_id, amendment_id) for each in planned]
    session.add_all(rows)
    session.flush()
    _ask(session, deal, [row for row in rows if row.state is ApprovalState.OPEN], now=now)


def sign(
    session: Session, deal: Deal, *, by: Actor, now: datetime, amendment_id: UUID | None = None
) -> bool:
    """Approve the steps that wait for this person; whether that was all.  Deal locked already.

    Raises Refused when nothing waits for them.
    """
    mine = must_be_asked(session, deal, by, now=now, amendment_id=amendment_id)
    for row in mine:
        row.state = ApprovalState.DONE
        row.decided_at, row.decided_by_id, row.decided_by_name = now, by.id, by.name
    session.flush()
    rest = open_rows(session, deal.id, amendment_id, ApprovalState.LATER)
    if any(row.state is ApprovalState.OPEN for row in rest):
        return False
    following = [row for row in rest if row.stage == rest[0].stage]
    for row in following:
        row.state = ApprovalState.OPEN
    _ask(session, deal, following, now=now)
    return not rest


def must_be_asked(
    session: Session, deal: Deal, by: Actor, *, now: datetime, amendment_id: UUID | None = None
) -> list[DealApproval]:
    """The steps that wait for this person.  Raises Refused when it is not theirs to decide."""
    _not_their_own(session, deal, by)
    rows = open_rows(session, deal.id, amendment_id)
    if not rows:
        if by.role not in DECIDERS:
            raise Refused("A channel manager decides this deal; you can comment on it.")
        return []
    today = vendor.settings(session).calendar.day_of(now)
    acting = territories.acting_for(session, by.id, today)
    here = _still_here(session, rows)
    mine = [row for row in rows if _is_asked(row, by, acting, here)]
    if not mine:
        names = " and ".join(dict.fromkeys(row.name for row in rows))
        raise Refused(f"This waits for {names}. You are told when it is your turn.")
    return mine


def may_decide(
    session: Session, deal: Deal, by: Actor, *, now: datetime, amendment_id: UUID | None = None
) -> bool:
    """Whether a page should offer this person to decide."""
    try:
        must_be_asked(session, deal, by, now=now, amendment_id=amendment_id)
    except Refused:
        return False
    return True


def drop_approvals(session: Session, deal: Deal, amendment_id: UUID | None = None) -> None:
    """Nobody is asked any more: it was rejected, withdrawn, or taken over."""
    for row in open_rows(session, deal.id, amendment_id, ApprovalState.LATER):
        row.state = ApprovalState.DROPPED


def open_rows(
    session: Session, deal_id: UUID, amendment_id: UUID | None, *also: ApprovalState
) -> list[DealApproval]:
    """The steps that are asked now, and those in the states `also`; the next stage first."""
    return list(
        session.scalars(
            select(DealApproval)
            .where(
                DealApproval.deal_id == deal_id,
                DealApproval.amendment_id == amendment_id,
                DealApproval.state.in_((ApprovalState.OPEN, *also)),
            )
            .order_by(DealApproval.stage, DealApproval.id)
        )
    )


def _not_their_own(session: Session, deal: Deal, by: Actor) -> None:
    if by.id is not None and by.id == deal.registered_by_id:
        raise Refused("You registered this deal yourself; somebody else has to decide.")
    if vendor.settings(session).participants_may_approve:
        return
    if by.id in session.scalars(_participants(deal.id)).all():
        raise Refused("You take part in this deal yourself; somebody else has to decide.")


def _is_asked(row: DealApproval, by: Actor, acting: frozenset[UUID], here: frozenset[UUID]) -> bool:
    if row.person_id in here:
        return row.person_id in acting
    return by.role is Role.ADMINISTRATOR  # nobody in particular, or somebody who has left


def _still_here(session: Session, rows: Sequence[DealApproval]) -> frozenset[UUID]:
    asked = [row.person_id for row in rows if row.person_id]
    query = select(Person.id).where(Person.id.in_(asked), Person.status == PersonStatus.ACTIVE)
    return frozenset(session.scalars(query))


def _planned(session: Session, deal: Deal, subject: Subject, *, now: datetime) -> list[Planned]:
    programme = vendor.settings(session)
    barred = {deal.registered_by_id}
    if not programme.participants_may_approve:
        barred |= set(session.scalars(_participants(deal.id)))
    parties = Parties(
        channel_manager_id=deal.channel_manager_id,
        sales_manager_id=deal.sales_manager_id,
        barred=frozenset(person_id for person_id in barred if person_id),
    )
    facts = facts_of(session, subject, deal.partner_id, now=now)
    return approvals.plan(session, facts, parties, on=programme.calendar.day_of(now))


def facts_of(session: Session, subject: Subject, partner_id: UUID, *, now: datetime) -> DealFacts:
    """What approval rules ask about a deal.  On the vendor's side."""
    tier = session.scalars(select(Partner.tier).where(Partner.id == partner_id)).one()
    return DealFacts(
        minor=_in_base(session, subject.value, vendor.settings(session), now=now),
        tier=tier,
        country=subject.country,
        family_id=subject.family_id,
        kind=subject.kind,
    )


def _in_base(session: Session, value: Money, programme: Vendor, *, now: datetime) -> int | None:
    """None when no rate is kept: then the rules for the largest deals hold."""
    try:
        today = programme.calendar.day_of(now)
        rate = catalog.rate_on(session, value.currency, programme.base_currency, today).rate
    except Refused:
        return None
    return rounded((value.major * rate).scaleb(exponent(programme.base_currency)))


def _row(
    planned: Planned, deal_id: UUID, partner_id: UUID, amendment_id: UUID | None
) -> DealApproval:
    return DealApproval(
        partner_id=partner_id,
        deal_id=deal_id,
        amendment_id=amendment_id,
        stage=planned.stage,
        kind=planned.kind,
        person_id=planned.person_id,
        name=planned.name,
        state=ApprovalState.LATER if planned.stage else ApprovalState.OPEN,
    )


def _ask(session: Session, deal: Deal, rows: Sequence[DealApproval], *, now: datetime) -> None:
    said: dict[str, Any] = {
        "title": f"{deal.customer_name}: your approval is needed",
        "body": f"{deal.number} waits for you; it stands in your queue.",
        "link": link_to(deal),
        "now": now,
    }
    for person_id in dict.fromkeys(row.person_id for row in rows):
        if person_id:
            notices.tell(session, person_id, "deal-approval-asked", **said)
        else:
            notices.tell_staff(session, Role.ADMINISTRATOR, "deal-approval-asked", **said)


def _participants(deal_id: UUID):
    return select(DealParticipant.person_id).where(DealParticipant.deal_id == deal_id)
