"""Customers: one record each, found again however they are written, seen only by who may."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, func, literal, select

from models import customers
from models.customers import (
    Company,
    Customer,
    CustomerDetails,
    CustomerLink,
    Verdict,
    compare,
    queries,
)
from models.customers.keys import certain_keys, kept_under, letters_of, stretch_keys
from models.customers.rules import SIMILAR_FROM, likeness
from models.errors import Refused
from models.scope import Scope, open_session

ACME = CustomerDetails(
    name="Acme Marine GmbH", country="DE", domain="https://www.acme-marine.de", postal_code="28195"
)


@pytest.fixture
def add(session, now, a):
    a.vendor()
    return lambda details: customers.add(session, details, now=now)


@pytest.fixture
def recognise(session, now, a):
    return lambda details: customers.recognise(session, details, now=now)


def test_a_new_customer_is_added_once_however_often_it_is_registered(session, a, recognise):
    a.vendor()
    first = recognise(ACME)
    again = recognise(replace(ACME, name="ACME MARINE", domain=""))
    assert (first.created, again.created) == (True, False)
    assert again.customer_id == first.customer_id
    assert session.scalar(select(func.count(Customer.id))) == 1


def test_what_only_looks_alike_is_added_and_reported(add, recognise):
    known = add(ACME)
    found = recognise(CustomerDetails(name="Acme Marin", country="DE"))
    assert found.created
    (match,) = found.matches
    assert (match.customer_id, match.verdict) == (known.id, Verdict.REVIEW)
    assert match.reason == "similar_name" and match.score >= 0.9
    assert match.fields == ("Country",)


@pytest.mark.parametrize(
    "written",
    [
        {"name": "Acme Marine Deutschland"},
        {"name": "Marine Acme"},
        {"name": "AcmeMarine"},
        {"name": "Acme Marnie"},
        {"name": "Acme Marin"},
        {"name": "Completely Other", "domain": "rosa@mail.acme-marine.de"},
        {"name": "Marine Acme Works", "postal_code": "28195"},
        {"name": "Acme Marine", "country": "FR"},
    ],
    ids=lambda written: " ".join(written.values()),
)
def test_a_customer_is_found_however_it_is_written(add, session, written):
    known = add(ACME)
    add(CustomerDetails(name="Northwind Traders", country="DE"))
    company = CustomerDetails(**({"country": "DE"} | written)).company
    assert [match.customer_id for match in customers.matches_of(session, company)] == [known.id]


def test_an_acronym_is_found_from_both_sides(add, session):
    long = add(CustomerDetails(name="International Business Machines", country="US"))
    short = add(CustomerDetails(name="IBM", country="US"))
    for one, other in ((long, short), (short, long)):
        (match,) = customers.matches_of(session, one.company, but_not=one.id)
        assert (match.customer_id, match.reason) == (other.id, "acronym")


def test_a_strong_number_is_better_than_a_name(add, recognise):
    add(CustomerDetails(name="Contoso", country="NL"))
    renamed = add(CustomerDetails(name="Fabrikam BV", country="NL", vat_id="NL004495445B01"))
    found = recognise(CustomerDetails(name="Contoso", country="NL", vat_id="NL 004495445 B01"))
    assert found.customer_id == renamed.id
    assert [match.reason for match in found.matches] == ["same_name"]


names = st.lists(
    st.sampled_from(["acme", "marine", "nord", "bolt", "global", "logistics", "partners", "ibm"]),
    min_size=1,
    max_size=4,
).map(" ".join)
places = st.integers(0, 40)
edits = st.one_of(
    st.lists(st.tuples(st.sampled_from(["drop", "double", "blank"]), places), max_size=2),
    st.lists(st.tuples(st.just("swap"), places), max_size=1),  # two letters are wrong at once
)


def mistyped(name, mistakes):
    for mistake, at in mistakes:
        at %= max(1, len(name))
        left, letter, right = name[:at], name[at : at + 1], name[at + 1 :]
        name = {
            "drop": left + right,
            "double": left + letter * 2 + right,
            "swap": left + right[:1] + letter + right[1:],
            "blank": left + " " + letter + right,
        }[mistake]
    return name


@settings(max_examples=1000)
@given(names, edits)
def test_whoever_is_similar_shares_a_key(name, mistakes):
    known = Company.known_as(name, country="US")
    typed = Company.known_as(mistyped(name, mistakes), country="US")
    if compare(known, typed).verdict is not Verdict.DIFFERENT:
        assert kept_under(known) & {*certain_keys(typed), *stretch_keys(typed)}


def test_a_correction_is_audited_and_found_under_its_new_name(session, add, a, now):
    customer = add(ACME)
    by = a.manager().actor()
    customers.correct(session, customer, replace(ACME, name="Zenith AG"), by=by, now=now)

    def search(name):
        return customers.matches_of(session, Company.known_as(name, country="DE"))

    assert [match.customer_id for match in search("Zenith")] == [customer.id]
    assert search("Acme Marine") == []


@pytest.mark.parametrize(
    ("details", "reason"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "at most 200"),
        ({"country": ""}, "country"),
        ({"vat_id": "DE136695975"}, "not a VAT number"),
        ({"lei": "213800KUD8LAJWSQ9D51"}, "LEI"),
        ({"duns": "12345"}, "nine digits"),
        ({"naics": "99"}, "no industry"),
    ],
)
def test_a_customer_with_a_wrong_number_is_refused_with_a_remedy(recognise, a, details, reason):
    a.vendor()
    with pytest.raises(Refused, match=reason):
        recognise(replace(ACME, **details))


def test_a_partner_sees_only_customers_it_deals_with(session, engine, add, a):
    own, other = add(ACME), add(CustomerDetails(name="Northwind", country="DE"))
    partner = a.partner()
    customers.link(session, partner.id, own.id)
    customers.link(session, partner.id, own.id)
    customers.link(session, a.partner().id, other.id)
    session.commit()
    with open_session(engine, Scope.partner(partner.id)) as theirs:
        assert theirs.scalars(select(Customer.id)).all() == [own.id]
        assert theirs.get(Customer, other.id) is None
        assert theirs.scalars(select(CustomerLink.customer_id)).all() == [own.id]


@pytest.mark.parametrize(
    ("search", "found"),
    [("acme", ["Acme Marine GmbH"]), ("MARINE", ["Acme Marine GmbH"]), ("north", ["Northwind"]),
     ("acme-m", ["Acme Marine GmbH"]), ("%", []), ("", ["Acme Marine GmbH", "Northwind"])],
)  # fmt: skip
def test_the_list_is_searched_by_words_and_domain(session, add, search, found):
    add(ACME)
    add(CustomerDetails(name="Northwind", country="DE"))
    query = customers.listed(search=search).order_by(Customer.name)
    assert [row.name for row in session.execute(query)] == found
    assert customers.how_many(session, query) == len(found)


@pytest.mark.parametrize("one", [0, 1, 0x7FFFFFFF, 0x2AAAAAAA, 15159296])
def test_the_database_counts_the_letters_that_differ_as_we_do(session, one):
    others = [0, 1, 2**30, 0x55555555, 0x7FFFFFFF, *(letters_of(name) for name in NAMES)]
    counts = [queries._differing(literal(one, BigInteger), other) for other in others]
    assert list(session.execute(select(*counts)).one()) == [
        (one ^ other).bit_count() for other in others
    ]


NAMES = ["acme marine", "bolt", "ingenieurb\u00fcro s\u00fcd", "\u4e2d\u56fd\u94f6\u884c"]


@given(st.text("abcde ", min_size=4, max_size=30), st.lists(st.integers(0, 40), max_size=4))
def test_no_similar_name_is_passed_over_for_its_letters(name, places):
    other = name
    for place in places:  # left out, put in or exchanged, by where it is
        at = place % len(name)
        other = other[:at] + "abcde"[place % 5] * (place % 2) + other[at + place % 3 :]
    apart = abs(len(name) - len(other))
    if apart <= queries.A_BIT_LONGER and likeness(name, other) >= SIMILAR_FROM:
        few = queries._may_differ(Company(core=name, country="DE"))
        assert (letters_of(name) ^ letters_of(other)).bit_count() <= few
