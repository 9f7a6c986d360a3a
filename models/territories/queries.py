"""What we can ask about territories.  Reads only; on the vendor's side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from models import vendor
from models.partners import Partner
from models.people import Person, PersonStatus, Role
from models.territories.rules import TerritoryStatus
from models.territories.tables import (
    ManagerAbsence,
    RoutingLog,
    Territory,
    TerritoryArea,
)


@dataclass(frozen=True)
class Defaults:
    """Who gets what no territory's manager gets; None only where there is no staff at all."""

    channel_manager: UUID | None
    sales_manager: UUID | None


def defaults(session: Session) -> Defaults:
    """The vendor's default managers who are still here, else the first of the role."""
    settings, present = vendor.settings(session), still_here(session)
    wanted = (settings.default_channel_manager_id, settings.default_sales_manager_id)
    channel, sales = (each if each in present else None for each in wanted)
    return Defaults(
        channel or _first(session, Role.CHANNEL_MANAGER),
        sales or _first(session, Role.SALES_MANAGER),
    )


def still_here(session: Session) -> frozenset[UUID]:
    """Staff who may be given work."""
    query = select(Person.id).where(Person.partner_id.is_(None), Person.status != PersonStatus.LEFT)
    return frozenset(session.scalars(query))


def listed(
    *,
    search: str = "",
    status: TerritoryStatus | None = None,
    on: date | None = None,
    drawing_id: UUID | None = None,
) -> Select:
    """Territories for a list: columns only, not ordered.  on: those that held on that day."""
    channel, sales = aliased(Person), aliased(Person)
    areas = (
        select(func.count(TerritoryArea.id))
        .where(TerritoryArea.territory_id == Territory.id, ~TerritoryArea.is_exclusion)
        .scalar_subquery()
    )
    query = (
        select(
            Territory.id,
            Territory.name,
            Territory.status,
            Territory.is_exclusive,
            Territory.from_on,
            Territory.to_on,
            Partner.name.label("owner_name"),
            channel.name.label("channel_manager_name"),
            sales.name.label("sales_manager_name"),
            areas.label("area_count"),
        )
        .outerjoin(Partner, Partner.id == Territory.owner_id)
        .outerjoin(channel, channel.id == Territory.channel_manager_id)
        .outerjoin(sales, sales.id == Territory.sales_manager_id)
        .where(Territory.drawing_id == drawing_id)
    )
    if on:
        query = query.where(*holding(on))
    if status:
        query = query.where(Territory.status == status)
    if search:
        query = query.where(Territory.name.icontains(search.strip(), autoescape=True))
    return query


def successor_of(session: Session, territory_id: UUID) -> Row | None:
    """id, name, from_on of the one that took its place; None while it stands."""
    columns = (Territory.id, Territory.name, Territory.from_on)
    took_over = (Territory.succeeds_id == territory_id, Territory.drawing_id.is_(None))
    return session.execute(select(*columns).where(*took_over)).first()


def holding(on: date) -> tuple[ColumnElement[bool], ...]:
    """What is true of territories that hold on that day."""
    begun = or_(Territory.from_on.is_(None), Territory.from_on <= on)
    goes_on = or_(Territory.to_on.is_(None), Territory.to_on > on)
    return Territory.status == TerritoryStatus.ACTIVE, begun, goes_on


def quotas(on: date) -> Select:
    """id and quota of those that hold on that day and have one."""
    return select(Territory.id, Territory.quota_minor).where(
        Territory.drawing_id.is_(None), Territory.quota_minor > 0, *holding(on)
    )


def routed_to(territory_id: UUID | None, *, limit: int) -> Select:
    """The last things that were routed to a territory; None: to no territory."""
    channel, sales = aliased(Person), aliased(Person)
    return (
        select(
            RoutingLog.id,
            RoutingLog.at,
            RoutingLog.about_kind,
            RoutingLog.about_id,
            RoutingLog.why,
            RoutingLog.is_conflict,
            channel.name.label("channel_manager_name"),
            sales.name.label("sales_manager_name"),
        )
        .outerjoin(channel, channel.id == RoutingLog.channel_manager_id)
        .outerjoin(sales, sales.id == RoutingLog.sales_manager_id)
        .where(RoutingLog.territory_id == territory_id)
        .order_by(RoutingLog.at.desc(), RoutingLog.id.desc())
        .limit(limit)
    )


def routings_of(kind: str, about_id: UUID) -> Select:
    """How something was routed, the latest first."""
    return (
        select(RoutingLog.id, RoutingLog.at, RoutingLog.why, RoutingLog.steps, RoutingLog.action)
        .where(RoutingLog.about_kind == kind, RoutingLog.about_id == about_id)
        .order_by(RoutingLog.id.desc())
    )


def how_many(session: Session, query: Select) -> int:
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def absences_from(day: date) -> Select:
    """Who is away on that day or later, and who stands in."""
    person, delegate = aliased(Person), aliased(Person)
    return (
        select(
            ManagerAbsence.id,
            ManagerAbsence.from_on,
            ManagerAbsence.through,
            person.name.label("name"),
            delegate.name.label("delegate_name"),
        )
        .join(person, person.id == ManagerAbsence.person_id)
        .join(delegate, delegate.id == ManagerAbsence.delegate_id)
        .where(ManagerAbsence.through >= day)
        .order_by(ManagerAbsence.from_on, ManagerAbsence.id)
    )


def _first(session: Session, role: Role) -> UUID | None:
    for wanted in (role, Role.ADMINISTRATOR):
        found = session.scalar(
            select(Person.id)
            .where(Person.role == wanted, Person.status != PersonStatus.LEFT)
            .order_by(Person.id)
            .limit(1)
        )
        if found:
            return found
    return None
