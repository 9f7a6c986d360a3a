"""The catalogue: what a product costs whom on which day, and what a currency is worth."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from models import catalog
from models.audit import AuditEntry
from models.errors import Refused
from models.money import Money
from models.partners import Tier

DAY = date(2026, 11, 18)
EUR = lambda minor: Money(minor, "EUR")  # noqa: E731


def test_a_tiers_own_list_comes_before_the_one_for_all(session, a):
    product = a.product()
    a.price(product, EUR(100_00))
    a.price(product, EUR(80_00), tier=Tier.GOLD)
    price = lambda tier: catalog.price_of(session, product.id, "EUR", tier, DAY)  # noqa: E731
    assert price(Tier.GOLD) == EUR(80_00)
    assert price(Tier.SILVER) == EUR(100_00)
    assert price(None) == EUR(100_00)


def test_a_product_missing_on_the_tiers_list_has_the_price_for_all(session, a):
    product = a.product()
    a.price(product, EUR(100_00))
    a.price(a.product(), EUR(80_00), tier=Tier.GOLD)
    assert catalog.price_of(session, product.id, "EUR", Tier.GOLD, DAY) == EUR(100_00)


def test_a_list_holds_from_its_first_day_to_before_its_last(session, a):
    product = a.product()
    a.price(product, EUR(1), from_on=date(2026, 1, 1), to_on=date(2026, 7, 1))
    a.price(product, EUR(2), from_on=date(2026, 7, 1))
    price = lambda on: catalog.price_of(session, product.id, "EUR", None, on)  # noqa: E731
    assert price(date(2025, 12, 31)) is None
    assert price(date(2026, 6, 30)) == EUR(1)
    assert price(date(2026, 7, 1)) == EUR(2)
    assert catalog.price_of(session, product.id, "USD", None, DAY) is None


def test_the_list_of_products_shows_the_same_price(session, a):
    product, bare = a.product(name="A"), a.product(name="B")
    a.price(product, EUR(100_00))
    a.price(product, EUR(80_00), tier=Tier.GOLD)
    query = catalog.priced(catalog.products(), currency="EUR", tier=Tier.GOLD, on=DAY)
    found = {row.id: row.unit_minor for row in session.execute(query)}
    assert found == {product.id: 80_00, bare.id: None}
    assert "standard_cost_minor" not in query.selected_columns


def test_a_rate_is_the_last_on_or_before_the_day(session, a):
    a.rate("EUR", "USD", "1.10", on=date(2026, 11, 1))
    a.rate("EUR", "USD", "1.20", on=date(2026, 11, 10))
    assert catalog.rate_on(session, "EUR", "USD", date(2026, 11, 9)).rate == Decimal("1.10")
    rate, on, source = catalog.rate_on(session, "EUR", "USD", DAY)
    assert (rate, on, source) == (Decimal("1.20"), date(2026, 11, 10), "test")
    with pytest.raises(Refused, match="no exchange rate from EUR to USD on or before 31 October"):
        catalog.rate_on(session, "EUR", "USD", date(2026, 10, 31))


def test_a_missing_rate_is_the_opposite_one_turned_or_two_over_a_third(session, a):
    a.rate("EUR", "USD", "1.25", on=date(2026, 11, 10))
    a.rate("GBP", "USD", "1.50", on=date(2026, 11, 12))
    assert catalog.rate_on(session, "USD", "EUR", DAY).rate == Decimal("0.8")
    cross = catalog.rate_on(session, "EUR", "GBP", DAY)
    assert cross.rate == Decimal("0.8333333334")  # 1.25 / 1.50, by a rate of ten decimals
    assert cross.on == date(2026, 11, 10) and "USD" in cross.source


def test_a_currency_is_worth_itself(session):
    assert catalog.rate_on(session, "EUR", "EUR", DAY).rate == 1


@pytest.fixture
def new_list(session, a, now):
    by = a.finance().actor()

    def new_list(from_on, to_on=None, tier=None, currency="EUR", name="List"):
        return catalog.add_price_list(
            session, name=name, currency=currency, tier=tier, from_on=from_on, to_on=to_on,
            by=by, now=now,
        )  # fmt: skip

    return new_list


def test_a_new_price_list_ends_the_open_one_before_it(new_list):
    old = new_list(date(2026, 1, 1))
    new_list(date(2026, 7, 1))
    new_list(date(2026, 1, 1), tier=Tier.GOLD)
    assert old.to_on == date(2026, 7, 1)


def test_price_lists_of_one_currency_and_tier_never_overlap(new_list):
    new_list(date(2026, 1, 1), date(2027, 1, 1), name="Prices 2026")
    with pytest.raises(Refused, match="“Prices 2026” holds for the same currency"):
        new_list(date(2026, 12, 31))
    new_list(date(2027, 1, 1))
    with pytest.raises(Refused, match="ends before it starts"):
        new_list(DAY, DAY - timedelta(days=1))


def test_a_price_is_set_once_however_often_it_is_sent(session, a, now):
    by, on, product = a.finance().actor(), a.price_list(), a.product()
    for _ in range(2):
        catalog.set_price(session, on, product.id, EUR(5), by=by, now=now)
    assert catalog.price_of(session, product.id, "EUR", None, DAY) == EUR(5)
    assert session.scalar(select(func.count(AuditEntry.id))) == 1
    with pytest.raises(Refused, match="in EUR, not in USD"):
        catalog.set_price(session, on, product.id, Money(5, "USD"), by=by, now=now)


def test_a_rate_is_set_once_however_often_it_is_sent(session, a, now):
    by = a.finance().actor()
    for rate in ("1.1", "1.1", "1.2"):
        catalog.set_rate(
            session, base="EUR", quote="USD", on=DAY, rate=Decimal(rate), source="ECB",
            by=by, now=now,
        )  # fmt: skip
    assert catalog.rate_on(session, "EUR", "USD", DAY).rate == Decimal("1.2")
    (row,) = session.execute(catalog.latest_rates(DAY))
    assert (row.base, row.quote, row.rate) == ("EUR", "USD", Decimal("1.2"))


def test_a_product_is_added_once_and_changed(session, a, now):
    by, family = a.finance().actor(), a.family()
    product = catalog.add_product(
        session, sku="BK-1", name="Bike", family_id=family.id, by=by, now=now
    )
    with pytest.raises(Refused, match="BK-1 already"):
        catalog.add_product(session, sku="BK-1", name="Again", family_id=family.id, by=by, now=now)
    catalog.change_product(
        session, product, name="Bicycle", family_id=family.id, category="bikes",
        commissionable=False, is_offered=False, standard_cost=EUR(10), by=by, now=now,
    )  # fmt: skip
    (row,) = session.execute(catalog.products(search="bicy"))
    assert (row.category, row.commissionable, row.is_offered) == ("bikes", False, False)
    assert session.execute(catalog.products(offered_only=True)).all() == []
    assert product.standard_cost == EUR(10)
