"""The business of the last months, asked under two drawings of the territories.  Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session

from models import catalog, territories, vendor
from models.calendars import start_of_day
from models.catalog import ProductFamily
from models.customers import Customer
from models.deals import OPEN, Deal, DealStatus, months_before
from models.errors import Refused
from models.money import Money, exponent, rounded
from models.partners import Partner
from models.redrawing.rules import CustomerMove, DealMove, Drawing, Redrawing
from models.sales import Invoice
from models.territories import Facts, Index, Rule, TerritoryStatus

WINDOW_MONTHS = 12
NEVER_REGISTERED = (DealStatus.DRAFT, DealStatus.WITHDRAWN)


def simulate(
    session: Session,
    drawn: Iterable[Rule],
    *,
    instead: bool,
    today: date,
    on: date | None = None,
    with_customers: bool = True,
) -> Redrawing:
    """What these territories would change, over the last twelve months.  On the vendor's side.

    drawn: need not be stored, and count as active whatever they are; a territory with the id
    of one that stands takes its place.  instead: they stand alone, else beside today's.
    on: the day for which both drawings are asked, today when not said; a territory that does
    not hold on that day does not hold here either.  Deals and customers whose business is
    older than the window are left out, open deals never.
    """
    day = on or today
    now_drawn = territories.as_rules(session)
    thought_of = {rule.id: replace(rule, status=TerritoryStatus.ACTIVE) for rule in drawn}
    kept = [] if instead else [rule for rule in now_drawn if rule.id not in thought_of]
    then_drawn = [*kept, *thought_of.values()]
    before, after = _drawing(session, now_drawn), _drawing(session, then_drawn)
    book = book_of(session, today=today, with_customers=with_customers)
    return Redrawing(
        on=day,
        since=book.since,
        currency=book.rates.base,
        deals=list(_deal_moves(book, before, after, day)),
        customers=list(_customer_moves(book, before, after, day)),
        territory_names={rule.id: rule.name for rule in (*now_drawn, *then_drawn)},
        names_today={rule.id: rule.name for rule in now_drawn},
        without_rate=frozenset(book.rates.missing),
    )


@dataclass
class Rates:
    """Amounts of any currency in the base currency; each rate is read once."""

    session: Session
    base: str
    on: date
    missing: set[str] = field(default_factory=set)
    _known: dict[str, Decimal | None] = field(default_factory=dict)

    def in_base(self, minor: int, currency: str) -> int:
        """0 where no rate is kept, and the currency is then among the missing."""
        if currency == self.base or not minor:
            return minor
        if currency not in self._known:
            self._known[currency] = self._rate(currency)
        rate = self._known[currency]
        if rate is None:
            return 0
        return rounded((Money(minor, currency).major * rate).scaleb(exponent(self.base)))

    def _rate(self, currency: str) -> Decimal | None:
        try:
            return catalog.rate_on(self.session, currency, self.base, self.on).rate
        except Refused:
            self.missing.add(currency)
            return None


@dataclass(frozen=True)
class Book:
    """The business of the window: deals, customers, and what each customer was invoiced."""

    since: date
    rates: Rates
    deals: Sequence[Row]
    customers: Sequence[Row]
    revenue: dict[UUID, int]
    """By customer, in the base currency."""


def book_of(session: Session, *, today: date, with_customers: bool = True) -> Book:
    settings = vendor.settings(session)
    since = months_before(today, WINDOW_MONTHS)
    rates = Rates(session, settings.base_currency, today)
    revenue = _revenue(session, since, today, rates)
    return Book(
        since=since,
        rates=rates,
        deals=session.execute(_deals(since, settings.time_zone)).all(),
        customers=session.execute(_customers()).all() if with_customers else [],
        revenue=revenue,
    )


def facts_of_customer(row: Row, on: date) -> Facts:
    return Facts(
        on=on,
        country=row.country,
        subdivision=row.subdivision or None,
        postal=row.postal_code or None,
        domain=row.domain or None,
        account=str(row.id),
        naics=row.naics or None,
        employees=row.employees,
    )


def facts_of_deal(row: Row, on: date) -> Facts:
    """What routing would ask: the place as the partner wrote it, the rest of the customer."""
    return Facts(
        on=on,
        country=row.customer_country,
        subdivision=row.customer_subdivision or None,
        postal=row.customer_postal_code or None,
        domain=row.customer_domain or None,
        account=str(row.customer_id) if row.customer_id else None,
        naics=row.naics or None,
        product=row.family_code,
        employees=row.employees,
        partner=row.partner_id,
        partner_role=row.role,
    )


def _deal_moves(book: Book, before: Drawing, after: Drawing, day: date) -> Iterator[DealMove]:
    for row in book.deals:
        facts = facts_of_deal(row, day)
        yield DealMove(
            before=before.standing(facts),
            after=after.standing(facts),
            id=row.id,
            number=row.number,
            customer_name=row.customer_name,
            partner_id=row.partner_id,
            status=row.status,
            value_minor=book.rates.in_base(row.value_minor, row.value_currency),
            country=row.customer_country,
            subdivision=row.customer_subdivision,
        )


def _customer_moves(
    book: Book, before: Drawing, after: Drawing, day: date
) -> Iterator[CustomerMove]:
    for row in book.customers:
        facts = facts_of_customer(row, day)
        yield CustomerMove(
            before=before.standing(facts),
            after=after.standing(facts),
            id=row.id,
            name=row.name,
            revenue_minor=book.revenue.get(row.id, 0),
            country=row.country,
            subdivision=row.subdivision,
        )


def _drawing(session: Session, rules: Iterable[Rule]) -> Drawing:
    fallback = territories.defaults(session)
    return Drawing(
        Index(rules),
        present=territories.still_here(session),
        default_channel_manager=fallback.channel_manager,
        default_sales_manager=fallback.sales_manager,
    )


def _deals(since: date, time_zone: str):
    """Open whenever they were registered; the others registered or won in the window."""
    recent = or_(
        Deal.status.in_(OPEN),
        Deal.submitted_at >= start_of_day(since, time_zone),
        Deal.won_on >= since,
    )
    return (
        select(
            Deal.id, Deal.number, Deal.customer_name, Deal.partner_id, Deal.status,
            Deal.value_minor, Deal.value_currency,  # type: ignore[attr-defined]
            Deal.customer_country, Deal.customer_subdivision, Deal.customer_postal_code,
            Deal.customer_domain, Deal.customer_id, ProductFamily.code.label("family_code"),
            Partner.role, Customer.naics, Customer.employees,
        )
        .join(Partner, Partner.id == Deal.partner_id)
        .outerjoin(ProductFamily, ProductFamily.id == Deal.family_id)
        .outerjoin(Customer, Customer.id == Deal.customer_id)
        .where(recent, Deal.status.not_in(NEVER_REGISTERED))
        .order_by(Deal.id)
    )  # fmt: skip


def _customers():
    return (
        select(
            Customer.id, Customer.name, Customer.country, Customer.subdivision,
            Customer.postal_code, Customer.domain, Customer.naics, Customer.employees,
        )
        .where(Customer.merged_into_id.is_(None))
        .order_by(Customer.id)
    )  # fmt: skip


def _revenue(session: Session, since: date, through: date, rates: Rates) -> dict[UUID, int]:
    net = func.sum(Invoice.net_minor - Invoice.credited_minor)
    rows = session.execute(
        select(Invoice.customer_id, Invoice.currency, net.label("net"))
        .where(Invoice.issued_on >= since, Invoice.issued_on <= through)
        .group_by(Invoice.customer_id, Invoice.currency)
    )
    found: dict[UUID, int] = defaultdict(int)
    for row in rows:
        found[row.customer_id] += rates.in_base(int(row.net), row.currency)
    return found
