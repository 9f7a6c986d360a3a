"""Approvals: that a person has looked at exactly this run, before another one releases it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Row, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.guards import never_changes
from models.payouts.tables import PayoutRun
from models.people import Person
from models.scope import VendorOnly


class PayoutApproval(VendorOnly, Base):
    """Counts as long as the run is what it was: `seen` is the hash of what would be paid."""

    __tablename__ = "payout_approval"
    __table_args__ = (UniqueConstraint("run_id", "by_id", "seen"),)

    run_id: Mapped[UUID] = mapped_column(ForeignKey("payout_run.id"))
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    seen: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


def approvals_of(session: Session, run: PayoutRun) -> list[Row]:
    """(by_id, name, seen, at) of each, the latest first."""
    return list(
        session.execute(
            select(PayoutApproval.by_id, Person.name, PayoutApproval.seen, PayoutApproval.at)
            .join(Person, Person.id == PayoutApproval.by_id)
            .where(PayoutApproval.run_id == run.id)
            .order_by(PayoutApproval.at.desc(), PayoutApproval.id.desc())
        )
    )


never_changes(PayoutApproval.__table__)
