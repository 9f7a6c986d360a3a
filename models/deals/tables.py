"""What we keep about deals: the deal, its lines, everything that happened, what looked alike."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, money_column
from models.deals.overlaps import never_two_protections
from models.deals.particulars import Particulars
from models.deals.promised import Promised
from models.deals.states import DealStatus, DealType, ForecastCategory, RejectReason, Source, Stage
from models.guards import never_changes
from models.money import Money
from models.scope import Owned, VendorOnly


def of_the_same_partner() -> ForeignKeyConstraint:
    """A part of a deal always belongs to the deal's own partner."""
    return ForeignKeyConstraint(["partner_id", "deal_id"], ["deal.partner_id", "deal.id"])


class Deal(Particulars, Promised, Owned, Base):
    """An opportunity at one customer for one product family, registered by one partner."""

    __tablename__ = "deal"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        CheckConstraint("value_minor >= 0", name="value_is_not_negative"),
        CheckConstraint(
            "status IN ('draft', 'withdrawn') OR customer_id IS NOT NULL",
            name="whoever_submits_names_a_customer",
        ),
        CheckConstraint(
            "status <> 'approved' OR (approved_on IS NOT NULL AND protected_through IS NOT NULL)",
            name="approved_means_protected",
        ),
        Index("ix_deal_partner_status_updated", "partner_id", "status", "updated_at"),
        Index("ix_deal_partner_updated", "partner_id", "updated_at", "id"),
        Index("ix_deal_updated", "updated_at", "id"),
        Index("ix_deal_status_updated", "status", "updated_at", "id"),
        # the counts above lists, and what Insights sums up, without a look at the rows
        Index(
            "ix_deal_status_submitted",
            *("status", "submitted_at", "value_currency", "value_minor", "partner_id"),
        ),
        Index("ix_deal_partner_submitted", "partner_id", "submitted_at"),
        Index("ix_deal_value", "value_minor", "id"),
        Index("ix_deal_customer_name", "customer_name", "id"),
        Index("ix_deal_status_decide_by", "status", "decide_by", "id"),
        Index("ix_deal_customer_family", "customer_id", "family_id", "status"),
        Index("ix_deal_sales_manager_status", "sales_manager_id", "status"),
        Index("ix_deal_channel_manager_status", "channel_manager_id", "status"),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    """For people, such as D-4K7QXMP."""
    status: Mapped[DealStatus] = mapped_column(default=DealStatus.DRAFT)
    kind: Mapped[DealType] = mapped_column(default=DealType.NEW_BUSINESS)
    source: Mapped[Source] = mapped_column(default=Source.PORTAL)
    """Never changes."""
    value: Mapped[Money] = money_column("value")
    """The sum of the lines."""

    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.id"))
    """The customer recognised; None until it was submitted."""
    family_id: Mapped[UUID | None] = mapped_column(ForeignKey("product_family.id"))
    """The family of most value among the lines; None until there are lines."""
    customer_name: Mapped[str] = mapped_column(String(200), default="")
    """The customer as the partner wrote it, and so on below."""
    customer_domain: Mapped[str] = mapped_column(String(253), default="")
    customer_country: Mapped[str] = mapped_column(String(2), default="")
    customer_subdivision: Mapped[str] = mapped_column(String(6), default="")
    customer_postal_code: Mapped[str] = mapped_column(String(16), default="")
    customer_town: Mapped[str] = mapped_column(String(80), default="")
    customer_vat_id: Mapped[str] = mapped_column(String(20), default="")

    expected_close_on: Mapped[date | None]
    """None only in a draft."""
    problem: Mapped[str] = mapped_column(Text, default="")
    competitors: Mapped[str] = mapped_column(String(300), default="")
    contact_name: Mapped[str] = mapped_column(String(200), default="")
    contact_title: Mapped[str] = mapped_column(String(120), default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")

    stage: Mapped[Stage] = mapped_column(default=Stage.PROSPECT)
    forecast_category: Mapped[ForecastCategory] = mapped_column(default=ForecastCategory.PIPELINE)

    registered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """None when it was imported."""
    registered_by_name: Mapped[str] = mapped_column(String(200), default="")
    channel_manager_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    sales_manager_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """Both None until it was submitted and routed; never afterwards."""
    territory_id: Mapped[UUID | None] = mapped_column(ForeignKey("territory.id"))
    """None when no territory claims the customer."""
    routing_why: Mapped[str] = mapped_column(Text, default="")
    """For the vendor: it may name other partners' territories."""

    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    """Of the last event, or of the last change to a draft."""
    changed_at: Mapped[datetime]
    """When what the partner wrote last changed."""
    submitted_at: Mapped[datetime | None]
    """When it was first complete; None in a draft.  The earlier of two rivals has priority."""
    decide_by: Mapped[datetime | None]
    """When the decision is due; None while nothing waits for the vendor."""
    decided_at: Mapped[datetime | None]
    decided_by_name: Mapped[str] = mapped_column(String(200), default="")
    asked_at: Mapped[datetime | None]
    """When information was asked; None when nothing is asked.  The clock stands meanwhile."""
    asked_fields: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The questions that are open, as values of Question."""
    asked_note: Mapped[str] = mapped_column(Text, default="")
    reject_code: Mapped[RejectReason | None]
    reject_text: Mapped[str] = mapped_column(Text, default="")
    """As the partner reads it, word for word."""

    approved_on: Mapped[date | None]
    """The vendor's local day of the approval."""
    protected_through: Mapped[date | None] = mapped_column(index=True)
    """The last protected day, inclusive; None until approved."""
    extension_days: Mapped[int] = mapped_column(default=0)
    """Days already granted on top; more than 0 means that the one extension is used."""
    extension_asked_at: Mapped[datetime | None]
    extension_note: Mapped[str] = mapped_column(Text, default="")

    fulfilled_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"))
    """Another partner that delivers it, once both have agreed; None: the partner itself."""
    won_at: Mapped[datetime | None]
    """The first order that counts; the deal may still wait for others, and be approved."""
    won_on: Mapped[date | None] = mapped_column(index=True)
    """The vendor's local day of won_at."""
    win_asked_at: Mapped[datetime | None]
    """Since when a win waits to be approved again; None while none does."""
    order_number: Mapped[str] = mapped_column(String(80), default="")
    support_contact: Mapped[str] = mapped_column(String(200), default="")
    """Who looks after the customer after the sale, and so on: the hand-over."""
    service_starts_on: Mapped[date | None]
    renews_on: Mapped[date | None] = mapped_column(index=True)
    lost_reason: Mapped[str] = mapped_column(Text, default="")


class DealLine(Owned, Base):
    __tablename__ = "deal_line"
    __table_args__ = (
        of_the_same_partner(),
        CheckConstraint("quantity > 0 AND unit_minor >= 0", name="counts_something"),
    )

    deal_id: Mapped[UUID] = mapped_column(index=True)
    position: Mapped[int]
    """From 0, in the order in which the partner entered them."""
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"))
    quantity: Mapped[int]
    unit_minor: Mapped[int] = mapped_column(BigInteger)
    """Price of one, in the currency of the deal's value."""


class DealEvent(Owned, Base):
    """One step in the life of a deal, as its partner may read it.  Never changed or deleted."""

    __tablename__ = "deal_event"
    __table_args__ = (of_the_same_partner(),)

    deal_id: Mapped[UUID] = mapped_column(index=True)
    verb: Mapped[str] = mapped_column(String(30))
    from_status: Mapped[DealStatus | None]
    to_status: Mapped[DealStatus]
    """The same as from_status when the event moved nothing, such as a comment."""
    by_id: Mapped[UUID | None]
    """None when a clock did it."""
    by_name: Mapped[str] = mapped_column(String(200))
    by_staff: Mapped[bool]
    at: Mapped[datetime]
    code: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(Text, default="")


class DealNote(VendorOnly, Base):
    """What only the vendor reads about a deal: internal comments, cleared matches, forecasts."""

    __tablename__ = "deal_note"

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"), index=True)
    verb: Mapped[str] = mapped_column(String(30))
    by_id: Mapped[UUID | None]
    by_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text, default="")


class DealMatch(VendorOnly, Base):
    """A customer that looked like the deal's own when it was submitted: the evidence."""

    __tablename__ = "deal_match"
    __table_args__ = (UniqueConstraint("deal_id", "customer_id"),)

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"))
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    verdict: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(60))
    score_percent: Mapped[int]
    fields: Mapped[list[str]] = mapped_column(JSON)
    """The fields in which both are equal."""
    found_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    """When somebody said that it is not the same customer; None while it stands."""
    cleared_by_name: Mapped[str] = mapped_column(String(200), default="")
    cleared_reason: Mapped[str] = mapped_column(Text, default="")


class DealParticipant(Owned, Base):
    """Somebody of the vendor's staff who takes part in a deal."""

    __tablename__ = "deal_participant"
    __table_args__ = (of_the_same_partner(), UniqueConstraint("deal_id", "person_id"))

    deal_id: Mapped[UUID] = mapped_column(index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    joined_at: Mapped[datetime]


never_changes(DealEvent.__table__)
never_changes(DealNote.__table__)
never_two_protections(Deal.__table__)
