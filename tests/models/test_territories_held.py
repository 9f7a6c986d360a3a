"""Exclusive territories never meet, whoever draws them: by hand, in a draft, by a claim."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models import claims, deals, territories
from models.errors import Refused
from models.territories import Area, TerritoryDetails, TerritoryHold, TerritoryStatus, drawings

END = date(2027, 6, 30)


@pytest.fixture
def draw(session, a, now):
    """draw(*places, …) → a territory that one partner holds alone, drawn by the vendor."""
    a.programme()

    def draw(*places, cut_out=(), partner=None, **said):
        details = TerritoryDetails(
            name=said.pop("name", "Drawn"),
            areas=[Area.read(*place) for place in places],
            excluded=[Area.read(*place) for place in cut_out],
            owner_id=(partner or a.partner(name="Bolt Cycles")).id,
            is_exclusive=True,
            **said,
        )
        return territories.draw(session, details, by=a.decider(), now=now)

    return draw


@pytest.fixture
def redraw(session, a, now):
    def redraw(territory, **said):
        after = replace(territories.details_of(territory), **said)
        territories.redraw(session, territory, after, by=a.decider(), now=now)

    return redraw


@pytest.fixture
def publish(session, a, now):
    """publish(on, (territory or None, details), …)"""

    def publish(on, *changes):
        drawing = drawings.begin(session, "Other", by=a.decider(), now=now)
        for standing, details in changes:
            drawings.put(session, drawing, details, instead_of=standing, now=now)
        session.flush()
        territories.publish(session, drawing, on=on, today=now.date(), by=a.decider(), now=now)

    return publish


def test_the_vendor_cannot_give_one_place_to_two_partners_alone(draw, a, redraw):
    draw(("country", "DE"), name="Germany")
    with pytest.raises(Refused, match=r"Bolt Cycles holds a part of Drawn alone, in Germany\."):
        draw(("postal", "80*", "DE"), partner=a.partner())
    north = draw(("country", "DK"), partner=a.partner())
    with pytest.raises(Refused, match="in Germany"):
        redraw(north, areas=[Area.read("subdivision", "DE-SH")])


def test_what_is_cut_out_ended_or_opened_is_free_for_another(draw, a, redraw, now):
    germany = draw(("country", "DE"), cut_out=[("postal", "80*", "DE")])
    draw(("postal", "80331", "DE"), partner=a.partner())
    redraw(germany, to_on=now.date() + timedelta(days=30))
    draw(("country", "DE"), cut_out=[("postal", "80*", "DE")], partner=a.partner(),
         from_on=now.date() + timedelta(days=30))  # fmt: skip
    redraw(germany, is_exclusive=False)
    draw(("postal", "10115", "DE"), partner=a.partner(), to_on=now.date() + timedelta(days=9))


def test_one_account_is_held_alone_by_one(draw, a):
    a.customer("Acme GmbH", domain="acme.de", external_id="4711")
    draw(("account", "acme.de"))
    with pytest.raises(Refused, match="Bolt Cycles"):
        draw(("account", "4711"), partner=a.partner())


def test_states_and_postal_codes_that_nobody_can_compare_are_not_both_held_alone(session, draw, a):
    draw(("subdivision", "DE-BY"), to_on=END)
    says = r"In Germany states and postal codes cannot be told apart"
    with pytest.raises(Refused, match=says) as refused, session.begin_nested():
        draw(("postal", "20095", "DE"), partner=a.partner())
    assert isinstance(refused.value.__cause__, IntegrityError), "the database's word"
    draw(("subdivision", "DE-SN"), ("postal", "20095", "DE"), partner=a.partner(),
         products=["bikes"], from_on=END)  # fmt: skip
    draw(("subdivision", "DE-HH"), partner=a.partner(), to_on=END)
    draw(("subdivision", "US-CT"), partner=a.partner())
    draw(("postal", "06390", "US"), partner=a.partner())  # New York's, for all its number


def test_claims_and_what_the_vendor_draws_never_meet(draw, a, session, now):
    a.holding(("country", "DE"), partner=a.partner(name="Claimer"))
    with pytest.raises(Refused, match="Claimer"):
        draw(("postal", "80*", "DE"))
    draw(("country", "FR"))
    claim = a.claimed(("postal", "75*", "FR"))
    with pytest.raises(Refused, match="Bolt Cycles"):
        claims.approve(session, claim, by=a.decider(), now=now)


def test_a_list_of_postal_codes_cannot_take_what_another_holds(draw, a, session, now):
    draw(("postal", "80*", "DE"))
    own = draw(("postal", "90*", "DE"), partner=a.partner())
    listed = [Area.read("postal", code, "DE") for code in ("90402", "80331")]
    kind = listed[0].kind
    with pytest.raises(Refused, match="Bolt Cycles"):
        territories.relist(session, own, kind, listed, by=a.decider(), now=now)


def test_a_draft_may_divide_an_exclusive_territory_but_not_double_it(
    draw, a, publish, now, session
):
    germany, tomorrow = draw(("country", "DE"), name="Germany"), now.date() + timedelta(days=1)
    whole, bavaria = territories.details_of(germany), [Area.read("subdivision", "DE-BY")]
    other = replace(whole, name="South", areas=bavaria, owner_id=a.partner().id, external_id=None)
    with pytest.raises(Refused, match="Bolt Cycles"):
        publish(tomorrow, (None, other))
    session.rollback()


def test_a_published_draft_holds_from_its_day_on(draw, a, publish, now, session):
    germany, tomorrow = draw(("country", "DE"), name="Germany"), now.date() + timedelta(days=1)
    whole, bavaria = territories.details_of(germany), [Area.read("subdivision", "DE-BY")]
    other = replace(whole, name="South", areas=bavaria, owner_id=a.partner().id, external_id=None)
    publish(tomorrow, (germany, replace(whole, excluded=bavaria)), (None, other))
    held = session.scalars(select(TerritoryHold).order_by(TerritoryHold.from_on)).all()
    assert held[0].territory_id == germany.id and held[0].to_on == tomorrow
    assert {each.from_on for each in held[1:]} == {tomorrow}


def test_what_a_claim_gave_is_neither_redrawn_nor_published_away(a, session, publish, redraw, now):
    claim, tomorrow = a.holding(("country", "DE")), now.date() + timedelta(days=1)
    land = session.get_one(territories.Territory, claim.territory_id)
    given = territories.details_of(land)
    smaller = {"excluded": [Area.read("subdivision", "DE-BY")]}
    with pytest.raises(Refused, match="only by way of the claim"):
        redraw(land, **smaller)
    with pytest.raises(Refused, match="only by way of the claim"):
        publish(tomorrow, (land, replace(given, **smaller)))


def test_a_claim_that_got_other_managers_by_a_draft_ends_as_a_whole(a, session, publish, now):
    claim, tomorrow = a.holding(("country", "DE")), now.date() + timedelta(days=1)
    land = session.get_one(territories.Territory, claim.territory_id)
    given = territories.details_of(land)
    publish(tomorrow, (land, replace(given, channel_manager_id=a.manager().id)))
    claims.give_up(session, claim, note="No longer", by=a.head_of(claim), now=now)
    session.expire_all()
    states = session.scalars(select(territories.Territory.status)).all()
    assert states == [TerritoryStatus.ENDED] * 2
    assert session.scalars(select(TerritoryHold)).all() == []


def test_exclusive_ones_from_before_are_held_unless_they_meet(a, session, now):
    a.programme()
    for place in (("country", "DE"), ("postal", "80*", "DE"), ("country", "FR")):
        a.territory(place, name=place[1], owner_id=a.partner().id, is_exclusive=True)
    (left,) = territories.hold_missing(session, today=now.date())
    assert left.name == "80*"
    assert session.execute(territories.unheld(now.date())).all() == [(left.id, "80*")]


@pytest.fixture
def merge(session, a, now):
    """merge(survivor, merged) → the merge; merge.undo(it) takes it back."""
    told = {"reason": "The same company.", "by": a.decider(), "now": now}

    def merge(survivor, merged):
        return deals.merge_customers(session, survivor, merged, **told)

    merge.undo = lambda done: deals.undo_merge(session, done, **told)
    return merge


def test_an_account_that_is_held_alone_follows_its_customer_when_it_is_merged(
    session, draw, a, merge
):
    acme = a.customer("Acme GmbH", domain="acme.de")
    holding = a.customer("Holding AG", domain="holding.com")
    draw(("account", "acme.de"))
    done = merge(holding, acme)
    with pytest.raises(Refused, match="Bolt Cycles holds a part"), session.begin_nested():
        draw(("account", "holding.com"), partner=a.partner())
    merge.undo(done)
    draw(("account", "holding.com"), partner=a.partner())
    with pytest.raises(Refused, match="Bolt Cycles holds a part"), session.begin_nested():
        draw(("account", str(acme.id)), partner=a.partner())


def test_two_customers_that_two_partners_hold_alone_are_not_merged(session, draw, a, merge, now):
    acme, other = a.customer("Acme", domain="acme.de"), a.customer("Other", domain="other.de")
    draw(("account", "acme.de"), name="One", products=["bikes"])
    theirs = draw(("account", "other.de"), name="Two", partner=a.partner(name="Ciclo"),
                  products=["bikes", "parts"])  # fmt: skip
    with pytest.raises(
        Refused, match=r"Bolt Cycles holds One alone, Ciclo holds Two, .* then merge"
    ):
        merge(acme, other)
    after = replace(territories.details_of(theirs), products=["parts"])
    territories.redraw(session, theirs, after, by=a.decider(), now=now)
    merge(acme, other)
