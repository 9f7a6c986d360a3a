"""Products with families, price lists in five currencies, and the exchange rates."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from models.base import new_id
from models.catalog import ExchangeRate, Price, PriceList, Product, ProductFamily
from models.money import Money
from models.partners import Tier
from portal.demo.reading import minor, rows
from portal.demo.story import Story

FAMILIES = {
    "mountain-bikes": "Mountain bikes",
    "road-bikes": "Road bikes",
    "mountain-frames": "Mountain frames",
    "road-frames": "Road frames",
    "clothing": "Clothing and accessories",
}
CATEGORIES = {"BK": "bikes", "FR": "frames"}
PLATINUM_PERCENT = 97
"""What a platinum partner pays of what the others pay."""
BEFORE = timedelta(days=120)
"""Before the first rate of the data, its first day's rate holds."""


def fill(story: Story) -> None:
    families = {code: ProductFamily(code=code, name=name) for code, name in FAMILIES.items()}
    story.session.add_all(families.values())
    story.session.flush()
    goods = rows("products")
    for row in goods:
        product = _product(row, families[_family(row["sku"])])
        story.products[row["sku"]] = product
        story.session.add(product)
    story.session.flush()
    first = _rates(story)
    _price_lists(story, goods, first)


def _family(sku: str) -> str:
    kind, model = sku.split("-")[:2]
    if kind not in CATEGORIES:
        return "clothing"
    return f"{'mountain' if model.startswith('M') else 'road'}-{CATEGORIES[kind]}"


def _product(row: dict[str, str], family: ProductFamily) -> Product:
    return Product(
        id=new_id(),
        sku=row["sku"],
        name=row["name"],
        family_id=family.id,
        category=CATEGORIES.get(row["sku"][:2], "clothing"),
        standard_cost=Money(minor(row["standard_cost"]), "USD"),
    )


def _rates(story: Story) -> dict[str, Decimal]:
    """Every published rate up to today; the first of each currency."""
    first: dict[str, Decimal] = {}
    seen: set[tuple[str, date]] = set()
    for row in rows("rates"):
        currency, on = row["currency"], story.shift.day(row["date"])
        rate = Decimal(row["usd_per_unit_average"]).quantize(Decimal("0.0000000001"))
        if currency not in first:
            first[currency] = rate
            _rate(story, currency, on - BEFORE, rate, "AdventureWorks, its first day's rate")
        if on <= story.today and (currency, on) not in seen:  # two days may fall on a month's last
            seen.add((currency, on))
            _rate(story, currency, on, rate, "AdventureWorks")
    story.session.flush()
    return first


def _rate(story: Story, currency: str, on: date, rate: Decimal, source: str) -> None:
    story.session.add(ExchangeRate(base=currency, quote="USD", on=on, rate=rate, source=source))


def _price_lists(story: Story, goods: list[dict[str, str]], rates: dict[str, Decimal]) -> None:
    """The dealer price in dollars; elsewhere at the first day's rate."""
    from_on = story.today.replace(month=1, day=1) - timedelta(days=365)
    for currency in ("USD", *sorted(rates)):
        for tier in (None, Tier.PLATINUM):
            name = f"{currency} {from_on.year}" + (" platinum" if tier else "")
            listed = PriceList(
                id=new_id(), name=name, currency=currency, tier=tier, from_on=from_on
            )
            story.session.add(listed)
            story.session.flush()
            for row in goods:
                dealer = Decimal(row["dealer_price"]) / rates.get(currency, Decimal(1))
                share = Decimal(PLATINUM_PERCENT if tier else 100)
                unit = int((dealer * share).quantize(Decimal(1), ROUND_HALF_UP))
                product = story.products[row["sku"]]
                price = Price(price_list_id=listed.id, product_id=product.id, unit_minor=unit)
                story.session.add(price)
                if tier is None:
                    story.prices[currency, row["sku"]] = unit
    story.session.flush()
