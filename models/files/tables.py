"""What we keep about files."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.scope import Scope, SeenBy


class StoredFile(SeenBy, Base):
    """One file, attached to one thing."""

    __tablename__ = "stored_file"
    __table_args__ = (
        Index("ix_stored_file_about", "about_kind", "about_id"),
        Index("ix_stored_file_by_id", "by_id"),
        CheckConstraint("partner_id IS NOT NULL OR is_private", name="ours_is_private"),
    )

    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"), index=True)
    """Who sees it besides the vendor; None for a file that only the vendor sees."""
    is_private: Mapped[bool]
    """Hidden from the partner's distributor too."""
    about_kind: Mapped[str] = mapped_column(String(40))
    """Such as "deal"."""
    about_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(130))
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    """Bytes."""
    sha256: Mapped[str] = mapped_column(String(64))
    kept_at: Mapped[datetime]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str] = mapped_column(String(200))
    removed_at: Mapped[datetime | None]
    """When it was taken away, and its content with it."""
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    guarded_by = "partner_id read"

    @classmethod
    def seen_in(cls, scope: Scope) -> Any:
        """Its own company; and the distributor, unless it is private."""
        own = cls.partner_id == scope.owner
        shared = cls.partner_id.in_(scope.listed) & cls.is_private.is_(False)
        return own | shared
