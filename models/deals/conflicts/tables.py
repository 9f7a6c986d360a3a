"""What we keep about conflict cases.  The case is the vendor's; each side is one partner's."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.deals.conflicts.rules import ConflictStatus, Outcome, Rule, Standing
from models.deals.tables import of_the_same_partner
from models.engagements import TouchKind
from models.guards import never_changes
from models.scope import Owned, Private, VendorOnly


class Conflict(VendorOnly, Base):
    """A case, as the vendor sees it: every party, one decision, at most one appeal."""

    __tablename__ = "conflict"
    __table_args__ = (
        Index("ix_conflict_opened_at_id", "opened_at", "id"),
        Index("ix_conflict_status_decide_by", "status", "decide_by", "id"),
        CheckConstraint("(outcome IS NULL) = (rule IS NULL)", name="decided_by_a_rule"),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    """For people, such as K-4K7QXMP."""
    status: Mapped[ConflictStatus] = mapped_column(default=ConflictStatus.OPEN)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    """The customer of the registration that opened it."""
    family_id: Mapped[UUID] = mapped_column(ForeignKey("product_family.id"))
    touch_id: Mapped[UUID | None] = mapped_column(ForeignKey("touch.id"))
    """The direct opportunity of our own people that is a party; None when none is."""
    manager_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    """Who is in charge: the channel manager of the registration that opened it."""
    opened_at: Mapped[datetime]
    evidence_by: Mapped[datetime]
    """Until when the last of the parties may file."""
    decide_by: Mapped[datetime]
    likely_rule: Mapped[Rule]
    """Which rule applies unless the evidence says otherwise."""
    ended_at: Mapped[datetime | None]
    """When it was decided or settled; None while it is open."""
    outcome: Mapped[Outcome | None]
    favoured_id: Mapped[UUID | None]
    """The side it was decided for; None for our own sales, nobody, or all."""
    rule: Mapped[Rule | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_by_name: Mapped[str] = mapped_column(String(200), default="")
    appeal_by: Mapped[datetime | None]
    """Until when a losing party may appeal; None when nobody may."""
    judged_at: Mapped[datetime | None]
    judged_by_name: Mapped[str] = mapped_column(String(200), default="")


class ConflictSide(Private, Base):
    """What one partner may know of a case: its own deal, its evidence, its decision."""

    __tablename__ = "conflict_side"
    __table_args__ = (
        of_the_same_partner(),
        UniqueConstraint("partner_id", "id"),
        UniqueConstraint("conflict_id", "deal_id"),
        Index(
            "uq_conflict_side_one_open",
            "deal_id",
            unique=True,
            sqlite_where=text("standing = 'open'"),
            postgresql_where=text("standing = 'open'"),
        ),
        Index("ix_conflict_side_partner_opened", "partner_id", "opened_at", "id"),
    )

    conflict_id: Mapped[UUID] = mapped_column(ForeignKey("conflict.id"), index=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    """For people, such as C-4K7QXMP; each side has its own."""
    deal_id: Mapped[UUID] = mapped_column(index=True)
    standing: Mapped[Standing] = mapped_column(default=Standing.OPEN)
    likely_rule: Mapped[Rule]
    opened_at: Mapped[datetime]
    evidence_by: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    """When it was decided, settled or left; None while it is open."""
    decided_by_name: Mapped[str] = mapped_column(String(200), default="")
    rule: Mapped[Rule | None]
    decision_text: Mapped[str] = mapped_column(Text, default="")
    """As the partner reads it, word for word."""
    appeal_by: Mapped[datetime | None]
    """Until when this partner may appeal; None when it has no reason to."""
    appealed_at: Mapped[datetime | None]
    appeal_text: Mapped[str] = mapped_column(Text, default="")
    judged_at: Mapped[datetime | None]
    """When somebody else looked at it again, as far as this partner is concerned."""
    judged_by_name: Mapped[str] = mapped_column(String(200), default="")
    judged_text: Mapped[str] = mapped_column(Text, default="")


class ConflictEvidence(Private, Base):
    """What one partner says it knows.  Its files hang at the side."""

    __tablename__ = "conflict_evidence"
    __table_args__ = (
        ForeignKeyConstraint(
            ["partner_id", "side_id"], ["conflict_side.partner_id", "conflict_side.id"]
        ),
    )

    side_id: Mapped[UUID] = mapped_column(index=True)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str] = mapped_column(String(200))


class ConflictNote(VendorOnly, Base):
    """One step in the life of a case, or what our own people say; only the vendor reads it."""

    __tablename__ = "conflict_note"

    conflict_id: Mapped[UUID] = mapped_column(ForeignKey("conflict.id"), index=True)
    verb: Mapped[str] = mapped_column(String(30))
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str] = mapped_column(String(200))


class ToldTouch(Owned, Base):
    """A touch of the vendor's own people on a protected deal, as its partner is told of it."""

    __tablename__ = "told_touch"
    __table_args__ = (of_the_same_partner(), UniqueConstraint("deal_id", "touch_id"))

    deal_id: Mapped[UUID] = mapped_column(index=True)
    touch_id: Mapped[UUID] = mapped_column(ForeignKey("touch.id"), index=True)
    person_name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[TouchKind]
    happened_on: Mapped[date]
    told_at: Mapped[datetime]


for _table in (ConflictEvidence, ConflictNote, ToldTouch):
    never_changes(_table.__table__)
