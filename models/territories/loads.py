"""How much work somebody takes, and who has room when they have enough.  On the vendor's side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Row, Select, delete, select
from sqlalchemy.orm import Session

from models import audit
from models.people import Actor, Person, PersonStatus, Role
from models.territories.current import Map
from models.territories.queries import defaults, still_here
from models.territories.resolving import standing_in
from models.territories.tables import ManagerLimit

Loads = Mapping[UUID, int]
"""Open deals by person."""


@dataclass(frozen=True)
class Moved:
    """Somebody had enough, so another has it.  words: such as "Rosa Kim has 40 open deals …"."""

    manager: UUID
    words: str


def limits(session: Session) -> dict[UUID, int]:
    rows = session.execute(select(ManagerLimit.person_id, ManagerLimit.most_open))
    return {row.person_id: row.most_open for row in rows}


def listed_limits() -> Select:
    return (
        select(ManagerLimit.id, ManagerLimit.person_id, ManagerLimit.most_open, Person.name)
        .join(Person, Person.id == ManagerLimit.person_id)
        .order_by(Person.name, Person.id)
    )


def set_limit(
    session: Session, person_id: UUID, most_open: int | None, *, by: Actor, now: datetime
) -> None:
    """None: takes them all again."""
    session.execute(delete(ManagerLimit).where(ManagerLimit.person_id == person_id))
    if most_open is not None:
        session.add(ManagerLimit(person_id=person_id, most_open=most_open))
    person = session.get_one(Person, person_id)
    detail = {"most_open": most_open}
    audit.record(session, by, "limit of open deals set", person, now=now, detail=detail)
    session.flush()


def relieve(
    session: Session,
    here: Map,
    manager: UUID | None,
    above: Iterable[UUID],
    *,
    role: Role,
    loads: Loads,
    on: date,
) -> Moved | None:
    """Who has it instead, when the manager has as much as they take; None when it stays.

    above: managers of the territories above, the nearest first.  When nobody has room it stays:
    nothing is ever lost.
    """
    if not loads:
        return None  # nobody who takes only so many has anything
    most = limits(session)
    if manager is None or manager not in most or loads.get(manager, 0) < most[manager]:
        return None
    fallback = defaults(session)
    default = fallback.channel_manager if role is Role.CHANNEL_MANAGER else fallback.sales_manager
    present = still_here(session)
    others = sorted(_of_role(session, role), key=lambda row: loads.get(row.id, 0))
    for wanted in [*above, default, *(row.id for row in others)]:
        asked = standing_in(wanted, here.absences, on)
        has_room = asked not in most or loads.get(asked, 0) < most[asked]
        if asked in present and asked != manager and has_room:
            names = {row.id: row.name for row in _named(session, manager, asked)}
            return Moved(
                asked,
                f"{names[manager]} has {loads.get(manager, 0)} open deals and takes "
                f"{most[manager]}, so {names[asked]} has it",
            )
    return None


def _of_role(session: Session, role: Role) -> list[Row]:
    query = select(Person.id).where(Person.role == role, Person.status == PersonStatus.ACTIVE)
    return list(session.execute(query.order_by(Person.id)))


def _named(session: Session, *people: UUID) -> list[Row]:
    return list(session.execute(select(Person.id, Person.name).where(Person.id.in_(people))))
