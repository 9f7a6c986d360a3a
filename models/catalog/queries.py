"""What we can ask of the catalogue.  Reads only."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.catalog.rules import Rate, through, turned
from models.catalog.tables import ExchangeRate, Price, PriceList, Product, ProductFamily
from models.errors import Refused
from models.money import Money
from models.partners import Tier

SAME_CURRENCY = "same currency"


def price_of(
    session: Session, product_id: UUID, currency: str, tier: Tier | None, on: date
) -> Money | None:
    """What one unit costs on that day: by the tier's own list, else by the one for all.

    None when no list of that currency prices the product.
    """
    found = session.scalar(
        _prices(currency, tier, on)
        .where(Price.product_id == product_id)
        .with_only_columns(Price.unit_minor)
        .order_by(PriceList.tier.is_(None), PriceList.from_on.desc(), PriceList.id)
        .limit(1)
    )
    return None if found is None else Money(found, currency)


def rate_on(session: Session, base: str, quote: str, on: date) -> Rate:
    """What one unit of `base` is in `quote`: the last rate on or before that day.

    Uses the opposite rate, or two rates over a third currency, where no direct one is kept.
    Raises Refused when there is none.
    """
    if base == quote:
        return Rate(Decimal(1), on, SAME_CURRENCY)
    found = _kept_rate(session, base, quote, on) or _cross_rate(session, base, quote, on)
    if found is None:
        raise Refused(
            f"There is no exchange rate from {base} to {quote} on or before {on:%-d %B %Y}. "
            "Add one in the catalogue."
        )
    return found


def products(
    *, search: str = "", family_id: UUID | None = None, offered_only: bool = False
) -> Select:
    """Products for a list: columns only, not ordered, never the cost."""
    query = select(
        Product.id,
        Product.sku,
        Product.name,
        Product.category,
        Product.commissionable,
        Product.is_offered,
        Product.family_id,
        ProductFamily.name.label("family_name"),
        ProductFamily.code.label("family_code"),
    ).join(ProductFamily, ProductFamily.id == Product.family_id)
    if family_id:
        query = query.where(Product.family_id == family_id)
    if offered_only:
        query = query.where(Product.is_offered)
    if search:
        text = search.strip()
        query = query.where(
            or_(
                Product.name.icontains(text, autoescape=True),
                Product.sku.istartswith(text, autoescape=True),
            )
        )
    return query


def priced(query: Select, *, currency: str, tier: Tier | None, on: date) -> Select:
    """The same products with `unit_minor`, None where no list of the currency prices them."""
    best = (
        _prices(currency, tier, on)
        .where(Price.product_id == Product.id)
        .with_only_columns(Price.unit_minor)
        .order_by(PriceList.tier.is_(None), PriceList.from_on.desc(), PriceList.id)
        .limit(1)
        .correlate(Product)
        .scalar_subquery()
    )
    return query.add_columns(best.label("unit_minor"))


def families() -> Select:
    """Families with how many products each has, in the order of their names."""
    return (
        select(
            ProductFamily.id,
            ProductFamily.code,
            ProductFamily.name,
            func.count(Product.id).label("product_count"),
        )
        .outerjoin(Product, Product.family_id == ProductFamily.id)
        .group_by(ProductFamily.id)
        .order_by(ProductFamily.name, ProductFamily.id)
    )


def price_lists() -> Select:
    """Price lists with how many prices each has, the newest first."""
    return (
        select(
            PriceList.id,
            PriceList.name,
            PriceList.currency,
            PriceList.tier,
            PriceList.from_on,
            PriceList.to_on,
            func.count(Price.id).label("price_count"),
        )
        .outerjoin(Price, Price.price_list_id == PriceList.id)
        .group_by(PriceList.id)
        .order_by(PriceList.from_on.desc(), PriceList.id.desc())
    )


def prices_of(product_id: UUID) -> Select:
    """Every price of a product, with its list."""
    return (
        select(
            Price.id,
            Price.unit_minor,
            PriceList.id.label("list_id"),
            PriceList.name.label("list_name"),
            PriceList.currency,
            PriceList.tier,
            PriceList.from_on,
            PriceList.to_on,
        )
        .join(PriceList, PriceList.id == Price.price_list_id)
        .where(Price.product_id == product_id)
        .order_by(PriceList.currency, PriceList.from_on.desc(), Price.id)
    )


def prices_on(price_list_id: UUID) -> Select:
    """Every price of a list, with its product; not ordered."""
    return (
        select(
            Price.id, Price.unit_minor, Product.id.label("product_id"), Product.sku, Product.name
        )
        .join(Product, Product.id == Price.product_id)
        .where(Price.price_list_id == price_list_id)
    )


def latest_rates(on: date) -> Select:
    """For each pair of currencies the last rate on or before that day."""
    last = (
        select(ExchangeRate.base, ExchangeRate.quote, func.max(ExchangeRate.on).label("on"))
        .where(ExchangeRate.on <= on)
        .group_by(ExchangeRate.base, ExchangeRate.quote)
        .subquery()
    )
    return (
        select(
            ExchangeRate.id,
            ExchangeRate.base,
            ExchangeRate.quote,
            ExchangeRate.on,
            ExchangeRate.rate,
            ExchangeRate.source,
        )
        .join(
            last,
            and_(
                ExchangeRate.base == last.c.base,
                ExchangeRate.quote == last.c.quote,
                ExchangeRate.on == last.c.on,
            ),
        )
        .order_by(ExchangeRate.base, ExchangeRate.quote)
    )


def how_many(session: Session, query: Select) -> int:
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def _prices(currency: str, tier: Tier | None, on: date) -> Select:
    return (
        select(Price)
        .join(PriceList, PriceList.id == Price.price_list_id)
        .where(
            PriceList.currency == currency,
            PriceList.tier.is_(None) if tier is None else _for_tier(tier),
            PriceList.from_on <= on,
            or_(PriceList.to_on.is_(None), PriceList.to_on > on),
        )
    )


def _for_tier(tier: Tier):
    return or_(PriceList.tier == tier, PriceList.tier.is_(None))


def _kept_rate(session: Session, base: str, quote: str, on: date) -> Rate | None:
    """The newer of the direct and the opposite rate; the direct one of the same day."""
    direct, opposite = _last(session, base, quote, on), _last(session, quote, base, on)
    if opposite and (direct is None or opposite.on > direct.on):
        return turned(opposite)
    return direct


def _cross_rate(session: Session, base: str, quote: str, on: date) -> Rate | None:
    for middle in _neighbours(session, base, on) & _neighbours(session, quote, on):
        first = _kept_rate(session, base, middle, on)
        second = _kept_rate(session, middle, quote, on)
        if first and second:
            return through(first, second, middle)
    return None


def _neighbours(session: Session, currency: str, on: date) -> set[str]:
    rate = aliased(ExchangeRate)
    pairs = session.execute(
        select(rate.base, rate.quote)
        .where(or_(rate.base == currency, rate.quote == currency), rate.on <= on)
        .distinct()
    )
    return {name for pair in pairs for name in pair} - {currency}


def _last(session: Session, base: str, quote: str, on: date) -> Rate | None:
    row = session.execute(
        select(ExchangeRate.rate, ExchangeRate.on, ExchangeRate.source)
        .where(ExchangeRate.base == base, ExchangeRate.quote == quote, ExchangeRate.on <= on)
        .order_by(ExchangeRate.on.desc())
        .limit(1)
    ).one_or_none()
    return Rate(row.rate, row.on, row.source) if row else None
