"""What we can ask about payouts, for pages and exports.  Reads only."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.commissions.tables import Statement
from models.partners import Partner
from models.payouts.rules import (
    IN_FLIGHT,
    SHOWN_TO_PARTNER,
    STANDING,
    PayoutStatus,
    Seen,
    fingerprint,
)
from models.payouts.tables import (
    Payout,
    PayoutEvent,
    PayoutFile,
    PayoutRun,
    PayoutRunEvent,
    PayoutStatement,
)
from models.people import Person

COUNTED = STANDING | {PayoutStatus.DRAFT}
"""Payouts that make up the total of their run."""

Preparer, Releaser = aliased(Person), aliased(Person)


def runs() -> Select:
    """Every run with its people, its count and its total."""
    totals = (
        select(
            Payout.run_id,
            func.count(Payout.id).label("count"),
            func.sum(Payout.amount_minor).label("total_minor"),
        )
        .where(Payout.status.in_(COUNTED))
        .group_by(Payout.run_id)
        .subquery()
    )
    return (
        select(
            PayoutRun.id,
            PayoutRun.number,
            PayoutRun.period,
            PayoutRun.seq,
            PayoutRun.currency,
            PayoutRun.status,
            PayoutRun.prepared_at,
            PayoutRun.prepared_by_id,
            PayoutRun.released_at,
            PayoutRun.settled_at,
            Preparer.name.label("prepared_by"),
            Releaser.name.label("released_by"),
            func.coalesce(totals.c.count, 0).label("count"),
            func.coalesce(totals.c.total_minor, 0).label("total_minor"),
        )
        .outerjoin(Preparer, Preparer.id == PayoutRun.prepared_by_id)
        .outerjoin(Releaser, Releaser.id == PayoutRun.released_by_id)
        .outerjoin(totals, totals.c.run_id == PayoutRun.id)
    )


def open_rails(run: PayoutRun) -> Select:
    """The ways on which something of the run is still to go, or is going."""
    return (
        select(Payout.rail).where(Payout.run_id == run.id, Payout.status.in_(IN_FLIGHT)).distinct()
    )


def has_tax(run: PayoutRun) -> Select:
    """Whether any of its payouts carries value added tax, or has something withheld."""
    taxed = select(Payout.id).where(
        Payout.run_id == run.id, or_(Payout.vat_minor != 0, Payout.withheld_minor != 0)
    )
    return select(taxed.exists())


def last_step(run: PayoutRun) -> Select:
    """When something happened to one of its payouts for the last time."""
    return (
        select(func.max(PayoutEvent.at))
        .join(Payout, Payout.id == PayoutEvent.payout_id)
        .where(Payout.run_id == run.id)
    )


def paid_for(currency: str, period: str) -> Select:
    """What all runs of a month paid, or are paying."""
    return select(func.coalesce(func.sum(Payout.amount_minor), 0)).where(
        Payout.amount_currency == currency,
        Payout.period == period,
        Payout.status.in_(STANDING),
    )


def payouts_of(partner_id: UUID) -> Select:
    """What a partner was paid, or will be; never what is only being considered."""
    return payouts().where(Payout.partner_id == partner_id, Payout.status.in_(SHOWN_TO_PARTNER))


def payment_of(session: Session, statement_id: UUID) -> Row | None:
    """The payout that pays, or paid, a statement, and what is still owed of it.  None: not yet."""
    return session.execute(
        select(
            Payout.id,
            Payout.number,
            Payout.status,
            Payout.paid_on,
            Payout.left_minor,
            Payout.back_minor,
        )
        .join(PayoutStatement, PayoutStatement.payout_id == Payout.id)
        .where(
            PayoutStatement.statement_id == statement_id,
            PayoutStatement.is_live,
            Payout.status.in_(STANDING),
        )
    ).first()


def payouts() -> Select:
    return select(*payout_columns()).join(Partner, Partner.id == Payout.partner_id)


def statements_of(session: Session, payout: Payout) -> list[Row]:
    """The statements a payout settles (or tried to), oldest first."""
    return list(
        session.execute(
            select(
                Statement.id,
                Statement.number,
                Statement.period,
                Statement.opening_minor,
                Statement.earned_minor,
                Statement.taken_back_minor,
                Statement.payable_minor,
                Statement.closing_minor,
                Statement.line_count,
                PayoutStatement.amount_minor,
            )
            .join(PayoutStatement, PayoutStatement.statement_id == Statement.id)
            .where(PayoutStatement.payout_id == payout.id)
            .order_by(Statement.period, Statement.id)
        )
    )


def events_of(session: Session, payout: Payout) -> list[Row]:
    return list(
        session.execute(
            select(
                PayoutEvent.at,
                PayoutEvent.verb,
                PayoutEvent.from_status,
                PayoutEvent.to_status,
                PayoutEvent.by_name,
                PayoutEvent.note,
            )
            .where(PayoutEvent.payout_id == payout.id)
            .order_by(PayoutEvent.at, PayoutEvent.id)
        )
    )


def run_events_of(session: Session, run: PayoutRun) -> list[Row]:
    return list(
        session.execute(
            select(
                PayoutRunEvent.at, PayoutRunEvent.verb, PayoutRunEvent.by_name, PayoutRunEvent.note
            )
            .where(PayoutRunEvent.run_id == run.id)
            .order_by(PayoutRunEvent.at, PayoutRunEvent.id)
        )
    )


def files_of(session: Session, run: PayoutRun) -> list[PayoutFile]:
    return list(session.scalars(select(PayoutFile).where(PayoutFile.run_id == run.id)))


def seen_of(session: Session, run: PayoutRun) -> str:
    """The hash of what a release would pay, as it stands now."""
    rows = session.execute(
        select(
            Payout.partner_id,
            Payout.amount,
            Payout.destination_id,
            PayoutStatement.statement_id,
        )
        .outerjoin(PayoutStatement, PayoutStatement.payout_id == Payout.id)
        .where(Payout.run_id == run.id, Payout.status.in_(COUNTED))
    )
    statements: dict[tuple, list[UUID]] = defaultdict(list)
    for *payout, statement_id in rows:
        statements[tuple(payout)] += [statement_id] if statement_id else []
    return fingerprint(
        Seen(partner_id, amount, destination_id, tuple(ids))
        for (partner_id, amount, destination_id), ids in statements.items()
    )


def payout_columns() -> tuple:
    return (
        Payout.id,
        Payout.number,
        Payout.period,
        Payout.partner_id,
        Payout.amount_minor,
        Payout.amount_currency,
        Payout.status,
        Payout.rail,
        Payout.paid_on,
        Payout.reference,
        Payout.created_at,
        Partner.name.label("partner"),
    )
