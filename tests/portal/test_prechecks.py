"""Is a customer free? In the browser: asked, answered blindly, stopped kindly, watched by staff."""

import gzip
import re

import pytest
from sqlalchemy import func, select

from models import customers
from models.deals import PrecheckAsked, prechecks
from models.partners import Partner
from tests.queries import counting


@pytest.fixture
def seller(a):
    a.programme()
    return a.seller(a.partner())


@pytest.fixture
def portal(sign_in, seller):
    return sign_in(seller)


@pytest.fixture
def rival(a):
    return a.approved(
        partner=a.partner(name="Rival Cycles"), customer_name="Kestrel Foods", customer_country="GB"
    )


@pytest.fixture
def ask(portal):
    def ask(name, country="GB", **more):
        data = {"name": name, "country": country} | more
        return portal.post("/deals/pre-check", data=data, follow_redirects=True)

    return ask


def asked_live(portal, name, country="GB"):
    data = {"customer_name": name, "customer_country": country}
    return portal.post("/deals/check", data=data)


def test_a_partner_asks_and_reads_the_answer_again_without_asking_again(ask, portal, session):
    page = ask("Quite Other")
    assert page.status_code == 200 and "Nothing is in the way" in page.text
    again = portal.get(page.request.path)
    assert "Nothing is in the way" in again.text
    assert session.scalar(select(func.count(PrecheckAsked.id))) == 1
    assert "Quite Other</a>" in portal.get("/deals/pre-check").text


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        ({"name": ""}, "Enter the company"),
        ({"country": ""}, "Choose the country"),
        ({"country": "XX"}, "Not a valid choice"),
        ({"family": "nonsense"}, "Not a valid choice"),
    ],
)
def test_a_question_that_cannot_be_asked_says_how_to_mend_it(ask, session, wrong, remedy):
    page = ask(**({"name": "Kestrel"} | wrong))
    assert page.status_code == 422 and remedy in page.text
    assert session.scalar(select(func.count(PrecheckAsked.id))) == 0


def test_the_form_and_the_page_ask_and_count_the_same(ask, portal, session, rival):
    assert "Needs review" in ask("Kestrel Foods").text
    assert "Needs review" in asked_live(portal, "Kestrel Foods").text
    kept = session.scalars(select(PrecheckAsked).order_by(PrecheckAsked.id)).all()
    assert [(row.answer.value, row.is_live) for row in kept] == [
        ("review", False),
        ("review", True),
    ]


def test_looking_at_a_draft_asks_nothing(a, portal, seller, session, rival):
    deal = a.draft(
        partner=session.get(Partner, seller.partner_id), by=seller.actor(),
        customer_name="Kestrel Foods", customer_country="GB",
    )  # fmt: skip
    for screen in ("", "?screen=customer"):
        page = portal.get(f"/deals/{deal.id}/edit{screen}")
        assert page.status_code == 200
        for answer in ("Needs review", "A person will look", "Nothing is in the way"):
            assert answer not in page.text


def test_every_answer_is_as_long_as_the_others(a, ask, portal, seller, session, rival):
    a.submitted(
        partner=session.get(Partner, seller.partner_id), by=seller.actor(),
        customer_name="Own", customer_country="GB",
    )  # fmt: skip
    for tells in (False, True):
        a.programme().precheck_tells_protection = tells
        live = [asked_live(portal, name) for name in ("Kestrel Foods", "Own", "Quite Other")]
        assert len({len(answer.data) for answer in live}) == 1
        assert len({answer.data for answer in live}) == 3
        packed = [len(gzip.compress(answer.data)) for answer in live]
        assert max(packed) - min(packed) < 64
        pages = {box(ask(name)) for name in ("Kestrel Foods", "Own", "Quite Other")}
        assert len(pages) == 1


def box(page):
    """How long the answer on the page is."""
    return len(re.search(r'<section class="box" role="status">.*?</section>', page.text, re.S)[0])


def test_the_answer_names_nobody(a, ask, rival, session):
    a.programme().precheck_tells_protection = True
    page = ask("Kestrel Foods")
    assert "Feb 16, 2027" in page.text
    for secret in (rival.number, "Rival Cycles", "10,000", rival.registered_by_name):
        assert secret not in page.text


def test_who_asks_too_often_reads_when_to_come_back(ask, portal, monkeypatch, session):
    monkeypatch.setitem(prechecks.NEW_QUESTIONS, prechecks.HOUR, 2)
    ask("Alder")
    ask("Birch")
    page = ask("Cypress")
    assert page.status_code == 429
    assert "Try again after 12:30 on 18 November" in page.text and 'value="Cypress"' in page.text
    live = asked_live(portal, "Dogwood")
    assert live.status_code == 429 and live.headers["Retry-After"] == "3600"
    assert "You can register a deal without this check" in live.text
    assert session.scalar(select(func.count(PrecheckAsked.id))) == 2


def test_an_answer_is_not_there_for_others(a, ask, sign_in):
    path = ask("Kestrel Foods").request.path
    assert sign_in(a.seller(a.partner())).get(path).status_code == 404
    assert sign_in(a.manager()).get(path).status_code == 403


def test_names_are_suggested_from_ones_own_customers_only(a, portal, seller, session):
    own, other = a.customer("Kestrel Foods"), a.customer("Kestrel Secret")
    customers.link(session, seller.partner_id, own.id)
    customers.link(session, a.partner().id, other.id)
    for address in ("customer_name=kest", "name=KESTREL"):
        page = portal.get(f"/deals/customer-names?{address}").text
        assert 'value="Kestrel Foods"' in page and "Secret" not in page
    for nothing in ("customer_name=k", "customer_name=%00", "customer_name=%25", ""):
        page = portal.get(f"/deals/customer-names?{nothing}")
        assert page.status_code == 200 and "option" not in page.text


def test_staff_see_who_asks_unusually_much_and_what(a, ask, sign_in, seller):
    for number in range(22):
        ask(f"{'abcdefghijklmnopqrstuvwxyz'[number] * 6} Works")
    manager = sign_in(a.manager())
    page = manager.get("/deals/pre-checks")
    assert "Unusually many" in page.text
    detail = f"/deals/pre-checks/{seller.partner_id}"
    assert "aaaaaa Works" in manager.get(detail).text
    assert "aaaaaa Works" in manager.get(f"{detail}/export?as=csv").text


def test_nobody_has_asked(a, sign_in):
    a.programme()
    assert "No partner has asked" in sign_in(a.manager()).get("/deals/pre-checks").text


def test_the_pages_ask_the_database_a_fixed_number_of_times(app, a, ask, portal, sign_in):
    manager = sign_in(a.manager())
    counts = []
    for number in range(3):
        ask(f"{'abcdefgh'[number] * 6} Works")
        with counting(app) as asked:
            portal.get("/deals/pre-check")
            manager.get("/deals/pre-checks")
        counts.append(len(asked))
    assert counts[1] == counts[2] <= 14
