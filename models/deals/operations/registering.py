"""The partner's side of a registration: draft, save, submit, answer, withdraw."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import vendor
from models.base import human_number, lock, new_id
from models.catalog import Product
from models.deals.kind_tables import type_rules
from models.deals.obstacles import obstacles
from models.deals.operations.approving import drop_approvals, plan_approvals
from models.deals.operations.clock import resume_clock, start_clock
from models.deals.operations.contesting import open_if_contested
from models.deals.operations.recognising import recognise_and_route
from models.deals.operations.renewing import tell_incumbent
from models.deals.operations.steps import (
    lock_with_customer,
    move,
    remember,
    require,
    tell_managers,
    tell_partner,
    tidy,
)
from models.deals.projects import project_key
from models.deals.queries import registration_of
from models.deals.registration import (
    REGISTRATION_FIELDS,
    Line,
    Question,
    Registration,
    changed,
    fields_open,
    fitting,
    what_is_missing,
)
from models.deals.rules import main_family
from models.deals.states import DealStatus, RejectReason, Source
from models.deals.tables import Deal, DealLine
from models.errors import Refused
from models.money import Money
from models.partners import Partner, must_be_active
from models.people import Actor
from models.scope import vendor_side
from models.vendor import Vendor

EDITABLE = (DealStatus.DRAFT, DealStatus.REJECTED)


def draft(
    session: Session,
    registration: Registration,
    *,
    partner_id: UUID,
    by: Actor,
    now: datetime,
    source: Source = Source.PORTAL,
) -> Deal:
    """Begin a registration.  Nobody at the vendor sees it before it is submitted."""
    deal_id, number = _new_number(session)
    currency = session.scalars(select(Partner.currency).where(Partner.id == partner_id)).one()
    deal = Deal(
        id=deal_id,
        number=number,
        partner_id=partner_id,
        status=DealStatus.DRAFT,
        source=source,
        value=Money(0, currency),
        registered_by_id=by.id,
        registered_by_name=by.name,
        created_at=now,
        updated_at=now,
        changed_at=now,
    )
    session.add(deal)
    session.flush()  # its parts need it to be there
    remember(session, deal, "draft", by=by, now=now, before=None)
    write(session, deal, registration)
    return deal


def save(session: Session, deal: Deal, registration: Registration, *, now: datetime) -> None:
    """Keep what the partner has written so far.  Sent twice, it changes nothing more."""
    lock(session, deal)
    if deal.status not in EDITABLE:
        raise Refused("Only a draft or a rejected deal can be edited.")
    if changed(registration_of(session, deal), registration):
        write(session, deal, registration)
        deal.updated_at = deal.changed_at = now


def submit(session: Session, deal: Deal, *, by: Actor, now: datetime) -> None:
    """Register the deal: recognise the customer, route it, start the clock, protect for now.

    Raises Refused when something is missing, or a rejected deal was not changed.
    """
    partner, programme = session.get_one(Partner, deal.partner_id), vendor.settings(session)
    if programme.capacity:
        lock(session, partner)  # two of its people must not pass its limit at the same moment
    lock_with_customer(session, deal)
    require(session, deal, "submit", now=now)
    must_be_active(partner.status)
    again = deal.status is DealStatus.REJECTED
    if again and deal.decided_at and deal.changed_at <= deal.decided_at:
        raise Refused("Change what was missing before you submit this deal again.")
    _leave_out_what_is_not_asked(session, deal)
    _must_be_complete(session, deal, programme, now=now)
    _must_be_allowed(session, deal, now=now)
    recognise_and_route(session, deal, now=now)
    heard_by = tell_incumbent(session, deal, programme, now=now)
    deal.submitted_at = now
    days = start_clock(session, deal, programme, since=heard_by or now)
    deal.decided_at, deal.decided_by_name = None, ""
    deal.reject_code, deal.reject_text = None, ""
    move(session, deal, "submit", by=by, now=now)
    tell_managers(
        session, deal, "deal-submitted", by=by, now=now,
        title=f"{deal.customer_name}: a deal waits for your decision",
        body=f"{by.name} registered {deal.number}. {deal.routing_why}",
    )  # fmt: skip
    tell_partner(
        session, deal, "deal-received", now=now,
        title=f"{deal.customer_name} is registered",
        body=f"{deal.number} is provisionally protected from now on. "
        f"We decide within {days} business day{'s' if days != 1 else ''}.",
    )  # fmt: skip
    plan_approvals(session, deal, now=now)
    open_if_contested(session, deal, now=now)


def answer(
    session: Session,
    deal: Deal,
    registration: Registration,
    *,
    note: str,
    by: Actor,
    now: datetime,
) -> None:
    """Answer what was asked; the clock goes on where it stood.

    Raises Refused when anything but the fields asked about was changed.
    """
    lock_with_customer(session, deal)
    require(session, deal, "answer", now=now)
    note = tidy(note, what="an answer to the question")
    before = registration_of(session, deal)
    touched = changed(before, registration)
    if touched - fields_open(map(Question, deal.asked_fields)):
        raise Refused("Only the fields that were asked about can be changed now.")
    if touched:
        write(session, deal, registration)
        deal.changed_at = now
    programme = vendor.settings(session)
    _must_be_complete(session, deal, programme, now=now)
    _must_be_allowed(session, deal, now=now, only=RejectReason.BELOW_MINIMUM)
    if touched:
        recognise_and_route(session, deal, now=now)
    resume_clock(session, deal, programme, now=now)
    deal.asked_at, deal.asked_fields, deal.asked_note = None, [], ""
    move(session, deal, "answer", by=by, now=now, note=note)
    tell_managers(
        session, deal, "deal-answered", by=by, now=now,
        title=f"{deal.customer_name}: your question is answered", body=note,
    )  # fmt: skip
    if touched:
        plan_approvals(session, deal, now=now)
        open_if_contested(session, deal, now=now)


def withdraw(session: Session, deal: Deal, *, note: str = "", by: Actor, now: datetime) -> None:
    """The partner gives the registration up; the customer is free again."""
    lock(session, deal)
    was_seen = deal.status is not DealStatus.DRAFT
    move(session, deal, "withdraw", by=by, now=now, note=note.strip())
    deal.decide_by = None
    drop_approvals(session, deal)
    if was_seen:
        tell_managers(
            session, deal, "deal-withdrawn", by=by, now=now,
            title=f"{deal.customer_name}: withdrawn by the partner",
            body=note.strip() or f"{by.name} withdrew {deal.number}.",
        )  # fmt: skip


def _new_number(session: Session) -> tuple[UUID, str]:
    """A key and its number for people.  Numbers are short, so one may be taken already."""
    with vendor_side(session) as beside:
        while True:
            deal_id = new_id()
            number = human_number("D", deal_id)
            if beside.scalar(select(Deal.id).where(Deal.number == number)) is None:
                return deal_id, number


def write(session: Session, deal: Deal, registration: Registration) -> None:
    """Take over what the partner wrote, and what follows from it: value, family, project."""
    for name in REGISTRATION_FIELDS:
        if name != "lines":
            setattr(deal, name, getattr(registration, name))
    deal.project_key = project_key(registration.project)
    session.execute(delete(DealLine).where(DealLine.deal_id == deal.id))
    session.add_all(_lines(deal, registration.lines))
    deal.value = Money(registration.value_minor, deal.value.currency)
    deal.family_id = family_of(session, registration.lines)
    session.flush()


def _lines(deal: Deal, lines: Iterable[Line]) -> Iterable[DealLine]:
    for position, line in enumerate(lines):
        yield DealLine(
            partner_id=deal.partner_id,
            deal_id=deal.id,
            position=position,
            product_id=line.product_id,
            quantity=line.quantity,
            unit_minor=line.unit_minor,
        )


def family_of(session: Session, lines: tuple[Line, ...]) -> UUID | None:
    wanted = {line.product_id for line in lines}
    if not wanted:
        return None
    rows = session.execute(select(Product.id, Product.family_id).where(Product.id.in_(wanted)))
    families = {row.id: row.family_id for row in rows}
    if wanted - families.keys():
        raise Refused("One of the products is no longer sold. Choose another.")
    return main_family([(families[line.product_id], line.amount_minor) for line in lines])


def _must_be_complete(session: Session, deal: Deal, programme: Vendor, *, now: datetime) -> None:
    registration, rules = registration_of(session, deal), type_rules(session)[deal.kind]
    missing = what_is_missing(registration, today=programme.calendar.day_of(now), rules=rules)
    if missing:
        raise Refused(next(iter(missing.values())))


def _leave_out_what_is_not_asked(session: Session, deal: Deal) -> None:
    """A draft keeps what it had as another type; nobody is asked to judge that."""
    before = registration_of(session, deal)
    after = fitting(before, type_rules(session)[deal.kind])
    if changed(before, after):
        write(session, deal, after)


def _must_be_allowed(
    session: Session, deal: Deal, *, now: datetime, only: RejectReason | None = None
) -> None:
    """only: what an answer may still be refused for; the rest was judged when it was submitted."""
    registration = registration_of(session, deal)
    for obstacle in obstacles(session, registration, partner_id=deal.partner_id, now=now):
        if only is None or obstacle.code is only:
            raise Refused(obstacle.words)
