"""Does a prepared run still hold: asked when it is looked at, and again under lock.  Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import vendor
from models.payouts.due import Due, dues, obstacle
from models.payouts.rails import Rails
from models.payouts.rules import PayoutStatus
from models.payouts.tables import Payout, PayoutRun
from models.payouts.taxing import tax_facts, taxed_otherwise
from models.vendor import Vendor

MOST_NAMED = 5
"""Partners in one refusal; the page lists them all."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A payout that cannot be released as it was prepared, and what has changed."""

    payout_id: UUID
    number: str
    partner: str
    what: str


def changes_in(session: Session, run: PayoutRun, *, rails: Rails, now: datetime) -> list[Changed]:
    """Of a draft run; by partner."""
    drafted = select(Payout).where(Payout.run_id == run.id, Payout.status == PayoutStatus.DRAFT)
    return changes(session, run, session.scalars(drafted).all(), rails=rails, now=now)


def changes(
    session: Session, run: PayoutRun, payouts: Sequence[Payout], *, rails: Rails, now: datetime
) -> list[Changed]:
    house = vendor.settings(session)
    partners = [payout.partner_id for payout in payouts]
    standing = dues(session, run.currency, through=run.period, only=partners)
    now_due = {due.partner.id: due for due in standing}
    facts = tax_facts(session, house, standing, now)
    found = []
    for payout in payouts:
        asked = payout.commission + payout.left
        due = replace(now_due[payout.partner_id], amount=asked)
        what = (
            _moved(payout, due)
            or _obstacle(due, house, rails, now)
            or taxed_otherwise(payout, facts.treat(due.partner))
        )
        if what:
            found.append(Changed(payout.id, payout.number, due.partner.name, what))
    return sorted(found, key=lambda change: (change.partner, change.number))


def in_words(found: Sequence[Changed]) -> str:
    """One refusal that names the first few, and how to go on."""
    said = " ".join(f"{one.partner} cannot be paid any more. {one.what}" for one in found[:5])
    more = f" So it is with {len(found) - 5} more." if len(found) > MOST_NAMED else ""
    them = "it" if len(found) == 1 else "them"
    return f"{said}{more} Leave {them} out of the run, or prepare the run again."


def _moved(payout: Payout, due: Due) -> str | None:
    if due.owed < payout.commission:
        return "The ledger owes it less than this payout."
    if due.left.minor < payout.left_minor:
        return "What earlier payouts have left was changed after the run was prepared."
    if due.destination is None or due.destination.id != payout.destination_id:
        return "Its bank details were changed after the run was prepared."
    return None


def _obstacle(due: Due, house: Vendor, rails: Rails, now: datetime) -> str | None:
    problem = obstacle(due, house, rails, now=now)
    return problem.reason if problem else None
