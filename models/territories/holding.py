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
from models.territories.never_two import DIMENSIONS as SIDES
from models.territories.places import country_name
from models.territories.rules import Area, TerritoryStatus
from models.territories.tables import Territory
from models.vendor import Vendor

MOST_HOLDS = 20_000
ASKED_AT_ONCE = 100
"""SQLite refuses a question of more than a thousand parts."""
ALWAYS, NEVER = date(1, 1, 1), date(9999, 12, 31)
Stretch = tuple[lines.Span, ...]
"""One span for each side."""


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
    return _each_of(((place, lines.ANY, lines.ANY) for place in places), products, naics, employees)


def _each_of(
    places: Iterable[tuple[lines.Span, lines.Span, lines.Span]],
    products: Iterable[str],
    naics: Iterable[str],
    employees: tuple[int | None, int | None],
) -> Iterable[Stretch]:
    size = lines.size(*employees)
    for (place, state, code), family, industry in product(
        places, lines.families(products), lines.industries(naics)
    ):
        yield place, family, industry, size, state, code


def _stretches(territory: Territory) -> Iterable[Stretch]:
    held = _areas(territory, cut_out=False)
    segment = (
        territory.products,
        territory.naics,
        (territory.employees_from, territory.employees_to),
    )
    yield from stretches(lines.places(held, _areas(territory, cut_out=True)), *segment)
    yield from _each_of(lines.untold(held, str(territory.id)), *segment)


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


def _taken(session: Session, territory: Territory, held: list[Stretch]) -> Taken:
    told = [each for each in held if not lines.untold_in(each[0])]
    for at in range(0, len(told), ASKED_AT_ONCE):
        met = or_(*(_meets(each, SIDES) for each in told[at : at + ASKED_AT_ONCE]))
        if found := _who(session, territory, met):
            return Taken(f"{found} Cut that part out, or end the other one first.")
    for each in held:
        home = lines.untold_in(each[0])
        if home and (found := _who(session, territory, _meets(each, SIDES))):
            return Taken(
                f"{found} In {country_name(home)} states and postal codes cannot be told apart: "
                "draw both in the same way."
            )
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
