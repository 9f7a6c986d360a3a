"""Many registrations in one file: what each line of it became.

The report is written once.  A registration that a line has made keeps the line's key, so
that the same file handed in again registers nothing twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, Row, Select, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.deals.amendments import plain
from models.deals.registration import REGISTRATION_FIELDS, Registration
from models.guards import never_changes
from models.scope import Private


class Outcome(StrEnum):
    """What became of one line."""

    REGISTERED = "registered"
    REVIEW = "review"
    KNOWN = "known"
    REFUSED = "refused"

    @property
    def words(self) -> str:
        return OUTCOME_WORDS[self]


OUTCOME_WORDS = {
    Outcome.REGISTERED: "Registered",
    Outcome.REVIEW: "Registered, waits for review",
    Outcome.KNOWN: "Registered before",
    Outcome.REFUSED: "Refused",
}


@dataclass(frozen=True)
class Result:
    """What one line became; deal_id and number: of its deal, when there is one."""

    outcome: Outcome
    deal_id: UUID | None = None
    number: str = ""
    said: str = ""
    """Why it was refused and how to mend it, as the partner reads it."""
    key: str | None = None
    """Only of the line that has made the registration."""


class DealBatch(Private, Base):
    """One file of registrations that somebody of a partner handed in."""

    __tablename__ = "deal_batch"

    file_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(index=True)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str] = mapped_column(String(200))
    registered: Mapped[int]
    """Those that wait for review included."""
    known: Mapped[int]
    refused: Mapped[int]


class DealBatchLine(Private, Base):
    """One registration of the file: a line, or several that name the same reference."""

    __tablename__ = "deal_batch_line"
    __table_args__ = (Index("ix_deal_batch_line_once", "partner_id", "key", unique=True),)

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("deal_batch.id"), index=True)
    row: Mapped[int]
    """Of its first line; the header is row 1."""
    customer: Mapped[str] = mapped_column(String(200), default="")
    outcome: Mapped[Outcome]
    deal_id: Mapped[UUID | None] = mapped_column(ForeignKey("deal.id"))
    """None when nothing was registered."""
    number: Mapped[str] = mapped_column(String(20), default="")
    said: Mapped[str] = mapped_column(Text, default="")
    key: Mapped[str | None] = mapped_column(String(64))
    """What the line says, in short; None when it has registered nothing itself."""
    cells: Mapped[list[Any]] = mapped_column(JSON)
    """Its lines as they were written, by column, of a refused one, to be mended; empty of others,
    and when the contacts that stand in them have been kept long enough."""


never_changes(DealBatch.__table__)
never_changes(DealBatchLine.__table__, but_empties="cells")


def key_of(registration: Registration) -> str:
    """The same for two lines that say the same."""
    said = {name: plain(getattr(registration, name)) for name in REGISTRATION_FIELDS}
    if not said["came_unasked"]:
        del said["came_unasked"]  # what was handed in before it was asked stays known
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def registered_as(session: Session, key: str) -> Row | None:
    """The deal that such a line has made before: deal_id, number."""
    return session.execute(
        select(DealBatchLine.deal_id, DealBatchLine.number).where(DealBatchLine.key == key)
    ).first()


def batches() -> Select:
    """The files of a partner, one row each, without an order."""
    return select(
        DealBatch.id,
        DealBatch.file_name,
        DealBatch.at,
        DealBatch.by_name,
        DealBatch.registered,
        DealBatch.known,
        DealBatch.refused,
    )


def lines_of_batch(session: Session, batch_id: UUID) -> Sequence[Row]:
    """In the order of the file."""
    return session.execute(
        select(
            DealBatchLine.row,
            DealBatchLine.customer,
            DealBatchLine.outcome,
            DealBatchLine.deal_id,
            DealBatchLine.number,
            DealBatchLine.said,
            DealBatchLine.cells,
        )
        .where(DealBatchLine.batch_id == batch_id)
        .order_by(DealBatchLine.row)
    ).all()
