"""How long each kind of data is kept, what the law asks, and who is who after an erasure.  Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from models.audit.rules import AUDIT_YEARS
from models.base import human_number
from models.errors import Refused

YEAR = 365

KEY_KEPT = timedelta(days=YEAR)
"""How long the key of a job stays after the job was emptied: no work is asked for so late."""


class Kept(StrEnum):
    SESSIONS = "sessions"
    SIGN_INS = "sign_ins"
    LINKS = "links"
    MAILS = "mails"
    JOBS = "jobs"
    APPLICATIONS = "applications"
    CONTACTS = "contacts"
    LEADS = "leads"
    END_CUSTOMERS = "end_customers"
    UPLOADS = "uploads"
    COMPLAINTS = "complaints"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class Period:
    """usual, least and most in days."""

    words: str
    done: str
    """What happens after it."""
    usual: int
    least: int
    most: int
    why: str


PERIODS = {
    Kept.SESSIONS: Period(
        "Signed-in browsers", "deleted, after they ended", 90, 1, YEAR, "To look into a break-in."
    ),
    Kept.SIGN_INS: Period(
        "Tries to sign in", "deleted", YEAR, 90, 2 * YEAR,
        "Guessing is braked by them; an owner's address is known for 90 days.",
    ),
    Kept.LINKS: Period(
        "Links that work once", "deleted, after they expired", 30, 1, YEAR, "To answer questions."
    ),
    Kept.MAILS: Period(
        "Notices and mails", "deleted", YEAR, 30, 10 * YEAR, "To see what somebody was told."
    ),
    Kept.JOBS: Period(
        "What the worker did", "emptied, and deleted a year later", 30, 7, YEAR,
        "To look into what went wrong.",
    ),
    Kept.APPLICATIONS: Period(
        "Declined applications", "name, address, phone and text are taken out", 180, 60, 3 * YEAR,
        "A claim for discrimination can be made for some months.",
    ),
    Kept.CONTACTS: Period(
        "Contacts at customers", "taken out of deals that ended without a win, of their changes, "
        "of drafts and of refused lines of files",
        2 * YEAR, 90, 10 * YEAR, "A later registration of the same customer is compared.",
    ),
    Kept.LEADS: Period(
        "Contacts of leads", "taken out of closed and registered leads, and of each partner's copy "
        "at once when it declined or did not answer", 2 * YEAR, 90, 10 * YEAR,
        "Somebody who asks again is recognised.",
    ),
    Kept.END_CUSTOMERS: Period(
        "End customers in point-of-sale lines", "name and postal code are taken out of the lines, "
        "after the day of the sale, and all cells out of rows that were never mended",
        2 * YEAR, YEAR, 10 * YEAR, "Returns and registrations are matched with their sales.",
    ),
    Kept.UPLOADS: Period(
        "Files at deals", "content is deleted; that it was there stays", 2 * YEAR, YEAR, 10 * YEAR,
        "After the deal ended: evidence in a conflict case.",
    ),
    Kept.COMPLAINTS: Period(
        "Complaints", "names and texts are taken out, after they were closed", 3 * YEAR, YEAR,
        10 * YEAR, "The usual limitation.",
    ),
    Kept.AUDIT: Period(
        "Audit", "the oldest entries are deleted; the chain goes on from a kept head",
        AUDIT_YEARS * YEAR + 3, AUDIT_YEARS * YEAR + 3, 30 * YEAR,
        "Books and their records: ten years, which the database holds too.",
    ),
}  # fmt: skip

FOR_GOOD = (
    "Ledger, statements, invoices, payouts, tax forms and signed agreements are books: they are"
    " kept for the ten years of the law, and the portal deletes none of them by itself."
)


def days_of(chosen: Mapping[str, Any] | None) -> dict[Kept, int]:
    """The programme's periods, the usual ones where it names none."""
    said = chosen or {}
    return {kind: int(said.get(kind.value, period.usual)) for kind, period in PERIODS.items()}


def must_be_lawful(days: Mapping[Kept, int]) -> None:
    for kind, period in PERIODS.items():
        if not period.least <= days[kind] <= period.most:
            raise Refused(
                f"{period.words}: between {period.least} and {period.most} days. {period.why}"
            )


def pseudonym(person_id: UUID) -> str:
    """The same each time, and says nothing of who it was."""
    return human_number("Former user ", person_id).replace(" -", " ")


def nowhere(person_id: UUID) -> str:
    """An address that no mail reaches (RFC 2606)."""
    return f"{person_id.hex}@erased.invalid"


class ErasureState(StrEnum):
    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"
