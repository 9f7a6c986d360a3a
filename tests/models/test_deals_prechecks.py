"""Asking whether a customer is free: told without telling on anybody, counted and kept."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import DBAPIError

from models import deals, engagements
from models import engine as engines
from models.deals import AskedTooOften, Enquiry, Precheck, PrecheckAsked, prechecks
from models.deals.precheck_typing import is_typed_on
from models.engagements import TouchDetails, TouchKind
from models.errors import Refused
from models.scope import Scope, open_session


@pytest.fixture
def seller(a):
    a.programme()
    return a.seller(a.partner()).actor()


@pytest.fixture
def ask(session, seller, now):
    def ask(name="", *, country="DE", live=False, at=now, by=seller, **said):
        enquiry = Enquiry(name=name, country=country, **said)
        return deals.ask_precheck(session, enquiry, live=live, by=by, now=at)

    return ask


@contextmanager
def counting(engine):
    asked = []

    def note(_connection, _cursor, statement, *_rest):
        asked.append(" ".join(statement.split())[:60])

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def direct(session, a, now, deal):
    """Our own people work at the deal's customer."""
    details = TouchDetails(
        customer_id=deal.customer_id,
        family_id=deal.family_id,
        person_name="Linda Mitchell",
        kind=TouchKind.DIRECT,
        happened_on=now.date(),
    )
    engagements.record(session, details, by=a.manager().actor(), now=now)


def test_a_customer_is_free_yours_or_needs_review(a, session, seller, ask):
    rival = a.approved(customer_name="Kestrel Foods Ltd", customer_country="GB")
    a.submitted(
        partner=session.get_one(type(a.partner()), seller.partner_id),
        by=seller, customer_name="Own Ltd", customer_country="DE",
    )  # fmt: skip
    assert ask("Quite Other").answer is Precheck.FREE
    assert ask("Own").answer is Precheck.YOURS
    taken = ask("Kestrel Foods", country="GB", family_id=rival.family_id)
    assert (taken.answer, taken.until_on) == (Precheck.REVIEW, None)
    other_family = a.family().id
    assert ask("Kestrel Foods", country="GB", family_id=other_family).answer is Precheck.FREE


@pytest.mark.parametrize(
    "said", [{"domain": "https://shop.kestrel.co.uk"}, {"vat_id": "DE 136 695 976"}]
)
def test_a_domain_or_a_vat_number_is_enough(a, ask, said):
    a.submitted(
        customer_name="Kestrel Foods", customer_country="DE",
        customer_domain="kestrel.co.uk", customer_vat_id="DE136695976",
    )  # fmt: skip
    assert ask(**said).answer is Precheck.REVIEW


def test_nothing_to_look_for_is_refused_and_costs_nothing(ask, session):
    with pytest.raises(Refused, match="Enter the company"):
        ask("", domain="someone@gmail.com")
    with pytest.raises(Refused, match="Choose the country"):
        ask("Acme", country="")
    assert session.scalar(select(func.count(PrecheckAsked.id))) == 0


def test_only_a_programme_that_says_so_tells_until_when(a, ask):
    rival = a.approved(customer_name="Kestrel Foods", customer_country="DE")
    assert ask("Kestrel Foods").until_on is None
    a.programme().precheck_tells_protection = True
    told = ask("Kestrel Foods GmbH")
    assert (told.answer, told.until_on) == (Precheck.PROTECTED, rival.protected_through)
    assert ask("Kestrel Food").answer is Precheck.REVIEW  # only alike: nobody has said it is it


def test_only_a_programme_that_says_so_tells_that_the_vendor_is_engaged(a, session, ask, now):
    lost = a.submitted(customer_name="Kestrel Foods", customer_country="DE")
    deals.withdraw(session, lost, by=a.registrant(lost), now=now)
    assert ask("Kestrel Foods").answer is Precheck.FREE
    direct(session, a, now, lost)
    assert ask("Kestrel Foods").answer is Precheck.REVIEW
    a.programme().precheck_tells_engagement = True
    assert ask("Kestrel Foods").answer is Precheck.ENGAGED


def test_every_answer_takes_the_same_questions_to_the_database(a, session, engine, seller, ask):
    a.approved(customer_name="Kestrel Foods", customer_country="DE")
    a.submitted(
        partner=session.get_one(type(a.partner()), seller.partner_id),
        by=seller, customer_name="Own Ltd", customer_country="DE",
    )  # fmt: skip
    a.customer("Known To Us")
    asked = {}
    for name in ("Kestrel Foods", "Own", "Quite Other", "Known To Us", "X"):
        with counting(engine) as statements:
            ask(name)
        asked[name] = statements
    first = asked.pop("Quite Other")
    assert all(statements == first for statements in asked.values())


def test_each_question_is_kept_with_its_answer_and_never_changed(ask, session, seller, now):
    asked = ask("Kestrel Foods", country="GB")
    kept = session.scalars(select(PrecheckAsked)).one()
    assert (kept.person_name, kept.partner_id) == (seller.name, seller.partner_id)
    assert (kept.name, kept.country, kept.answer, kept.at) == (
        "Kestrel Foods", "GB", Precheck.FREE, now,
    )  # fmt: skip
    asked.answer = Precheck.YOURS
    with pytest.raises(DBAPIError):
        session.flush()


def test_a_partner_may_ask_so_much_an_hour_and_is_told_when_to_come_back(
    a, ask, session, monkeypatch, now
):
    monkeypatch.setitem(prechecks.NEW_QUESTIONS, prechecks.HOUR, 3)
    for name in ("Alder", "Birch", "Cypress"):
        ask(name)
    with pytest.raises(AskedTooOften, match="Try again after 12:30 on 18 November") as refused:
        ask("Dogwood")
    assert refused.value.until == now + timedelta(hours=1)
    colleague = a.seller(session.get_one(type(a.partner()), ask("Elm", at=now + timedelta(
        hours=1, seconds=1)).partner_id)).actor()  # fmt: skip
    for name in ("Fir", "Ginkgo"):
        ask(name, by=colleague, at=now + timedelta(hours=1, seconds=1))
    with pytest.raises(AskedTooOften):
        ask("Hazel", by=colleague, at=now + timedelta(hours=1, seconds=1))
    ask("Hazel", by=a.seller(a.partner()).actor())  # another partner is not stopped


def test_typing_a_name_is_one_question(ask, session, monkeypatch):
    monkeypatch.setitem(prechecks.NEW_QUESTIONS, prechecks.HOUR, 2)
    for typed in ("Al", "Alpine S", "Alpine Ski Sup", "Alpine Ski Supplies", "Alpine Ski Supply"):
        ask(typed, live=True)
    ask("Alpine Ski Supply", live=True, domain="alp")
    ask("Alpine Ski Supply", live=True, domain="alpineski.com")
    new = select(func.count(PrecheckAsked.id)).where(PrecheckAsked.is_new)
    assert session.scalar(new) == 1
    ask("Birch Motors", live=True)
    with pytest.raises(AskedTooOften):
        ask("Cypress", live=True)


@pytest.mark.parametrize(
    "others",
    [
        [{"domain": f"{'p' * 25}.{name}.com"} for name in ("acme", "globex", "initech")],
        [{"domain": name} for name in ("acme.com", "", "globex.com")],
        [{"vat_id": f"---------{number}"} for number in ("DE136695976", "DE129273398", "")],
        [{"country": country} for country in ("DE", "FR", "GB")],
    ],
)
def test_another_company_behind_the_same_letters_is_another_question(ask, session, others):
    for other in others:
        ask("Constant", live=True, **other)
    new = select(func.count(PrecheckAsked.id)).where(PrecheckAsked.is_new)
    said = [each.strip("-") for other in others for each in other.values()]
    assert session.scalar(new) == len([each for each in said if each])


def test_a_form_that_types_for_hours_is_stopped_too(ask, monkeypatch):
    monkeypatch.setitem(prechecks.ANSWERS, prechecks.HOUR, 4)
    for typed in ("Al", "Alp", "Alpi", "Alpin"):
        ask(typed, live=True)
    with pytest.raises(AskedTooOften):
        ask("Alpine", live=True)


@pytest.mark.parametrize(
    ("before", "after", "goes_on"),
    [
        ("ac", "acme marine", True), ("acme marine", "acme marina", True),
        ("acme marine", "acme", True), ("acem mar", "acme marine", True),
        ("acme", "bolt", False), ("stadtwerke bonn", "stadtwerke koln", False),
        ("acme", "acme", True), ("ac", "bc", False),
    ],
)  # fmt: skip
def test_only_letters_added_or_one_mended_go_on(before, after, goes_on):
    assert is_typed_on(before, after) is goes_on


TOWNS = ("Bonn", "Kassel", "Ulm", "Trier", "Hagen", "Jena", "Siegen", "Worms", "Fulda", "Gera")
WAYS_ROUND = {
    "half of the letters are the same": [{"name": f"Stadtwerke {town}"} for town in TOWNS],
    "back to what they share, and on": [
        {"name": name} for town in TOWNS for name in ("Stadtwerke", f"Stadtwerke {town}")
    ],
    "a single letter before all": [{"name": "S"}, *({"name": f"S{town}"} for town in TOWNS)],
    "a site, none, another": [
        {"name": "Constant", "domain": site} for town in TOWNS for site in (f"{town}.com", "")
    ],
    "a name alone, then with a site": [
        {"name": name, "domain": site}
        for one, other in pairwise(TOWNS) for name, site in ((one, ""), (one, f"{other}.com"))
    ],
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS_ROUND.values(), ids=WAYS_ROUND)
def test_no_way_leads_round_what_a_partner_may_ask_in_a_day(ask, monkeypatch, now, way):
    """However a form is made to type: of ten customers it is told of no more than three."""
    monkeypatch.setitem(prechecks.NEW_QUESTIONS, prechecks.DAY, 3)
    told = set()
    for minute, said in enumerate(way):
        try:
            ask(live=True, at=now + timedelta(minutes=minute), **said)
        except AskedTooOften:
            continue
        told |= {town for town in TOWNS for text in said.values() if town in text}
    assert 1 < len(told) <= 3


def test_a_form_types_one_customer_for_long_but_not_for_ever(ask, session, now):
    for letters in range(1, prechecks.MOST_TYPED + 3):
        ask("a" * letters, live=True, at=now + timedelta(seconds=letters))
    new = select(func.count(PrecheckAsked.id)).where(PrecheckAsked.is_new)
    assert session.scalar(new) == 2


def test_nobody_asks_more_by_asking_at_once(engine, session, a, seller, now, monkeypatch):
    monkeypatch.setitem(prechecks.NEW_QUESTIONS, prechecks.HOUR, 3)
    session.commit()

    def attempt(number):
        scope = Scope.partner(seller.partner_id)
        with open_session(engines.for_writing(engine), scope) as own:
            try:
                enquiry = Enquiry(name=f"Company {'abcdefgh'[number] * 5}", country="DE")
                deals.ask_precheck(own, enquiry, live=False, by=seller, now=now)
            except AskedTooOften:
                return False
            own.commit()
            return True

    with ThreadPoolExecutor(4) as people:
        answered = list(people.map(attempt, range(8)))
    assert answered.count(True) == 3


def test_a_partner_reads_its_own_questions_and_no_others(engine, session, a, ask, seller):
    ask("Kestrel Foods")
    rival = a.seller(a.partner()).actor()
    ask("Secret Customer", by=rival)
    session.commit()
    with open_session(engine, Scope.partner(seller.partner_id)) as own:
        assert own.scalars(select(PrecheckAsked.name)).all() == ["Kestrel Foods"]


def test_who_asks_unusually_much_comes_first_and_is_marked(a, session, ask, seller, now):
    quiet = [a.seller(a.partner()).actor() for _ in range(3)]
    for each in quiet:
        ask("Kestrel Foods", by=each)
    for number in range(25):
        ask(f"{deals_name(number)} Works")
    first, *others = deals.askers(session, now=now)
    assert (first.partner_id, first.week, first.is_unusual) == (seller.partner_id, 25, True)
    assert not any(each.is_unusual for each in others) and len(others) == 3
    assert deals.askers(session, now=now + timedelta(days=31)) == []


def deals_name(number):
    return f"{'abcdefghijklmnopqrstuvwxyz'[number] * 6}"
