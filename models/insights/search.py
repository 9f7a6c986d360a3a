"""Find anything: deals, partners, customers and statements by name or number.  Reads only.

Asked in the session of who is asking, so nothing is found that may not be seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.commissions import Statement
from models.customers import Customer
from models.deals import Deal
from models.partners import Partner

MOST = 8
"""Hits of each kind; whoever needs more refines the words or opens the list."""

SHORTEST = 2


@dataclass(frozen=True)
class Hit:
    kind: str
    """deal, partner, customer or statement."""
    id: UUID
    label: str
    detail: str


def find(session: Session, words: str) -> list[Hit]:
    """What has `words` in its name, or begins with it in its number; the kinds in a fixed order."""
    words = " ".join(words.split())
    return list(_hits(session, words)) if len(words) >= SHORTEST else []


def _hits(session: Session, words: str) -> Iterator[Hit]:
    deals = (
        select(Deal.id, Deal.customer_name, Deal.number)
        .where(or_(_named(Deal.customer_name, words), _numbered(Deal.number, words)))
        .order_by(Deal.updated_at.desc(), Deal.id)
    )
    partners = (
        select(Partner.id, Partner.name, Partner.number)
        .where(or_(_named(Partner.name, words), _numbered(Partner.number, words)))
        .order_by(Partner.name, Partner.id)
    )
    customers = (
        select(Customer.id, Customer.name, Customer.town)
        .where(_named(Customer.name, words))
        .order_by(Customer.name, Customer.id)
    )
    statements = (
        select(Statement.id, Statement.number, Statement.period)
        .where(_numbered(Statement.number, words))
        .order_by(Statement.number)
    )
    kinds: dict[str, Select] = {
        "deal": deals,
        "partner": partners,
        "customer": customers,
        "statement": statements,
    }
    for kind, query in kinds.items():
        for key, label, detail in session.execute(query.limit(MOST)):
            yield Hit(kind, key, label, detail)


def _named(column: InstrumentedAttribute[str], words: str) -> ColumnElement[bool]:
    return column.icontains(words, autoescape=True)


def _numbered(column: InstrumentedAttribute[str], words: str) -> ColumnElement[bool]:
    return column.istartswith(words, autoescape=True)
