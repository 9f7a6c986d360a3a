"""The catalogue in the browser: staff keep it, a partner sees its own prices."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from models.catalog import ExchangeRate, Price, PriceList, Product, ProductFamily
from models.money import Money
from models.partners import Tier

EUR = lambda minor: Money(minor, "EUR")  # noqa: E731


@pytest.fixture
def finance(a, sign_in):
    a.vendor()
    return sign_in(a.finance())


@pytest.fixture
def bike(a):
    bike = a.product(name="Road bike", sku="BK-1", standard_cost=EUR(123_45))
    a.price(bike, EUR(1000_00))
    a.price(bike, EUR(800_00), tier=Tier.GOLD)
    a.price(bike, Money(900_00, "USD"))
    return bike


@pytest.mark.parametrize(
    ("currency", "tier", "own"),
    [("EUR", Tier.GOLD, "€800.00"), ("EUR", Tier.SILVER, "€1,000.00"), ("USD", Tier.GOLD, "$900")],
)
def test_a_partner_sees_the_prices_of_its_own_currency_and_tier(
    a, sign_in, bike, currency, tier, own
):
    a.vendor()
    client = sign_in(a.seller(a.partner(currency=currency, tier=tier)))
    for page in (client.get("/products"), client.get(f"/products/{bike.id}")):
        assert own in page.text
        prices = {"€800.00", "€1,000.00", "$900"} - {own}
        assert not [price for price in prices if price in page.text]
        assert "123.45" not in page.text
    file = client.get("/products/export?as=csv&currency=EUR&tier=gold").text
    assert f"BK-1,Road bike,{'Family'}" in file and own.strip("€$").replace(",", "") in file


def test_a_partner_does_not_see_lists_rates_and_what_is_no_longer_offered(a, sign_in, bike):
    a.vendor()
    retired = a.product(name="Old bike", is_offered=False)
    client = sign_in(a.seller())
    assert "Old bike" not in client.get("/products").text
    assert client.get(f"/products/{retired.id}").status_code == 404
    for address in ("/price-lists", "/exchange-rates", "/product-families"):
        assert client.get(address).status_code == 403
    assert client.get("/products/new").status_code == 403


def test_staff_choose_whose_prices_they_see(finance, bike):
    assert "€1,000.00" in finance.get("/products").text
    assert "€800.00" in finance.get("/products?tier=gold").text
    assert "$900.00" in finance.get("/products?currency=USD").text
    assert "No product is called so" in finance.get("/products?q=kite").text
    page = finance.get(f"/products/{bike.id}").text
    assert "€800.00" in page and "$900.00" in page and "€123.45" in page


def test_a_product_is_added_with_its_family_and_price(finance, session):
    finance.post("/product-families", data={"name": "Bikes", "code": "bikes"})
    family = session.scalars(select(ProductFamily)).one()
    typed = {"sku": "BK-9", "name": "Gravel", "family_id": family.id, "commissionable": "y"}
    assert finance.get("/products/new").status_code == 200
    assert finance.post("/products", data=typed).status_code == 303
    again = finance.post("/products", data=typed)
    assert again.status_code == 422 and "BK-9 already" in again.text

    added = finance.post(
        "/price-lists",
        data={"name": "Dealers 2026", "currency": "EUR", "tier": "", "from_on": "2026-01-01"},
    )
    assert added.status_code == 303
    on = session.scalars(select(PriceList)).one()
    for _ in range(2):
        finance.post(f"/price-lists/{on.id}/prices", data={"sku": "BK-9", "unit": "1,250.50"})
    assert session.scalars(select(Price.unit_minor)).all() == [1250_50]
    assert "€1,250.50" in finance.get(f"/price-lists/{on.id}").text


def test_a_product_is_changed_but_for_its_number(finance, bike, session):
    assert "BK-1" in finance.get(f"/products/{bike.id}/edit").text
    answer = finance.post(
        f"/products/{bike.id}",
        data={"name": "City bike", "family_id": bike.family_id, "sku": "X", "standard_cost": ""},
    )
    assert answer.status_code == 303
    kept = session.get(Product, bike.id)
    assert (kept.sku, kept.name, kept.standard_cost) == ("BK-1", "City bike", None)
    assert not kept.is_offered and not kept.commissionable


@pytest.mark.parametrize(
    ("address", "typed", "remedy"),
    [
        ("/product-families", {"name": "X", "code": "a b"}, "Letters, digits and dashes"),
        ("/products", {"sku": "S", "name": "N", "family_id": ""}, "Choose a family"),
        ("/products", {"sku": "S", "name": "N", "standard_cost": "x"}, "in digits"),
        ("/price-lists", {"name": "L", "currency": "XXQ", "from_on": "2026-01-01"}, "ISO 4217"),
        ("/price-lists", {"name": "L", "currency": "EUR", "from_on": "soon"}, "valid date"),
        ("/exchange-rates", {"base": "EUR", "quote": "EUR", "rate": "1", "on": "2026-01-01",
                             "source": "ECB"}, "two different currencies"),
        ("/exchange-rates", {"base": "EUR", "quote": "USD", "rate": "1,484", "on": "2026-01-01",
                             "source": "ECB"}, "two ways"),
        ("/exchange-rates", {"base": "EUR", "quote": "USD", "rate": "0", "on": "2026-01-01",
                             "source": "ECB"}, "above zero"),
        ("/exchange-rates", {"base": "EUR", "quote": "USD", "rate": "NaN", "on": "2026-01-01",
                             "source": "ECB"}, ""),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_the_remedy(finance, a, address, typed, remedy):
    a.family()
    answer = finance.post(address, data=typed)
    assert answer.status_code == 422 and remedy in answer.text


def test_a_price_for_an_unknown_article_is_refused(finance, a):
    on = a.price_list()
    answer = finance.post(f"/price-lists/{on.id}/prices", data={"sku": "NO", "unit": "1"})
    assert answer.status_code == 422 and "No product has this number" in answer.text


def test_a_rate_is_kept_exactly_and_shown(finance, session):
    typed = {"base": "eur", "quote": "usd", "rate": "1.08425", "on": "2026-11-17", "source": "ECB"}
    for _ in range(2):
        assert finance.post("/exchange-rates", data=typed).status_code == 303
    kept = session.scalars(select(ExchangeRate)).one()
    assert (kept.rate, kept.on) == (Decimal("1.08425"), date(2026, 11, 17))
    assert "1.08425 USD" in finance.get("/exchange-rates").text


def test_who_may_not_keep_the_catalogue_may_read_it(a, sign_in, bike):
    a.vendor()
    client = sign_in(a.manager())
    assert "New product" not in client.get("/products").text
    assert "New price list" not in client.get("/price-lists").text
    assert client.post("/exchange-rates", data={}).status_code == 403
