"""What a deal could earn is told before it is submitted, as exactly as honesty allows."""

import pytest
from sqlalchemy import func, select

from models import commissions
from models.commissions import CommissionLine, Prospect, RatedEvent
from models.commissions.rated import RatingState
from models.money import Money
from models.scope import Scope, open_session


@pytest.fixture
def partner(a):
    a.programme()
    return a.partner(currency="EUR")


def estimated(session, a, partner, *, value=10_000_00, quantity=1):
    product = a.sold()
    prospect = Prospect("new_business", partner.currency, ((product.id, quantity, value),), 90)
    return commissions.estimate(session, prospect, partner_id=partner.id, now=a.now)


FLAT = {"base": {"type": "flat", "rate": "0.10"}}


def test_a_flat_plan_gives_the_exact_figure_and_names_itself(session, a, partner):
    a.plan(FLAT)
    found = estimated(session, a, partner)
    assert (found.amount, found.about) == (Money(1_000_00, "EUR"), "")
    assert "which applies to you today" in found.notes[-1]


def test_nothing_of_an_estimate_is_kept(session, a, partner):
    a.plan(FLAT)
    first = estimated(session, a, partner)
    assert estimated(session, a, partner) == first
    for table in (CommissionLine, RatedEvent, RatingState):
        assert session.scalar(select(func.count(table.id))) == 0


def test_without_a_plan_it_says_so_and_gives_no_figure(session, a, partner):
    found = estimated(session, a, partner)
    assert found.amount is None and "cannot say yet" in found.notes[0]


def test_a_margin_plan_gives_no_figure_because_it_would_tell_our_cost(session, a, partner):
    a.plan({"base": {"type": "margin", "rate": "0.20"}})
    found = estimated(session, a, partner)
    assert found.amount is None and "of the margin" in found.notes[0]


def test_a_plan_by_volume_says_about_and_why(session, a, partner):
    tiers = [["0", "0.05"], ["5000", "0.10"]]
    a.plan({"base": {"type": "tier", "mode": "marginal", "window": "quarter", "tiers": tiers}})
    found = estimated(session, a, partner)
    assert found.about == "about" and "same quarter" in found.notes[0]
    assert found.amount == Money(750_00, "EUR")


def test_a_monthly_cap_makes_it_up_to(session, a, partner):
    a.plan(FLAT | {"period_cap": "300.00"})
    found = estimated(session, a, partner)
    assert (found.about, found.amount) == ("up to", Money(300_00, "EUR"))


def test_the_uplift_of_a_registration_is_part_of_it(session, a, partner):
    a.plan(FLAT | {"dealreg_uplift": "0.02"})
    found = estimated(session, a, partner)
    assert found.amount == Money(1_200_00, "EUR")
    assert any("uplift of 2% is part of it" in note for note in found.notes)


def test_a_partner_asks_within_its_own_walls(engine, session, a, partner):
    a.plan(FLAT)
    product, partner_id, now = a.sold().id, partner.id, a.now
    session.commit()
    with open_session(engine, Scope.partner(partner_id)) as own:
        prospect = Prospect("new_business", "EUR", ((product, 1, 10_000_00),), 90)
        found = commissions.estimate(own, prospect, partner_id=partner_id, now=now)
    assert found.amount == Money(1_000_00, "EUR")
