"""The audit: who did what to what, written in the same transaction and never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.guards import never_changes
from models.people.rules import Actor
from models.scope import VendorOnly


class AuditEntry(VendorOnly, Base):
    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_about", "about_kind", "about_id"),)

    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[UUID | None]
    """None when the system acted by itself."""
    actor_name: Mapped[str] = mapped_column(String(200))
    partner_id: Mapped[UUID | None] = mapped_column(index=True)
    """Whose business it touched; None when it was only the vendor's."""
    action: Mapped[str] = mapped_column(String(80))
    about_kind: Mapped[str] = mapped_column(String(40))
    about_id: Mapped[UUID | None]
    detail: Mapped[dict[str, Any]]


def record(
    session: Session,
    by: Actor,
    action: str,
    about: Base | None,
    *,
    now: datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    """Keep that `by` did `action` (such as "deal approved") to `about`."""
    session.add(
        AuditEntry(
            at=now,
            actor_id=by.id,
            actor_name=by.name,
            partner_id=getattr(about, "partner_id", None) or by.partner_id,
            action=action,
            about_kind=about.__tablename__ if about is not None else "",
            about_id=about.id if about is not None else None,
            detail=detail or {},
        )
    )


never_changes(AuditEntry.__table__)
