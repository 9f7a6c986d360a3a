"""What can happen to territories: they are drawn and changed, and their managers go away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from models import audit, customers
from models.base import human_number, lock, new_id
from models.customers import industry_fault
from models.errors import Refused
from models.people import Actor
from models.territories.holding import hold, one_at_a_time
from models.territories.places import is_known_subdivision, known_country
from models.territories.regions import REGIONS
from models.territories.rules import Area, AreaKind, TerritoryStatus
from models.territories.tables import ManagerAbsence, Territory, TerritoryArea


@dataclass(frozen=True, kw_only=True)
class TerritoryDetails:
    """A territory as somebody drew it."""

    name: str
    areas: list[Area]
    excluded: list[Area] = field(default_factory=list)
    parent_id: UUID | None = None
    owner_id: UUID | None = None
    is_exclusive: bool = False
    channel_manager_id: UUID | None = None
    sales_manager_id: UUID | None = None
    status: TerritoryStatus = TerritoryStatus.ACTIVE
    from_on: date | None = None
    to_on: date | None = None
    priority: int = 0
    products: list[str] = field(default_factory=list)
    naics: list[str] = field(default_factory=list)
    employees_from: int | None = None
    employees_to: int | None = None
    partner_roles: list[str] = field(default_factory=list)
    external_id: str | None = None
    quota_minor: int | None = None
    minimum_minor: int | None = None
    """Both a year, in the base currency."""


COLUMNS = (
    "name", "parent_id", "owner_id", "is_exclusive", "channel_manager_id", "sales_manager_id",
    "status", "from_on", "to_on", "priority", "products", "naics", "employees_from",
    "employees_to", "partner_roles", "quota_minor", "minimum_minor",
)  # fmt: skip


def draw(session: Session, details: TerritoryDetails, *, by: Actor, now: datetime) -> Territory:
    """A new territory.  Raises Refused where another one holds a part of it alone."""
    if details.is_exclusive:
        one_at_a_time(session)
    territory = added(session, details, now=now)
    if details.is_exclusive:
        hold(session, territory)
    audit.record(session, by, "territory drawn", territory, now=now)
    return territory


def added(session: Session, details: TerritoryDetails, *, now: datetime, **told: Any) -> Territory:
    """The row of a new territory; `told` are columns that no details speak of."""
    refuse_faults(session, details, None)
    territory = Territory(id=new_id(), created_at=now, **told)
    territory.external_id = details.external_id or _key_of(territory)
    take(session, territory, details)
    session.add(territory)
    session.flush()
    return territory


def _key_of(territory: Territory) -> str | None:
    """By which files name it; what will take another's place takes its key too."""
    return None if territory.succeeds_id else human_number("TR", territory.id, letters=10)


def redraw(
    session: Session, territory: Territory, details: TerritoryDetails, *, by: Actor, now: datetime
) -> None:
    """Change a territory.  What was routed stays where it is; only what comes goes elsewhere."""
    was_exclusive = territory.is_exclusive
    if was_exclusive or details.is_exclusive:
        one_at_a_time(session)
    lock(session, territory)
    refuse_faults(session, details, territory)
    refuse_given(territory, details)
    before = {name: str(getattr(territory, name)) for name in COLUMNS}
    take(session, territory, details)
    changed = {
        name: [old, str(getattr(territory, name))]
        for name, old in before.items()
        if old != str(getattr(territory, name))
    }
    session.flush()
    if was_exclusive or territory.is_exclusive:
        hold(session, territory)
    audit.record(session, by, "territory changed", territory, now=now, detail=changed)


GIVEN = (
    "owner_id", "is_exclusive", "status", "from_on", "to_on", "products", "naics",
    "employees_from", "employees_to", "partner_roles",
)  # fmt: skip
"""What a partner is given by a claim, besides the places."""


def refuse_given(territory: Territory, details: TerritoryDetails) -> None:
    """What was given to a partner by its claim is not taken past the claim's own rules."""
    if not territory.is_claimed or territory.status is TerritoryStatus.ENDED:
        return
    given = details_of(territory)
    same = all(getattr(given, name) == getattr(details, name) for name in GIVEN)
    if same and _bare(given) == _bare(details):
        return
    raise Refused(
        f"{territory.name} was claimed by its partner: places, partner, days and for whom it is "
        "change only by way of the claim, with notice. Managers, quota and name may change here."
    )


def note_absence(
    session: Session,
    *,
    person_id: UUID,
    delegate_id: UUID,
    from_on: date,
    through: date,
    by: Actor,
    now: datetime,
) -> ManagerAbsence:
    """Somebody is away, the last day inclusive, and the delegate gets what would be theirs."""
    if person_id == delegate_id:
        raise Refused("Nobody stands in for themselves: choose somebody else.")
    if through < from_on:
        raise Refused("The last day away is before the first.")
    away = ManagerAbsence(
        person_id=person_id, delegate_id=delegate_id, from_on=from_on, through=through
    )
    session.add(away)
    session.flush()
    audit.record(session, by, "absence noted", away, now=now)
    return away


def end_absence(session: Session, away: ManagerAbsence, *, by: Actor, now: datetime) -> None:
    audit.record(session, by, "absence ended", away, now=now)
    session.delete(away)
    session.flush()


def details_of(territory: Territory) -> TerritoryDetails:
    """What is kept, as somebody would draw it."""
    areas = [row.area for row in territory.areas if not row.is_exclusion]
    excluded = [row.area for row in territory.areas if row.is_exclusion]
    kept = {name: getattr(territory, name) for name in (*COLUMNS, "external_id")}
    return TerritoryDetails(areas=areas, excluded=excluded, **kept)


def _bare(details: TerritoryDetails) -> set[tuple[Any, ...]]:
    """Its places, whichever customer a named account points to by now."""
    held = {(area.kind, area.value, area.country, False) for area in details.areas}
    return held | {(area.kind, area.value, area.country, True) for area in details.excluded}


def take(session: Session, territory: Territory, details: TerritoryDetails) -> None:
    """Write the details into the row, and let its named accounts point to their customers."""
    for name in COLUMNS:
        setattr(territory, name, getattr(details, name))
    territory.products = sorted({code.casefold() for code in details.products})
    drawn = [
        *((area, False) for area in pointed(session, details.areas)),
        *((area, True) for area in pointed(session, details.excluded)),
    ]
    kept = {(row.area, row.is_exclusion): row for row in territory.areas}
    territory.areas[:] = [kept.get(each) or _row(*each) for each in dict.fromkeys(drawn)]


def pointed(session: Session, areas: Sequence[Area]) -> list[Area]:
    """The areas, each named account with the one customer that has this domain or key."""
    names = {area.value for area in areas if area.kind is AreaKind.ACCOUNT and not area.customer}
    meant = customers.named(session, names) if names else {}
    return [
        replace(area, customer=meant[area.value])
        if area.kind is AreaKind.ACCOUNT and area.value in meant and not area.customer
        else area
        for area in areas
    ]


def _row(area: Area, is_exclusion: bool) -> TerritoryArea:
    return TerritoryArea(
        kind=area.kind,
        value=area.value,
        country=area.country or "",
        customer_id=area.customer,
        is_exclusion=is_exclusion,
    )


def refuse_faults(session: Session, details: TerritoryDetails, own: Territory | None) -> None:
    if not details.areas:
        raise Refused("Say at least one place that belongs to the territory.")
    for area in (*details.areas, *details.excluded):
        if fault := area_fault(area):
            raise Refused(fault)
    for code in details.naics:
        if fault := industry_fault(code):
            raise Refused(fault)
    if details.is_exclusive and details.owner_id is None:
        raise Refused("Only a partner's territory can be exclusive: choose the partner.")
    if details.from_on and details.to_on and details.to_on <= details.from_on:
        raise Refused("The territory ends before it starts: choose a later end.")
    if min(details.quota_minor or 0, details.minimum_minor or 0) < 0:
        raise Refused("A quota and a minimum are not below nothing.")
    low, high = details.employees_from, details.employees_to
    if low is not None and high is not None and high < low:
        raise Refused("The largest number of employees is below the smallest.")
    if own is not None and _is_below(session, details.parent_id, own.id):
        raise Refused("A territory cannot stand below itself: choose another one above it.")


def area_fault(area: Area) -> str | None:
    """What is wrong with a place, in words; None when it exists."""
    match area.kind:
        case AreaKind.COUNTRY if known_country(area.value) is None:
            return f"{area.value} is no country: write its two letters, such as DE."
        case AreaKind.POSTAL if known_country(area.country) is None:
            return f"{area.country} is no country: write its two letters, such as DE."
        case AreaKind.POSTAL if area.country == "US" and (fault := _zip_fault(area.value)):
            return fault
        case AreaKind.SUBDIVISION if not is_known_subdivision(area.value):
            return f"{area.value} is no state or province: write its code, such as US-WA."
        case AreaKind.REGION if area.value not in REGIONS:
            return f"{area.value} is no region; known are {', '.join(sorted(REGIONS))}."
    return None


def _zip_fault(written: str) -> str | None:
    """A spreadsheet that takes 02110 for a number writes 2110."""
    if written.isdigit() and len(written) < 5:
        return f"{written} has fewer than five digits: write 02110 with its zero, or 021* for many."
    return None


def _is_below(session: Session, parent_id: UUID | None, territory_id: UUID) -> bool:
    seen: set[UUID] = set()
    while parent_id is not None and parent_id not in seen:
        if parent_id == territory_id:
            return True
        seen.add(parent_id)
        parent = session.get(Territory, parent_id)
        parent_id = parent.parent_id if parent else None
    return False
