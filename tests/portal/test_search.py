"""Find anything: by name or number, and never what is not one's own to see."""

import pytest

from models.people import Role


@pytest.fixture
def deal(a):
    return a.submitted(customer_name="Kestrel Foods Ltd")


def test_a_deal_is_found_by_a_part_of_its_customers_name(deal, a, sign_in):
    page = sign_in(a.manager()).get("/search?q=estrel+fo")
    assert f"/deals/{deal.id}" in page.text


def test_a_deal_is_found_by_the_beginning_of_its_number(deal, a, sign_in):
    page = sign_in(a.manager()).get(f"/search?q={deal.number[:5].lower()}")
    assert f"/deals/{deal.id}" in page.text


def test_a_partner_finds_its_own_deal_and_a_rival_does_not(deal, a, session, sign_in):
    own = a.person(partner_id=deal.partner_id)
    rival = a.person(partner=a.partner())
    assert f"/deals/{deal.id}" in sign_in(own).get("/search?q=kestrel").text
    page = sign_in(rival).get("/search?q=kestrel").text
    assert str(deal.id) not in page and "Nothing here is called" in page


def test_a_page_of_the_menu_is_found_by_its_name(a, sign_in):
    a.vendor()
    assert (
        'href="/payout-runs"' in sign_in(a.person(role=Role.FINANCE)).get("/search?q=payout").text
    )


def test_a_partner_is_found_by_staff(a, sign_in):
    a.vendor()
    partner = a.partner(name="Altura Partners")
    assert f"/partners/{partner.id}" in sign_in(a.manager()).get("/search?q=altura").text


@pytest.mark.parametrize(
    "words", ["", "x", "%", "_", "%25%25", "\x00", "'; DROP TABLE deal", "a" * 5000]
)
def test_odd_words_find_nothing_and_break_nothing(deal, a, sign_in, words):
    page = sign_in(a.manager()).get("/search", query_string={"q": words})
    assert page.status_code == 200 and str(deal.id) not in page.text
