"""Which distributor a reseller buys through, day by day."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import audit
from models.base import lock
from models.errors import Refused
from models.partners.rules import BUYS_THROUGH_DISTRIBUTORS, PartnerRole, PartnerStatus
from models.partners.tables import Partner, PartnerParent
from models.people import STAFF, Actor


def buy_through(
    session: Session,
    partner: Partner,
    distributor_id: UUID | None,
    *,
    from_on: date,
    by: Actor,
    now: datetime,
) -> None:
    """From this day on `partner` buys through that distributor; None: directly.

    What held before stays as it was: the present link ends on `from_on`.
    The same again changes nothing.
    """
    assert by.role in STAFF, "the vendor says who buys through whom"
    lock(session, partner)  # one change of its parents at a time
    links = list(
        session.scalars(
            select(PartnerParent)
            .where(PartnerParent.partner_id == partner.id)
            .order_by(PartnerParent.from_on)
        )
    )
    last = links[-1] if links else None
    if _already(last, distributor_id, from_on):
        return
    if last is not None and from_on < max(last.from_on, last.to_on or last.from_on):
        day = max(last.from_on, last.to_on or last.from_on)
        raise Refused(f"Something else holds until {day}. Choose that day or a later one.")
    if distributor_id is not None:
        _must_be_able_to(session, partner, distributor_id, from_on)
    _end(session, last, from_on)
    if distributor_id is not None:
        session.add(
            PartnerParent(partner_id=partner.id, distributor_id=distributor_id, from_on=from_on)
        )
    session.flush()
    detail = {"distributor": str(distributor_id or ""), "from_on": from_on.isoformat()}
    audit.record(session, by, "distributor changed", partner, now=now, detail=detail)


def may_buy_through(partner: Partner) -> bool:
    """Whether it is of a kind that buys through distributors at all."""
    return partner.role in BUYS_THROUGH_DISTRIBUTORS


def _already(last: PartnerParent | None, distributor_id: UUID | None, from_on: date) -> bool:
    """Whether the latest link says just this already."""
    if last is None:
        return distributor_id is None
    if distributor_id is None:
        return last.to_on is not None and last.to_on <= from_on
    return last.distributor_id == distributor_id and last.to_on is None and last.from_on <= from_on


def _end(session: Session, last: PartnerParent | None, on: date) -> None:
    if last is None or last.to_on is not None:
        return
    if last.from_on == on:  # it never came to hold
        session.delete(last)
    else:
        last.to_on = on
    session.flush()


def _must_be_able_to(
    session: Session, partner: Partner, distributor_id: UUID, from_on: date
) -> None:
    """A distributor has no distributor itself, so there can be no circle; still we look."""
    if partner.role not in BUYS_THROUGH_DISTRIBUTORS:
        raise Refused("Only resellers and VARs buy through a distributor.")
    distributor = session.get(Partner, distributor_id)
    if distributor is None or distributor.id == partner.id:
        raise Refused("Choose another distributor.")
    lock(session, distributor)
    if distributor.role is not PartnerRole.DISTRIBUTOR:
        raise Refused(f"{distributor.name} is not a distributor.")
    if distributor.status is PartnerStatus.ENDED:
        raise Refused(f"{distributor.name} is no longer a partner.")
    above = session.scalar(
        select(PartnerParent.id)
        .where(
            PartnerParent.partner_id == distributor_id,
            or_(PartnerParent.to_on.is_(None), PartnerParent.to_on > from_on),
        )
        .limit(1)
    )
    if above is not None:
        raise Refused(f"{distributor.name} buys through somebody itself. Choose another.")
