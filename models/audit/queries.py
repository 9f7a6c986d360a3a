"""What we can ask about the audit: its entries, and whether its chain holds.  Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import Session

from models.audit.rules import (
    AUDIT_YEARS,
    BACKED_UP,
    BEGINS,
    COLUMNS,
    HISTORIES,
    NOTHING_BEFORE,
    PRIVILEGED,
    PRIVILEGED_KINDS,
    linked,
)
from models.audit.tables import AuditAnchor, AuditEntry, AuditLink

SLACK = 30
"""Days by which a head may be kept later than its last entry was written."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the chain does not hold."""

    seq: int
    """The place in the chain; 0 for an entry that has none."""
    entry_id: UUID | None
    what: str


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain at one moment, as an anchor keeps it."""

    seq: int
    hash: str
    at: datetime | None = None
    """When it was kept, where that is known."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which entries; empty fields do not narrow."""

    who: str = ""
    action: str = ""
    kind: str = ""
    partner_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Up to but not including."""


def listed(chosen: Choice) -> Select:
    """One row an entry, without an order."""
    query = select(AuditLink.seq, *(getattr(AuditEntry, column) for column in COLUMNS))
    return query.join(AuditEntry, AuditEntry.id == AuditLink.entry_id).where(*_criteria(chosen))


def entry(session: Session, entry_id: UUID) -> Row | None:
    """One entry with its place in the chain: its number, its hash and the one before it."""
    query = select(
        AuditLink.seq, AuditLink.prev, AuditLink.hash,
        *(getattr(AuditEntry, column) for column in COLUMNS),
    )  # fmt: skip
    one = query.join(AuditEntry, AuditEntry.id == AuditLink.entry_id)
    return session.execute(one.where(AuditEntry.id == entry_id)).one_or_none()


def privileged(chosen: Choice) -> Select:
    """What only few may do; without an order."""
    return listed(chosen).where(
        or_(AuditEntry.action.in_(PRIVILEGED), AuditEntry.about_kind.in_(PRIVILEGED_KINDS))
    )


def history(of: str, chosen: Choice) -> Select:
    """The history of "plans", "rates" or "destinations"; without an order."""
    return listed(chosen).where(AuditEntry.about_kind.in_(HISTORIES[of]))


def kinds(session: Session) -> list[str]:
    """What entries are about."""
    return sorted(filter(None, session.scalars(select(AuditEntry.about_kind).distinct())))


def of_people(partner_id: UUID, people: Iterable[UUID]) -> Select:
    """What these people did for their company; without an order."""
    return listed(Choice(partner_id=partner_id)).where(AuditEntry.actor_id.in_(list(people)))


def head(session: Session) -> Head | None:
    found = session.execute(
        select(AuditLink.seq, AuditLink.hash).order_by(AuditLink.seq.desc()).limit(1)
    ).one_or_none()
    return found and Head(found.seq, found.hash)


def anchors(session: Session, *, most: int | None = None) -> list[AuditAnchor]:
    """The latest first."""
    query = select(AuditAnchor).order_by(AuditAnchor.at.desc(), AuditAnchor.seq.desc())
    return list(session.scalars(query.limit(most)))


def anchored_since(session: Session, at: datetime) -> bool:
    return session.scalar(select(func.count(AuditAnchor.id)).where(AuditAnchor.at >= at)) != 0


def last_backup(session: Session) -> Row | None:
    """(at, detail) of the newest."""
    found = select(AuditEntry.at, AuditEntry.detail).where(AuditEntry.action == BACKED_UP)
    return session.execute(found.order_by(AuditEntry.at.desc()).limit(1)).one_or_none()


def is_closed_since_anchor(session: Session) -> bool:
    """Whether a month was closed or finished after the head was last kept."""
    last = session.scalar(select(func.max(AuditAnchor.seq))) or 0
    found = (
        select(AuditLink.seq)
        .join(AuditEntry, AuditEntry.id == AuditLink.entry_id)
        .where(AuditLink.seq > last, AuditEntry.action.in_(("month closed", "month finished")))
    )
    return session.scalar(found.limit(1)) is not None


def faults(session: Session, kept: Iterable[Head] = ()) -> Iterator[Fault]:
    """Every place where the chain does not hold, in order; `kept` are heads kept outside."""
    outside: dict[int, set[str]] = {}
    inside = anchors(session)
    begins = max(
        (one for one in inside if one.why == BEGINS), key=lambda one: one.seq, default=None
    )
    seq, prev = (begins.seq, begins.hash) if begins else (0, NOTHING_BEFORE)
    for one in (*kept, *(Head(row.seq, row.hash, row.at) for row in inside if row is not begins)):
        if one.seq > seq:
            outside.setdefault(one.seq, set()).add(one.hash)
        elif begins and one.at and one.at > begins.at - timedelta(days=AUDIT_YEARS * 365 - SLACK):
            yield Fault(
                one.seq, None, "cut off at its beginning: this was kept less than ten years"
            )
    yield from _unlinked(session)
    for row in session.execute(_chain()):
        if row.seq != seq + 1:
            yield Fault(seq + 1, None, "missing: the chain has a gap here")
        if row.prev != prev:
            yield Fault(row.seq, row.entry_id, "does not follow the one before it")
        if row.found is None:
            yield Fault(row.seq, row.entry_id, "deleted: its entry is gone")
        elif row.hash != linked(row.prev, row.seq, row):
            yield Fault(row.seq, row.entry_id, "edited: it is not what was hashed")
        if (wanted := outside.pop(row.seq, None)) and wanted != {row.hash}:
            yield Fault(row.seq, row.entry_id, "rewritten: another hash was kept outside")
        seq, prev = row.seq, row.hash
    if outside:
        yield Fault(seq + 1, None, f"cut off: the chain once went up to {max(outside)}")


def _unlinked(session: Session) -> Iterator[Fault]:
    strays = (
        select(AuditEntry.id)
        .outerjoin(AuditLink, AuditLink.entry_id == AuditEntry.id)
        .where(AuditLink.id.is_(None))
        .order_by(AuditEntry.id)
    )
    for entry_id in session.scalars(strays):
        yield Fault(0, entry_id, "inserted: it has no place in the chain")


def _chain() -> Any:
    columns = [getattr(AuditEntry, column) for column in COLUMNS if column != "id"]
    return (
        select(
            AuditLink.seq, AuditLink.entry_id, AuditLink.prev, AuditLink.hash,
            AuditEntry.id.label("found"), AuditEntry.id, *columns,
        )
        .outerjoin(AuditEntry, AuditEntry.id == AuditLink.entry_id)
        .order_by(AuditLink.seq)
        .execution_options(yield_per=1000)
    )  # fmt: skip


def _criteria(chosen: Choice) -> list[Any]:
    criteria: list[Any] = []
    if chosen.who:
        criteria.append(AuditEntry.actor_name.icontains(chosen.who, autoescape=True))
    if chosen.action:
        criteria.append(AuditEntry.action.icontains(chosen.action, autoescape=True))
    if chosen.kind:
        criteria.append(AuditEntry.about_kind == chosen.kind)
    if chosen.partner_id:
        criteria.append(AuditEntry.partner_id == chosen.partner_id)
    if chosen.since:
        criteria.append(AuditEntry.at >= chosen.since)
    if chosen.until:
        criteria.append(AuditEntry.at < chosen.until)
    return criteria
