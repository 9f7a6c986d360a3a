"""What can happen to the catalogue: products, prices and rates are added and changed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.base import lock
from models.catalog.rules import overlap
from models.catalog.tables import ExchangeRate, Price, PriceList, Product, ProductFamily
from models.errors import Refused
from models.money import Money
from models.partners import Tier
from models.people import Actor


def add_family(
    session: Session, *, code: str, name: str, by: Actor, now: datetime
) -> ProductFamily:
    if session.scalar(select(ProductFamily.id).where(ProductFamily.code == code)):
        raise Refused(f"There is a family {code} already; choose another code.")
    family = ProductFamily(code=code, name=name)
    session.add(family)
    session.flush()
    audit.record(session, by, "product family added", family, now=now)
    return family


def add_product(
    session: Session,
    *,
    sku: str,
    name: str,
    family_id: UUID,
    by: Actor,
    now: datetime,
    category: str = "",
    commissionable: bool = True,
    standard_cost: Money | None = None,
) -> Product:
    if session.scalar(select(Product.id).where(Product.sku == sku)):
        raise Refused(f"There is a product {sku} already; open it to change it.")
    product = Product(
        sku=sku,
        name=name,
        family_id=family_id,
        category=category,
        commissionable=commissionable,
        standard_cost=standard_cost,
    )
    session.add(product)
    session.flush()
    audit.record(session, by, "product added", product, now=now)
    return product


def change_product(
    session: Session,
    product: Product,
    *,
    name: str,
    family_id: UUID,
    category: str,
    commissionable: bool,
    is_offered: bool,
    standard_cost: Money | None,
    by: Actor,
    now: datetime,
) -> None:
    """Everything but the SKU, which invoices and files name it by."""
    lock(session, product)
    new = {
        "name": name,
        "family_id": family_id,
        "category": category,
        "commissionable": commissionable,
        "is_offered": is_offered,
        "standard_cost": standard_cost,
    }
    changed = {
        key: [str(getattr(product, key)), str(value)]
        for key, value in new.items()
        if getattr(product, key) != value
    }
    for key, value in new.items():
        setattr(product, key, value)
    if changed:
        audit.record(session, by, "product changed", product, now=now, detail=changed)


def add_price_list(
    session: Session,
    *,
    name: str,
    currency: str,
    tier: Tier | None,
    from_on: date,
    to_on: date | None,
    by: Actor,
    now: datetime,
) -> PriceList:
    """A new list.  An open one for the same currency and tier ends where it starts."""
    if to_on and to_on <= from_on:
        raise Refused("The list ends before it starts: choose a later end.")
    rivals = session.scalars(
        select(PriceList)
        .where(PriceList.currency == currency, PriceList.tier == tier)
        .with_for_update()
    )
    for other in rivals:
        if other.to_on is None and other.from_on < from_on:
            other.to_on = from_on
        elif overlap(from_on, to_on, other.from_on, other.to_on):
            raise Refused(
                f"“{other.name}” holds for the same currency and tier from "
                f"{other.from_on:%-d %B %Y}; choose days that do not overlap."
            )
    new = PriceList(name=name, currency=currency, tier=tier, from_on=from_on, to_on=to_on)
    session.add(new)
    session.flush()
    audit.record(session, by, "price list added", new, now=now)
    return new


def set_price(
    session: Session,
    price_list: PriceList,
    product_id: UUID,
    unit: Money,
    *,
    by: Actor,
    now: datetime,
) -> Price:
    """The product's price on that list; a second call changes it."""
    if unit.currency != price_list.currency:
        raise Refused(f"This list is in {price_list.currency}, not in {unit.currency}.")
    if unit.minor < 0:
        raise Refused("A price is not negative.")
    lock(session, price_list)
    price = session.scalar(
        select(Price).where(Price.price_list_id == price_list.id, Price.product_id == product_id)
    )
    before = None if price is None else price.unit_minor
    if price is None:
        price = Price(price_list_id=price_list.id, product_id=product_id, unit_minor=unit.minor)
        session.add(price)
    price.unit_minor = unit.minor
    session.flush()
    if before != unit.minor:
        detail = {"before": before, "now": unit.minor, "currency": unit.currency}
        audit.record(session, by, "price set", price, now=now, detail=detail)
    return price


def set_rate(
    session: Session,
    *,
    base: str,
    quote: str,
    on: date,
    rate: Decimal,
    source: str,
    by: Actor,
    now: datetime,
) -> ExchangeRate:
    """The rate of that day; a second call changes it."""
    if base == quote:
        raise Refused("Choose two different currencies.")
    if rate <= 0:
        raise Refused("A rate is above zero.")
    kept = session.scalar(
        select(ExchangeRate).where(
            ExchangeRate.base == base, ExchangeRate.quote == quote, ExchangeRate.on == on
        )
    )
    before = None if kept is None else str(kept.rate)
    if kept is None:
        kept = ExchangeRate(base=base, quote=quote, on=on, rate=rate, source=source)
        session.add(kept)
    kept.rate, kept.source = rate, source
    session.flush()
    if before != str(rate):
        detail = {"before": before, "now": str(rate)}
        audit.record(session, by, "exchange rate set", kept, now=now, detail=detail)
    return kept
