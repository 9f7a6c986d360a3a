"""What the audit keeps: entries, the chain that links them, and the anchors that hold its head."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.audit.rules import AUDIT_YEARS
from models.base import Base
from models.guards import never_changes, never_emptied
from models.scope import VendorOnly


class AuditEntry(VendorOnly, Base):
    """Who did what to what.  Written in the same transaction, never changed."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_about", "about_kind", "about_id"),)

    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[UUID | None]
    """None when the system acted by itself, or a stranger did."""
    actor_name: Mapped[str] = mapped_column(String(200))
    on_behalf_of: Mapped[str | None] = mapped_column(String(200))
    """Through whose eyes the actor was looking (actor_id is then theirs); None: their own."""
    partner_id: Mapped[UUID | None] = mapped_column(index=True)
    """Whose business it touched; None when it was only the vendor's."""
    action: Mapped[str] = mapped_column(String(80))
    about_kind: Mapped[str] = mapped_column(String(40))
    about_id: Mapped[UUID | None]
    detail: Mapped[dict[str, Any]]
    changed: Mapped[dict[str, Any] | None]
    """{field: [before, after]} of what it was about; secrets are masked, new things have none."""
    address: Mapped[str | None] = mapped_column(String(45))
    """Where the request came from; None for commands and the worker."""
    session_id: Mapped[UUID | None]
    """The signed-in session it was done in."""
    request_id: Mapped[UUID | None]
    """The same for everything that one request did; the log has it too."""


class AuditLink(VendorOnly, Base):
    """The place of one entry in the chain: what was before it, and both together hashed."""

    __tablename__ = "audit_link"

    seq: Mapped[int] = mapped_column(BigInteger, unique=True)
    """From 1, without a gap."""
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("audit_entry.id"), unique=True)
    prev: Mapped[str] = mapped_column(String(64))
    """The hash before this one; 64 zeros before the first."""
    hash: Mapped[str] = mapped_column(String(64))


class AuditAnchor(VendorOnly, Base):
    """The head of the chain at one moment.  The same line stands in a file outside."""

    __tablename__ = "audit_anchor"

    at: Mapped[datetime] = mapped_column(index=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
    why: Mapped[str] = mapped_column(String(80))
    """Such as "the day" or "month closed"."""


GO_AFTER = {
    "audit_entry": (AUDIT_YEARS, "OLD.at"),
    "audit_link": (AUDIT_YEARS, "(SELECT at FROM audit_entry WHERE id = OLD.entry_id)"),
}
for kept in (AuditEntry, AuditLink, AuditAnchor):
    never_changes(kept.__table__, but_goes=GO_AFTER.get(kept.__tablename__))
    never_emptied(kept.__table__)
