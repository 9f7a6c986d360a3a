"""Taking in what a bank answered: each answer once, each by itself, none of them in silence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit, notices, vendor
from models.base import lock
from models.errors import Refused
from models.payouts.answers import Answer, BankAnswers, Outcome, failure_of
from models.payouts.operations.settling import fail, mark_paid
from models.payouts.operations.steps import lock_payouts
from models.payouts.reports import BankReport, BankReportLine, Effect, known_report, was_asked
from models.payouts.rules import IN_FLIGHT, PayoutStatus
from models.payouts.tables import Payout, PayoutFile, PayoutRun
from models.people import Actor, Role


class Taken(NamedTuple):
    """One answer, whom it was about, and what it did."""

    answer: Answer
    payout: Payout | None
    effect: Effect
    said: str


def take_in(
    session: Session, told: BankAnswers, *, name: str, sha256: str, by: Actor, now: datetime
) -> BankReport:
    """Record what the bank says.  The same file again changes nothing and gives the same report."""
    lock(session, vendor.settings(session))  # two people with one file: one after the other
    if known := known_report(session, sha256):
        return known
    taken = [one for answer in told.answers for one in _take(session, told, answer, by, now)]
    report = BankReport(
        kind=told.kind,
        name=name[:130],
        message_id=told.message_id[:40],
        sha256=sha256,
        taken_at=now,
        taken_by_id=by.id,
        taken_by_name=by.name,
        done=sum(one.effect is Effect.DONE for one in taken),
        refused=sum(one.effect is Effect.REFUSED for one in taken),
        total=len(taken),
    )
    session.add(report)
    session.flush()
    session.add_all(_line(report, place, one) for place, one in enumerate(taken, start=1))
    audit.record(
        session, by, "bank report taken in", report, now=now,
        detail={"file": report.name, "sha256": sha256, "recorded": report.done},
    )  # fmt: skip
    return report


def _take(
    session: Session, told: BankAnswers, answer: Answer, by: Actor, now: datetime
) -> Iterator[Taken]:
    if answer.outcome is Outcome.UNREADABLE:
        yield Taken(answer, None, Effect.REFUSED, answer.words)
        return
    payouts = _meant(session, answer)
    if not payouts:
        said = f"No payout {answer.number or 'in the file ' + answer.of_key} is known here."
        yield Taken(answer, None, Effect.REFUSED, said)
    for payout in payouts:
        try:
            with session.begin_nested():
                effect, said = _apply(session, told, answer, payout, by, now)
        except Refused as no:
            session.refresh(payout)
            effect, said = Effect.REFUSED, str(no)
        yield Taken(answer, payout, effect, said)


def _meant(session: Session, answer: Answer) -> list[Payout]:
    """The payout that an answer names, or all of a file that are still open."""
    if answer.number:
        found = session.scalars(select(Payout).where(Payout.number == answer.number))
        return list(found)
    file = session.scalars(select(PayoutFile).where(PayoutFile.key == answer.of_key)).first()
    if file is None:
        return []
    run = session.get_one(PayoutRun, file.run_id)
    return [p for p in lock_payouts(session, run) if p.rail == file.rail and p.status in IN_FLIGHT]


def _apply(
    session: Session, told: BankAnswers, answer: Answer, payout: Payout, by: Actor, now: datetime
) -> tuple[Effect, str]:
    if answer.amount is not None and answer.number and answer.amount != payout.amount:
        raise Refused(
            f"The bank speaks of {answer.amount.major:,f} {answer.amount.currency}, "
            f"but {payout.number} is {payout.amount.major:,f} {payout.amount.currency}."
        )
    if answer.outcome is Outcome.WAITING:
        return Effect.NOTED, "The bank is working on it."
    if answer.outcome is Outcome.CORRECTED:
        if was_asked(session, payout, answer.code):
            return Effect.KNOWN, "The partner was already asked to correct its bank details."
        _ask_for_correction(session, answer, payout, now)
        return Effect.DONE, "The partner was asked to correct its bank details."
    if answer.outcome is Outcome.FAILED:
        if payout.status is PayoutStatus.FAILED:
            return Effect.KNOWN, "It was already recorded as failed."
        note = f"({answer.code}) {answer.words}".strip() if answer.words else f"({answer.code})"
        fail(session, payout, why=failure_of(answer.code), note=note, by=by, now=now)
        return Effect.DONE, "Recorded as failed: it is owed again, and the partner was told."
    if payout.status is PayoutStatus.PAID:
        return Effect.KNOWN, f"It was already recorded as paid on {payout.paid_on:%Y-%m-%d}."
    today = vendor.settings(session).calendar.day_of(now)
    reference = answer.reference or told.message_id
    mark_paid(session, payout, reference=reference, paid_on=answer.on or today, by=by, now=now)
    return Effect.DONE, "Recorded as paid."


def _ask_for_correction(session: Session, answer: Answer, payout: Payout, now: datetime) -> None:
    body = (
        f"The bank asks for corrected details ({answer.code}: {answer.words}). Please enter them "
        "anew under Company before the next payout."
    )
    notices.tell_partner(
        session,
        payout.partner_id,
        "destination-correction",
        title="Your bank asks for corrected account details",
        body=body,
        link="/company",
        roles=[Role.PARTNER_ADMINISTRATOR],
        now=now,
        key=f"destination-correction {payout.id} {answer.code}",
    )


def _line(report: BankReport, position: int, one: Taken) -> BankReportLine:
    return BankReportLine(
        report_id=report.id,
        position=position,
        payout_id=one.payout and one.payout.id,
        number=(one.payout.number if one.payout else one.answer.number)[:40],
        outcome=one.answer.outcome,
        code=one.answer.code[:10],
        words=one.answer.words[:500],
        effect=one.effect,
        said=one.said[:500],
    )
