"""The vendor: the one company whose portal this is, and the rules of its programme."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.calendars import BusinessCalendar
from models.errors import Refused
from models.money import Money
from models.scope import Public


class Vendor(Public, Base):
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
    mail_from: Mapped[str] = mapped_column(String(254), default="portal@localhost")
    protection_days: Mapped[int] = mapped_column(default=90)
    """From the day of approval; the last day is inclusive."""
    extension_days: Mapped[int] = mapped_column(default=30)
    decision_business_days: Mapped[int] = mapped_column(default=2)
    lookback_months: Mapped[int] = mapped_column(default=24)
    minimum_deal_minor: Mapped[int] = mapped_column(BigInteger, default=5_000_00)
    """In the base currency; smaller deals are not worth a registration."""
    minimum_payout_minor: Mapped[int] = mapped_column(BigInteger, default=50_00)
    """In the currency of the payout; less waits for the next month."""
    destination_hold_hours: Mapped[int] = mapped_column(default=72)
    """How long a partner is not paid after its bank details were changed."""
    default_channel_manager_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id", use_alter=True)
    )
    """Gets what no territory claims; None only before the first staff member exists."""
    default_sales_manager_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id", use_alter=True)
    )

    @property
    def calendar(self) -> BusinessCalendar:
        return BusinessCalendar(self.time_zone, self.country)

    @property
    def minimum_deal(self) -> Money:
        return Money(self.minimum_deal_minor, self.base_currency)


def settings(session: Session) -> Vendor:
    """The vendor's row.  Raises Refused when the portal has not been set up."""
    vendor = session.scalars(select(Vendor)).first()
    if vendor is None:
        raise Refused("This portal has no vendor yet. Run `portal demo load` or `portal set-up`.")
    return vendor
