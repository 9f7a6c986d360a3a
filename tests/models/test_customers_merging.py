"""Two records of one customer are merged, found under both names, and taken apart again."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from models import customers, deals
from models import engine as engines
from models.audit import AuditEntry
from models.customers import Customer, CustomerDetails, CustomerLink, CustomerMerge
from models.deals import Deal, DealMatch
from models.errors import Refused
from models.sales import Invoice
from models.scope import Scope, open_session

WHY = "The same company: one is its brand."


@pytest.fixture
def merge(session, a, now):
    a.programme()
    by = a.manager().actor()
    return lambda survivor, merged: deals.merge_customers(
        session, survivor, merged, reason=WHY, by=by, now=now
    )


@pytest.fixture
def undo(session, a, now):
    by = a.administrator().actor()
    return lambda done: customers.undo(session, done, reason="They are two.", by=by, now=now)


def of(session, row):
    return session.get_one(Customer, row.customer_id)


def pointing(session):
    """What every row that points at a customer points at."""
    session.expire_all()
    return {
        (table.__tablename__, row.id): row.customer_id
        for table in (Deal, CustomerLink, DealMatch, Invoice)
        for row in session.scalars(select(table))
    } | {
        ("merged", row.id): row.merged_into_id
        for row in session.scalars(select(Customer).where(Customer.merged_into_id.is_not(None)))
    }


def test_what_pointed_at_the_merged_one_is_the_survivors(session, a, merge):
    deal = a.won(customer_name="Alder Motors", customer_country="DE")
    other = a.submitted(customer_name="Quartz Optics", customer_country="DE")
    survivor, merged = of(session, other), of(session, deal)
    merge(survivor, merged)
    assert session.get_one(Deal, deal.id).customer_id == survivor.id
    links = select(CustomerLink.partner_id).where(CustomerLink.customer_id == survivor.id)
    assert set(session.scalars(links)) == {deal.partner_id, other.partner_id}
    assert survivor.merged_into_id is None and merged.merged_into_id == survivor.id


def test_a_merged_customer_is_found_under_both_names(session, a, merge, now):
    survivor = a.customer("Contoso Foods", domain="contoso.com")
    merge(survivor, a.customer("Fabrikam", domain="fabrikam.com"))
    for written in ("Contoso Foods GmbH", "Fabrikam AG"):
        found = customers.recognise(session, CustomerDetails(name=written, country="DE"), now=now)
        assert (found.customer_id, found.created, found.matches) == (survivor.id, False, [])
    by_domain = CustomerDetails(name="New Name", country="DE", domain="shop.fabrikam.com")
    (match,) = customers.matches_of(session, by_domain.company)
    assert (match.customer_id, match.name) == (survivor.id, "Contoso Foods")


def test_a_merged_customer_is_in_no_list_and_its_own_look_alike_no_more(session, a, merge):
    survivor, merged = a.customer("Contoso Foods"), a.customer("Contoso Food")
    merge(survivor, merged)
    names = [row.name for row in session.execute(customers.listed())]
    assert names == ["Contoso Foods"]
    assert customers.matches_of(session, survivor.company, but_not=survivor.id) == []


def test_undoing_puts_back_exactly_what_was_moved(session, a, merge, undo):
    mine = a.partner()
    deal = a.won(customer_name="Alder Motors", customer_country="DE", partner=mine)
    other = a.submitted(customer_name="Quartz Optics", customer_country="DE", partner=mine)
    survivor, merged = of(session, other), of(session, deal)
    before = pointing(session)
    done = merge(survivor, merged)
    assert pointing(session) != before
    since = a.submitted(customer_name="Quartz Optics", customer_country="DE", family="Helmets")
    undo(done)
    after = pointing(session)
    assert {key: after[key] for key in before} == before
    assert since.customer_id == survivor.id  # what came later stays where it came to
    assert merged.merged_into_id is None
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.about_id == merged.id))
    assert set(actions) >= {"customer merged", "merge undone"}


def test_what_somebody_has_pointed_elsewhere_since_stays_there(session, a, merge, undo):
    deal = a.submitted(customer_name="Alder Motors", customer_country="DE")
    third = a.customer("Third")
    done = merge(a.customer("Quartz Optics"), of(session, deal))
    session.get_one(Deal, deal.id).customer_id = third.id
    undo(done)
    assert session.get_one(Deal, deal.id).customer_id == third.id


def test_a_chain_leads_to_its_end_and_is_undone_from_there(session, a, merge, undo):
    first, second, third = (a.customer(name) for name in ("Alpha", "Beta", "Gamma"))
    one, two = merge(second, first), merge(third, second)
    assert first.merged_into_id == second.merged_into_id == third.id
    (match,) = customers.matches_of(session, first.company)
    assert match.customer_id == third.id
    with pytest.raises(Refused, match="merged later"):
        undo(one)
    undo(two)
    assert (first.merged_into_id, second.merged_into_id) == (second.id, None)
    undo(one)
    assert first.merged_into_id is None


def test_what_makes_no_sense_is_refused_and_moves_nothing(session, a, merge, undo):
    one, other, third = (a.customer(name) for name in ("Alpha", "Beta", "Gamma"))
    with pytest.raises(Refused, match="into itself"):
        merge(one, one)
    done = merge(one, other)
    for pair in ((one, other), (other, one), (third, other), (other, third)):
        with pytest.raises(Refused, match="Beta is merged into Alpha already"):
            merge(*pair)
    undo(done)
    with pytest.raises(Refused, match="undone this already"):
        undo(done)
    assert merge(one, other).id != done.id


def test_a_reason_is_needed(session, a, now):
    one, other, by = a.customer("Alpha"), a.customer("Beta"), a.manager().actor()
    with pytest.raises(Refused, match="Say why"):
        customers.merge(session, one, other, reason=" . ", by=by, now=now)


def test_two_protections_of_two_partners_are_never_merged_into_one(session, a, merge):
    one = a.approved(customer_name="Alder Motors", customer_country="DE")
    other = a.approved(customer_name="Quartz Optics", customer_country="DE")
    with pytest.raises(Refused, match=r"both protected for Bikes.*then merge"):
        merge(of(session, one), of(session, other))
    assert other.customer_id != one.customer_id


def test_the_database_itself_refuses_two_protections_of_one_customer(session, a, now):
    one = a.approved(customer_name="Alder Motors", customer_country="DE")
    other = a.approved(customer_name="Quartz Optics", customer_country="DE")
    by = a.manager().actor()
    with pytest.raises(Refused, match="may not hold twice"):
        customers.merge(session, of(session, one), of(session, other), reason=WHY, by=by, now=now)


@pytest.mark.parametrize("second", [{"family": "Helmets"}, {"partner": "the same"}])
def test_protections_that_do_not_meet_are_merged(session, a, merge, second):
    one = a.approved(customer_name="Alder Motors", customer_country="DE")
    if "partner" in second:
        second = {"partner": a.session.get_one(type(a.partner()), one.partner_id)}
    other = a.approved(customer_name="Quartz Optics", customer_country="DE", **second)
    survivor = of(session, one)
    merge(survivor, of(session, other))
    assert session.get_one(Deal, other.id).customer_id == survivor.id


def test_the_preview_counts_what_would_move_and_what_would_stay(session, a, merge):
    mine = a.partner()
    deal = a.submitted(customer_name="Alder Motors", customer_country="DE", partner=mine)
    other = a.submitted(customer_name="Quartz Optics", customer_country="DE", partner=mine)
    told = customers.preview(session, of(session, other), of(session, deal))
    assert [(each.words, each.moved, each.left) for each in told] == [
        ("Deals", 1, 0),
        ("Partners that see it", 0, 1),
    ]


def test_a_merged_customer_is_not_corrected(session, a, merge, now):
    merged = a.customer("Beta")
    merge(a.customer("Alpha"), merged)
    details = CustomerDetails(name="Beta AG", country="DE")
    with pytest.raises(Refused, match="merged into another"):
        customers.correct(session, merged, details, by=a.manager().actor(), now=now)


def test_two_people_who_merge_at_once_merge_once(session, engine, a, now):
    a.programme()
    one, other, by = a.customer("Alpha"), a.customer("Beta"), a.manager().actor()
    deal = a.submitted(customer_name="Beta", customer_country="DE")
    assert deal.customer_id == other.id
    session.commit()

    def attempt(turn):
        pair = (one.id, other.id) if turn % 2 else (other.id, one.id)
        with open_session(engines.for_writing(engine), Scope.vendor()) as own:
            survivor, merged = (own.get_one(Customer, each) for each in pair)
            try:
                deals.merge_customers(own, survivor, merged, reason=WHY, by=by, now=now)
            except Refused as refusal:
                return str(refusal)
            own.commit()
            return "merged"

    with ThreadPoolExecutor(4) as people:
        said = list(people.map(attempt, range(4)))
    assert said.count("merged") == 1
    assert all("already" in each for each in said if each != "merged")
    session.expire_all()
    (done,) = session.scalars(select(CustomerMerge)).all()
    assert session.get_one(Deal, deal.id).customer_id == done.survivor_id


def test_a_pair_that_looks_alike_is_listed_until_somebody_has_decided(session, a, merge, now):
    one, other = a.customer("Contoso Foods"), a.customer("Contoso Food")
    a.customer("Zenith")
    (pair,), further = customers.possible_duplicates(session)
    assert (pair.newer_id, pair.older_id, pair.reason) == (other.id, one.id, "similar_name")
    assert further is None
    third = a.customer("Contosso Foods")
    by = a.manager().actor()
    for _ in range(2):
        customers.set_apart(session, other.id, one.id, by=by, now=now)
    merge(one, third)
    assert customers.possible_duplicates(session) == ([], None)


def test_pairs_are_found_a_stretch_at_a_time(session, a, monkeypatch):
    for number in range(6):
        a.customer(f"Contoso Foods {'abcdef'[number]}")
    whole, _ = customers.possible_duplicates(session)
    monkeypatch.setattr(customers.duplicates, "LOOKED_AT", 2)
    found, before = [], None
    for _ in range(10):
        pairs, before = customers.possible_duplicates(session, before=before)
        found += pairs
        if before is None:
            break
    assert {(pair.newer_id, pair.older_id) for pair in found} == {
        (pair.newer_id, pair.older_id) for pair in whole
    }
    assert len(found) == len(whole) == 15


steps = st.lists(
    st.tuples(st.sampled_from(["merge", "undo"]), st.integers(0, 4), st.integers(0, 4)), max_size=8
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_whatever_is_merged_and_undone_every_name_leads_to_one_that_stands(
    session, a, merge, undo, steps
):
    names = ["Alpha", "Beta", "Gamma", "Delta", "Omega"]
    crowd = [a.customer(name) for name in names]
    before, done = {each.id for each in crowd}, []
    with session.begin_nested() as all_of_it:
        for verb, first, second in steps:
            try:
                if verb == "merge":
                    done.append(merge(crowd[first], crowd[second]))
                elif done:
                    undo(done[first % len(done)])
            except Refused:
                continue
        for each in crowd:
            end = session.get_one(Customer, customers.survivor_of(session, each.id))
            assert end.merged_into_id is None and end.id in before
        for each in reversed(done):
            if each.undone_at is None:
                undo(each)
        assert all(each.merged_into_id is None for each in crowd)
        all_of_it.rollback()


def test_replacing_details_is_not_needed_to_merge(session, a, merge):
    """The survivor keeps its own words; the other's stay readable on its record."""
    survivor, merged = a.customer("Alpha", town="Bremen"), a.customer("Beta", town="Kiel")
    merge(survivor, merged)
    assert (survivor.town, merged.town) == ("Bremen", "Kiel")
