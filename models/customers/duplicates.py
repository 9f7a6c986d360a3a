"""Pairs of records that look alike, found through the table of keys.  Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.customers.keys import certain_keys, stretch_keys
from models.customers.rules import Company, Finding, Verdict, compare
from models.customers.tables import CUSTOMER_KEYS, Customer, CustomersApart

LOOKED_AT = 100
"""Customers of one stretch, the latest first."""
KEYS_AT_ONCE = 10_000
CUSTOMERS_AT_ONCE = 500


@dataclass(frozen=True)
class Pair:
    """Two records that look alike."""

    newer_id: UUID
    newer: str
    older_id: UUID
    older: str
    country: str
    verdict: Verdict
    reason: str
    score: float
    fields: tuple[str, ...]


@dataclass(frozen=True)
class _Known:
    name: str
    company: Company


def possible_duplicates(
    session: Session, *, before: UUID | None = None
) -> tuple[list[Pair], UUID | None]:
    """The pairs of a stretch of customers, each with an older one, surest first.

    before: where the stretch before ended; the second answer is where the next one begins,
    None when there is none.  On the vendor's side.
    """
    latest = select(Customer).where(Customer.merged_into_id.is_(None))
    if before is not None:
        latest = latest.where(Customer.id < before)
    stretch = session.scalars(latest.order_by(Customer.id.desc()).limit(LOOKED_AT)).all()
    seekers = {each.id: _Known(each.name, each.company) for each in stretch}
    pairs = _alike(session, seekers)
    apart = _apart(session, seekers)
    left = [pair for pair in pairs if (pair.older_id, pair.newer_id) not in apart]
    left.sort(key=lambda pair: (pair.verdict is not Verdict.SAME, -pair.score, pair.newer))
    return left, stretch[-1].id if len(stretch) == LOOKED_AT else None


def _alike(session: Session, seekers: dict[UUID, _Known]) -> list[Pair]:
    suspects = {
        (newer, older) for newer, older in _sharing_a_key(session, seekers) if older < newer
    }
    known = seekers | _known(session, {older for _, older in suspects} - seekers.keys())
    pairs = []
    for newer, older in suspects:
        if older not in known:
            continue  # it is merged into another
        finding = compare(known[newer].company, known[older].company)
        if finding.verdict is not Verdict.DIFFERENT:
            pairs.append(_pair(newer, older, known, finding))
    return pairs


def _sharing_a_key(session: Session, seekers: dict[UUID, _Known]) -> Iterable[tuple[UUID, UUID]]:
    seeking: dict[int, list[UUID]] = {}
    for key, known in seekers.items():
        for number in (*certain_keys(known.company), *stretch_keys(known.company)):
            seeking.setdefault(number, []).append(key)
    numbers, table = sorted(seeking), CUSTOMER_KEYS.c
    for start in range(0, len(numbers), KEYS_AT_ONCE):
        some = numbers[start : start + KEYS_AT_ONCE]
        query = select(table.key, table.customer_id).where(table.key.in_(some))
        for row in session.execute(query):
            yield from ((newer, row.customer_id) for newer in seeking[row.key])


def _known(session: Session, wanted: set[UUID]) -> dict[UUID, _Known]:
    ids = sorted(wanted)
    known: dict[UUID, _Known] = {}
    for start in range(0, len(ids), CUSTOMERS_AT_ONCE):
        some = Customer.id.in_(ids[start : start + CUSTOMERS_AT_ONCE])
        query = select(Customer).where(some, Customer.merged_into_id.is_(None))
        known |= {each.id: _Known(each.name, each.company) for each in session.scalars(query)}
    return known


def _apart(session: Session, newer: Iterable[UUID]) -> set[tuple[UUID, UUID]]:
    """The pairs of which somebody has said that they are two customers, the older first."""
    query = select(CustomersApart.one_id, CustomersApart.other_id)
    rows = session.execute(query.where(CustomersApart.other_id.in_(list(newer))))
    return {(row.one_id, row.other_id) for row in rows}


def _pair(newer: UUID, older: UUID, known: dict[UUID, _Known], finding: Finding) -> Pair:
    return Pair(
        newer_id=newer,
        newer=known[newer].name,
        older_id=older,
        older=known[older].name,
        country=known[newer].company.country or "",
        verdict=finding.verdict,
        reason=finding.reason,
        score=finding.score,
        fields=finding.fields,
    )
