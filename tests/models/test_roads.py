"""No road leads over the wall: every way to a row, walked by a rival, on the real models."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Row, inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase

from models.base import new_id
from models.catalog import ProductFamily
from models.customers import Customer
from models.deals import Deal, DealEvent, DealNote
from models.engine import for_writing
from models.notices import Notice, tell
from models.partners import Partner
from models.people import Person
from models.scope import OutOfScope, Owned, Scope, ScopedSession, open_session, vendor_side
from tests.roads import READS, RELATIONS, WRITES

pytestmark = [  # a rival does not heed them
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.LegacyAPIWarning"),
]

KEPT = (Deal, DealEvent, DealNote, Partner, Person, Customer, ProductFamily, Notice)


@dataclass
class Theirs:
    """Ids of the other partner's rows, and what must never be read of them."""

    deal: UUID
    partner: UUID
    own_partner: UUID
    own_deals: int
    event: dict[str, Any]
    secrets: set[Any]


@pytest.fixture
def theirs(session, a, now) -> Theirs:
    deals = {}
    for name in ("mine", "theirs"):
        partner = a.partner(name=name)
        deal = a.submitted(partner=partner, value=(6 if name == "mine" else 9) * 1_000_00)
        person = a.person(partner=partner)
        session.add(
            DealNote(deal_id=deal.id, by_name="Kim", verb="comment", note=f"note of {name}", at=now)
        )
        tell(session, person.id, "news", title=f"news of {name}", body="B", link="/", now=now,
             partner_id=partner.id)  # fmt: skip
        deals[name] = deal
    session.commit()
    mine, other = deals["mine"], deals["theirs"]
    event = session.scalars(select(DealEvent).where(DealEvent.deal_id == other.id)).first()
    values = {
        attribute.key: attribute.value
        for attribute in inspect(event).attrs
        if attribute.key in inspect(DealEvent).columns
    } | {"id": new_id()}
    found = Theirs(other.id, other.partner_id, mine.partner_id, 1, values, _secrets(session, other))
    session.commit()
    return found


@pytest.fixture
def rival(engine, theirs):
    with open_session(for_writing(engine), Scope.partner(theirs.own_partner)) as own:
        yield own


@pytest.fixture
def above(engine, theirs, a, session):
    """A distributor that reads the rival's rows besides its own, and still not the others'."""
    distributor = a.partner(name="above")
    session.commit()
    scope = Scope.partner(distributor.id, reads=frozenset({theirs.own_partner}))
    with open_session(for_writing(engine), scope) as own:
        yield own


@pytest.mark.parametrize("who", ["rival", "above"])
def test_no_road_leads_to_another_partners_row(who, theirs, request):
    session = request.getfixturevalue(who)
    roads = READS | {f"relation: {name}": walk for name, walk in RELATIONS.items()}
    leaks = {
        road: leaked for road, walk in roads.items() if (leaked := _told(session, walk, theirs))
    }
    assert leaks == {}


@pytest.mark.parametrize("who", ["rival", "above"])
def test_no_road_changes_another_partners_row(who, theirs, request, session):
    own = request.getfixturevalue(who)
    before, changed = _kept(own, theirs), {}
    own.rollback()
    for road, walk in WRITES.items():
        try:
            told = list(_values(walk(own, theirs)))
            assert [value for value in told if value in theirs.secrets] == [], road
            after = _kept(own, theirs)
        except (OutOfScope, SQLAlchemyError):
            after = before
        own.rollback()
        own.expunge_all()
        if after != before:
            changed[road] = sorted(set(after) ^ set(before), key=str)
    assert changed == {}


def test_one_does_get_to_ones_own_rows(rival, theirs):
    """The roads are open: a wall that let nobody through would pass every other test."""
    dead_ends = {road for road, walk in READS.items() if not _found(rival, walk, theirs)}
    assert len(READS) - len(dead_ends) > 40, dead_ends


def _told(session: ScopedSession, walk: Any, theirs: Theirs) -> list[Any]:
    """What of the others' a road gives away."""
    return [
        value
        for value in _found(session, walk, theirs)
        if value in theirs.secrets or value == "yes" or str(value).startswith("THEIRS")
    ]


def _found(session: ScopedSession, walk: Any, theirs: Theirs) -> list[Any]:
    """What a road gives; nothing where it is refused."""
    try:
        return list(_values(walk(session, theirs)))
    except (OutOfScope, SQLAlchemyError):
        return []
    finally:
        session.rollback()
        session.expunge_all()


def _values(found: Any):
    """Every plain value in what a road gave back, rows opened."""
    if isinstance(found, DeclarativeBase | Owned):
        state = inspect(found)
        known = [state.dict.get(key) for key in state.mapper.column_attrs.keys()]  # noqa: SIM118
        yield from _values(known)
    elif isinstance(found, list | tuple | Row):
        for part in found:
            yield from _values(part)
    elif found is not None and not isinstance(found, dict):
        yield found


def _secrets(session, deal: Deal) -> set[Any]:
    """What only the owner and the vendor know."""
    people = select(Person).where(Person.partner_id == deal.partner_id)
    notes = select(DealNote.note).where(DealNote.deal_id == deal.id)
    customer = session.get(Customer, deal.customer_id) if deal.customer_id else None
    return {
        deal.id, deal.number, deal.partner_id, deal.value_minor, deal.value_minor + 6_000_00,
        "theirs", "news of theirs", "note of mine", *session.scalars(notes),
        *(person.email for person in session.scalars(people)),
        *([customer.name, customer.id] if customer else []),
    }  # fmt: skip


def _kept(session: ScopedSession, theirs: Theirs) -> list[Any]:
    """Everything that is not the rival's, as it stands, what this transaction wrote included."""
    rows: list[Any] = []
    with vendor_side(session) as beside:
        for kind in KEPT:
            for row in beside.execute(select(*kind.__table__.c).order_by(kind.__table__.c.id)):
                one = row.id if kind is Partner else row._mapping.get("partner_id")
                if one not in (theirs.own_partner, session.scope.owner):
                    rows.append((kind.__name__, *row))
    return rows
