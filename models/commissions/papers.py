"""Statements as files, kept from the close on: whoever asks later gets the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.commissions.tables import Statement
from models.guards import never_changes
from models.scope import Scope, SeenBy

KINDS = ("pdf", "csv", "xlsx")


class StatementPaper(SeenBy, Base):
    """One statement in one format."""

    __tablename__ = "statement_paper"
    __table_args__ = (UniqueConstraint("statement_id", "kind"),)

    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"), index=True)
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("statement.id"))
    kind: Mapped[str] = mapped_column(String(4))
    """pdf, csv or xlsx."""
    sha256: Mapped[str] = mapped_column(String(64))
    kept_at: Mapped[datetime]
    content: Mapped[bytes] = mapped_column(LargeBinary)

    @classmethod
    def seen_in(cls, scope: Scope) -> Any:
        """A partner's own; a distributor does not see its resellers'."""
        return cls.partner_id == scope.owner


def kept(session: Session, statement_id: UUID, kind: str) -> bytes | None:
    """None when it has not left the house yet."""
    return session.scalar(
        select(StatementPaper.content).where(
            StatementPaper.statement_id == statement_id, StatementPaper.kind == kind
        )
    )


def not_kept(session: Session, month: str, *, most: int) -> Sequence[UUID]:
    """Statements of a month of which a file is missing, the oldest first.  Vendor's side."""
    files = select(func.count()).where(StatementPaper.statement_id == Statement.id)
    return session.scalars(
        select(Statement.id)
        .where(Statement.period == month, files.scalar_subquery() < len(KINDS))
        .order_by(Statement.id)
        .limit(most)
    ).all()


def counted(session: Session, month: str) -> tuple[int, int]:
    """(files that are kept, files that there will be).  Vendor's side."""
    stated = session.scalar(select(func.count(Statement.id)).where(Statement.period == month))
    files = session.scalar(
        select(func.count(StatementPaper.id))
        .join(Statement, Statement.id == StatementPaper.statement_id)
        .where(Statement.period == month)
    )
    return files or 0, (stated or 0) * len(KINDS)


def keep(
    session: Session,
    statement_id: UUID,
    kind: str,
    content: bytes,
    *,
    partner_id: UUID,
    now: datetime,
) -> bytes:
    """The bytes that are sent: these, or those that somebody else kept a moment before."""
    try:
        with session.begin_nested():
            session.add(
                StatementPaper(
                    partner_id=partner_id,
                    statement_id=statement_id,
                    kind=kind,
                    sha256=hashlib.sha256(content).hexdigest(),
                    kept_at=now,
                    content=content,
                )
            )
    except IntegrityError:
        return kept(session, statement_id, kind) or content
    return content


never_changes(StatementPaper.__table__)
