"""What we keep of erasures: that one was asked and done, never of whom by name."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.privacy.rules import ErasureState
from models.scope import VendorOnly


class Erasure(VendorOnly, Base):
    """Asked by one administrator, done by another."""

    __tablename__ = "erasure"
    __table_args__ = (
        CheckConstraint("decided_by_id <> asked_by_id", name="by_two_people"),
        CheckConstraint("decided_by_id <> person_id", name="not_by_oneself"),
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_once"),
        Index(
            "uq_erasure_one_asked",
            "person_id",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    state: Mapped[ErasureState] = mapped_column(default=ErasureState.ASKED)
    reason: Mapped[str] = mapped_column(String(500))
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """None while it waits; and when who asked took it back."""
    decided_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Rows by table that were deleted or pseudonymised; empty until it is done."""
