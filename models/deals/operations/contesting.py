"""A conflict case opens by itself, or grows, when a deal stands in somebody's way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit, engagements, jobs, notices, vendor
from models.base import human_number, new_id
from models.customers import hold_survivor
from models.deals.conflicts.leaving import leave_unopposed, link_of, link_to, note
from models.deals.conflicts.queries import alike_customers, contenders, open_case_of
from models.deals.conflicts.rules import EVIDENCE_BUSINESS_DAYS, Rule, Standing, rule_that_applies
from models.deals.conflicts.tables import Conflict, ConflictSide
from models.deals.operations.clock import queue_the_clock
from models.deals.operations.steps import remember
from models.deals.states import OPEN, UNDECIDED, DealStatus, DealType
from models.deals.tables import Deal
from models.people import SYSTEM
from models.scope import vendor_side
from models.vendor import Vendor

EVIDENCE_OVER, LATE, FINISH = "conflict-evidence-over", "conflict-late", "conflict-finish"


def open_if_contested(session: Session, deal: Deal, *, now: datetime) -> None:
    """Open a case about this live deal, or let it join one, when anything stands against it.

    Another partner's live registration of the same or a similar customer for the same
    product family and project does; so does a direct opportunity of our own people.
    When nothing does any more, it leaves its case.  Called whenever a deal was matched anew
    or told apart; harmless where nothing changed.
    """
    if deal.status not in OPEN or deal.customer_id is None:
        return
    deal_id, customer_id = deal.id, deal.customer_id
    with vendor_side(session) as beside:
        hold_survivor(beside, customer_id)
        _look(beside, beside.get_one(Deal, deal_id), now=now)


def look_again(session: Session, customer_id: UUID, *, now: datetime) -> None:
    """The same for every live deal of a customer, as after a merge.  On the vendor's side."""
    live = select(Deal).where(Deal.customer_id == customer_id, Deal.status.in_(OPEN))
    for deal in session.scalars(live.order_by(Deal.submitted_at, Deal.id)).all():
        open_if_contested(session, deal, now=now)


def _look(session: Session, deal: Deal, *, now: datetime) -> None:
    programme = vendor.settings(session)
    today = programme.calendar.day_of(now)
    against = contenders(session, deal, on=today)
    customers = alike_customers(session, deal)
    assert deal.family_id
    direct = engagements.open_direct(session, customers, deal.family_id, today)
    if not against and not direct:
        leave_unopposed(session, deal, now=now)
        return
    parties = [deal, *against]
    conflict = open_case_of(session, [party.id for party in parties])
    if conflict is None:
        conflict = _new_case(session, deal, against, bool(direct), programme, now=now)
    if direct and conflict.touch_id is None:
        conflict.touch_id = direct[0].id
        note(session, conflict, "joined", "Our own direct opportunity is a party.", now=now)
    _let_join(session, conflict, parties, programme, now=now)


def _new_case(
    session: Session,
    deal: Deal,
    against: Sequence[Deal],
    has_vendor: bool,
    programme: Vendor,
    *,
    now: datetime,
) -> Conflict:
    evidence_by = programme.calendar.add_business_days(now, EVIDENCE_BUSINESS_DAYS)
    case_id = new_id()
    conflict = Conflict(
        id=case_id,
        number=human_number("K", case_id, letters=10),
        customer_id=deal.customer_id,
        family_id=deal.family_id,
        manager_id=deal.channel_manager_id,
        opened_at=now,
        evidence_by=evidence_by,
        decide_by=_decide_by(evidence_by, programme),
        likely_rule=_likely_rule(deal, against, has_vendor),
    )
    session.add(conflict)
    session.flush()
    note(session, conflict, "open", f"Because of {deal.number}.", now=now)
    audit.record(session, SYSTEM, "conflict opened", conflict, now=now)
    if conflict.manager_id:
        notices.tell(
            session, conflict.manager_id, "conflict-opened", now=now, link=link_of(conflict),
            title=f"{deal.customer_name}: a conflict case is open",
            body=f"{conflict.number} opened by itself because of {deal.number}. Each party may "
            f"file evidence until {_said(evidence_by, programme)}.",
        )  # fmt: skip
    return conflict


def _likely_rule(deal: Deal, against: Sequence[Deal], has_vendor: bool) -> Rule:
    return rule_that_applies(
        is_protected=any(party.status is DealStatus.APPROVED for party in (deal, *against)),
        is_renewal=any(party.kind is DealType.RENEWAL for party in (deal, *against)),
        has_vendor=has_vendor,
        only_alike=bool(against)
        and not has_vendor
        and all(party.customer_id != deal.customer_id for party in against),
    )


def _let_join(
    session: Session, conflict: Conflict, deals: Sequence[Deal], programme: Vendor, *, now: datetime
) -> None:
    """Give each deal that is in no open case a side of this one; whoever was there hears nothing:
    not how many there are, nor when another came."""
    sides = session.scalars(
        select(ConflictSide).where(
            ConflictSide.deal_id.in_([deal.id for deal in deals]),
            (ConflictSide.standing == Standing.OPEN) | (ConflictSide.conflict_id == conflict.id),
        )
    ).all()
    taken = {side.deal_id for side in sides if side.standing is Standing.OPEN}
    earlier = {side.deal_id: side for side in sides if side.conflict_id == conflict.id}
    for deal in deals:
        if deal.id not in taken:
            _join(session, conflict, deal, earlier.get(deal.id), programme, now=now)
    session.flush()
    _queue_the_clock(session, conflict)


def _join(
    session: Session,
    conflict: Conflict,
    deal: Deal,
    earlier: ConflictSide | None,
    programme: Vendor,
    *,
    now: datetime,
) -> None:
    """earlier: its side of this case, when it was a party, left, and lives again."""
    evidence_by = programme.calendar.add_business_days(now, EVIDENCE_BUSINESS_DAYS)
    conflict.evidence_by = max(conflict.evidence_by, evidence_by)
    conflict.decide_by = max(conflict.decide_by, _decide_by(evidence_by, programme))
    side = earlier or _new_side(session, conflict, deal, now=now)
    side.standing, side.decided_at, side.evidence_by = Standing.OPEN, None, evidence_by
    remember(session, deal, "conflict", by=SYSTEM, now=now, before=deal.status)
    _wait_for_the_case(session, deal, conflict, programme)
    note(session, conflict, "joined", f"{deal.number} is a party, as {side.number}.", now=now)
    notices.tell_partner(
        session, deal.partner_id, "conflict-opened", now=now, link=link_to(side),
        title=f"{deal.customer_name}: something stands against your registration",
        body=f"We look into it before we decide; the case is {side.number}. Say what you know "
        f"about {deal.number} until {_said(evidence_by, programme)}: nobody but us reads it.",
    )  # fmt: skip


def _new_side(session: Session, conflict: Conflict, deal: Deal, *, now: datetime) -> ConflictSide:
    side_id = new_id()
    side = ConflictSide(
        id=side_id,
        partner_id=deal.partner_id,
        conflict_id=conflict.id,
        number=human_number("C", side_id, letters=10),
        deal_id=deal.id,
        likely_rule=conflict.likely_rule,
        opened_at=now,
        evidence_by=conflict.evidence_by,
    )
    session.add(side)
    return side


def _wait_for_the_case(session: Session, deal: Deal, conflict: Conflict, programme: Vendor) -> None:
    """A deal that waits is decided with its case: its clock runs as long."""
    if deal.status not in UNDECIDED or deal.asked_at or deal.decide_by is None:
        return
    if deal.decide_by < conflict.decide_by:
        deal.decide_by = conflict.decide_by
        session.flush()
        queue_the_clock(session, deal, programme)


def _queue_the_clock(session: Session, conflict: Conflict) -> None:
    """Tell when the evidence is in, and when the decision is late; each instant once."""
    for topic, at in ((EVIDENCE_OVER, conflict.evidence_by), (LATE, conflict.decide_by)):
        key = f"{topic} {conflict.id} {at.isoformat()}"
        if session.scalar(select(jobs.Job.id).where(jobs.Job.key == key)) is None:
            payload = {"conflict_id": str(conflict.id), "at": at.isoformat()}
            jobs.enqueue(session, topic, key, payload, run_at=at)


def _decide_by(evidence_by: datetime, programme: Vendor) -> datetime:
    return programme.calendar.add_business_days(evidence_by, programme.decision_business_days)


def _said(instant: datetime, programme: Vendor) -> str:
    """The vendor's local day; the time stands on the page, in the reader's own zone."""
    return f"{programme.calendar.day_of(instant):%-d %B %Y}"
