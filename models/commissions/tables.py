"""What we keep about commissions: plans, lines, statements, closed months, and memories."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    and_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column

from models.base import Base
from models.commissions.engine import Code, FxPolicy, Trigger
from models.commissions.engine.workings import expanded, shortened
from models.commissions.guards import guard
from models.guards import never_changes
from models.money import Money
from models.partners import PartnerRole, Tier
from models.scope import Scope, SeenBy, VendorOnly


class Working(TypeDecorator):
    """How a line was worked out: kept as the short list of workings.py, read by name."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        return None if value is None else orjson.dumps(shortened(value)).decode()

    def process_result_value(self, value: Any, dialect: Any) -> dict[str, Any] | None:
        return None if value is None else expanded(orjson.loads(value))


class Plan(VendorOnly, Base):
    """A commission plan.  What it pays is in its versions."""

    __tablename__ = "plan"

    name: Mapped[str] = mapped_column(String(120), unique=True)
    currency: Mapped[str] = mapped_column(String(3))
    """Of the amounts that its versions name."""
    payout_currency: Mapped[str | None] = mapped_column(String(3))
    """None: each partner's own."""
    time_zone: Mapped[str] = mapped_column(String(60))
    """In which its days, months and quarters begin."""
    earning_event: Mapped[Trigger]
    fx_policy: Mapped[FxPolicy]
    created_at: Mapped[datetime]


class PlanVersion(VendorOnly, Base):
    """What a plan pays for deals won from one day to before another.  Never edited."""

    __tablename__ = "plan_version"
    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        CheckConstraint("to_on IS NULL OR to_on > from_on", name="ends_after_it_starts"),
        CheckConstraint(
            "author_id IS NULL OR (approved_by_id IS NOT NULL AND approved_by_id <> author_id)",
            name="needs_a_second_person",
        ),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plan.id"))
    number: Mapped[int]
    """1 for a plan's first version."""
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    """The first day on which it is no longer in force; None while it goes on."""
    rules: Mapped[dict[str, Any]]
    """In the format of tests/golden/commissions.json."""
    created_at: Mapped[datetime]
    created_by_name: Mapped[str] = mapped_column(String(200))
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """Who proposed it; None when the system made it, or before this was kept."""
    authors: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Ids of everybody who wrote on it; whoever did is not the only one to pay under it."""
    approved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """Who put it into force; None where nobody proposed it."""


class PlanAssignment(VendorOnly, Base):
    """Whom a plan is for; what is None is not asked.  The most specific one decides."""

    __tablename__ = "plan_assignment"
    __table_args__ = (
        CheckConstraint("to_on IS NULL OR to_on > from_on", name="ends_after_it_starts"),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plan.id"), index=True)
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"), index=True)
    tier: Mapped[Tier | None]
    role: Mapped[PartnerRole | None]
    country: Mapped[str | None] = mapped_column(String(2))
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    """The first day on which it no longer holds; None while it goes on."""
    created_at: Mapped[datetime]
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """Whoever it was is not the only one to pay by it; None: the system, or before it was kept."""


def _where_known(column: str) -> Index:
    """Of the rows that have one."""
    # nosemgrep: raw-sql (a column of this table)
    known = text(f"{column} IS NOT NULL")
    name = f"ix_commission_line_{column}"
    return Index(name, column, sqlite_where=known, postgresql_where=known)


class CommissionLine(SeenBy, Base):
    """One amount that a partner earned or gave back, and how it was worked out."""

    __tablename__ = "commission_line"
    __table_args__ = (
        Index("ix_commission_line_partner_period", "partner_id", "period", "id"),
        Index("ix_commission_line_period", "period", "id"),
        _where_known("deal_id"),
        _where_known("invoice_id"),
        _where_known("source_id"),
    )

    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"))
    number: Mapped[str] = mapped_column(String(20), unique=True)
    """For people, such as L-4K7QXMP."""
    period: Mapped[str] = mapped_column(String(7))
    """The month it is stated in, YYYY-MM."""
    on: Mapped[date]
    """The local day of what caused it."""
    code: Mapped[Code]
    deal_id: Mapped[UUID | None] = mapped_column(ForeignKey("deal.id"))
    """None for what concerns no single deal, and for sales nobody registered."""
    invoice_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoice.id"))
    """None where no invoice caused it."""
    source_id: Mapped[UUID | None]
    """What was rated: an earning event, an order, a day of release, a dispute; None for a draw."""
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    payout_minor: Mapped[int] = mapped_column(BigInteger)
    """What it adds to the statement; an estimate until the close where the plan's rate is
    that of the month's end."""
    payout_currency: Mapped[str] = mapped_column(String(3))
    plan_version_id: Mapped[UUID] = mapped_column(ForeignKey("plan_version.id"))
    working: Mapped[dict[str, Any]] = mapped_column(Working)
    """Basis, rate, tiers, split, exchange rate, rounding: see words.py."""
    corrects: Mapped[list[str]] = mapped_column(JSON)
    """Ids of the earlier lines that it takes back or pays out."""
    recorded_at: Mapped[datetime]

    if TYPE_CHECKING:
        statement_id: Mapped[UUID | None]
        """Read only: see STANDS_ON; None until its month is closed."""

    @classmethod
    def seen_in(cls, scope: Scope) -> Any:
        """A partner's own; a distributor does not see its resellers'."""
        return cls.partner_id == scope.owner

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def payout(self) -> Money:
        return Money(self.payout_minor, self.payout_currency)


class Statement(SeenBy, Base):
    """What one partner earned in one closed month, in one currency.  Never changed.

    opening + earned + taken back = payable + closing, all in minor units of `currency`.
    """

    __tablename__ = "statement"
    __table_args__ = (
        UniqueConstraint("partner_id", "period", "currency"),
        CheckConstraint(
            "opening_minor + earned_minor + taken_back_minor = payable_minor + closing_minor",
            name="adds_up",
        ),
        CheckConstraint("payable_minor >= 0", name="is_never_paid_negative"),
        CheckConstraint("taken_back_minor <= 0", name="taken_back_lowers_it"),
        Index("ix_statement_period", "period", "id"),
    )

    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"), index=True)
    number: Mapped[str] = mapped_column(String(30), unique=True)
    """For people, such as ST-2026-10-4K7QXMP."""
    period: Mapped[str] = mapped_column(String(7))
    currency: Mapped[str] = mapped_column(String(3))
    opening_minor: Mapped[int] = mapped_column(BigInteger)
    earned_minor: Mapped[int] = mapped_column(BigInteger)
    taken_back_minor: Mapped[int] = mapped_column(BigInteger)
    payable_minor: Mapped[int] = mapped_column(BigInteger)
    closing_minor: Mapped[int] = mapped_column(BigInteger)
    vat_minor: Mapped[int | None] = mapped_column(BigInteger)
    """On top of the payout; None where the plan says nothing of it."""
    withheld_minor: Mapped[int | None] = mapped_column(BigInteger)
    """Kept for the tax office; None where the plan says nothing of it."""
    draw_balance_minor: Mapped[int | None] = mapped_column(BigInteger)
    """Still owed of a recoverable draw; None without one."""
    line_count: Mapped[int]
    closed_at: Mapped[datetime]

    @classmethod
    def seen_in(cls, scope: Scope) -> Any:
        """A partner's own; a distributor does not see its resellers'."""
        return cls.partner_id == scope.owner

    @property
    def net_minor(self) -> int:
        """The sum of its lines."""
        return self.earned_minor + self.taken_back_minor

    @property
    def transfer_minor(self) -> int:
        return self.payable_minor + (self.vat_minor or 0) - (self.withheld_minor or 0)

    @property
    def payable(self) -> Money:
        return Money(self.payable_minor, self.currency)


class MonthClose(VendorOnly, Base):
    """The fact that a month was closed.  From `begun_at` on it takes no further events."""

    __tablename__ = "month_close"

    month: Mapped[str] = mapped_column(String(7), unique=True)
    begun_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    """None while statements are still being made; closing again goes on with it."""
    is_early: Mapped[bool]
    """Closed before it had ended."""
    closed_by_name: Mapped[str] = mapped_column(String(200))
    partner_count: Mapped[int] = mapped_column(default=0)
    """Partners that there is something to state for."""
    stated_count: Mapped[int] = mapped_column(default=0)
    """Partners that are done."""
    stated_through_id: Mapped[UUID | None]
    """The last of them, in the order of their ids; None before the first."""
    proposal_id: Mapped[UUID | None] = mapped_column(ForeignKey("close_proposal.id"))
    """What two people agreed on; None: the system closed it, or it was before two were asked."""


STANDS_ON = and_(
    Statement.partner_id == CommissionLine.partner_id,
    Statement.period == CommissionLine.period,
    Statement.currency == CommissionLine.payout_currency,
)
"""Which statement a line is on: nothing is written to the line when its month is closed."""

_ON: Any = select(Statement.id).where(STANDS_ON).correlate_except(Statement).scalar_subquery()
CommissionLine.__mapper__.add_property("statement_id", column_property(_ON, deferred=True))

guard(PlanVersion.__table__)
guard(CommissionLine.__table__)
guard(MonthClose.__table__)
never_changes(Statement.__table__)
