"""What a territory holds alone: two never hold the same, whoever draws them; the database says so.

Drawn by the vendor, claimed by a partner, published from a draft or listed in a file: each of them
ends here.  On the vendor's side.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import product
from typing import Any

from sqlalchemy import Select, and_, delete, insert, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.base import new_id
from models.errors import Refused
from models.partners import Partner
from models.territories import lines
from models.territories.hold_tables import TerritoryHold
from models.territories.places import country_name
from models.territories.rules import Area, AreaKind, TerritoryStatus
from models.territories.tables import Territory
from models.vendor import Vendor

MOST_HOLDS = 20_000
ASKED_AT_ONCE = 100
"""SQLite refuses a question of more than a thousand parts."""
ALWAYS, NEVER = date(1, 1, 1), date(9999, 12, 31)
SIDES = ("place", "family", "industry", "size")
Stretch = tuple[lines.Span, lines.Span, lines.Span, lines.Span]


class Taken(Refused):
    """Another territory holds a part of it; the text says whose, for the vendor."""


def one_at_a_time(session: Session) -> None:
    """Whoever gives territories away queues here, so that the second sees the first."""
    session.execute(select(Vendor.id).with_for_update(key_share=True))


def hold(session: Session, territory: Territory) -> None:
    """Anew, as it is drawn now; nothing when it is not exclusive, or holds no longer.

    Raises Refused when somebody else holds a part of it.
    """
    session.flush()
    own = TerritoryHold.territory_id == territory.id
    session.execute(delete(TerritoryHold).where(own))
    if not (territory.is_exclusive and territory.drawing_id is None):
        return
    if territory.status is not TerritoryStatus.ACTIVE:
        return
    stretches = list(_stretches(territory))
    if len(stretches) > MOST_HOLDS:
        raise Refused(
            f"{territory.name} has too many parts to be held alone: draw wider places, such as "
            "the beginnings of postal codes, or fewer families and industries."
        )
    _refuse_mixed(session, territory, stretches)
    rows = [_row(territory, each) for each in stretches]
    try:
        with session.begin_nested():
            if rows:
                session.execute(insert(TerritoryHold), rows)
    except IntegrityError as error:
        raise _taken(session, territory, stretches) from error


def hold_missing(session: Session, *, today: date) -> list[Territory]:
    """Hold what exclusive territories do not hold yet; those that cannot, because others do."""
    wanted = select(Territory).where(*_unheld(today))
    refused = []
    for territory in session.scalars(wanted.order_by(Territory.created_at, Territory.id)).all():
        try:
            hold(session, territory)
        except Refused:
            refused.append(territory)
    return refused


def unheld(today: date) -> Select:
    """id and name of exclusive territories that meet one that somebody else holds alone."""
    query = select(Territory.id, Territory.name).where(*_unheld(today))
    return query.order_by(Territory.name, Territory.id)


def _unheld(today: date) -> tuple[Any, ...]:
    return (
        Territory.is_exclusive,
        Territory.drawing_id.is_(None),
        Territory.status == TerritoryStatus.ACTIVE,
        or_(Territory.to_on.is_(None), Territory.to_on > today),
        Territory.id.not_in(select(TerritoryHold.territory_id)),
    )


def stretches(
    places: Iterable[lines.Span],
    products: Iterable[str],
    naics: Iterable[str],
    employees: tuple[int | None, int | None],
) -> Iterable[Stretch]:
    size = lines.size(*employees)
    for place, family, industry in product(
        places, lines.families(products), lines.industries(naics)
    ):
        yield place, family, industry, size


def _stretches(territory: Territory) -> Iterable[Stretch]:
    return stretches(
        lines.places(_areas(territory, cut_out=False), _areas(territory, cut_out=True)),
        territory.products,
        territory.naics,
        (territory.employees_from, territory.employees_to),
    )


def _areas(territory: Territory, *, cut_out: bool) -> list[Area]:
    return [row.area for row in territory.areas if row.is_exclusion is cut_out]


def _days(territory: Territory) -> tuple[date, date]:
    return territory.from_on or ALWAYS, territory.to_on or NEVER


def _row(territory: Territory, stretch: Stretch) -> dict[str, Any]:
    ends = {
        f"{side}_{end}": span[at]
        for side, span in zip(SIDES, stretch, strict=True)
        for at, end in enumerate(("low", "high"))
    }
    from_on, to_on = _days(territory)
    return {"id": new_id(), "territory_id": territory.id, "from_on": from_on, "to_on": to_on} | ends


def _refuse_mixed(session: Session, territory: Territory, held: list[Stretch]) -> None:
    """A state and a postal code of which nobody knows whether the one holds the other."""
    areas = _areas(territory, cut_out=False)
    states = {area.value[:2] for area in areas if not lines.is_compared(area)}
    codes = {area.country or "" for area in areas if area.kind is AreaKind.POSTAL} - {"US"}
    if not states and not codes:
        return
    halves = [(home, lines.postal_codes_of(home)) for home in sorted(states)]
    halves += [(home, lines.states_of(home)) for home in sorted(codes)]
    segments = list(dict.fromkeys(each[1:] for each in held))
    for home, (low, high) in halves:
        inside = and_(TerritoryHold.place_low >= low, TerritoryHold.place_high <= high)
        for at in range(0, len(segments), ASKED_AT_ONCE):
            some = segments[at : at + ASKED_AT_ONCE]
            met = or_(*(_meets(segment, SIDES[1:]) for segment in some))
            if found := _who(session, territory, and_(inside, met)):
                raise Taken(
                    f"{found} In {country_name(home)} states and postal codes cannot be told "
                    "apart: draw both in the same way."
                )


def _taken(session: Session, territory: Territory, held: list[Stretch]) -> Taken:
    for each in held:
        if found := _who(session, territory, _meets(each, SIDES)):
            return Taken(f"{found} Cut that part out, or end the other one first.")
    return Taken("Another territory holds a part of it alone since a moment ago. Look again.")


def _meets(stretch: Iterable[lines.Span], sides: Iterable[str]) -> Any:
    return and_(
        *(
            getattr(TerritoryHold, f"{side}_{end}").op(sign)(bound)
            for side, (low, high) in zip(sides, stretch, strict=True)
            for end, sign, bound in (("low", "<", high), ("high", ">", low))
        )
    )


def _who(session: Session, territory: Territory, met: Any) -> str:
    """In a sentence; empty when nobody does."""
    from_on, to_on = _days(territory)
    held = TerritoryHold
    found = session.execute(
        select(Territory.name, Partner.name.label("partner"), Territory.to_on)
        .select_from(held)
        .join(Territory, Territory.id == held.territory_id)
        .join(Partner, Partner.id == Territory.owner_id)
        .where(met, held.territory_id != territory.id, held.from_on < to_on, held.to_on > from_on)
        .limit(1)
    ).first()
    if found is None:
        return ""
    until = f" until {found.to_on:%-d %B %Y}" if found.to_on else ""
    return f"{found.partner} holds a part of {territory.name} alone{until}, in {found.name}."
