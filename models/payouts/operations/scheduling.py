"""The calendar's runs: prepared on the cut-off day, or as soon as that is possible, once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import notices, vendor
from models.commissions.tables import MonthClose
from models.errors import Refused
from models.notices import Notice
from models.payouts.calendar import PayoutDays, days_of, due_on
from models.payouts.due import unpaid_currencies
from models.payouts.operations.preparing import prepare
from models.payouts.rails import Rails
from models.payouts.rules import PROGRAM, RunStatus
from models.payouts.tables import PayoutRun
from models.payouts.terms import PayoutSlot, terms
from models.people import SYSTEM, Role


def prepare_due(session: Session, *, rails: Rails, now: datetime) -> list[PayoutRun]:
    """Prepare whatever the calendar wants by now and nobody has prepared; all the new runs.

    Asked again and again, by any number of workers: each month and currency has one slot.
    """
    agreed = terms(session)
    if not agreed.is_automatic:
        return []
    calendar = vendor.settings(session).calendar
    days = due_on(calendar.day_of(now), agreed.rhythm, calendar)
    waiting = [
        currency
        for currency in unpaid_currencies(session, through=days.month)
        if not _is_done(session, days, currency)
    ]
    if not waiting:
        return []
    if not _hold_month(session, days.month):
        _tell_once(
            session,
            f"payout-month-open {days.month}",
            title=f"{days.month} is not closed: its payout run waits",
            body=f"The cut-off was on {days.cut_off:%Y-%m-%d}. Close the month; "
            "its runs are then prepared within minutes.",
            link=f"/months/{days.month}",
            now=now,
        )
        return []
    made = [_fill(session, days, currency, rails, now) for currency in waiting]
    return [run for run in made if run is not None]


def remind_of_release(session: Session, *, now: datetime) -> None:
    """Tell finance, once, of each draft whose review days are over."""
    calendar = vendor.settings(session).calendar
    today, rhythm = calendar.day_of(now), terms(session).rhythm
    for run in session.scalars(select(PayoutRun).where(PayoutRun.status == RunStatus.DRAFT)):
        days = days_of(run.period, rhythm, calendar)
        if days.release_by < today and calendar.day_of(run.prepared_at) < today:
            _tell_once(
                session,
                f"payout-run-late {run.id}",
                title=f"Payout run {run.number} should have been released",
                body=f"Its review ended on {days.release_by:%Y-%m-%d}; "
                f"the pay day is {days.pay_on:%Y-%m-%d}.",
                link=f"/payout-runs/{run.id}",
                now=now,
            )


def _hold_month(session: Session, month: str) -> bool:
    """Whether it is closed; if so two workers come one after the other from here on."""
    closed = select(MonthClose.id).where(
        MonthClose.month == month, MonthClose.finished_at.is_not(None)
    )
    return session.scalar(closed.with_for_update()) is not None


def _is_done(session: Session, days: PayoutDays, currency: str) -> bool:
    slot = select(PayoutSlot.id).where(
        PayoutSlot.program == PROGRAM,
        PayoutSlot.period == days.month,
        PayoutSlot.currency == currency,
    )
    return session.scalar(slot) is not None


def _fill(
    session: Session, days: PayoutDays, currency: str, rails: Rails, now: datetime
) -> PayoutRun | None:
    if _is_done(session, days, currency):  # another worker was quicker; it held the month
        return None
    prepared = _by_somebody(session, days, currency)
    if prepared is not None:
        _note(session, days, currency, now, prepared.id, f"Run {prepared.number} was prepared.")
        return None
    draft = _open_draft(session, currency)
    if draft is not None:
        _tell_once(
            session,
            f"payout-run-waits {days.month} {currency}",
            title=f"The {currency} run of {days.month} waits for run {draft.number}",
            body="An earlier run is still a draft. Release or cancel it; "
            "the next one is then prepared within minutes.",
            link=f"/payout-runs/{draft.id}",
            now=now,
        )
        return None
    try:
        run = prepare(session, days.month, currency, rails=rails, by=SYSTEM, now=now)
    except Refused as nobody:
        _note(session, days, currency, now, None, str(nobody))
        _tell_once(
            session,
            f"payout-run-empty {days.month} {currency}",
            title=f"No {currency} payout run for {days.month}",
            body=str(nobody),
            link="/payout-runs",
            now=now,
        )
        return None
    _note(session, days, currency, now, run.id, f"Run {run.number} was prepared by the calendar.")
    return run


def _by_somebody(session: Session, days: PayoutDays, currency: str) -> PayoutRun | None:
    """A run of this month, or of a later one, that is there already."""
    return session.scalars(
        select(PayoutRun)
        .where(
            PayoutRun.program == PROGRAM,
            PayoutRun.currency == currency,
            PayoutRun.period >= days.month,
            PayoutRun.status != RunStatus.CANCELLED,
        )
        .order_by(PayoutRun.id)
        .limit(1)
    ).first()


def _open_draft(session: Session, currency: str) -> PayoutRun | None:
    return session.scalars(
        select(PayoutRun).where(
            PayoutRun.program == PROGRAM,
            PayoutRun.currency == currency,
            PayoutRun.status == RunStatus.DRAFT,
        )
    ).first()


def _note(
    session: Session,
    days: PayoutDays,
    currency: str,
    now: datetime,
    run_id: UUID | None,
    outcome: str,
) -> None:
    session.add(
        PayoutSlot(
            period=days.month,
            currency=currency,
            due_on=days.cut_off,
            done_at=now,
            run_id=run_id,
            outcome=outcome[:500],
        )
    )
    session.flush()


def _tell_once(
    session: Session, key: str, *, title: str, body: str, link: str, now: datetime
) -> None:
    if session.scalar(select(Notice.id).where(Notice.key.startswith(f"{key} ")).limit(1)) is None:
        notices.tell_staff(
            session,
            Role.FINANCE,
            "payout-run-prepared",
            title=title,
            body=body,
            link=link,
            now=now,
            key=key,
        )
