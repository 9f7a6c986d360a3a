"""Who holds a contract: the incumbents of a customer and product family, and what they say.

An incumbent is told of somebody else's renewal without a name, may comment for some
business days, and goes first if it registers the renewal itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Row,
    Select,
    String,
    Text,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from models.base import Base
from models.calendars import first_day, month_of, next_month
from models.catalog import ProductFamily
from models.deals.projects import collides_with
from models.deals.states import DealStatus
from models.deals.tables import Deal
from models.partners import Partner
from models.scope import Owned

NEAR = timedelta(days=1)
"""A contract to the 31st is renewed on the 1st."""


class RenewalNotice(Owned, Base):
    """That an incumbent was told of a renewal that another partner registered."""

    __tablename__ = "renewal_notice"
    __table_args__ = (Index("ix_renewal_notice_told_once", "deal_id", "partner_id", unique=True),)

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"))
    """The renewal; never shown to the incumbent."""
    own_deal_id: Mapped[UUID | None] = mapped_column(ForeignKey("deal.id"), index=True)
    """What the incumbent registered and won; None where it fulfilled another's registration."""
    number: Mapped[str] = mapped_column(String(20), default="")
    """Of its own deal; empty where it fulfilled another's."""
    customer_name: Mapped[str] = mapped_column(String(200), default="")
    """As it stood on the contract, and so on."""
    family: Mapped[str] = mapped_column(String(120), default="")
    won_on: Mapped[date | None]
    told_at: Mapped[datetime]
    comment_by: Mapped[datetime]
    """When the time to comment is over."""
    commented_at: Mapped[datetime | None]
    commented_by_name: Mapped[str] = mapped_column(String(200), default="")
    comment: Mapped[str] = mapped_column(Text, default="")


@dataclass(frozen=True)
class Contract:
    """What was sold to a customer, and by whom."""

    deal_id: UUID
    number: str
    customer_name: str
    family: str
    won_on: date
    partner_id: UUID
    partner: str
    fulfilled_by_id: UUID | None
    fulfilled_by: str

    @property
    def holders(self) -> tuple[UUID, ...]:
        """Who sold it: the partner that registered it, and the one that fulfils it."""
        return tuple(filter(None, (self.partner_id, self.fulfilled_by_id)))

    @property
    def sellers(self) -> str:
        """Their names.  For staff."""
        return " with ".join(filter(None, (self.partner, self.fulfilled_by)))


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or its last day when it is shorter."""
    first = first_day(next_month(month_of(day), by=-months))
    last = (first_day(next_month(month_of(first))) - first).days
    return first.replace(day=min(day.day, last))


def last_sale(session: Session, deal: Deal, *, since: date) -> Contract | None:
    """What was sold of this family to this customer last, since that day.  For the vendor."""
    return _first(session, _sold(deal).where(Deal.won_on >= since))


def contract_renewed(session: Session, deal: Deal, *, on: date, since: date) -> Contract | None:
    """The contract that a renewal is about.  For the vendor.

    Of those that run that day the one whose order or end the renewal names, else the one sold
    last; where none runs, what was sold last since a day.  A contract that is over never goes
    before one that runs: naming an old order takes nobody's customer away.
    """
    runs = Deal.renews_on >= on
    asked = _sold(deal).where(or_(runs, Deal.won_on >= since))
    return _first(session, asked, case((runs, case((_is_named(deal), 0), else_=1)), else_=2))


def notices_about(session: Session, deal_id: UUID) -> Sequence[Row]:
    """What the incumbents of a renewal were told and said, with their names.  For the vendor."""
    return session.execute(
        select(
            RenewalNotice.partner_id,
            Partner.name.label("partner"),
            RenewalNotice.comment_by,
            RenewalNotice.commented_at,
            RenewalNotice.commented_by_name,
            RenewalNotice.comment,
        )
        .join(Partner, Partner.id == RenewalNotice.partner_id)
        .where(RenewalNotice.deal_id == deal_id)
        .order_by(RenewalNotice.told_at.desc(), RenewalNotice.id.desc())
    ).all()


def renewal_notices() -> Select:
    """What a partner was told as an incumbent, one row each, without an order."""
    return select(
        RenewalNotice.id,
        RenewalNotice.partner_id,
        RenewalNotice.told_at,
        RenewalNotice.comment_by,
        RenewalNotice.commented_at,
        RenewalNotice.comment,
        RenewalNotice.own_deal_id,
        RenewalNotice.number,
        RenewalNotice.customer_name,
        RenewalNotice.won_on,
        RenewalNotice.family,
    )


def _sold(deal: Deal) -> Select:
    """Everything won at this customer of this family and project."""
    other = aliased(Partner, name="fulfilling")
    return (
        select(
            Deal.id,
            Deal.number,
            Deal.customer_name,
            func.coalesce(ProductFamily.name, ""),
            Deal.won_on,
            Deal.partner_id,
            Partner.name,
            Deal.fulfilled_by_id,
            func.coalesce(other.name, ""),
        )
        .join(Partner, Partner.id == Deal.partner_id)
        .outerjoin(other, other.id == Deal.fulfilled_by_id)
        .outerjoin(ProductFamily, ProductFamily.id == Deal.family_id)
        .where(
            Deal.status == DealStatus.WON,
            Deal.customer_id == deal.customer_id,
            Deal.family_id == deal.family_id,
            Deal.id != deal.id,
            collides_with(Deal.project_key, deal.project_key),
        )
    )


def _is_named(deal: Deal) -> ColumnElement[bool]:
    """Whether the renewal names this contract, by its order, its number or its end."""
    order, ends = deal.previous_order.strip().lower(), deal.previous_ends_on
    known = func.lower(Deal.number) == order
    if order:
        known |= func.lower(Deal.order_number) == order
    if ends:
        known |= Deal.renews_on.between(ends - NEAR, ends + NEAR)
    return known


def _first(session: Session, asked: Select, *order: ColumnElement) -> Contract | None:
    row = session.execute(asked.order_by(*order, Deal.won_on.desc(), Deal.id.desc())).first()
    return Contract(*row) if row else None
