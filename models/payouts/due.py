"""What is due to whom, and who cannot be paid, with the reason.  Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Exists, Row, exists, func, select
from sqlalchemy.orm import Session

from models import vendor
from models.calendars import first_day, next_month
from models.commissions.tables import Statement
from models.money import Money
from models.partners import Partner, PartnerStatus, endings
from models.partners.destinations import DestinationStatus, PayoutDestination
from models.payouts import terms
from models.payouts.orders import order_to, payer_of
from models.payouts.rails import Order, Rails
from models.payouts.rests import all_rests, brought, owed_without_fees, rests
from models.payouts.rules import WhyNot
from models.payouts.tables import PayoutStatement
from models.payouts.transfers.units import payable_part
from models.vendor import Vendor


@dataclass(frozen=True, slots=True)
class DueStatement:
    id: UUID
    number: str
    period: str
    payable_minor: int


@dataclass(frozen=True, slots=True)
class Due:
    """What one partner is due in one currency, and where it would go."""

    partner: Partner
    amount: Money
    """The statements, and what earlier payouts have left."""
    statements: tuple[DueStatement, ...]
    brought: Money
    """Of the amount, what earlier payouts have left."""
    left: Money
    """What they have left in all; what a draft brings of it is counted off."""
    owed: Money
    """By the ledger, but for open fees; differs from the amount by what statements carry."""
    destination: PayoutDestination | None
    minimum: Money
    """Less than this waits; zero where everything is paid."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    why: WhyNot
    reason: str


def dues(
    session: Session, currency: str, *, through: str, only: Iterable[UUID] | None = None
) -> list[Due]:
    """Every partner with an unpaid statement up to a month, or with anything on its account.

    through: "YYYY-MM", inclusive.  only: these partners, whether anything is due or not.
    """
    statements = _unpaid(session, currency, through)
    books = owed_without_fees(session)
    owed = {who: minor for (who, unit), minor in books.items() if unit == currency}
    left = rests(session, currency)
    wanted = set(statements) | set(owed) if only is None else set(only)
    partners = session.scalars(select(Partner).where(Partner.id.in_(wanted)).order_by(Partner.name))
    destinations = _destinations(session, wanted)
    minimum = terms.minimums(session, vendor.settings(session)).get(currency, 0)
    gone = endings.over_by(session, _last_day(through))
    found = []
    for partner in partners:
        asked = tuple(statements.get(partner.id, ()))
        stated, balance = sum(one.payable_minor for one in asked), owed.get(partner.id, 0)
        more = brought(left.get(partner.id, 0), stated, balance)
        found.append(
            Due(
                partner=partner,
                amount=Money(stated + more, currency),
                statements=asked,
                brought=Money(more, currency),
                left=Money(left.get(partner.id, 0), currency),
                owed=Money(balance, currency),
                destination=destinations.get(partner.id),
                minimum=Money(0 if partner.id in gone else minimum, currency),
            )
        )
    return found


def open_statements(session: Session) -> list[Row]:
    """What waits to be paid: month, currency, how many statements, how much."""
    return list(
        session.execute(
            select(
                func.max(Statement.period).label("period"),
                Statement.currency,
                func.count().label("count"),
                func.sum(Statement.payable_minor).label("payable_minor"),
            )
            .where(Statement.payable_minor > 0, ~in_live_payout())
            .group_by(Statement.currency)
            .order_by(Statement.currency)
        )
    )


def unpaid_currencies(session: Session, *, through: str) -> list[str]:
    """Currencies in which a statement up to a month ("YYYY-MM") waits, or enough of a payout."""
    stated = session.scalars(
        select(Statement.currency)
        .where(Statement.payable_minor > 0, Statement.period <= through, ~in_live_payout())
        .distinct()
    )
    minimum = terms.minimums(session, vendor.settings(session))
    books = owed_without_fees(session)
    rest = {key: brought(minor, 0, books.get(key, 0)) for key, minor in all_rests(session).items()}
    left = (
        unit
        for (_, unit), minor in rest.items()
        if minor >= minimum.get(unit, minor) and payable_part(Money(max(minor, 0), unit))
    )
    return sorted({*stated, *left})


def obstacle(due: Due, house: Vendor, rails: Rails, *, now: datetime) -> Obstacle | None:
    """Why this partner cannot be paid now; None when it can."""
    if due.owed.minor < 0:
        return Obstacle(WhyNot.NEGATIVE, "Owes us; netted against what it earns next.")
    if due.amount.minor <= 0:
        return Obstacle(
            WhyNot.NOTHING_DUE, "No unpaid statement; the balance is carried to the next one."
        )
    if due.owed.minor < due.amount.minor:
        return Obstacle(
            WhyNot.TAKEN_BACK,
            "More was taken back since its last unpaid statement; paid with what it earns next.",
        )
    if due.amount < due.minimum:
        return Obstacle(WhyNot.BELOW_MINIMUM, "Below the minimum; waits for the next run.")
    if due.partner.status is PartnerStatus.SUSPENDED:
        return Obstacle(WhyNot.PARTNER_SUSPENDED, "The partner is suspended; its money waits.")
    return _no_way(due, house, rails, now)


def order_of(due: Due) -> Order:
    """The due as a rail wants it, before it has become a payout."""
    assert due.destination is not None
    return order_to(due.partner, due.destination, due.amount, due.partner.id, "", "Commission")


def _no_way(due: Due, house: Vendor, rails: Rails, now: datetime) -> Obstacle | None:
    destination = due.destination
    if destination is None:
        return Obstacle(
            WhyNot.NO_DESTINATION, "No bank details: the partner has not said where to pay."
        )
    if destination.is_held(now):
        return Obstacle(
            WhyNot.DESTINATION_HELD,
            "Bank details were changed a short while ago; nothing is paid to them yet.",
        )
    if not destination.is_confirmed:
        return Obstacle(
            WhyNot.DESTINATION_HELD,
            "Bank details were changed, and finance has not confirmed them yet.",
        )
    rail = rails.get(destination.kind)
    if rail is None:
        return Obstacle(WhyNot.NO_RAIL, "This way of paying is not set up.")
    reason = rail.why_not(order_of(due), payer_of(house))
    return Obstacle(WhyNot.NO_RAIL, reason) if reason else None


def _unpaid(session: Session, currency: str, through: str) -> dict[UUID, list[DueStatement]]:
    """Statements that ask for money and are in no live payout, oldest first, by partner."""
    rows = session.execute(
        select(
            Statement.partner_id,
            Statement.id,
            Statement.number,
            Statement.period,
            Statement.payable_minor,
        )
        .where(
            Statement.currency == currency,
            Statement.period <= through,
            Statement.payable_minor > 0,
            ~in_live_payout(),
        )
        .order_by(Statement.period)
    )
    found: dict[UUID, list[DueStatement]] = defaultdict(list)
    for row in rows:
        found[row.partner_id].append(
            DueStatement(row.id, row.number, row.period, row.payable_minor)
        )
    return found


def _last_day(month: str) -> date:
    return first_day(next_month(month)) - timedelta(days=1)


def in_live_payout() -> Exists:
    """Of a statement."""
    return exists().where(PayoutStatement.statement_id == Statement.id, PayoutStatement.is_live)


def _destinations(session: Session, partners: set[UUID]) -> dict[UUID, PayoutDestination]:
    rows = session.scalars(
        select(PayoutDestination).where(
            PayoutDestination.partner_id.in_(partners),
            PayoutDestination.status == DestinationStatus.CURRENT,
        )
    )
    return {destination.partner_id: destination for destination in rows}
