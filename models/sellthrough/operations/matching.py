"""Who a line is about: the reseller, the customer and the deal.  On the vendor's side.

What is found tells nobody but the vendor: naming a company in a report is no way to learn
whether it is a partner, a customer, or registered by somebody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from models import customers
from models.catalog import Product, ProductFamily
from models.customers import Company, Customer, Verdict, core_name
from models.deals import Deal, DealStatus
from models.partners import Partner, PartnerParent
from models.sellthrough.rules import SaleLine

PROTECTS = (DealStatus.APPROVED, DealStatus.WON)


@dataclass(frozen=True, slots=True)
class DealFound:
    deal_id: UUID | None
    partner_id: UUID | None
    why: str


class Desk:
    """What is looked up for the lines of one report, once for all that ask the same."""

    def __init__(self, session: Session, distributor: Partner, skus: Sequence[str]) -> None:
        self.session, self.distributor = session, distributor
        self.products = products_of(session, skus)
        self._below = self._supplied()
        self._customers: dict[tuple[str, str, str], Customer | None] = {}

    def _supplied(self) -> list[tuple[str, Row]]:
        """Every reseller that has bought through this distributor, with the core of its name."""
        link = PartnerParent
        query = (
            select(
                Partner.id, Partner.name, Partner.number, Partner.role, link.from_on, link.to_on
            )
            .join(link, link.partner_id == Partner.id)
            .where(link.distributor_id == self.distributor.id)
            .order_by(Partner.id)
        )  # fmt: skip
        return [(core_name(row.name), row) for row in self.session.execute(query)]

    def _on(self, day: date) -> list[tuple[str, Row]]:
        return [
            (core, row)
            for core, row in self._below
            if row.from_on <= day and (row.to_on is None or day < row.to_on)
        ]

    def reseller(self, line: SaleLine) -> Row | None:
        """By its number with us or its name, among those that bought through it on that day."""
        number = line.reseller_ref.upper()
        core = core_name(line.reseller_name) if line.reseller_name.strip() else ""
        on_day = self._on(line.sold_on)
        found = [row for _, row in on_day if row.number == number]
        found = found or [row for name, row in on_day if core and name == core]
        return found[0] if len(found) == 1 else None

    def customer(self, line: SaleLine) -> Customer | None:
        """Who is certainly the same; what only looks alike is nobody."""
        asked = (line.end_user_name, line.end_user_postal, line.end_user_country)
        if asked not in self._customers:
            self._customers[asked] = self._customer(*asked)
        return self._customers[asked]

    def _customer(self, name: str, postal: str, country: str) -> Customer | None:
        company = Company.known_as(" ".join(name.split()), country=country, postal=postal)
        if not company.core:
            return None
        matches = customers.matches_of(self.session, company)
        if not matches or matches[0].verdict is not Verdict.SAME:
            return None
        return self.session.get(Customer, matches[0].customer_id)

    def deal(self, line: SaleLine, product: Row, customer: Customer | None) -> DealFound:
        """The registration that the line belongs to, and why."""
        sellers = {self.distributor.id, *(row.id for _, row in self._on(line.sold_on))}
        if line.deal_number:
            return self._by_number(line, customer, sellers)
        if customer is None:
            return DealFound(None, None, "The end customer is no customer that we know.")
        return self._by_customer(line, product, customer, sellers)

    def _by_number(
        self, line: SaleLine, customer: Customer | None, sellers: set[UUID]
    ) -> DealFound:
        number = line.deal_number.upper()
        row = self.session.execute(_deals().where(Deal.number == number)).first()
        if row is None:
            return DealFound(None, None, f"{line.deal_number} is no registration of ours.")
        if row.partner_id not in sellers:
            words = f"{number} is a registration of {row.partner}, which sold nothing here."
            return DealFound(None, None, words)
        if row.approved_on is None or row.status not in PROTECTS:
            words = f"{number} is no active registration: {row.status.words.lower()}."
            return DealFound(None, None, words)
        if customer and row.customer_id != customer.id:
            return DealFound(None, None, f"{number} is a registration of another customer.")
        words = f"The report names {number}."
        if not _is_within(row, line.sold_on):
            words += " It was sold outside its protection."
        return DealFound(row.id, row.partner_id, words)

    def _by_customer(
        self, line: SaleLine, product: Row, customer: Customer, sellers: set[UUID]
    ) -> DealFound:
        same = (Deal.customer_id == customer.id, Deal.family_id == product.family_id)
        query = _deals().where(*same, Deal.status.in_(PROTECTS), Deal.approved_on.is_not(None))
        found = [row for row in self.session.execute(query) if _is_within(row, line.sold_on)]
        own = [row for row in found if row.partner_id in sellers]
        if len(own) == 1:
            words = f"Customer and product of {own[0].number}, sold within its protection."
            return DealFound(own[0].id, own[0].partner_id, words)
        if own:
            named = ", ".join(sorted(row.number for row in own))
            return DealFound(None, None, f"Several registrations fit: {named}.")
        if found:
            words = f"{found[0].partner} has customer and product registered: {found[0].number}."
            return DealFound(None, None, words)
        return DealFound(None, None, "Nobody has customer and product registered for that day.")


def products_of(session: Session, skus: Sequence[str]) -> dict[str, Row]:
    """id, family_id and family code by article number."""
    columns = (Product.sku, Product.id, Product.family_id, ProductFamily.code.label("family"))
    query = select(*columns).join(ProductFamily, ProductFamily.id == Product.family_id)
    found: dict[str, Row] = {}
    wanted = sorted(set(skus))
    for start in range(0, len(wanted), 5_000):
        some = Product.sku.in_(wanted[start : start + 5_000])
        found |= {row.sku: row for row in session.execute(query.where(some))}
    return found


def _deals() -> Select:
    return (
        select(
            Deal.id, Deal.number, Deal.partner_id, Deal.customer_id, Deal.status,
            Deal.approved_on, Deal.protected_through, Partner.name.label("partner"),
        )
        .join(Partner, Partner.id == Deal.partner_id)
        .order_by(Deal.id)
    )  # fmt: skip


def _is_within(row: Row, day: date) -> bool:
    return row.approved_on <= day <= (row.protected_through or day)
