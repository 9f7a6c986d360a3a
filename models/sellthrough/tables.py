"""What we keep of point-of-sale reports: the files, their lines, and where each was routed.

Two parties stand on one sale.  The distributor's report and lines are its own; a reseller that a
line names has a row of its own without the distributor's price; who the customer is, whose deal
it is and who looks after it stands in a row that only the vendor reads.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.money import Money
from models.scope import Private, VendorOnly
from models.sellthrough.rules import Amounts, ReportState, Rhythm


class PosSchedule(Private, Base):
    """How often a distributor reports."""

    __tablename__ = "pos_schedule"
    __table_args__ = (UniqueConstraint("partner_id"),)

    rhythm: Mapped[Rhythm]
    from_on: Mapped[date]
    """Nothing before the week or month of this day is asked for."""
    told_late_for: Mapped[date | None]
    """First day of the latest period of which both sides were told that it is late."""


class PosReport(Private, Base):
    """One file that a distributor handed in, or that was handed in for it."""

    __tablename__ = "pos_report"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        Index("ix_pos_report_at", "at", "id"),
        Index("ix_pos_report_partner_id_name", "partner_id", "name"),
        Index(
            "uq_pos_report_same_file",
            *("partner_id", "sha256", "amounts", "is_correction"),
            unique=True,
            sqlite_where=text("state <> 'refused' AND sha256 <> ''"),
            postgresql_where=text("state <> 'refused' AND sha256 <> ''"),
        ),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    """Ours, for people, such as SR-4K7QXMP."""
    name: Mapped[str] = mapped_column(String(60), default="")
    """The distributor's own, such as POS-2026-11; empty until it was read."""
    covers_from: Mapped[date | None]
    """First day of the week or month that it reports; None: it was not read, or nobody asks."""
    file_name: Mapped[str] = mapped_column(String(200), default="")
    """Empty: nothing was sold, so there is no file."""
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """None once it is done with."""
    sha256: Mapped[str] = mapped_column(String(64), default="")
    amounts: Mapped[Amounts] = mapped_column(default=Amounts.PLAIN)
    is_correction: Mapped[bool] = mapped_column(default=False)
    """What the earlier files of this name said and this one does not say no longer counts."""
    state: Mapped[ReportState] = mapped_column(default=ReportState.READING)
    total: Mapped[int] = mapped_column(default=0)
    """Rows of the file; 0 while nobody knows."""
    done: Mapped[int] = mapped_column(default=0)
    loaded: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    """Lines that counted before."""
    bad: Mapped[int] = mapped_column(default=0)
    """Rows to mend."""
    replaced: Mapped[int] = mapped_column(default=0)
    """Lines of earlier files that no longer count because of this one."""
    refusal: Mapped[str] = mapped_column(Text, default="")
    """Why nothing of the file was taken."""
    problems: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """The first of them: row, column, what is wrong, what to do, and the cells of the row."""
    at: Mapped[datetime]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str] = mapped_column(String(200))
    by_staff: Mapped[bool] = mapped_column(default=False)
    """Handed in by the vendor's people on the distributor's behalf."""


HAS_NAME = text("end_user_name <> ''")


def to_forget(table: str) -> Index:
    """The lines whose end customer has a name still, by the day of the sale."""
    name = f"ix_{table}_to_forget"
    return Index(name, "sold_on", sqlite_where=HAS_NAME, postgresql_where=HAS_NAME)


class Sold:
    """What was sold, and to whom, as the file says it."""

    sku: Mapped[str] = mapped_column(String(64))
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"))
    quantity: Mapped[int]
    """Negative for a return."""
    invoice_number: Mapped[str] = mapped_column(String(60))
    sold_on: Mapped[date]
    end_user_name: Mapped[str] = mapped_column(String(200))
    """Taken out with the postal code when its time is over."""
    end_user_postal: Mapped[str] = mapped_column(String(16), default="")
    end_user_country: Mapped[str] = mapped_column(String(2))
    serials: Mapped[list[str]] = mapped_column(JSON, default=list)
    deal_id: Mapped[UUID | None] = mapped_column(ForeignKey("deal.id"))
    """Its owner's own deal; None where it is nobody's, or another's."""
    replaced_at: Mapped[datetime | None]
    """When a corrected report took its place; None: it counts."""


class PosLine(Sold, Private, Base):
    """One line of a distributor's report."""

    __tablename__ = "pos_line"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        ForeignKeyConstraint(
            ["partner_id", "report_id"], ["pos_report.partner_id", "pos_report.id"]
        ),
        CheckConstraint("quantity <> 0", name="counts_something"),
        CheckConstraint("unit_minor >= 0", name="price_has_no_sign"),
        CheckConstraint(
            "(replaced_at IS NULL) = (replaced_by_id IS NULL)", name="replaced_by_something"
        ),
        to_forget("pos_line"),
        Index("ix_pos_line_sold_on", "sold_on", "id"),
        Index("ix_pos_line_partner_sold_on", "partner_id", "sold_on"),
        Index("ix_pos_line_report_row", "report_id", "row"),
        Index(
            "uq_pos_line_counts_once", "partner_id", "key", unique=True,
            sqlite_where=text("replaced_at IS NULL"), postgresql_where=text("replaced_at IS NULL"),
        ),
    )  # fmt: skip

    report_id: Mapped[UUID]
    row: Mapped[int]
    """Of the file; the header is row 1."""
    key: Mapped[str] = mapped_column(String(64))
    """Names the sale: see `rules.SaleLine.key`."""
    print: Mapped[str] = mapped_column(String(64))
    """The same for lines that say the same."""
    reseller_ref: Mapped[str] = mapped_column(String(60), default="")
    """As the distributor calls it, and so the name."""
    reseller_name: Mapped[str] = mapped_column(String(200), default="")
    unit_minor: Mapped[int] = mapped_column(BigInteger)
    """What the distributor asked for one, in the currency; never negative."""
    currency: Mapped[str] = mapped_column(String(3))
    deal_number: Mapped[str] = mapped_column(String(40), default="")
    """The registration that the distributor named."""
    returns_id: Mapped[UUID | None] = mapped_column(ForeignKey("pos_line.id"), index=True)
    """The sale that a return takes back; None: no return, or its sale is not known."""
    replaced_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("pos_report.id"), index=True)
    """The corrected report that took its place."""

    @property
    def unit(self) -> Money:
        return Money(self.unit_minor, self.currency)

    @property
    def amount(self) -> Money:
        return Money(self.unit_minor * self.quantity, self.currency)


class PosNamedLine(Sold, Private, Base):
    """A line of a distributor's report as the reseller reads it that is named in it: no price."""

    __tablename__ = "pos_named_line"
    __table_args__ = (
        to_forget("pos_named_line"),
        Index("ix_pos_named_line_partner_sold_on", "partner_id", "sold_on"),
    )

    distributor_name: Mapped[str] = mapped_column(String(200))


class PosRouting(VendorOnly, Base):
    """Who a line is about and who looks after it.  For the vendor: it may name other partners."""

    __tablename__ = "pos_routing"

    line_id: Mapped[UUID] = mapped_column(ForeignKey("pos_line.id"), unique=True)
    named_line_id: Mapped[UUID | None] = mapped_column(ForeignKey("pos_named_line.id"))
    """What the reseller reads of it."""
    reseller_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"), index=True)
    """None: it is no partner of ours, or nobody can tell."""
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.id"), index=True)
    """None: no customer that is known is certainly the same."""
    deal_id: Mapped[UUID | None] = mapped_column(ForeignKey("deal.id"), index=True)
    deal_why: Mapped[str] = mapped_column(Text, default="")
    """Why it is this deal's, or nobody's."""
    territory_id: Mapped[UUID | None] = mapped_column(ForeignKey("territory.id"), index=True)
    channel_manager_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    sales_manager_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    why: Mapped[str] = mapped_column(Text, default="")
