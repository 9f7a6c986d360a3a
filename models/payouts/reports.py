"""The answers of banks that were taken in: kept as they came, and what each of them did."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ForeignKey, Row, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.guards import never_changes
from models.payouts.answers import Outcome
from models.payouts.tables import Payout
from models.scope import VendorOnly


class Effect(StrEnum):
    """What taking in an answer did."""

    DONE = "done"
    KNOWN = "known"
    """It had been recorded before."""
    NOTED = "noted"
    """Nothing was to be recorded."""
    REFUSED = "refused"


EFFECT_WORDS = {
    Effect.DONE: "Recorded",
    Effect.KNOWN: "Known already",
    Effect.NOTED: "Noted",
    Effect.REFUSED: "Not recorded",
}


class BankReport(VendorOnly, Base):
    """One file of answers.  The same file is taken in once."""

    __tablename__ = "bank_report"

    kind: Mapped[str] = mapped_column(String(20))
    """Such as "pain.002"."""
    name: Mapped[str] = mapped_column(String(130))
    message_id: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    taken_at: Mapped[datetime]
    taken_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """None when a command took it in."""
    taken_by_name: Mapped[str] = mapped_column(String(200))
    done: Mapped[int]
    """Answers that changed something."""
    refused: Mapped[int]
    """Answers that could not be recorded; somebody has to look."""
    total: Mapped[int]


class BankReportLine(VendorOnly, Base):
    """One answer, and what it did."""

    __tablename__ = "bank_report_line"
    __table_args__ = (UniqueConstraint("report_id", "position"),)

    report_id: Mapped[UUID] = mapped_column(ForeignKey("bank_report.id"))
    position: Mapped[int]
    payout_id: Mapped[UUID | None] = mapped_column(ForeignKey("payout.id"))
    """None when no payout of ours was meant, or a whole file."""
    number: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[Outcome]
    code: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(String(500))
    """The bank's own."""
    effect: Mapped[Effect]
    said: Mapped[str] = mapped_column(String(500))
    """What was done with it, or why nothing."""


for kept in (BankReport, BankReportLine):
    never_changes(kept.__table__)


class ReportLine(NamedTuple):
    payout_id: UUID | None
    number: str
    outcome: Outcome
    code: str
    words: str
    effect: Effect
    said: str


def reports() -> Select:
    """Every file of answers."""
    return select(
        BankReport.id,
        BankReport.kind,
        BankReport.name,
        BankReport.message_id,
        BankReport.taken_at,
        BankReport.taken_by_name,
        BankReport.done,
        BankReport.refused,
        BankReport.total,
    )


def lines_of(session: Session, report: BankReport) -> list[ReportLine]:
    columns = [getattr(BankReportLine, name) for name in ReportLine._fields]
    asked = select(*columns).where(BankReportLine.report_id == report.id)
    return [ReportLine(*row) for row in session.execute(asked.order_by(BankReportLine.position))]


def known_report(session: Session, sha256: str) -> BankReport | None:
    return session.scalars(select(BankReport).where(BankReport.sha256 == sha256)).first()


def was_asked(session: Session, payout: Payout, code: str) -> bool:
    """Whether the partner was asked for this correction before."""
    asked = select(BankReportLine.id).where(
        BankReportLine.payout_id == payout.id,
        BankReportLine.outcome == Outcome.CORRECTED,
        BankReportLine.code == code,
    )
    return session.scalar(asked.limit(1)) is not None


def answers_about(session: Session, payout: Payout) -> list[Row]:
    """What banks have said about one payout, oldest first."""
    asked = (
        select(BankReport.taken_at, BankReport.kind, BankReport.message_id,
               BankReportLine.code, BankReportLine.words, BankReportLine.said)
        .join(BankReport, BankReport.id == BankReportLine.report_id)
        .where(BankReportLine.payout_id == payout.id)
        .order_by(BankReport.taken_at, BankReportLine.position)
    )  # fmt: skip
    return list(session.execute(asked))
