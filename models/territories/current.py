"""The territories as they are now, kept in memory and brought up to date by what has changed.

What a transaction changed and has not committed yet is seen by that transaction alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Pool, Row, select
from sqlalchemy.orm import Session, aliased

from models.territories.changes import CHANGED_HERE, TerritoryChange, TerritoryRevision
from models.territories.index import TerritoryIndex
from models.territories.resolving import Absence, Absences, Key
from models.territories.rules import Area, Qualifiers, Rule
from models.territories.tables import ManagerAbsence, Territory, TerritoryArea


@dataclass(frozen=True)
class Map:
    """All territories and absences as they are at one moment, ready to be asked."""

    revision: UUID | None
    number: int
    """Of the change after which it is."""
    index: TerritoryIndex
    absences: Absences


AT_ONCE = 2_000
"""Rows in memory while the territories are read."""
ASKED_AT_ONCE = 500
WORTH_FOLLOWING = 1_000
"""Changed territories; more are followed only where they are few of all."""
FEW = 4

Areas = dict[UUID, list[Area]]
"""By territory."""

_known: WeakKeyDictionary[Pool, Map] = WeakKeyDictionary()
"""One a database: its pool of connections is shared by all engines made of one."""
_one_builds = Lock()


def map_of(session: Session) -> Map:
    """The territories; read are only those that have changed since somebody asked here."""
    session.flush()  # what is not written yet counts too
    here = session.execute(select(TerritoryRevision.number, TerritoryRevision.token)).first()
    number, token = (here.number, here.token) if here else (0, None)
    pool = session.get_bind().engine.pool
    with _one_builds:
        own, shared = session.info.get(CHANGED_HERE), _known.get(pool)
        known = [each for each in (own, shared) if isinstance(each, Map)]
        for each in known:
            if each.revision == token:
                return each
        followed = (_followed(session, each, number, token) for each in known)
        now = next(filter(None, followed), None) or _read(session, number, token)
        if own:
            session.info[CHANGED_HERE] = now
        else:
            _known[pool] = now
    return now


def _read(session: Session, number: int, token: UUID | None) -> Map:
    return Map(token, number, TerritoryIndex(as_rules(session)), absences(session))


def _followed(session: Session, known: Map, number: int, token: UUID | None) -> Map | None:
    """The map with what has changed since; None when that is not known, or too much."""
    change = TerritoryChange
    rows = session.execute(
        select(change.number, change.token, change.territory_id, change.is_all)
        .where(change.number.between(known.number, number))
        .order_by(change.number)
    ).all()
    if not rows or (rows[0].number, rows[0].token) != (known.number, known.revision):
        return None
    since = [row for row in rows if row.number > known.number]
    changed = {row.territory_id for row in since if row.territory_id}
    most = max(WORTH_FOLLOWING, len(known.index.rules) // FEW)
    if any(row.is_all for row in since) or len(changed) > most:
        return None
    rules = [rule for some in _some(list(changed)) for rule in _rules(session, *some)]
    index = known.index.after(rules, changed)
    return Map(token, number, index, absences(session))


def _some(ids: list[UUID]) -> Iterable[tuple[ColumnElement[bool], ColumnElement[bool]]]:
    for at in range(0, len(ids), ASKED_AT_ONCE):
        yield Territory.drawing_id.is_(None), Territory.id.in_(ids[at : at + ASKED_AT_ONCE])


def as_rules(session: Session, *, drawing_id: UUID | None = None) -> list[Rule]:
    """Every territory that stands, or what one draft changes, as resolution sees it."""
    return _rules(session, Territory.drawing_id == drawing_id)  # IS NULL for those that stand


def _rules(session: Session, *of_it: ColumnElement[bool]) -> list[Rule]:
    held, cut_out = _areas(session, of_it)
    columns = (
        Territory.id, Territory.name, Territory.parent_id, Territory.owner_id,
        Territory.is_exclusive, Territory.channel_manager_id, Territory.sales_manager_id,
        Territory.status, Territory.from_on, Territory.to_on, Territory.priority,
        Territory.products, Territory.naics, Territory.employees_from, Territory.employees_to,
        Territory.partner_roles,
    )  # fmt: skip
    successors = _successors(session, of_it)
    rows_of_it = select(*columns).where(*of_it, ~Territory.is_removal)
    return [
        _rule(row, tuple(held[row.id]), tuple(cut_out[row.id]), successors.get(row.id))
        for row in session.execute(rows_of_it, execution_options={"yield_per": AT_ONCE})
    ]


def _areas(session: Session, of_it: tuple[ColumnElement[bool], ...]) -> tuple[Areas, Areas]:
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
        .where(*of_it),
        execution_options={"yield_per": AT_ONCE},
    )
    for row in rows:
        to = cut_out if row.is_exclusion else held
        to[row.territory_id].append(Area(row.kind, row.value, row.country or None, row.customer_id))
    return held, cut_out


def _successors(session: Session, of_it: tuple[ColumnElement[bool], ...]) -> dict[UUID, UUID]:
    """By territory, the one that took its place."""
    after = aliased(Territory)
    rows = session.execute(
        select(Territory.id, after.id.label("after_id"))
        .join(after, after.succeeds_id == Territory.id)
        .where(after.drawing_id.is_(None), *of_it)
    )
    return {row.id: row.after_id for row in rows}


def absences(session: Session) -> Absences:
    found: dict[Key, list[Absence]] = defaultdict(list)
    away = ManagerAbsence
    query = select(away.person_id, away.delegate_id, away.from_on, away.through)
    for row in session.execute(query.order_by(away.from_on, away.id)):
        found[row.person_id].append(Absence(row.delegate_id, row.from_on, row.through))
    return found


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
