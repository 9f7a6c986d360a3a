"""What can happen to an adjustment: somebody asks for it, perhaps another decides, it is a line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit, files, notices, vendor
from models.base import human_number, lock, new_id
from models.calendars import local_day
from models.commissions import adjustments
from models.commissions.adjustment_tables import MOVES, Adjustment, AdjustmentState
from models.commissions.operations.posting import OpenMonth, standing_version
from models.errors import Refused
from models.files import Upload
from models.money import Money
from models.partners import Partner
from models.people import Actor, Person, PersonStatus, Role


def adjust(
    session: Session,
    partner: Partner,
    *,
    amount: Money,
    reason: str,
    evidence: Sequence[Upload] = (),
    by: Actor,
    now: datetime,
) -> Adjustment:
    """Posted at once up to the programme's limit; above it a second person is asked."""
    house = vendor.settings(session)
    if not reason.strip():
        raise Refused("Say why; the partner reads it on the statement.")
    if amount.currency != partner.currency or not amount.minor:
        raise Refused(f"Enter an amount in {partner.currency}, which {partner.name} is paid in.")
    lock(session, partner)
    on = local_day(now, house.time_zone)
    standing_version(session, partner, on)
    needs_second = adjustments.is_above_the_limit(
        session, house, partner.id, amount, by_id=by.id, on=on
    )
    adjustment = _asked(session, partner, amount, reason.strip(), needs_second, by, now)
    for upload in evidence:
        about = (adjustments.KIND, adjustment.id)
        files.keep(session, upload, about=about, partner_id=None, by=by, now=now)
    if needs_second:
        _ask(session, adjustment, partner, now)
    else:
        _post(session, adjustment, partner, now)
    return adjustment


def approve_adjustment(
    session: Session, adjustment: Adjustment, *, by: Actor, now: datetime
) -> None:
    """By somebody else than who asked: it becomes a line of the open month."""
    lock(session, adjustment)
    MOVES.after("approve", adjustment.state)
    _decided(adjustment, by, now)
    partner = session.get_one(Partner, adjustment.partner_id)
    _post(session, adjustment, partner, now)
    audit.record(session, by, "adjustment approved", adjustment, now=now)
    _tell_asker(session, adjustment, f"{by.name} approved adjustment {adjustment.number}", "", now)


def refuse_adjustment(
    session: Session, adjustment: Adjustment, *, reason: str, by: Actor, now: datetime
) -> None:
    lock(session, adjustment)
    if not reason.strip():
        raise Refused("Say why it is refused.")
    adjustment.state = MOVES.after("refuse", adjustment.state)
    _decided(adjustment, by, now)
    adjustment.note = reason.strip()
    session.flush()
    detail = {"why": adjustment.note}
    audit.record(session, by, "adjustment refused", adjustment, detail=detail, now=now)
    title = f"{by.name} refused adjustment {adjustment.number}"
    _tell_asker(session, adjustment, title, adjustment.note, now)


def set_limit(session: Session, limit: Money, *, by: Actor, now: datetime) -> None:
    """Up to so much, in the base currency, one person is enough."""
    house = vendor.settings(session)
    if limit.currency != house.base_currency or limit.minor < 0:
        raise Refused(f"Enter an amount in {house.base_currency}, 0 or more.")
    before, house.adjustment_limit_minor = house.adjustment_limit_minor, limit.minor
    detail = {"adjustment_limit_minor": [before, limit.minor]}
    audit.record(session, by, "programme changed", house, detail=detail, now=now)


def _asked(
    session: Session,
    partner: Partner,
    amount: Money,
    reason: str,
    needs_second: bool,
    by: Actor,
    now: datetime,
) -> Adjustment:
    adjustment_id = new_id()
    adjustment = Adjustment(
        id=adjustment_id,
        partner_id=partner.id,
        number=human_number("A", adjustment_id),
        amount_minor=amount.minor,
        currency=amount.currency,
        reason=reason,
        needs_second=needs_second,
        by_id=by.id,
        by_name=by.name,
        asked_at=now,
    )
    session.add(adjustment)
    session.flush()
    detail = {"amount": amount.minor, "currency": amount.currency, "why": reason}
    audit.record(session, by, "adjustment asked", adjustment, detail=detail, now=now)
    return adjustment


def _decided(adjustment: Adjustment, by: Actor, now: datetime) -> None:
    if by.id is None or by.id == adjustment.by_id:
        raise Refused("You asked for this adjustment, so a second person must decide.")
    adjustment.decided_by_id, adjustment.decided_by_name = by.id, by.name
    adjustment.decided_at = now


def _post(session: Session, adjustment: Adjustment, partner: Partner, now: datetime) -> None:
    month = OpenMonth(session, now)
    on = local_day(now, vendor.settings(session).time_zone)
    line = month.add_by_hand(
        partner.id,
        adjustment.amount,
        plan_version_id=standing_version(session, partner, on),
        source_id=None,
        deal_id=None,
        said={"number": adjustment.number, "why": adjustment.reason},
    )
    adjustment.state, adjustment.line_id = AdjustmentState.POSTED, line.id
    session.flush()
    _tell_partner(session, adjustment, now)


def _tell_partner(session: Session, adjustment: Adjustment, now: datetime) -> None:
    verb = "added to" if adjustment.amount_minor > 0 else "taken from"
    amount = Money(abs(adjustment.amount_minor), adjustment.currency)
    notices.tell_partner(
        session,
        adjustment.partner_id,
        "commission-adjusted",
        title=f"{amount.major:,} {amount.currency} {verb} your commission",
        body=f"{adjustment.reason} It stands on your next statement.",
        link=f"/commissions/{adjustment.line_id}",
        now=now,
    )


def _ask(session: Session, adjustment: Adjustment, partner: Partner, now: datetime) -> None:
    amount = adjustment.amount
    asked = select(Person.id).where(
        Person.role.in_((Role.FINANCE, Role.ADMINISTRATOR)),
        Person.status == PersonStatus.ACTIVE,
        Person.id != adjustment.by_id,
    )
    for person_id in session.scalars(asked):
        notices.tell(
            session,
            person_id,
            "adjustment-asked",
            title=f"{adjustment.by_name} asks to adjust {partner.name}",
            body=f"{amount.major:,} {amount.currency}: {adjustment.reason}",
            link=f"/adjustments/{adjustment.id}",
            now=now,
        )


def _tell_asker(
    session: Session, adjustment: Adjustment, title: str, body: str, now: datetime
) -> None:
    notices.tell(
        session,
        adjustment.by_id,
        "adjustment-decided",
        title=title,
        body=body or "It stands in the open month.",
        link=f"/adjustments/{adjustment.id}",
        now=now,
    )
