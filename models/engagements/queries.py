"""What we can ask about the vendor's own sales people at customers.  On the vendor's side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from models.catalog import ProductFamily
from models.customers import Customer
from models.engagements.rules import ENGAGED_DAYS, LASTING, TouchKind
from models.engagements.tables import Touch


@dataclass(frozen=True, kw_only=True)
class TouchFilter:
    """Which touches; every part that is said must hold."""

    kind: TouchKind | None = None
    text: str = ""
    """Part of the customer's name, or of the sales person's."""
    customer_id: UUID | None = None
    is_open: bool = False
    """Only direct opportunities that have not ended."""


def engaged(session: Session, customer_id: UUID, family_id: UUID | None, on: date) -> bool:
    """Whether our own people are at work at this customer on that day.

    An open direct opportunity says so, and so does a visit or a quote of the last
    ENGAGED_DAYS days.  family_id: None asks for every family.
    """
    return bool(engaged_among(session, [customer_id], family_id, on))


def engaged_among(
    session: Session, customer_ids: Sequence[UUID], family_id: UUID | None, on: date
) -> set[UUID]:
    """Those of these customers at which our own people are at work; one question for all."""
    since = on - timedelta(days=ENGAGED_DAYS)
    lasting = and_(Touch.kind.in_(LASTING), Touch.happened_on > since)
    found = select(Touch.customer_id).where(
        Touch.customer_id.in_(customer_ids),
        Touch.happened_on <= on,
        or_(_is_open_direct(on), lasting),
    )
    if family_id is not None:
        found = found.where(Touch.family_id == family_id)
    return set(session.scalars(found))


def open_direct(
    session: Session, customer_ids: Sequence[UUID], family_id: UUID, on: date
) -> Sequence[Row]:
    """id, customer_id of direct opportunities that are open there, the oldest first."""
    return session.execute(
        select(Touch.id, Touch.customer_id)
        .where(
            Touch.customer_id.in_(customer_ids),
            Touch.family_id == family_id,
            Touch.happened_on <= on,
            _is_open_direct(on),
        )
        .order_by(Touch.happened_on, Touch.id)
    ).all()


def of_customer(session: Session, customer_id: UUID, family_id: UUID | None = None) -> list[Row]:
    """The touches at one customer, the latest first."""
    query = listed(TouchFilter(customer_id=customer_id))
    if family_id is not None:
        query = query.where(Touch.family_id == family_id)
    return list(session.execute(query.order_by(Touch.happened_on.desc(), Touch.id.desc())))


def listed(wanted: TouchFilter) -> Select:
    """Touches for a list: columns only, not ordered."""
    query = (
        select(
            Touch.id,
            Touch.customer_id,
            Touch.family_id,
            Touch.kind,
            Touch.happened_on,
            Touch.person_name,
            Touch.note,
            Touch.ended_on,
            Touch.recorded_at,
            Touch.recorded_by_name,
            Customer.name.label("customer"),
            ProductFamily.name.label("family"),
        )
        .join(Customer, Customer.id == Touch.customer_id)
        .join(ProductFamily, ProductFamily.id == Touch.family_id)
    )
    if wanted.kind:
        query = query.where(Touch.kind == wanted.kind)
    if wanted.customer_id:
        query = query.where(Touch.customer_id == wanted.customer_id)
    if wanted.is_open:
        query = query.where(Touch.kind == TouchKind.DIRECT, Touch.ended_on.is_(None))
    if wanted.text:
        of_customer_name = Customer.name.icontains(wanted.text, autoescape=True)
        query = query.where(
            of_customer_name | Touch.person_name.icontains(wanted.text, autoescape=True)
        )
    return query


def how_many(session: Session, wanted: TouchFilter) -> int:
    rows = listed(wanted).with_only_columns(Touch.id).subquery()
    return session.scalar(select(func.count()).select_from(rows)) or 0


def same_touch(session: Session, touch: Touch) -> Touch | None:
    """The one that is recorded already: same customer, family, person, kind and day."""
    return session.scalar(
        select(Touch).where(
            Touch.customer_id == touch.customer_id,
            Touch.family_id == touch.family_id,
            Touch.kind == touch.kind,
            Touch.happened_on == touch.happened_on,
            Touch.person_name == touch.person_name,
        )
    )


def _is_open_direct(on: date):
    still_open = or_(Touch.ended_on.is_(None), Touch.ended_on > on)
    return and_(Touch.kind == TouchKind.DIRECT, still_open)
