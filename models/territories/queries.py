"""What we can ask about territories.  Reads only; on the vendor's side."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from threading import Lock
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Pool, Row, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from models import vendor
from models.partners import Partner
from models.people import Person, PersonStatus, Role
from models.territories.index import TerritoryIndex
from models.territories.resolving import Absence, Absences, Key
from models.territories.rules import Area, Qualifiers, Rule, TerritoryStatus
from models.territories.tables import (
    ManagerAbsence,
    RoutingLog,
    Territory,
    TerritoryArea,
    TerritoryRevision,
)


@dataclass(frozen=True)
class Map:
    """All territories and absences as they are now, ready to be asked."""

    revision: UUID | None
    index: TerritoryIndex
    absences: Absences


AT_ONCE = 2_000
"""Rows in memory while the territories are read."""

Areas = dict[UUID, list[Area]]
"""By territory."""

_known: WeakKeyDictionary[Pool, Map] = WeakKeyDictionary()
"""One a database: its pool of connections is shared by all engines made of one."""
_one_builds = Lock()


def map_of(session: Session) -> Map:
    """The territories, read again only when one of them has changed."""
    session.flush()  # what is not written yet counts too
    revision = session.scalar(select(TerritoryRevision.token))
    pool = session.get_bind().engine.pool
    with _one_builds:
        known = _known.get(pool)
        if known is None or known.revision != revision:
            known = Map(revision, TerritoryIndex(as_rules(session)), absences(session))
            _known[pool] = known
    return known


def as_rules(session: Session, *, drawing_id: UUID | None = None) -> list[Rule]:
    """Every territory that stands, or what one draft changes, as resolution sees it."""
    of_it = Territory.drawing_id == drawing_id  # IS NULL for those that stand
    held, cut_out = _areas(session, of_it)
    columns = (
        Territory.id, Territory.name, Territory.parent_id, Territory.owner_id,
        Territory.is_exclusive, Territory.channel_manager_id, Territory.sales_manager_id,
        Territory.status, Territory.from_on, Territory.to_on, Territory.priority,
        Territory.products, Territory.naics, Territory.employees_from, Territory.employees_to,
        Territory.partner_roles,
    )  # fmt: skip
    successors = _successors(session)
    rows_of_it = select(*columns).where(of_it, ~Territory.is_removal)
    return [
        _rule(row, tuple(held[row.id]), tuple(cut_out[row.id]), successors.get(row.id))
        for row in session.execute(rows_of_it, execution_options={"yield_per": AT_ONCE})
    ]


def _areas(session: Session, of_it: ColumnElement[bool]) -> tuple[Areas, Areas]:
    """Those that territories hold, and those that are cut out of them."""
    held: Areas = defaultdict(list)
    cut_out: Areas = defaultdict(list)
    rows = session.execute(
        select(
            TerritoryArea.territory_id,
            TerritoryArea.kind,
            TerritoryArea.value,
            TerritoryArea.country,
            TerritoryArea.is_exclusion,
            TerritoryArea.customer_id,
        )
        .join(Territory, Territory.id == TerritoryArea.territory_id)
        .where(of_it),
        execution_options={"yield_per": AT_ONCE},
    )
    for row in rows:
        to = cut_out if row.is_exclusion else held
        to[row.territory_id].append(Area(row.kind, row.value, row.country or None, row.customer_id))
    return held, cut_out


def _successors(session: Session) -> dict[UUID, UUID]:
    """By territory, the one that took its place."""
    rows = select(Territory.succeeds_id, Territory.id).where(
        Territory.succeeds_id.is_not(None), Territory.drawing_id.is_(None)
    )
    return {row.succeeds_id: row.id for row in session.execute(rows) if row.succeeds_id}


def absences(session: Session) -> Absences:
    found: dict[Key, list[Absence]] = defaultdict(list)
    away = ManagerAbsence
    query = select(away.person_id, away.delegate_id, away.from_on, away.through)
    for row in session.execute(query.order_by(away.from_on, away.id)):
        found[row.person_id].append(Absence(row.delegate_id, row.from_on, row.through))
    return found


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


def _rule(
    row: Row, held: tuple[Area, ...], cut_out: tuple[Area, ...], succeeded_by: UUID | None
) -> Rule:
    has_band = row.employees_from is not None or row.employees_to is not None
    return Rule(
        id=row.id,
        name=row.name,
        areas=held,
        excluded=cut_out,
        qualifiers=Qualifiers(
            products=frozenset(row.products),
            naics=tuple(row.naics),
            employees=(row.employees_from, row.employees_to) if has_band else None,
            partner_roles=frozenset(row.partner_roles),
        ),
        owner=row.owner_id,
        is_exclusive=row.is_exclusive,
        channel_manager=row.channel_manager_id,
        sales_manager=row.sales_manager_id,
        parent=row.parent_id,
        status=row.status,
        from_on=row.from_on,
        to_on=row.to_on,
        priority=row.priority,
        succeeded_by=succeeded_by,
    )
