"""Statements as files, kept as they first left the house: later ones are the same bytes."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.guards import never_changes
from models.scope import Scope, SeenBy


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
