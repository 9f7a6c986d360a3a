"""What a redrawing of the territories would change, over the last months' business."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from models import redrawing
from models.customers import Customer
from models.redrawing import Balance
from models.territories import Area, Qualifiers, Rule, TerritoryStatus

TODAY = date(2026, 11, 18)
NEW = UUID(int=1)
OTHER = UUID(int=2)


def rule(*places, id=NEW, **said):
    usual = {"name": "Thought of", "status": TerritoryStatus.DRAFT}
    return Rule(id=id, areas=tuple(Area.read(*place) for place in places), **(usual | said))


@pytest.fixture
def ask(session, a):
    a.programme()

    def ask(*rules, instead=False, **said):
        return redrawing.simulate(session, rules, instead=instead, today=TODAY, **said)

    return ask


def test_a_deal_in_the_new_territory_moves_with_its_managers_and_others_stay(a, ask):
    bolt = a.partner(name="Bolt")
    kept = a.territory(("country", "DE"), channel_manager_id=a.manager().id)
    inside = a.approved(customer_postal_code="80331", value=5_000_00)
    outside = a.approved(customer_postal_code="10115")
    rosa, sam = a.manager(), a.sales_manager()

    found = ask(
        rule(
            ("postal", "80-81", "DE"), owner=bolt.id, channel_manager=rosa.id, sales_manager=sam.id
        )
    )

    (move,) = found.moved_deals
    assert (move.id, move.before.territory, move.before.owner) == (inside.id, kept.id, None)
    assert (move.after.territory, move.after.owner) == (NEW, bolt.id)
    assert (move.after.channel_manager, move.after.sales_manager) == (rosa.id, sam.id)
    assert move.changes_owner and move.changes_manager and move.is_open
    assert outside.id in {each.id for each in found.deals}
    before, after = found.by_owner()[bolt.id]
    assert (before.open_minor, after.open_minor, after.deals) == (0, 5_000_00, 1)
    assert found.territory_names[NEW] == "Thought of"


def test_instead_of_todays_leaves_the_rest_to_nobody(a, ask):
    bolt = a.partner()
    a.territory(("country", "DE"), owner_id=bolt.id)
    customer = a.customer(country="DE", postal_code="10115")
    found = ask(rule(("postal", "80-81", "DE")), instead=True)
    (move,) = found.moved_customers
    assert move.id == customer.id and move.becomes_nobodys and move.after.territory is None
    assert [each.id for each in found.nobodys_customers] == [customer.id]


def test_a_territory_with_the_id_of_one_that_stands_takes_its_place(a, ask):
    standing = a.territory(("country", "DE"), owner_id=a.partner().id)
    a.customer(country="DE")
    found = ask(rule(("country", "FR"), id=standing.id))
    assert [move.becomes_nobodys for move in found.customers] == [True]


def test_what_two_partners_would_hold_equally_is_doubly_owned(a, ask):
    a.customer(country="DE")
    one, two = a.partner(), a.partner()
    found = ask(
        rule(("country", "DE"), owner=one.id), rule(("country", "DE"), id=OTHER, owner=two.id)
    )
    (move,) = found.doubly_owned_customers
    assert move.after.owners == {one.id, two.id} and move.after.tied == (OTHER,)


def test_a_territory_that_does_not_hold_on_the_day_changes_nothing(a, ask):
    a.customer(country="DE")
    later = rule(("country", "DE"), from_on=TODAY + timedelta(days=1))
    assert ask(later).moved_customers == []
    assert len(ask(later, on=TODAY + timedelta(days=1)).moved_customers) == 1


def test_old_business_is_left_out_but_open_deals_never(a, ask, session):
    old, open_, won = a.won(order_number="1"), a.approved(), a.won(order_number="2")
    for deal in (old, open_):
        deal.submitted_at -= timedelta(days=400)
    old.won_on -= timedelta(days=400)
    a.draft()
    session.flush()
    assert {move.id for move in ask().deals} == {open_.id, won.id}


def test_what_was_invoiced_stands_with_the_owner_of_the_customer(a, ask, session):
    bolt = a.partner()
    deal = a.won()
    invoice = a.invoice(deal=deal)
    found = ask(rule(("country", "DE"), owner=bolt.id))
    before, after = found.by_owner()[bolt.id]
    assert before == Balance()
    assert after.revenue_minor == invoice.net_minor and after.customers == 1
    assert after.won_minor == deal.value.minor


def test_an_industry_and_a_size_are_asked_of_the_customer(a, ask, session):
    deal = a.approved()
    fits = rule(("country", "DE"), qualifiers=Qualifiers(naics=("52",), employees=(250, None)))
    assert ask(fits).moved_deals == []
    known = session.get_one(Customer, deal.customer_id)
    known.naics, known.employees = "522110", 300
    session.flush()
    assert [move.id for move in ask(fits).moved_deals] == [deal.id]
