"""What the pages about payouts show, and which of their buttons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import vendor
from models.commissions.tables import MonthClose
from models.money import Money
from models.partners import Partner
from models.partners.destinations import DestinationKind, PayoutDestination
from models.payouts import Payout, PayoutRun, PayoutStatus, RunStatus
from models.payouts import queries as asked
from models.payouts.calendar import PayoutDays, coming
from models.payouts.due import open_statements
from models.payouts.rails import BY_FILE
from models.payouts.rules import IN_FLIGHT, PAYOUT_MOVES, SHOWN_TO_PARTNER, STANDING
from models.payouts.terms import terms
from models.people import Actor, Role
from portal.payouts import lists


@dataclass(frozen=True)
class Step:
    """One step of a payout's life, told to a partner or to the vendor's staff."""

    at: Any
    word: str
    by: str
    note: str


PART_BACK = "take_part_back"
"""The step of a payout that stands, and of which a part came back."""

RESULTS = {
    PayoutStatus.PAID: "Paid",
    PayoutStatus.FAILED: "Owed again",
    PayoutStatus.CANCELLED: "Owed again",
}


def next_to_prepare(session: Session) -> dict[str, str]:
    """What the form proposes: the last closed month, in the currency that waits longest."""
    month = session.scalar(
        select(MonthClose.month)
        .where(MonthClose.finished_at.is_not(None))
        .order_by(MonthClose.month.desc())
        .limit(1)
    )
    waiting = open_statements(session)
    return {"period": month or "", "currency": waiting[0].currency if waiting else ""}


def coming_days(session: Session, now: datetime) -> PayoutDays:
    """When the next month is cut off, reviewed and paid."""
    calendar = vendor.settings(session).calendar
    return coming(calendar.day_of(now), terms(session).rhythm, calendar)


def payout_page(session: Session, payout: Payout, person: Actor) -> dict[str, Any]:
    statements = asked.statements_of(session, payout)
    destination = session.get_one(PayoutDestination, payout.destination_id)
    run = session.get(PayoutRun, payout.run_id) if person.is_staff else None
    files = asked.files_of(session, run) if run else []
    in_draft = run is not None and run.status is RunStatus.DRAFT
    needs_file = payout.rail in BY_FILE and payout.status is PayoutStatus.APPROVED
    acts = person.role is Role.FINANCE
    by_people = acts and payout.rail is not DestinationKind.STRIPE
    return {
        "payout": payout,
        "partner": session.get_one(Partner, payout.partner_id),
        "destination": destination,
        "statements": statements,
        "equation": [*_equation(statements, payout), *_taxes(payout)],
        "steps": _steps(session, payout, person),
        "run": run if acts else None,
        "file": next((file for file in files if file.rail == payout.rail), None),
        "state": lists.state_of(payout.status),
        "way": lists.WAYS[payout.rail],
        "opens_run": acts,
        "on_bank_statement": payout.rail in BY_FILE,
        "is_staff": person.is_staff,
        "result": RESULTS.get(payout.status, "To be paid"),
        "has_failed": payout.status is PayoutStatus.FAILED,
        "has_remittance": payout.status in STANDING,
        "came_back": payout.back if payout.back and payout.status in STANDING else None,
        "can_exclude": acts and in_draft and PAYOUT_MOVES.allows("exclude", payout.status),
        "can_include": acts and in_draft and PAYOUT_MOVES.allows("include", payout.status),
        "can_pay": by_people and payout.status in IN_FLIGHT and not needs_file,
        "can_fail": by_people and PAYOUT_MOVES.allows("fail", payout.status),
        "money": lambda minor: Money(int(minor), payout.amount.currency),
    }


def _equation(statements: list[Any], payout: Payout) -> list[tuple[str, str, Money]]:
    """Opening + earned + taken back − carried forward: what the payout comes to."""
    opening = statements[0].opening_minor if statements else 0
    earned = sum(row.earned_minor for row in statements)
    taken_back = sum(row.taken_back_minor for row in statements)
    carried = opening + earned + taken_back - sum(row.amount_minor for row in statements)
    parts = [("", "Opening", opening), ("+", "Earned", earned), ("−", "Taken back", -taken_back)]
    rests = [
        ("−", "Carried forward", carried),
        ("+", "Left of earlier payouts", payout.brought_minor),
        ("−", "To the next payout", payout.left_minor),
    ]
    shown = [*parts, *(rest for rest in rests if rest[2])]
    return [(sign, label, Money(minor, payout.amount_currency)) for sign, label, minor in shown]


def _taxes(payout: Payout) -> list[tuple[str, str, Money]]:
    terms = [("+", "VAT", payout.vat), ("−", "Withheld for the tax office", payout.withheld)]
    return [term for term in terms if term[2]]


def _steps(session: Session, payout: Payout, person: Actor) -> list[Step]:
    """A partner reads what happened to its money, not who discussed it."""
    events = asked.events_of(session, payout)
    if person.is_staff:
        return [Step(e.at, _word(e), e.by_name, e.note) for e in events]
    return [_told(e, payout) for e in events if e.to_status in SHOWN_TO_PARTNER]


def _told(event: Any, payout: Payout) -> Step:
    note = event.note if event.verb == PART_BACK else ""
    return Step(event.at, _word(event), "", payout.reason if event.verb == "fail" else note)


def _word(event: Any) -> str:
    is_in_part = event.verb == PART_BACK
    return "Taken back in part" if is_in_part else lists.state_of(event.to_status).word
