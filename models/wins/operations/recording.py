"""Recording an order of the customer, with its evidence and the hand-over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit, files, vendor
from models.base import lock, new_id
from models.deals import Deal, DealStatus
from models.deals.operations.steps import remember, require, tell_managers, tell_partner
from models.errors import Refused
from models.money import Money
from models.people import Actor
from models.vendor import Vendor
from models.wins.operations.counting import count
from models.wins.operations.sharing import nothing_open
from models.wins.queries import progress_of
from models.wins.rules import (
    ABOUT,
    Differs,
    HandOver,
    Order,
    OrderState,
    amount_differs,
    check_evidence,
    check_hand_over,
    in_words,
    is_early,
    plain,
    same_customer,
)
from models.wins.tables import DealOrder, EarlyWin, WinEvidence


@dataclass(frozen=True)
class Correction:
    """Evidence that stands beside what was given before."""

    number: str = ""
    signed_on: date | None = None
    note: str = ""


def record(
    session: Session,
    deal: Deal,
    order: Order,
    hand_over: HandOver,
    *,
    uploads: Iterable[files.Upload] = (),
    by: Actor,
    now: datetime,
) -> DealOrder:
    """Record an order: won if it is what was registered, else it waits for re-approval.

    The same order sent twice is kept once.  Raises Refused when evidence or hand-over lack,
    when the deal is not approved, or when its sharing is still talked about.
    """
    lock(session, deal)
    programme = vendor.settings(session)
    day = programme.calendar.day_of(order.ordered_at)
    if known := _known(session, deal, order, day):
        return known
    require(session, deal, "win", now=now)
    nothing_open(session, deal)
    _check(deal, order, hand_over, programme, now=now)
    kept = _keep(session, deal, order, hand_over, programme, by=by, now=now)
    evidence = Correction(order.number, order.signed_on, order.note)
    _add(session, kept, evidence, uploads, by=by, now=now)
    _flag_if_early(session, deal, kept, programme, now=now)
    if kept.differs:
        _ask(session, deal, kept, by=by, now=now)
    elif not count(session, deal, kept, by=by, now=now):
        _tell_part(session, deal, kept, by=by, now=now)
    return kept


def add_evidence(
    session: Session,
    deal: Deal,
    order_id: UUID,
    correction: Correction,
    *,
    uploads: Iterable[files.Upload] = (),
    by: Actor,
    now: datetime,
) -> None:
    """Show something more, or something right; what was shown before stays as it was."""
    lock(session, deal)
    order = order_of(session, deal, order_id)
    check_evidence(
        correction.number,
        correction.signed_on,
        today=vendor.settings(session).calendar.day_of(now),
    )
    _add(session, order, correction, uploads, by=by, now=now)
    said = correction.number.strip() or f"signed {correction.signed_on:%-d %B %Y}"
    remember(session, deal, "win_evidence", by=by, now=now, before=deal.status, note=said)
    title = f"{deal.customer_name}: new evidence of the order"
    tell_managers(session, deal, "win-evidence", title=title, body=said, by=by, now=now)
    if by.is_staff:
        tell_partner(session, deal, "win-evidence", title=title, body=said, now=now)


def order_of(session: Session, deal: Deal, order_id: UUID) -> DealOrder:
    order = session.scalar(
        select(DealOrder).where(DealOrder.id == order_id, DealOrder.deal_id == deal.id)
    )
    if order is None:
        raise Refused("This order belongs to another deal. Reload and look again.")
    return order


def _known(session: Session, deal: Deal, order: Order, day: date) -> DealOrder | None:
    """The same order, recorded before.  Raises Refused when it says something else."""
    known = session.scalar(
        select(DealOrder).where(
            DealOrder.deal_id == deal.id,
            DealOrder.reference == order.reference,
            DealOrder.state != OrderState.RETURNED,
        )
    )
    if known is None:
        return None
    amount = known.amount.minor if order.amount_minor is None else order.amount_minor
    if (known.ordered_on, known.amount.minor) == (day, amount):
        return known
    if deal.status is not DealStatus.APPROVED:
        return None  # then who was quicker is said
    raise Refused(
        f"{known.recorded_by_name} has recorded order {known.reference} already, of another "
        "amount or day. Add evidence to it when something has to be corrected."
    )


def _check(
    deal: Deal, order: Order, hand_over: HandOver, programme: Vendor, *, now: datetime
) -> None:
    day_of = programme.calendar.day_of
    if order.ordered_at > now:
        raise Refused("The order cannot have been given in the future.")
    if deal.submitted_at and day_of(order.ordered_at) < day_of(deal.submitted_at):
        raise Refused("The order is dated before the deal was registered.")
    check_evidence(order.number, order.signed_on, today=day_of(now))
    check_hand_over(hand_over)


def _keep(
    session: Session,
    deal: Deal,
    order: Order,
    hand_over: HandOver,
    programme: Vendor,
    *,
    by: Actor,
    now: datetime,
) -> DealOrder:
    before = progress_of(session, deal.id).counted_minor
    minor = deal.value.minor - before if order.amount_minor is None else order.amount_minor
    if minor <= 0:
        raise Refused("Enter the amount of this order, more than nothing.")
    family_id = order.family_id or deal.family_id
    differs = _differs(deal, order, family_id, before + minor, programme)
    kept = DealOrder(
        id=new_id(),
        partner_id=deal.partner_id,
        deal_id=deal.id,
        state=OrderState.WAITING,
        reference=order.reference,
        ordered_at=order.ordered_at,
        ordered_on=programme.calendar.day_of(order.ordered_at),
        amount=Money(minor, deal.value.currency),
        customer_name=order.customer_name or deal.customer_name,
        family_id=family_id,
        completes=order.is_complete,
        differs=differs,
        recorded_at=now,
        recorded_by_id=by.id,
        recorded_by_name=by.name,
        by_staff=by.partner_id is None,
    )
    _hand_over(kept, hand_over)
    session.add(kept)
    session.flush()
    detail = {"deal": deal.number, "order": kept.reference, "differs": differs}
    audit.record(session, by, "win: recorded", kept, now=now, detail=detail)
    return kept


def _hand_over(order: DealOrder, said: HandOver) -> None:
    """What the deal takes over once the order counts."""
    assert said.starts_on
    order.support_contact = said.support_contact.strip()
    order.service_starts_on = said.starts_on
    order.renews_on = None if said.is_one_off else said.renews_on


def _differs(
    deal: Deal, order: Order, family_id: UUID | None, counted_minor: int, programme: Vendor
) -> list[str]:
    found = []
    name = order.customer_name or deal.customer_name
    if not same_customer(deal.customer_name, name, deal.customer_country):
        found.append(Differs.CUSTOMER.value)
    if family_id != deal.family_id:
        found.append(Differs.FAMILY.value)
    if amount_differs(
        deal.value.minor,
        counted_minor,
        is_complete=order.is_complete,
        percent=programme.win_tolerance_percent,
    ):
        found.append(Differs.AMOUNT.value)
    return found


def _add(
    session: Session,
    order: DealOrder,
    said: Correction,
    uploads: Iterable[files.Upload],
    *,
    by: Actor,
    now: datetime,
) -> None:
    evidence = WinEvidence(
        id=new_id(),
        partner_id=order.partner_id,
        order_id=order.id,
        number=" ".join(said.number.split()),
        signed_on=said.signed_on,
        note=said.note.strip(),
        at=now,
        by_name=by.name,
        by_staff=by.partner_id is None,
    )
    session.add(evidence)
    session.flush()
    for upload in uploads:
        about = (ABOUT, evidence.id)
        files.keep(session, upload, about=about, partner_id=order.partner_id, by=by, now=now)


def _flag_if_early(
    session: Session, deal: Deal, order: DealOrder, programme: Vendor, *, now: datetime
) -> None:
    if not is_early(deal.created_at, order.ordered_at, hours=programme.early_win_hours):
        return
    since = order.ordered_at - deal.created_at
    hours = max(0, int(since.total_seconds() // 3600))
    session.add(EarlyWin(order_id=order.id, deal_id=deal.id, hours=hours, found_at=now))
    tell_managers(
        session, deal, "win-early", now=now,
        title=f"{deal.customer_name}: won {hours} hours after the deal was begun",
        body=f"Look at order {order.reference} of {deal.number}: was it known before?",
    )  # fmt: skip


def _ask(session: Session, deal: Deal, order: DealOrder, *, by: Actor, now: datetime) -> None:
    """The protection holds while the vendor looks; nothing is earned before."""
    deal.win_asked_at = deal.win_asked_at or now
    said = f"Order {order.reference} of {plain(order.amount)}: {in_words(order.differs)}."
    remember(session, deal, "order_asks", by=by, now=now, before=deal.status, note=said)
    tell_managers(
        session, deal, "win-waits", by=by, now=now,
        title=f"{deal.customer_name}: a win waits for your approval", body=said,
    )  # fmt: skip
    tell_partner(
        session, deal, "win-waits", now=now,
        title=f"{deal.customer_name}: the win waits for re-approval",
        body=f"{said} That is not what was registered, so your channel manager approves it "
        "again. Your protection holds meanwhile.",
    )  # fmt: skip


def _tell_part(session: Session, deal: Deal, order: DealOrder, *, by: Actor, now: datetime) -> None:
    said = f"Order {order.reference} of {plain(order.amount)}; more is to come."
    remember(session, deal, "order", by=by, now=now, before=deal.status, note=said)
    title = f"{deal.customer_name}: a part is won"
    tell_managers(session, deal, "deal-part-won", title=title, body=said, by=by, now=now)
    if by.partner_id is None:
        tell_partner(session, deal, "deal-part-won", title=title, body=said, now=now)
