"""Territories as they are kept: drawn, changed, asked, and everything routed to named people."""

from datetime import date

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from models import engine as engines
from models import territories
from models.errors import Refused
from models.people import PersonStatus
from models.scope import Scope, open_session
from models.territories import Area, Facts, RoutingLog, TerritoryArea, TerritoryDetails
from models.territories.current import map_of

DAY = date(2026, 11, 18)
SEATTLE = Facts(country="US", subdivision="US-WA", postal="98101")


@pytest.fixture
def staff(a):
    """Default managers, and two more."""
    people = {
        "default": a.manager(name="Dora Default"),
        "seller": a.sales_manager(name="Sam Default"),
        "rosa": a.manager(name="Rosa Kim"),
        "ben": a.sales_manager(name="Ben Ode"),
    }
    a.vendor(
        default_channel_manager_id=people["default"].id,
        default_sales_manager_id=people["seller"].id,
    )
    return people


@pytest.fixture
def route(session, a, now):
    def route(facts=SEATTLE, on=DAY):
        return territories.route(session, facts, on=on, about=("deal", a.family().id), now=now)

    return route


def test_a_deal_is_routed_to_the_managers_of_its_territory_and_the_log_says_why(
    session, a, staff, route
):
    country = a.territory(("country", "US"), name="All states", sales_manager_id=staff["ben"].id)
    northwest = a.territory(
        ("postal", "98*", "US"),
        name="Northwest",
        parent_id=country.id,
        channel_manager_id=staff["rosa"].id,
    )

    routing = route()

    assert routing.territory_id == northwest.id
    assert routing.channel_manager_id == staff["rosa"].id
    assert routing.sales_manager_id == staff["ben"].id  # of the territory above
    assert routing.why == "United States, Northwest: postal code 98… beats the country rule"
    log = session.scalars(select(RoutingLog)).one()
    assert (log.why, log.territory_id, log.is_conflict) == (routing.why, northwest.id, False)
    assert log.facts["postal"] == "98101" and log.revision == map_of(session).revision


def test_what_no_territory_holds_goes_to_the_default_managers(staff, route):
    routing = route(Facts(country="KE"))
    assert routing.territory_id is None
    assert routing.channel_manager_id == staff["default"].id
    assert routing.sales_manager_id == staff["seller"].id
    assert "Kenya" in routing.why and "default managers" in routing.why


def test_without_default_managers_somebody_of_the_staff_is_named(a, route):
    a.vendor()
    administrator = a.administrator()
    assert route().channel_manager_id == administrator.id
    manager = a.manager()
    assert route().channel_manager_id == manager.id


def test_a_manager_who_has_left_is_passed_over(a, staff, route):
    staff["rosa"].status = PersonStatus.LEFT
    a.territory(("country", "US"), channel_manager_id=staff["rosa"].id)
    assert route().channel_manager_id == staff["default"].id


def test_a_delegate_has_the_work_while_the_manager_is_away(session, a, staff, route, now):
    a.territory(("country", "US"), channel_manager_id=staff["rosa"].id)
    away = territories.note_absence(
        session,
        person_id=staff["rosa"].id,
        delegate_id=staff["ben"].id,
        from_on=DAY,
        through=DAY,
        by=a.manager().actor(),
        now=now,
    )
    assert route().channel_manager_id == staff["ben"].id
    assert route(on=date(2026, 11, 19)).channel_manager_id == staff["rosa"].id
    territories.end_absence(session, away, by=a.manager().actor(), now=now)
    assert route().channel_manager_id == staff["rosa"].id


def test_territories_that_hold_equally_are_a_conflict(a, staff, route):
    a.territory(("country", "US"), name="Old", from_on=date(2026, 1, 1))
    a.territory(("country", "US"), name="Older", from_on=date(2025, 1, 1))
    routing = route()
    assert routing.conflict and routing.territory_name == "Older"
    assert "until a person has chosen" in routing.why


def test_a_change_of_a_territory_is_seen_by_the_next_question(session, a, staff, route, now):
    territory = a.territory(("country", "US"), channel_manager_id=staff["rosa"].id)
    assert route().territory_id == territory.id
    by = a.manager().actor()
    details = TerritoryDetails(name="Canada", areas=[Area.read("country", "CA")])
    territories.redraw(session, territory, details, by=by, now=now)
    assert route().territory_id is None
    assert session.scalar(select(func.count(TerritoryArea.id))) == 1


def test_the_territories_are_read_once_by_all_transactions(session, engine, a):
    a.territory(("country", "US"))
    session.commit()
    with open_session(engine, Scope.vendor()) as reader:
        assert map_of(reader) is map_of(session)


def test_another_process_sees_a_change_with_its_next_question(session, database_url, a):
    territory = a.territory(("country", "US"))
    session.commit()
    elsewhere = engines.connect(database_url)  # a pool of its own, like a process
    with open_session(elsewhere, Scope.vendor()) as reader:
        assert map_of(reader).index.rules[territory.id].name == territory.name
    territory.name = "Renamed"
    session.commit()
    with open_session(elsewhere, Scope.vendor()) as reader:
        assert map_of(reader).index.rules[territory.id].name == "Renamed"
    elsewhere.dispose()


def test_many_rows_changed_by_one_statement_are_seen_too(session, a):
    territory = a.territory(("country", "US"))
    before = map_of(session).revision
    session.execute(update(TerritoryArea).values(value="CA"))
    assert map_of(session).revision != before
    assert map_of(session).index.rules[territory.id].areas == (Area.read("country", "CA"),)


def test_a_change_that_is_taken_back_is_forgotten(session, a, staff, route):
    territory = a.territory(("country", "US"))
    session.commit()
    territory.name = "Renamed"
    assert route().territory_name == "Renamed"
    session.rollback()
    assert route().territory_name == territory.name != "Renamed"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"areas": []}, "at least one place"),
        ({"areas": [Area.read("country", "ZZ")]}, "no country"),
        ({"areas": [Area.read("subdivision", "US-ZZ")]}, "no state"),
        ({"areas": [Area.read("region", "Narnia")]}, "no region"),
        ({"areas": [Area.read("postal", "98*", "ZZ")]}, "no country"),
        ({"excluded": [Area.read("country", "ZZ")]}, "no country"),
        ({"naics": ["52", "5299999"]}, "5299999 is no industry"),
        ({"is_exclusive": True}, "choose the partner"),
        ({"from_on": DAY, "to_on": DAY}, "ends before"),
        ({"employees_from": 10, "employees_to": 9}, "below the smallest"),
    ],
)
def test_a_territory_that_cannot_be_is_refused_with_a_remedy(session, a, now, wrong, reason):
    right = {"name": "T", "areas": [Area.read("country", "US")]}
    with pytest.raises(Refused, match=reason):
        territories.draw(
            session, TerritoryDetails(**(right | wrong)), by=a.manager().actor(), now=now
        )


def test_a_territory_never_stands_below_itself(session, a, now):
    top = a.territory(("country", "US"))
    below = a.territory(("subdivision", "US-WA"), parent_id=top.id)
    details = TerritoryDetails(name="Top", areas=[Area.read("global")], parent_id=below.id)
    with pytest.raises(Refused, match="below itself"):
        territories.redraw(session, top, details, by=a.manager().actor(), now=now)


def test_the_routing_log_is_never_changed(session, a, staff, route):
    route()
    with pytest.raises(DBAPIError, match="never changed"):
        session.execute(update(RoutingLog).values(why="another"))


def test_the_list_is_searched_and_counts_areas(session, a):
    a.territory(("country", "US"), ("country", "CA"), excluded=[("country", "DE")], name="North")
    a.territory(("country", "DE"), name="South")
    (row,) = session.execute(territories.listed(search="nor"))
    assert (row.name, row.area_count) == ("North", 2)
    assert territories.how_many(session, territories.listed()) == 2
