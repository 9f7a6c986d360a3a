"""The vendor: the one company whose portal this is, and the rules of its programme."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.calendars import BusinessCalendar
from models.decision_rules import DecisionRules
from models.errors import Refused
from models.money import Money
from models.scope import Public


class Vendor(DecisionRules, Public, Base):
    """One row.  Every setting of the programme that a partner must be able to rely on."""

    __tablename__ = "vendor"

    name: Mapped[str] = mapped_column(String(200))
    legal_name: Mapped[str] = mapped_column(String(200))
    street: Mapped[str] = mapped_column(String(70), default="")
    building: Mapped[str] = mapped_column(String(16), default="")
    postal_code: Mapped[str] = mapped_column(String(16), default="")
    town: Mapped[str] = mapped_column(String(35), default="")
    country: Mapped[str] = mapped_column(String(2))
    vat_id: Mapped[str] = mapped_column(String(20), default="")
    base_currency: Mapped[str] = mapped_column(String(3))
    time_zone: Mapped[str] = mapped_column(String(60))
    """In which its days, months and clocks begin and end."""
    iban: Mapped[str] = mapped_column(String(34), default="")
    """The account that SEPA payouts are drawn on; empty until finance has entered it."""
    bic: Mapped[str] = mapped_column(String(11), default="")
    tax_form_policy: Mapped[str] = mapped_column(String(20), default="block")
    """What a missing W-9 or W-8 does: block, withhold or allow.  Only for vendors in the US."""
    ach_routing_number: Mapped[str] = mapped_column(String(9), default="")
    """Of the bank in the United States that takes ACH files; empty until entered."""
    ach_bank_name: Mapped[str] = mapped_column(String(23), default="")
    ach_company_id: Mapped[str] = mapped_column(String(10), default="")
    """By which that bank knows the vendor; often 1 and the tax number."""
    mail_from: Mapped[str] = mapped_column(String(254), default="portal@localhost")
    protection_days: Mapped[int] = mapped_column(default=90)
    """From the day of approval; the last day is inclusive."""
    extension_days: Mapped[int] = mapped_column(default=30)
    decision_business_days: Mapped[int] = mapped_column(default=2)
    lookback_months: Mapped[int] = mapped_column(default=24)
    """So long after its last purchase of a product family a customer is new again."""
    extension_activity_days: Mapped[int] = mapped_column(default=30)
    """An extension needs something that the partner wrote in so many days before."""
    reminder_days: Mapped[str] = mapped_column(String(40), default="14, 7, 1")
    """How many days before the end of a protection the partner is reminded."""
    incumbent_months: Mapped[int] = mapped_column(default=24)
    """Where no contract runs: who sold the family to the customer in so many months."""
    incumbent_comment_days: Mapped[int] = mapped_column(default=2)
    """Business days in which the incumbent may comment on somebody else's renewal."""
    tender_policy: Mapped[str] = mapped_column(String(20), default="before")
    """Public tenders: before (they are published), always, or never."""
    capacity: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Open registrations that a partner may have, by tier; a tier that is absent has no limit."""
    minimum_deal_minor: Mapped[int] = mapped_column(BigInteger, default=5_000_00)
    """In the base currency; smaller deals are not worth a registration."""
    exclusive_policy: Mapped[str] = mapped_column(String(20), default="review")
    """Another's exclusive territory: review (a channel manager decides) or reject."""
    territory_notice_days: Mapped[int] = mapped_column(default=30)
    """So long before it holds a change of a claimed territory is announced."""
    precheck_tells_protection: Mapped[bool] = mapped_column(default=False)
    """Whether a partner that asks about a customer learns until when it is protected."""
    precheck_tells_engagement: Mapped[bool] = mapped_column(default=False)
    """Whether it learns that our own people are at work there."""
    win_tolerance_percent: Mapped[int] = mapped_column(default=25)
    """How far the orders may leave the registered value before a win is approved again."""
    early_win_hours: Mapped[int] = mapped_column(default=72)
    """A deal won within so many hours of its begin is looked at."""
    minimum_payout_minor: Mapped[int] = mapped_column(BigInteger, default=50_00)
    """In the base currency; less waits for the next month.  Others: payouts.terms."""
    adjustment_limit_minor: Mapped[int] = mapped_column(BigInteger, default=500_00)
    """In the base currency; above it a second person decides about an adjustment."""
    dispute_business_days: Mapped[int] = mapped_column(default=10)
    """In which a disputed line is decided."""
    dispute_window_days: Mapped[int] = mapped_column(default=90)
    """After the day its statement was closed on; the last one is inclusive."""
    destination_hold_hours: Mapped[int] = mapped_column(default=72)
    """How long a partner is not paid after its bank details were changed."""
    retention: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Days for which each kind of data is kept, where it is not the usual: models/privacy."""
    complaint_acknowledge_days: Mapped[int] = mapped_column(default=3)
    """Business days in which somebody takes up a complaint."""
    complaint_answer_days: Mapped[int] = mapped_column(default=15)
    """Business days in which a complaint is answered in writing."""
    complaint_outside_email: Mapped[str] = mapped_column(String(254), default="")
    """Where a complaint goes when everybody of ours is involved; empty: nowhere."""
    factor_roles: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Further roles that need a second factor, beside those that always do."""
    default_channel_manager_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id", use_alter=True)
    )
    """Gets what no territory claims; None only before the first staff member exists."""
    default_sales_manager_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id", use_alter=True)
    )

    @property
    def calendar(self) -> BusinessCalendar:
        return BusinessCalendar(
            self.time_zone, self.country, self.holiday_subdivision or None, self.free_days
        )

    @property
    def reminders(self) -> tuple[int, ...]:
        """Days before the end of a protection, most first."""
        return tuple(sorted({int(days) for days in self.reminder_days.split(",")}, reverse=True))

    @property
    def minimum_deal(self) -> Money:
        return Money(self.minimum_deal_minor, self.base_currency)


def settings(session: Session) -> Vendor:
    """The vendor's row.  Raises Refused when the portal has not been set up."""
    vendor = session.info.get(Vendor)
    if vendor is None or vendor not in session:
        vendor = session.info[Vendor] = session.scalars(select(Vendor)).first()
    if vendor is None:
        raise Refused("This portal has no vendor yet. Run `portal demo load` or `portal set-up`.")
    return vendor
