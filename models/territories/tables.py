"""What we keep about territories, absences of their managers, and where everything was routed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, event, select
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column, relationship

from models.base import Base, new_id
from models.guards import never_changes
from models.scope import VendorOnly
from models.territories.resolving import Action
from models.territories.rules import AreaKind, TerritoryStatus


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
    external_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    """Its key in the system it was imported from; None when it was entered here."""
    created_at: Mapped[datetime]

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
    why: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    steps: Mapped[list[str]] = mapped_column(JSON)
    """Which territories held, which lost and why."""
    revision: Mapped[UUID | None]
    """Of the territories, as they were then."""


class TerritoryRevision(VendorOnly, Base):
    """One row; its token changes with every change of a territory, so that indexes are rebuilt."""

    __tablename__ = "territory_revision"

    token: Mapped[UUID] = mapped_column(default=new_id)


SHAPES_ROUTING = (Territory, TerritoryArea, ManagerAbsence)


@event.listens_for(Session, "before_flush")
def _note_the_change(session: Session, _context: Any, _instances: Any) -> None:
    changed = (*session.new, *session.dirty, *session.deleted)
    if any(isinstance(row, SHAPES_ROUTING) for row in changed):
        _turn_over(session)


@event.listens_for(Session, "do_orm_execute")
def _note_the_statement(state: ORMExecuteState) -> None:
    """Many rows at once: an import, or a merge of customers that named accounts follow."""
    statement: Any = state.statement
    writes = state.is_insert or state.is_update or state.is_delete
    if writes and statement.table in {shape.__table__ for shape in SHAPES_ROUTING}:
        _turn_over(state.session)


def _turn_over(session: Session) -> None:
    with session.no_autoflush:
        revision = session.scalars(select(TerritoryRevision)).first()
    if revision is None:
        session.add(TerritoryRevision())
    else:
        revision.token = new_id()


never_changes(RoutingLog.__table__)
