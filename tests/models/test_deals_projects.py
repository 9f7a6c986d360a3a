"""One registration is one customer, one product family and one project."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from models import deals
from models.customers import CustomerDetails
from models.deals import DealStatus, collide, project_key
from models.errors import Refused

CUSTOMER = "Kestrel Foods Ltd"


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Depot Süd", "DEPOT-SUD ", True),
        ("Phase 2 (HQ)", "phase 2, hq", True),
        ("Phase 1", "Phase 2", False),
        ("", "Phase 2", True),
        ("", "", True),
        ("!!!", "Phase 2", True),
    ],
)
def test_projects_are_the_same_whatever_the_spelling_and_no_project_is_all(one, other, is_same):
    assert collide(project_key(one), project_key(other)) is is_same


@given(st.text(max_size=60), st.text(max_size=60))
def test_colliding_is_mutual_and_a_project_collides_with_itself(one, other):
    one, other = project_key(one), project_key(other)
    assert collide(one, other) == collide(other, one)
    assert collide(one, one) and project_key(one) == one


def test_two_partners_may_be_protected_for_two_projects_of_one_customer(session, a, now):
    one = a.approved(customer_name=CUSTOMER, project="Depot South")
    two = a.approved(customer_name=CUSTOMER, project="Depot North")
    assert one.customer_id == two.customer_id
    assert one.status is two.status is DealStatus.APPROVED
    assert deals.rivals(session, two, on=now.date()) == []


@pytest.mark.parametrize(
    ("first", "second"), [("Depot South", "depot south"), ("", "Depot South"), ("Depot South", "")]
)
def test_the_same_project_or_none_at_all_stands_in_the_way(session, a, now, first, second):
    a.approved(customer_name=CUSTOMER, project=first)
    later = a.submitted(customer_name=CUSTOMER, project=second)
    with pytest.raises(Refused, match="is protected for"):
        deals.approve(session, later, by=a.decider(), now=now)


@pytest.mark.parametrize(
    ("first", "second", "is_forbidden"),
    [
        ("Depot South", "Depot North", False),
        ("Depot South", "Depot South", True),
        ("", "Depot South", True),
        ("Depot South", "", True),
        ("", "", True),
    ],
)
def test_the_database_itself_knows_projects_apart(session, a, now, first, second, is_forbidden):
    one = a.approved(customer_name=CUSTOMER, project=first)
    two = a.submitted(customer_name=CUSTOMER, project=second)
    two.approved_on, two.protected_through = one.approved_on, one.protected_through
    two.status = DealStatus.APPROVED
    if not is_forbidden:
        return session.flush()
    with pytest.raises(IntegrityError):
        session.flush()


def test_giving_up_the_project_of_a_protected_deal_is_judged_by_the_database(session, a):
    a.approved(customer_name=CUSTOMER, project="Depot South")
    two = a.approved(customer_name=CUSTOMER, project="Depot North")
    two.project_key = ""
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_partner_is_told_of_its_own_registration_before_it_submits_another(session, a, now):
    known = a.submitted(customer_name=CUSTOMER, project="Depot South")
    details = CustomerDetails(name="Kestrel Foods", country="DE")

    def alike(project, partner_id=known.partner_id):
        found = deals.own_alike(
            session, details, partner_id=partner_id, family_id=known.family_id, project=project
        )
        return [row.number for row in found]

    assert alike("DEPOT SOUTH") == alike("") == [known.number]
    assert alike("Depot North") == []
    assert alike("", partner_id=a.partner().id) == []
    deals.withdraw(session, known, by=a.registrant(known), now=now + timedelta(hours=1))
    assert alike("Depot South") == []
