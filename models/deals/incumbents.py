"""Who sold last: the incumbent of a customer and product family, and what it says of a renewal.

An incumbent is told of somebody else's renewal without a name, may comment for some
business days, and goes first if it registers the renewal itself.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Row, Select, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.calendars import first_day, month_of, next_month
from models.catalog import ProductFamily
from models.deals.projects import collides_with
from models.deals.states import DealStatus
from models.deals.tables import Deal
from models.partners import Partner
from models.scope import Owned


class RenewalNotice(Owned, Base):
    """That an incumbent was told of a renewal that another partner registered."""

    __tablename__ = "renewal_notice"
    __table_args__ = (Index("ix_renewal_notice_told_once", "deal_id", "partner_id", unique=True),)

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"))
    """The renewal; never shown to the incumbent."""
    own_deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"), index=True)
    """What the incumbent sold."""
    told_at: Mapped[datetime]
    comment_by: Mapped[datetime]
    """When the time to comment is over."""
    commented_at: Mapped[datetime | None]
    commented_by_name: Mapped[str] = mapped_column(String(200), default="")
    comment: Mapped[str] = mapped_column(Text, default="")


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or its last day when it is shorter."""
    first = first_day(next_month(month_of(day), by=-months))
    last = (first_day(next_month(month_of(first))) - first).days
    return first.replace(day=min(day.day, last))


def last_sale(session: Session, deal: Deal, *, since: date) -> Row | None:
    """Who sold this family to this customer last, since that day.  On the vendor's side.

    id, number, partner_id, partner, won_on.
    """
    return session.execute(
        select(Deal.id, Deal.number, Deal.partner_id, Partner.name.label("partner"), Deal.won_on)
        .join(Partner, Partner.id == Deal.partner_id)
        .where(
            Deal.status == DealStatus.WON,
            Deal.customer_id == deal.customer_id,
            Deal.family_id == deal.family_id,
            Deal.id != deal.id,
            Deal.won_on >= since,
            collides_with(Deal.project_key, deal.project_key),
        )
        .order_by(Deal.won_on.desc(), Deal.id.desc())
        .limit(1)
    ).first()


def notice_about(session: Session, deal_id: UUID) -> Row | None:
    """What the incumbent of a renewal was told and said, with its name.  On the vendor's side."""
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
    ).first()


def renewal_notices() -> Select:
    """What a partner was told as an incumbent, one row each, without an order."""
    return (
        select(
            RenewalNotice.id,
            RenewalNotice.partner_id,
            RenewalNotice.told_at,
            RenewalNotice.comment_by,
            RenewalNotice.commented_at,
            RenewalNotice.comment,
            RenewalNotice.own_deal_id,
            Deal.number,
            Deal.customer_name,
            Deal.won_on,
            ProductFamily.name.label("family"),
        )
        .join(Deal, Deal.id == RenewalNotice.own_deal_id)
        .join(ProductFamily, ProductFamily.id == Deal.family_id)
    )
