"""The catalogue: product families and products, price lists, exchange rates.

price_of(product, currency, tier, on) -> what a unit costs a partner of that tier
rate_on(base, quote, on) -> the last rate on or before that day
"""

from models.catalog.operations import (
    add_family,
    add_price_list,
    add_product,
    change_product,
    set_price,
    set_rate,
)
from models.catalog.queries import (
    families,
    how_many,
    latest_rates,
    price_lists,
    price_of,
    priced,
    prices_of,
    prices_on,
    products,
    rate_on,
)
from models.catalog.rules import Rate
from models.catalog.tables import ExchangeRate, Price, PriceList, Product, ProductFamily

__all__ = [
    "ExchangeRate",
    "Price",
    "PriceList",
    "Product",
    "ProductFamily",
    "Rate",
    "add_family",
    "add_price_list",
    "add_product",
    "change_product",
    "families",
    "how_many",
    "latest_rates",
    "price_lists",
    "price_of",
    "priced",
    "prices_of",
    "prices_on",
    "products",
    "rate_on",
    "set_price",
    "set_rate",
]
