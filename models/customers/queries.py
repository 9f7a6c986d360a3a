"""What we can ask about customers.  Reads only."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Row, Select, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from models.customers.keys import certain_keys, letters_of, stretch_keys
from models.customers.names import core_name
from models.customers.rules import SIMILAR_FROM, Company, Finding, Verdict, compare, likeness
from models.customers.tables import CUSTOMER_KEYS, Customer

MOST_CERTAIN = 100
"""Candidates by an id, the domain, the words, the initials or the place."""
MOST_ALIKE = 600
"""Candidates by stretches of the name whose names are weighed."""
MOST_ROWS = 25_000
"""Of the key table that are read for them: under the keys that the fewest share, first."""
A_BIT_LONGER = 3
"""Letters that the other name may have more, where it is asked how many may differ."""
UUID_SHAPE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SHORTEST_TYPED = 2
"""Letters from which on names are suggested."""


@dataclass(frozen=True)
class Match:
    """A customer that is, or may be, the one that is looked for."""

    customer_id: UUID
    name: str
    verdict: Verdict
    reason: str
    score: float
    """How alike the names are, 0 to 1."""
    fields: tuple[str, ...]
    """What both have in common, as people call it."""


def matches_of(session: Session, company: Company, *, but_not: UUID | None = None) -> list[Match]:
    """Every customer that is the same or to be reviewed, best first.  On the vendor's side.

    Whoever is like a record that was merged into another is like that other.  The same
    questions are asked whatever is found, so that the time does not tell on anybody.
    """
    found = []
    for row in _compared(session, candidates(session, company)):
        finding = compare(company, row.company)
        if finding.verdict is not Verdict.DIFFERENT and row.id != but_not:
            found.append((row.id, row.name, finding))
    found.sort(key=lambda each: (_strength(each[2]), str(each[0])))
    best: dict[UUID, Match] = {}
    for key, name, finding in found:
        match = Match(key, name, finding.verdict, finding.reason, finding.score, finding.fields)
        best.setdefault(key, match)
    return list(best.values())


def candidates(session: Session, company: Company) -> list[UUID]:
    """Customers that share a certain key with this one, or stretches and a similar name."""
    certain = session.scalars(_under(certain_keys(company), MOST_CERTAIN)).all()
    return list(dict.fromkeys((*certain, *_similar(session, company))))


def _similar(session: Session, company: Company) -> Iterator[UUID]:
    """Those with a similar name among the customers that share a rare key."""
    rare = _rarest(session, stretch_keys(company))
    few = _differing(CUSTOMER_KEYS.c.letters, letters_of(company.core)) <= _may_differ(company)
    sharing = _under(rare, MOST_ALIKE).where(few).subquery()
    names = select(Customer.id, Customer.core_name).join(
        sharing, sharing.c.customer_id == Customer.id
    )
    for row in session.execute(names):
        if likeness(company.core, row.core_name) >= SIMILAR_FROM:
            yield row.id


def _rarest(session: Session, keys: Sequence[int]) -> list[int]:
    """The keys that the fewest customers share, as many as can be read in a moment."""
    table = CUSTOMER_KEYS.c
    sharing = func.count().label("sharing")
    counted = select(table.key, sharing).where(table.key.in_(keys)).group_by(table.key)
    rare: list[int] = []
    rows = 0
    for row in sorted(session.execute(counted), key=lambda row: (row.sharing, row.key)):
        rows += row.sharing
        if rare and rows > MOST_ROWS:
            break
        rare.append(row.key)
    return rare


def _under(keys: Sequence[int], most: int) -> Select[UUID]:
    """Customers under any of these keys, those under the most of them first."""
    table = CUSTOMER_KEYS.c
    return (
        select(table.customer_id)
        .where(table.key.in_(keys))
        .group_by(table.customer_id)
        .order_by(func.count().desc(), table.customer_id)
        .limit(most)
    )


def _may_differ(company: Company) -> int:
    """Letters by which a name that is similar to this one can differ from it."""
    return int((1 - SIMILAR_FROM) * (2 * len(company.core) + A_BIT_LONGER))


def _differing(one: ColumnElement[int], other: int) -> ColumnElement[int]:
    """In how many bits two numbers of 31 bits differ; in words that both databases know.

    Bits are added up in groups of three, then of six (HAKMEM 169).
    """
    bits = one.bitwise_or(other) - one.bitwise_and(other)
    threes = (
        bits
        - bits.bitwise_rshift(literal(1, Integer)).bitwise_and(0o33333333333)
        - bits.bitwise_rshift(literal(2, Integer)).bitwise_and(0o11111111111)
    )
    return (threes + threes.bitwise_rshift(literal(3, Integer))).bitwise_and(0o30707070707) % 63


@dataclass(frozen=True)
class _Known:
    id: UUID
    """Of the survivor, where the record that was compared is merged; and so the name."""
    name: str
    company: Company


def _compared(session: Session, keys: Sequence[UUID]) -> Iterator[_Known]:
    survivor = aliased(Customer, name="survivor")
    columns = (
        func.coalesce(Customer.merged_into_id, Customer.id).label("id"),
        func.coalesce(survivor.name, Customer.name).label("name"),
        Customer.core_name, Customer.country, Customer.domain,
        Customer.postal_code, Customer.lei, Customer.vat_id, Customer.duns,
    )  # fmt: skip
    known = select(*columns).outerjoin(survivor, survivor.id == Customer.merged_into_id)
    for row in session.execute(known.where(Customer.id.in_(keys))):
        company = Company(
            core=row.core_name,
            country=row.country,
            domain=row.domain or None,
            postal="".join(row.postal_code.upper().split()) or None,
            lei=row.lei or None,
            vat=row.vat_id or None,
            duns=row.duns or None,
        )
        yield _Known(row.id, row.name, company)


ORDER_OF_REASONS = (
    "same_lei", "same_vat", "same_duns", "same_domain", "same_name", "same_domain_other_country",
    "same_name_different_id", "same_name_different_domain", "same_name_other_country",
    "similar_name", "acronym", "same_address_shared_word",
)  # fmt: skip


def _strength(finding: Finding) -> tuple[int, float]:
    return ORDER_OF_REASONS.index(finding.reason), -finding.score


def listed(*, search: str = "", country: str = "") -> Select:
    """Customers for a list: columns only, not ordered; those merged into another are left out."""
    query = select(
        Customer.id,
        Customer.name,
        Customer.domain,
        Customer.country,
        Customer.subdivision,
        Customer.postal_code,
        Customer.town,
        Customer.street,
        Customer.kind,
        Customer.created_at,
    ).where(Customer.merged_into_id.is_(None))
    if country:
        query = query.where(Customer.country == country)
    if search:
        return query.where(_called(search))
    return query


def named(session: Session, names: Collection[str]) -> dict[str, UUID]:
    """Of these names, those that are the domain, the foreign key or the id of one customer alone.

    On the vendor's side.  Names are in small letters, and so are the keys compared.
    """
    found: dict[str, set[UUID]] = defaultdict(set)
    some = list(names)
    for start in range(0, len(some), MOST_ROWS):
        wanted = some[start : start + MOST_ROWS]
        key = func.lower(Customer.external_id)
        rows = select(Customer.id, Customer.domain, key.label("key")).where(
            Customer.merged_into_id.is_(None),
            or_(Customer.domain.in_(wanted), key.in_(wanted), Customer.id.in_(_ids(wanted))),
        )
        for row in session.execute(rows):
            for name in {row.domain, row.key, str(row.id)}.intersection(wanted):
                found[name].add(row.id)
    return {name: ids.pop() for name, ids in found.items() if len(ids) == 1}


def _ids(names: Sequence[str]) -> list[UUID]:
    return [UUID(name) for name in names if UUID_SHAPE.fullmatch(name)]


def survivor_of(session: Session, customer_id: UUID) -> UUID:
    """The customer that this one was merged into, or itself.  On the vendor's side."""
    found = select(func.coalesce(Customer.merged_into_id, Customer.id))
    return session.scalars(found.where(Customer.id == customer_id)).one_or_none() or customer_id


def called_like(session: Session, typed: str, *, most: int = 8) -> Sequence[Row]:
    """name, domain, country of those that the asking session sees and whose name begins so."""
    core = core_name(typed) if typed.strip() else ""
    if len(core) < SHORTEST_TYPED:
        return []
    query = listed(search=typed).order_by(Customer.name, Customer.id).limit(most)
    return session.execute(query).all()


def how_many(session: Session, query: Select) -> int:
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def _called(search: str):
    """The name or domain starts with it, or a later word of the name's core does."""
    core = _escaped(core_name(search))
    text = _escaped(search.strip().casefold())
    return (
        Customer.core_name.like(f"{core}%", escape="\\")
        | Customer.core_name.like(f"% {core}%", escape="\\")
        | Customer.domain.like(f"{text}%", escape="\\")
    )


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
