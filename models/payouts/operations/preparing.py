"""Preparing a run: who gets what, who does not and why; nothing is promised yet."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import notices, vendor
from models.base import human_number, lock, new_id
from models.calendars import first_day
from models.commissions.tables import MonthClose
from models.errors import Refused
from models.money import is_currency
from models.payouts.due import Due, Obstacle, dues, obstacle
from models.payouts.operations.steps import links_of, step, tell_run
from models.payouts.rails import Rails
from models.payouts.rules import PROGRAM, PayoutStatus, RunStatus, WhyNot
from models.payouts.tables import (
    Payout,
    PayoutEvent,
    PayoutRun,
    PayoutSkip,
    PayoutStatement,
)
from models.payouts.taxing import Taxed, tax_facts, tax_obstacle, taxed_part
from models.payouts.terms import terms
from models.people import Actor, Role
from models.taxes import Treatment


@dataclass(frozen=True, slots=True)
class Payable:
    sums: Taxed
    treatment: Treatment


def prepare(
    session: Session,
    period: str,
    currency: str,
    *,
    rails: Rails,
    by: Actor,
    now: datetime,
    only: Collection[UUID] | None = None,
) -> PayoutRun:
    """A draft run over all unpaid statements up to and including `period` ("YYYY-MM").

    only: these partners.  Raises Refused while another draft of the currency is open, and
    when nobody is due.
    """
    house = vendor.settings(session)
    _must_make_sense(session, period, currency)
    everybody = dues(session, currency, through=period, only=only)
    facts = tax_facts(session, house, everybody, now)
    judged = [
        (
            due,
            obstacle(due, house, rails, now=now) or _payable(due, facts.treat(due.partner), rails),
        )
        for due in everybody
    ]
    if all(isinstance(found, Obstacle) for _, found in judged):
        raise Refused(_nobody(period, currency, judged))
    run = _new_run(session, period, currency, by, now)
    for due, found in judged:
        if isinstance(found, Obstacle):
            _add_skip(session, run, due, found)
        else:
            _add_payout(session, run, due, found, by, now)
    session.flush()
    _tell_prepared(session, run, by, now)
    return run


def exclude(session: Session, payout: Payout, *, reason: str, by: Actor, now: datetime) -> None:
    """Leave a payout out of its draft run; its statements wait for the next run."""
    _must_be_draft(session, payout)
    if payout.status is PayoutStatus.HELD:
        raise Refused(f"{payout.number} is already left out: {payout.reason}")
    if not reason.strip():
        raise Refused("Say why this payout is left out; the next person will want to know.")
    step(session, payout, "exclude", by=by, now=now, note=reason)
    payout.reason = reason.strip()
    for link in links_of(session, payout):
        link.is_live = False


def include(session: Session, payout: Payout, *, by: Actor, now: datetime) -> None:
    """Take a payout that was left out back into its draft run."""
    _must_be_draft(session, payout)
    step(session, payout, "include", by=by, now=now)
    payout.reason = ""
    for link in links_of(session, payout):
        link.is_live = True
    session.flush()  # the database refuses it when another run has taken the statement


def _payable(due: Due, treatment: Treatment, rails: Rails) -> Payable | Obstacle:
    """What can be paid of what is due, after tax, by the way that its partner is paid."""
    if problem := tax_obstacle(treatment):
        return problem
    assert due.destination is not None
    sums = taxed_part(due.amount, treatment, rails[due.destination.kind])
    if not sums.amount:
        return Obstacle(WhyNot.BELOW_MINIMUM, "Less than can be sent this way; it is carried.")
    return Payable(sums, treatment)


def _tell_prepared(session: Session, run: PayoutRun, by: Actor, now: datetime) -> None:
    tell_run(session, run, "prepare", by=by, now=now)
    said = f"{by.name} prepared the {run.currency} run for {run.period}."
    notices.tell_staff(
        session,
        Role.FINANCE,
        "payout-run-prepared",
        title=f"Payout run {run.number} is ready to release",
        body=f"{said} {_who_goes_on(session, by)}",
        link=f"/payout-runs/{run.id}",
        now=now,
    )


def _who_goes_on(session: Session, by: Actor) -> str:
    if by.id is not None:
        return "A second person releases it."
    if terms(session).one_person_is_enough:
        return "One person looks at it and releases it."
    return "One person approves it, another releases it."


def _must_make_sense(session: Session, period: str, currency: str) -> None:
    try:
        first_day(period)
    except ValueError:
        raise Refused("Write the month as year and month, such as 2026-10.") from None
    closed = select(MonthClose.id).where(
        MonthClose.month == period, MonthClose.finished_at.is_not(None)
    )
    if session.scalar(closed.with_for_update()) is None:  # two who prepare wait for each other
        raise Refused(f"{period} is not closed yet. Close the month first, then pay it.")
    if not is_currency(currency):
        raise Refused(f"{currency} is not a currency. Write its ISO code, such as EUR.")
    open_run = session.scalar(
        select(PayoutRun.number).where(
            PayoutRun.program == PROGRAM,
            PayoutRun.currency == currency,
            PayoutRun.status == RunStatus.DRAFT,
        )
    )
    if open_run is not None:
        raise Refused(f"Run {open_run} in {currency} is still a draft. Release or cancel it first.")


def _nobody(period: str, currency: str, judged: list[tuple[Due, Payable | Obstacle]]) -> str:
    if not judged:
        return f"Nobody is due anything in {currency} up to {period}."
    named = [
        f"{due.partner.name}: {found.reason}"
        for due, found in judged[:5]
        if isinstance(found, Obstacle)
    ]
    return f"Nobody can be paid in {currency} up to {period}. " + " ".join(named)


def _new_run(session: Session, period: str, currency: str, by: Actor, now: datetime) -> PayoutRun:
    last = session.scalar(
        select(func.max(PayoutRun.seq)).where(
            PayoutRun.program == PROGRAM,
            PayoutRun.period == period,
            PayoutRun.currency == currency,
        )
    )
    run_id = new_id()
    run = PayoutRun(
        id=run_id,
        number=human_number("R", run_id),
        program=PROGRAM,
        period=period,
        seq=(last or 0) + 1,
        currency=currency,
        status=RunStatus.DRAFT,
        prepared_by_id=by.id,
        prepared_at=now,
    )
    session.add(run)
    session.flush()
    return run


def _add_payout(
    session: Session, run: PayoutRun, due: Due, payable: Payable, by: Actor, now: datetime
) -> None:
    assert due.destination is not None
    payout_id, sums = new_id(), payable.sums
    payout = Payout(
        id=payout_id,
        partner_id=due.partner.id,
        number=human_number("PO", payout_id, 10),
        run_id=run.id,
        period=run.period,
        amount=sums.amount,
        commission_minor=sums.commission.minor,
        vat_minor=sums.vat.minor,
        withheld_minor=sums.withheld.minor,
        brought_minor=due.brought.minor,
        left_minor=(due.amount - sums.commission).minor,
        vat_rate=payable.treatment.vat_rate,
        tax_words=sums.words[:200],
        status=PayoutStatus.DRAFT,
        destination_id=due.destination.id,
        rail=due.destination.kind,
        created_at=now,
    )
    links = [
        PayoutStatement(
            partner_id=due.partner.id,
            payout_id=payout_id,
            statement_id=statement.id,
            amount_minor=statement.payable_minor,
        )
        for statement in due.statements
    ]
    session.add_all([payout, *links, _first_step(payout, by, now)])


def _first_step(payout: Payout, by: Actor, now: datetime) -> PayoutEvent:
    return PayoutEvent(
        partner_id=payout.partner_id,
        payout_id=payout.id,
        verb="prepare",
        from_status=None,
        to_status=PayoutStatus.DRAFT,
        at=now,
        by_id=by.id,
        by_name=by.name,
    )


def _add_skip(session: Session, run: PayoutRun, due: Due, problem: Obstacle) -> None:
    amount = due.owed if due.owed.minor < 0 or not due.amount else due.amount
    session.add(
        PayoutSkip(
            run_id=run.id,
            partner_id=due.partner.id,
            amount=amount,
            why=problem.why,
            reason=problem.reason,
        )
    )


def _must_be_draft(session: Session, payout: Payout) -> None:
    run = session.get_one(PayoutRun, payout.run_id)
    lock(session, run)
    lock(session, payout)
    if run.status is not RunStatus.DRAFT:
        raise Refused(f"Run {run.number} is {run.status}: it can no longer be changed.")
