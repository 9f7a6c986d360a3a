"""What can happen to customers: they are recognised or added, linked to partners, corrected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from models import audit
from models.base import lock, new_id
from models.customers.identifiers import country_code, lei_fault, vat_fault
from models.customers.industries import industry_fault
from models.customers.keys import kept_under, letters_of
from models.customers.queries import Match, matches_of
from models.customers.rules import Company, CustomerKind, Verdict
from models.customers.tables import CUSTOMER_KEYS, Customer, CustomerLink
from models.errors import Refused
from models.people import Actor
from models.vendor import Vendor

LONGEST_NAME = 200


@dataclass(frozen=True, kw_only=True)
class CustomerDetails:
    """A customer as somebody typed it.  Empty: not known."""

    name: str
    country: str
    domain: str = ""
    street: str = ""
    postal_code: str = ""
    town: str = ""
    subdivision: str = ""
    vat_id: str = ""
    duns: str = ""
    lei: str = ""
    naics: str = ""
    employees: int | None = None
    kind: CustomerKind = CustomerKind.BUSINESS
    external_id: str | None = None

    @property
    def company(self) -> Company:
        return Company.known_as(
            self.name,
            country=self.country,
            domain=self.domain,
            postal=self.postal_code,
            lei=self.lei,
            vat=self.vat_id,
            duns=self.duns,
        )


@dataclass(frozen=True)
class Recognition:
    """Which customer it is.  `matches` are the others that look alike, best first."""

    customer_id: UUID
    created: bool
    matches: list[Match]


def recognise(session: Session, details: CustomerDetails, *, now: datetime) -> Recognition:
    """Find the customer that these details are of, or add it.  On the vendor's side.

    Only what is certainly the same is taken for the same; what looks alike is reported,
    so that a person can decide.
    """
    company = details.company
    matches = matches_of(session, company)
    if not _same(matches):
        _one_at_a_time(session)
        matches = matches_of(session, company)  # somebody may have added it meanwhile
    same = _same(matches)
    if same:
        rest = [match for match in matches if match.customer_id != same.customer_id]
        return Recognition(same.customer_id, False, rest)
    return Recognition(add(session, details, now=now).id, True, matches)


def add(session: Session, details: CustomerDetails, *, now: datetime) -> Customer:
    """A new customer, without looking whether it is known.  On the vendor's side."""
    _refuse_faults(details)
    customer = Customer(id=new_id(), created_at=now, **_columns(details))
    session.add(customer)
    session.flush()
    _keep_keys(session, [customer])
    return customer


def add_many(session: Session, many: Iterable[CustomerDetails], *, now: datetime) -> list[Customer]:
    """New customers by the thousand, known to be new.  On the vendor's side."""
    customers = [Customer(id=new_id(), created_at=now, **_columns(each)) for each in many]
    session.add_all(customers)
    session.flush()
    _keep_keys(session, customers)
    return customers


def correct(
    session: Session, customer: Customer, details: CustomerDetails, *, by: Actor, now: datetime
) -> None:
    """Change what is known of a customer.  Staff only; the change is audited."""
    lock(session, customer)
    if customer.merged_into_id:
        raise Refused("This record was merged into another a moment ago. Correct that one.")
    _refuse_faults(details)
    new = _columns(details)
    del new["external_id"]
    changed = {
        name: [str(getattr(customer, name)), str(value)]
        for name, value in new.items()
        if getattr(customer, name) != value
    }
    if not changed:
        return
    for name, value in new.items():
        setattr(customer, name, value)
    session.flush()
    session.execute(delete(CUSTOMER_KEYS).where(CUSTOMER_KEYS.c.customer_id == customer.id))
    _keep_keys(session, [customer])
    audit.record(session, by, "customer corrected", customer, now=now, detail=changed)


def link(session: Session, partner_id: UUID, customer_id: UUID) -> None:
    """The partner deals with this customer, and may see its record.  Twice is once."""
    known = session.scalar(
        select(CustomerLink.id).where(
            CustomerLink.partner_id == partner_id, CustomerLink.customer_id == customer_id
        )
    )
    if known is None:
        session.add(CustomerLink(partner_id=partner_id, customer_id=customer_id))
        session.flush()


def _same(matches: list[Match]) -> Match | None:
    return next((match for match in matches if match.verdict is Verdict.SAME), None)


def _one_at_a_time(session: Session) -> None:
    """Two who add the same customer at once queue here; the second then finds the first's."""
    session.flush()
    session.scalar(select(Vendor.id).with_for_update())


def _columns(details: CustomerDetails) -> dict[str, object]:
    """The details as the table keeps them: ids and domain in the form they are compared in."""
    company = details.company
    kept = {each.name: getattr(details, each.name) for each in fields(details)}
    return kept | {
        "core_name": company.core[:LONGEST_NAME],
        "country": country_code(details.country) or "",
        "domain": company.domain or "",
        "vat_id": company.vat or "",
        "duns": company.duns or "",
        "lei": company.lei or "",
    }


def _refuse_faults(details: CustomerDetails) -> None:
    company = details.company
    if not company.core:
        raise Refused("Enter the customer's name.")
    if len(details.name) > LONGEST_NAME:
        raise Refused(f"A customer's name has at most {LONGEST_NAME} letters.")
    if not company.country:
        raise Refused("Choose the customer's country.")
    if details.lei and (fault := lei_fault(details.lei)):
        raise Refused(fault)
    if details.vat_id and (fault := vat_fault(details.vat_id, details.country)):
        raise Refused(fault)
    if details.naics and (fault := industry_fault(details.naics)):
        raise Refused(fault)
    if details.duns and not company.duns:
        raise Refused("A DUNS number has nine digits; please check it.")


def rebuild_keys(session: Session, *, after: UUID | None, most: int) -> UUID | None:
    """Work out anew what customers are found by, `most` of them after one; the last one done.

    Needed once when a release works the keys out otherwise.  Again, it changes nothing.
    """
    asked = select(Customer).order_by(Customer.id).limit(most)
    batch = list(session.scalars(asked.where(Customer.id > after) if after else asked))
    ids = [customer.id for customer in batch]
    session.execute(delete(CUSTOMER_KEYS).where(CUSTOMER_KEYS.c.customer_id.in_(ids)))
    if batch:
        _keep_keys(session, batch)
    return ids[-1] if ids else None


def _keep_keys(session: Session, customers: Iterable[Customer]) -> None:
    rows = [
        {"key": key, "customer_id": customer.id, "letters": letters}
        for customer in customers
        for letters in (letters_of(customer.core_name),)
        for key in kept_under(customer.company)
    ]
    session.execute(insert(CUSTOMER_KEYS), rows)
