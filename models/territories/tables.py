"""What we keep about territories, absences of their managers, and where everything was routed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.guards import never_changes
from models.scope import VendorOnly
from models.territories.resolving import Action
from models.territories.rules import Area, AreaKind, TerritoryStatus
from models.territories.states import DrawingState, LoadKind, LoadState


class Territory(VendorOnly, Base):
    """A part of the market: where, for what, whose it is and who looks after it."""

    __tablename__ = "territory"
    __table_args__ = (
        CheckConstraint("to_on IS NULL OR from_on IS NULL OR to_on > from_on", name="dates"),
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
        CheckConstraint("NOT is_exclusive OR owner_id IS NOT NULL", name="exclusive_to_somebody"),
        Index("ix_territory_name_id", "name", "id"),
    )

    name: Mapped[str] = mapped_column(String(120))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("territory.id"), index=True)
    """Whose managers it has where it names none of its own."""
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"), index=True)
    """The partner it belongs to; None: nobody's."""
    is_exclusive: Mapped[bool] = mapped_column(default=False)
    channel_manager_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    sales_manager_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    status: Mapped[TerritoryStatus] = mapped_column(default=TerritoryStatus.ACTIVE)
    from_on: Mapped[date | None]
    """First day; None: always was."""
    to_on: Mapped[date | None]
    """First day on which it no longer holds; None: no end."""
    priority: Mapped[int] = mapped_column(default=0)
    """The higher wins, where nothing else tells two territories apart."""
    products: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Codes of product families, lower case; empty: all."""
    naics: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Prefixes such as 5221, or ranges of sectors such as 31-33; empty: all."""
    employees_from: Mapped[int | None]
    employees_to: Mapped[int | None]
    """Both inclusive; None is open."""
    partner_roles: Mapped[list[str]] = mapped_column(JSON, default=list)
    quota_minor: Mapped[int | None] = mapped_column(BigInteger)
    """What is to be won there in a year, in the base currency; None: nothing was set."""
    minimum_minor: Mapped[int | None] = mapped_column(BigInteger)
    """What its partner has committed to in a year, in the base currency; None: nothing."""
    external_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    """By which files name it: its key in the system it came from, else one made here.  None only
    in a draft, for what will take the key of the one that it succeeds."""
    created_at: Mapped[datetime]
    is_claimed: Mapped[bool] = mapped_column(default=False)
    """Given to its partner by a claim: what was given changes only by way of the claim."""
    drawing_id: Mapped[UUID | None] = mapped_column(ForeignKey("territory_drawing.id"), index=True)
    """The draft it is part of, where it holds nothing; None: it stands."""
    succeeds_id: Mapped[UUID | None] = mapped_column(ForeignKey("territory.id"), index=True)
    """The territory whose place it takes, or will take when its draft is published."""
    is_removal: Mapped[bool] = mapped_column(default=False)
    """Only in a draft: the one that it succeeds ends, and nothing takes its place."""
    copied_print: Mapped[str] = mapped_column(String(64), default="")
    """Only in a draft: the print of the one that it succeeds, as it was when it was copied."""

    areas: Mapped[list[TerritoryArea]] = relationship(
        cascade="all, delete-orphan", order_by="TerritoryArea.id"
    )


class TerritoryArea(VendorOnly, Base):
    """One row of geography, spelled as `rules.Area.read` leaves it."""

    __tablename__ = "territory_area"

    territory_id: Mapped[UUID] = mapped_column(ForeignKey("territory.id"), index=True)
    kind: Mapped[AreaKind]
    value: Mapped[str] = mapped_column(String(253), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    """Only for postal codes."""
    is_exclusion: Mapped[bool] = mapped_column(default=False)
    """Cut out of the territory instead of added to it."""
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.id"), index=True)
    """The customer that a named account is, and that it follows when customers are merged."""

    @property
    def area(self) -> Area:
        return Area(self.kind, self.value, self.country or None, self.customer_id)


class TerritoryDrawing(VendorOnly, Base):
    """A draft of other territories: what it changes, and everything else as it stands."""

    __tablename__ = "territory_drawing"
    __table_args__ = (
        CheckConstraint(
            "state <> 'published' OR publish_on IS NOT NULL", name="published_on_a_day"
        ),
    )

    name: Mapped[str] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[DrawingState] = mapped_column(default=DrawingState.DRAFT)
    created_at: Mapped[datetime]
    created_by_name: Mapped[str] = mapped_column(String(200))
    publish_on: Mapped[date | None]
    """First day on which it holds; None while it is a draft."""
    decided_at: Mapped[datetime | None]
    """When it was published or given up."""
    decided_by_name: Mapped[str] = mapped_column(String(200), default="")
    changes: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """What it changed when it was published: verb, name, and the ids before and after."""


class TerritoryLoad(VendorOnly, Base):
    """A file of territories, postal codes or accounts: what it would change, and what it did."""

    __tablename__ = "territory_load"

    kind: Mapped[LoadKind]
    file_name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """None once it is done with."""
    drawing_id: Mapped[UUID | None] = mapped_column(ForeignKey("territory_drawing.id"))
    """The draft that it changes; None: the territories that stand."""
    state: Mapped[LoadState] = mapped_column(default=LoadState.CHECKING)
    total: Mapped[int] = mapped_column(default=0)
    """Rows of the file; 0 while nobody knows."""
    done: Mapped[int] = mapped_column(default=0)
    """Rows read; when all are, so many more as are compared or taken."""
    added: Mapped[int] = mapped_column(default=0)
    """Territories, and so on."""
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    """Rows that cannot be taken."""
    refusal: Mapped[str] = mapped_column(Text, default="")
    """Why the file cannot be read at all."""
    effects: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """The first of them in words: territory, what changes."""
    problems: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """The first of them: row, column, what is wrong, remedy."""
    at: Mapped[datetime]
    by_id: Mapped[UUID]
    by_name: Mapped[str] = mapped_column(String(200))


class ManagerAbsence(VendorOnly, Base):
    """Somebody is away, and somebody else does their work."""

    __tablename__ = "manager_absence"
    __table_args__ = (
        CheckConstraint("through >= from_on", name="ends_after_it_starts"),
        CheckConstraint("person_id <> delegate_id", name="somebody_else"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    delegate_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    from_on: Mapped[date]
    through: Mapped[date]
    """The last day away, inclusive."""


class ManagerLimit(VendorOnly, Base):
    """How many open deals somebody takes; whoever has no row takes them all."""

    __tablename__ = "manager_limit"
    __table_args__ = (CheckConstraint("most_open > 0", name="takes_something"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    most_open: Mapped[int]


class RoutingLog(VendorOnly, Base):
    """To whom something was routed, and why.  Never changed, never deleted."""

    __tablename__ = "routing_log"
    __table_args__ = (Index("ix_routing_log_about", "about_kind", "about_id"),)

    at: Mapped[datetime] = mapped_column(index=True)
    about_kind: Mapped[str] = mapped_column(String(40))
    """Such as deal."""
    about_id: Mapped[UUID]
    territory_id: Mapped[UUID | None] = mapped_column(ForeignKey("territory.id"), index=True)
    """None: no territory held, so the default managers got it."""
    channel_manager_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    sales_manager_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    action: Mapped[Action]
    is_conflict: Mapped[bool]
    """Several territories held equally; a person should say which."""
    rule: Mapped[str] = mapped_column(String(20), default="")
    """What decided: the kind of area that won, "default", or "person"."""
    candidates: Mapped[list[Any]] = mapped_column(default=list)
    """Every territory that held, the best first: name, kind of area, and which area."""
    why: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    steps: Mapped[list[str]] = mapped_column(JSON)
    """Which territories held, which lost and why."""
    revision: Mapped[UUID | None]
    """Of the territories, as they were then."""


never_changes(RoutingLog.__table__)
