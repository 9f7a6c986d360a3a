"""What we keep of visits."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.scope import Private

LONGEST = timedelta(minutes=30)


class Visit(Private, Base):
    """Only to look: whoever visits changes nothing and signs nothing."""

    __tablename__ = "visit"
    __table_args__ = (CheckConstraint("visitor_id <> person_id", name="somebody_else"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    """Through whose eyes."""
    person_name: Mapped[str] = mapped_column(String(200))
    visitor_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    visitor_name: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(500))
    """As the partner reads it."""
    begun_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    """At the latest."""
    ended_at: Mapped[datetime | None]
    """None when it ran to its end."""
