"""What the programme has agreed about payouts: its calendar, its minimums, how many people."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    String,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import audit
from models.base import Base
from models.errors import Refused
from models.money import Money, is_currency
from models.payouts.calendar import Rhythm, must_be_in_order
from models.payouts.rules import PROGRAM
from models.people import Actor
from models.scope import Public, VendorOnly
from models.vendor import Vendor

LONGEST_TAIL_MONTHS = 36


class PayoutTerms(Public, Base):
    """One row at most; without it the defaults hold."""

    __tablename__ = "payout_terms"
    __table_args__ = (CheckConstraint("single = 1", name="one_row"),)

    single: Mapped[int] = mapped_column(unique=True, default=1)
    """Always 1, and unique: there is no second row."""
    is_automatic: Mapped[bool] = mapped_column(default=True)
    """Whether the worker prepares each month's runs on its cut-off day."""
    cut_off_business_day: Mapped[int]
    review_business_days: Mapped[int]
    pay_business_day: Mapped[int]
    one_person_is_enough: Mapped[bool] = mapped_column(default=False)
    """Whether one person may release a run that nobody has prepared but the worker."""
    tail_months: Mapped[int]
    """Proposed when a contract ends: so long commission is still earned."""


class PayoutMinimum(Public, Base):
    """The smallest payout in one currency other than the vendor's own."""

    __tablename__ = "payout_minimum"
    __table_args__ = (CheckConstraint("minor > 0", name="is_an_amount"),)

    currency: Mapped[str] = mapped_column(String(3), unique=True)
    minor: Mapped[int] = mapped_column(BigInteger)


class PayoutSlot(VendorOnly, Base):
    """That the calendar's run of a month and a currency was seen to: it never is again."""

    __tablename__ = "payout_slot"
    __table_args__ = (UniqueConstraint("program", "period", "currency"),)

    program: Mapped[str] = mapped_column(String(20), default=PROGRAM)
    period: Mapped[str] = mapped_column(String(7))
    currency: Mapped[str] = mapped_column(String(3))
    due_on: Mapped[date]
    """The cut-off day; `done_at` is later when the worker was down or the month was open."""
    done_at: Mapped[datetime]
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("payout_run.id"))
    """None when nobody could be paid."""
    outcome: Mapped[str] = mapped_column(String(500))
    """In words."""


@dataclass(frozen=True, slots=True)
class Terms:
    rhythm: Rhythm = field(default_factory=Rhythm)
    is_automatic: bool = True
    one_person_is_enough: bool = False
    tail_months: int = 3


def terms(session: Session) -> Terms:
    """As they were set; the defaults until then."""
    kept = session.scalars(select(PayoutTerms)).first()
    if kept is None:
        return Terms()
    return Terms(
        Rhythm(kept.cut_off_business_day, kept.review_business_days, kept.pay_business_day),
        kept.is_automatic,
        kept.one_person_is_enough,
        kept.tail_months,
    )


def minimums(session: Session, vendor: Vendor) -> dict[str, int]:
    """{currency: minor units} of the smallest payout; a currency without one pays any amount."""
    rows = session.execute(select(PayoutMinimum.currency, PayoutMinimum.minor))
    least = {row.currency: row.minor for row in rows}
    return least | {vendor.base_currency: vendor.minimum_payout_minor}


def arrange(
    session: Session,
    vendor: Vendor,
    wanted: Terms,
    least: list[Money],
    *,
    by: Actor,
    now: datetime,
) -> bool:
    """Set the terms and the minimum of each currency; whether anything was different.

    least: one amount a currency; zero takes the minimum away.  Raises Refused when the days
    are not in order.
    """
    must_be_in_order(wanted.rhythm)
    for amount in least:
        if not is_currency(amount.currency) or amount.minor < 0:
            raise Refused(f"{amount.currency}: enter an amount of zero or more.")
    before = _told(terms(session), minimums(session, vendor))
    _keep_terms(session, wanted)
    for amount in least:
        _keep_minimum(session, vendor, amount)
    session.flush()
    after = _told(wanted, minimums(session, vendor))
    changed = {
        name: [before.get(name), after.get(name)]
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    }
    if changed:
        audit.record(session, by, "programme changed", vendor, now=now, detail=changed)
    return bool(changed)


def _keep_terms(session: Session, wanted: Terms) -> None:
    kept = session.scalars(select(PayoutTerms).with_for_update()).first() or PayoutTerms()
    for name, value in _columns(wanted).items():
        setattr(kept, name, value)
    session.add(kept)


def _keep_minimum(session: Session, vendor: Vendor, amount: Money) -> None:
    if amount.currency == vendor.base_currency:
        vendor.minimum_payout_minor = amount.minor
        return
    kept = session.scalars(
        select(PayoutMinimum).where(PayoutMinimum.currency == amount.currency)
    ).first()
    if kept is None and amount:
        session.add(PayoutMinimum(currency=amount.currency, minor=amount.minor))
    elif kept is not None and amount:
        kept.minor = amount.minor
    elif kept is not None:
        session.delete(kept)


def _columns(wanted: Terms) -> dict[str, int | bool]:
    rest = asdict(wanted)
    return {**rest.pop("rhythm"), **rest}


def _told(wanted: Terms, least: dict[str, int]) -> dict[str, int | bool]:
    return _columns(wanted) | {f"minimum_payout_{unit}": minor for unit, minor in least.items()}
