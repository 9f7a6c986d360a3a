"""The start pages: each answers the first question of its role."""

from datetime import timedelta

import pytest

from models.partners import Partner
from models.people import Person, Role
from tests.queries import counting


@pytest.fixture
def seller(a):
    a.programme()
    return a.seller(a.partner(name="Northwind Cycles"))


@pytest.mark.parametrize("role", list(Role))
def test_everybody_has_a_start_page(sign_in, a, role):
    a.programme()
    answer = sign_in(a.person(role=role, name="Ana Ruiz")).get("/")
    assert answer.status_code == 200
    assert "Good day, Ana" in answer.text


def test_an_empty_home_shows_at_most_five_steps_with_their_real_state(sign_in, a):
    a.programme()
    partner = a.partner(street="Hauptstr.", town="Berlin")
    page = sign_in(a.person(role=Role.PARTNER_ADMINISTRATOR, partner=partner)).get("/").text
    assert "Your first commission in 5 steps" in page
    assert "1 of 5 done" in page


def test_a_seller_is_not_told_to_do_the_administrators_steps(sign_in, seller):
    page = sign_in(seller).get("/").text
    assert "Register your first deal" in page
    assert "where to send your money" not in page


def test_the_checklist_goes_once_a_deal_is_won(sign_in, a, seller):
    a.won(partner=a.session.get_one(Partner, seller.partner_id))
    assert "Your first commission" not in sign_in(seller).get("/").text


def test_a_draft_and_a_question_are_what_the_seller_does_next(sign_in, a):
    a.programme()
    partner = a.partner()
    a.draft(partner=partner, customer_name="Halvorsen Marine AS")
    page = sign_in(a.seller(partner)).get("/").text
    assert "Finish the draft" in page
    assert "Halvorsen Marine AS" in page


def test_nobody_is_told_to_finish_another_partners_draft(sign_in, a, seller):
    a.draft(customer_name="Halvorsen Marine AS")
    assert "Halvorsen Marine AS" not in sign_in(seller).get("/").text


def test_a_channel_manager_sees_what_is_late_first(sign_in, a, session, now):
    a.programme()
    fresh = a.submitted(customer_name="Fresh Foods")
    late = a.submitted(customer_name="Late Lumber")
    late.decide_by = now - timedelta(hours=2)
    session.flush()
    page = sign_in(a.session.get_one(Person, fresh.channel_manager_id)).get("/").text
    assert "1 decision is late." in page
    assert page.index("Late Lumber") < page.index("Fresh Foods")
    assert "2 h overdue" in page


def test_a_channel_manager_does_not_see_a_colleagues_queue(sign_in, a):
    a.programme()
    a.submitted(customer_name="Not Yours Ltd")
    assert "Not Yours Ltd" not in sign_in(a.manager()).get("/").text


def test_a_sales_manager_sees_what_comes_and_what_stands_still(sign_in, a, session, now):
    a.programme()
    deal = a.submitted(customer_name="Sleepy Sails")
    deal.updated_at = now - timedelta(days=30)
    session.flush()
    page = sign_in(a.session.get_one(Person, deal.sales_manager_id)).get("/").text
    assert page.count("Sleepy Sails") == 2  # newest of hers, and without activity
    assert "Pipeline by stage and month" in page


def test_finance_is_told_when_nothing_is_owed(sign_in, a):
    a.programme()
    page = sign_in(a.finance()).get("/").text
    assert "Everything that was stated is paid." in page
    assert "Every ended month is closed." in page


def test_a_start_page_needs_few_queries(sign_in, a, app):
    a.plan()
    partner = a.partner()
    for _ in range(12):
        a.submitted(partner=partner)
    client = sign_in(a.seller(partner))
    with counting(app) as asked:
        client.get("/")
    assert len(asked) <= 31  # however many deals are open: what they would earn is among it
