"""What we keep about approval rules: conditions and steps, as an administrator wrote them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.approvals.rules import ApproverKind
from models.base import Base
from models.scope import VendorOnly


class ApprovalRule(VendorOnly, Base):
    """The first rule that holds, by position, names the approvals that a deal needs."""

    __tablename__ = "approval_rule"
    __table_args__ = (
        CheckConstraint(
            "from_minor >= 0 AND (to_minor IS NULL OR to_minor > from_minor)", name="amounts"
        ),
    )

    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[int]
    """The lowest is asked first."""
    from_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    to_minor: Mapped[int | None] = mapped_column(BigInteger)
    """In the base currency; from is inclusive, to is not; None: no upper end."""
    tiers: Mapped[list[Any]] = mapped_column(JSON, default=list)
    regions: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Names of regions or ISO codes of countries; here and below, empty: all."""
    families: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Ids of product families, as text."""
    kinds: Mapped[list[Any]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime]

    steps: Mapped[list[ApprovalStep]] = relationship(
        cascade="all, delete-orphan", order_by="ApprovalStep.stage, ApprovalStep.id"
    )


class ApprovalStep(VendorOnly, Base):
    """One approval that a rule asks for; steps of the same stage are asked side by side."""

    __tablename__ = "approval_step"
    __table_args__ = (
        CheckConstraint("(kind = 'person') = (person_id IS NOT NULL)", name="a_person_or_a_part"),
    )

    rule_id: Mapped[UUID] = mapped_column(ForeignKey("approval_rule.id"), index=True)
    stage: Mapped[int]
    kind: Mapped[ApproverKind]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
