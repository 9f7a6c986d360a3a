"""What we keep of what one administrator asked and another decided."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.people import Role
from models.privileges.rules import Ask, AskState
from models.scope import VendorOnly


class PrivilegeRequest(VendorOnly, Base):
    __tablename__ = "privilege_request"
    __table_args__ = (
        CheckConstraint("decided_by_id <> asked_by_id", name="by_two_people"),
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_once"),
        CheckConstraint("(kind = 'factor_reset') = (role IS NULL)", name="a_role_or_a_reset"),
        Index(
            "uq_privilege_request_one_asked",
            "email",
            "kind",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )

    kind: Mapped[Ask]
    state: Mapped[AskState] = mapped_column(default=AskState.ASKED)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    """About whom; None for somebody who is yet to be invited."""
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role | None]
    """To be given; None when a second factor is to be reset."""
    role_before: Mapped[Role | None]
    """Of the person when it was asked: if it has changed since, the request is void."""
    reason: Mapped[str] = mapped_column(String(500), default="")
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    asked_by_name: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_by_name: Mapped[str] = mapped_column(String(200), default="")
    decided_at: Mapped[datetime | None]
    """None while it waits."""
