"""Drafts of other territories: begun, changed, overtaken, published, read afterwards."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models import redrawing, territories
from models.customers import merge
from models.errors import Refused
from models.territories import Area, Facts, Territory, TerritoryArea, TerritoryDetails, drawings
from models.territories.current import map_of

TODAY = date(2026, 11, 18)
NEXT_MONTH = date(2026, 12, 1)
BERLIN = Facts(country="DE", postal="10115")


@pytest.fixture
def by(a):
    return a.manager().actor()


@pytest.fixture
def drawing(session, by, now):
    return drawings.begin(session, "Next year", by=by, now=now)


@pytest.fixture
def put(session, drawing, now):
    """put(territory or None, **details): into the draft."""

    def put(instead_of=None, **said):
        usual = {"name": "Thought of", "areas": [Area.read("country", "DE")]}
        details = TerritoryDetails(**(usual | said))
        return drawings.put(session, drawing, details, instead_of=instead_of, now=now)

    return put


@pytest.fixture
def publish(session, drawing, by, now):
    def publish(on=NEXT_MONTH):
        territories.publish(session, drawing, on=on, today=TODAY, by=by, now=now)

    return publish


def holder(session, on, facts=BERLIN):
    found = map_of(session).index.resolve(Facts(on=on, country=facts.country, postal=facts.postal))
    return found.winner.rule.name if found.winner else None


def test_a_draft_holds_nothing_until_it_is_published_and_from_that_day_on(
    session, a, put, publish, drawing
):
    standing = a.territory(("country", "DE"), name="Germany", external_id="DE-1")
    successor = put(standing, name="Germany, newly drawn")
    assert holder(session, NEXT_MONTH) == "Germany"
    publish()
    assert holder(session, NEXT_MONTH - timedelta(days=1)) == "Germany"
    assert holder(session, NEXT_MONTH) == "Germany, newly drawn"
    assert (standing.to_on, successor.from_on) == (NEXT_MONTH, NEXT_MONTH)
    assert (standing.external_id, successor.external_id) == ("DE-1 until 2026-12-01", "DE-1")
    old = session.execute(territories.listed(on=TODAY)).all()
    assert [row.name for row in old] == ["Germany"]  # the old one stays readable
    assert [change["verb"] for change in drawing.changes] == ["changed"]


def test_one_that_ends_in_the_draft_ends_on_the_day_and_a_new_one_begins(
    session, a, put, publish, drawing, now
):
    gone = a.territory(("country", "DE"), name="Gone")
    drawings.leave_out(session, drawing, gone, now=now)
    put(name="France", areas=[Area.read("country", "FR")])
    publish()
    assert holder(session, NEXT_MONTH) is None
    assert holder(session, NEXT_MONTH, Facts(country="FR")) == "France"
    assert sorted(change["verb"] for change in drawing.changes) == ["ends", "new"]


def test_a_change_meanwhile_stops_the_draft_until_somebody_has_looked(
    session, a, put, publish, drawing, by, now
):
    standing = a.territory(("country", "DE"), name="Germany")
    copy = put(standing)
    details = TerritoryDetails(name="Germany and Austria", areas=[Area.read("region", "DACH")])
    territories.redraw(session, standing, details, by=by, now=now)
    with pytest.raises(Refused, match="Germany and Austria: changed since"):
        publish()
    put(copy)
    publish()
    assert holder(session, NEXT_MONTH) == "Thought of"


def test_what_is_not_changed_in_the_draft_follows_what_stands(session, a, put, drawing):
    a.territory(("country", "DE"))
    later = a.territory(("country", "FR"), name="Claimed meanwhile")
    put(a.territory(("country", "GB")))
    assert later.id in {rule.id for rule in drawings.drawn(session, drawing)}


def test_a_draft_is_simulated_as_it_would_be(session, a, put, drawing):
    a.programme()
    owner = a.partner()
    standing = a.territory(("country", "DE"))
    a.customer(country="DE")
    a.territory(("country", "DE"), status="ended", name="Long over")
    put(standing, owner_id=owner.id)
    rules = drawings.drawn(session, drawing)
    found = redrawing.simulate(session, rules, instead=True, today=TODAY, on=NEXT_MONTH)
    (move,) = found.moved_customers
    assert (move.before.territory, move.after.territory) == (standing.id, standing.id)
    assert move.after.owner == owner.id and not move.after.is_doubly_owned


def test_a_change_is_taken_back_and_a_draft_is_given_up(session, a, put, drawing, by, now):
    standing = a.territory(("country", "DE"))
    row = put(standing)
    assert drawings.copy_of(session, drawing, standing.id) is row
    drawings.forget(session, drawing, row)
    assert drawings.copy_of(session, drawing, standing.id) is None
    put(standing)
    drawings.give_up(session, drawing, by=by, now=now)
    assert session.scalars(select(Territory)).all() == [standing]
    with pytest.raises(Refused, match="given up by"):
        put(standing)


@pytest.mark.parametrize(("on", "reason"), [(TODAY - timedelta(days=1), "passed")])
def test_a_day_that_has_passed_is_refused(put, publish, on, reason):
    put()
    with pytest.raises(Refused, match=reason):
        publish(on)


def test_an_empty_draft_is_not_published(publish):
    with pytest.raises(Refused, match="changes nothing yet"):
        publish()


def test_the_children_of_a_changed_territory_have_its_managers_from_that_day_on(
    session, a, put, publish
):
    rosa, ben = a.manager(), a.manager()
    a.vendor(default_channel_manager_id=a.manager().id)
    top = a.territory(("country", "DE"), channel_manager_id=rosa.id)
    a.territory(("postal", "10*", "DE"), parent_id=top.id)
    put(top, channel_manager_id=ben.id)
    publish()
    for day, manager in ((NEXT_MONTH - timedelta(days=1), rosa), (NEXT_MONTH, ben)):
        found = territories.preview(session, Facts(on=day, country="DE", postal="10115"))
        assert found.channel_manager_id == manager.id


def test_a_named_account_points_to_its_customer_and_follows_it_when_customers_are_merged(
    session, a, by, now
):
    acme = a.customer("Acme GmbH", domain="acme.de")
    details = TerritoryDetails(name="Acme", areas=[Area.read("account", "acme.de")])
    territory = territories.draw(session, details, by=by, now=now)
    (row,) = session.scalars(select(TerritoryArea))
    assert row.customer_id == acme.id
    survivor = a.customer("Acme Holding AG", domain="acme-holding.com")
    merge(session, survivor, acme, reason="the same company", by=by, now=now)

    def winner(**known):
        return map_of(session).index.resolve(Facts(on=TODAY, country="DE", **known)).winner

    assert winner(account=str(survivor.id)).rule.id == territory.id
    assert winner(domain="acme.de").rule.id == territory.id
    assert winner(account=str(acme.id)) is None


def test_a_domain_of_two_customers_points_to_neither(session, a, by, now):
    for country in ("DE", "FR"):
        a.customer(f"Acme {country}", domain="acme.com", country=country)
    details = TerritoryDetails(name="Acme", areas=[Area.read("account", "acme.com")])
    territories.draw(session, details, by=by, now=now)
    assert session.scalars(select(TerritoryArea)).one().customer_id is None


def test_a_registered_deal_of_a_named_customer_goes_to_its_territory(session, a, by, now):
    a.programme()
    known = a.customer("Acme GmbH", domain="acme.de")
    details = TerritoryDetails(name="Acme", areas=[Area.read("account", str(known.id))])
    territory = territories.draw(session, details, by=by, now=now)
    deal = a.submitted(customer_name="Acme GmbH")  # without its web address
    assert (deal.customer_id, deal.territory_id) == (known.id, territory.id)


def test_a_postal_code_that_lost_its_zero_is_told(session, by, now):
    details = TerritoryDetails(name="Boston", areas=[Area.read("postal", "2110", "US")])
    with pytest.raises(Refused, match="with its zero"):
        territories.draw(session, details, by=by, now=now)
