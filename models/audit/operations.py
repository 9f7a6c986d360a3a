"""Writing the audit: an entry now, its place in the chain when the transaction ends.

The chain has one head, so whoever writes to it must queue.  That is done last of all, when
every row lock is held and every row written: nothing is waited for while the head is held.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import event, insert, inspect, select
from sqlalchemy.orm import Session, SessionTransaction

from models.audit.rules import COLUMNS, NOTHING_BEFORE, linked, told
from models.audit.tables import AuditAnchor, AuditEntry, AuditLink
from models.base import Base, new_id
from models.engine import wait_in_line
from models.people.rules import Actor
from models.scope import ScopedSession, over_the_wall

LINE, UNLINKED, ORIGIN = "audit", "audit unlinked", "audit origin"
AT_ONCE = 500
"""Entries linked by one statement."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where what a session does comes from: a request has one, commands and the worker none."""

    address: str
    session_id: UUID | None
    request_id: UUID


def comes_from(session: Session, origin: Origin) -> None:
    """Say it once a session; every entry carries it."""
    session.info[ORIGIN] = origin


def record(
    session: Session,
    by: Actor,
    action: str,
    about: Base | None,
    *,
    now: datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    """Keep that `by` did `action` (such as "deal approved") to `about`.

    What of `about` has changed and is not yet written when this is called, or changes before
    it is written, is kept with it: before and after.
    """
    origin = session.info.get(ORIGIN)
    entry = AuditEntry(
        id=new_id(),
        at=now,
        actor_id=by.id,
        actor_name=by.visitor or by.name,
        on_behalf_of=by.name if by.visitor else None,
        partner_id=getattr(about, "partner_id", None) or by.partner_id,
        action=action,
        about_kind=about.__tablename__ if about is not None else "",
        about_id=about.id if about is not None else None,
        detail=detail or {},
        changed=_changes_of(about),
        address=origin and origin.address,
        session_id=origin and origin.session_id,
        request_id=origin and origin.request_id,
    )
    session.add(entry)
    session.info.setdefault(UNLINKED, []).append(entry.id)


def record_in_confidence(
    session: Session, action: str, about: Base | None, *, now: datetime
) -> None:
    """Keep that it was done, without who did it, from where, and what changed.

    For complaints: whoever reads the audit may be the one complained about.
    """
    entry = AuditEntry(
        id=new_id(),
        at=now,
        actor_name="In confidence",
        action=action,
        about_kind=about.__tablename__ if about is not None else "",
        about_id=about.id if about is not None else None,
        detail={},
    )
    session.add(entry)
    session.info.setdefault(UNLINKED, []).append(entry.id)


def has_recorded(session: Session) -> bool:
    """Whether this transaction has left an entry so far."""
    return bool(session.info.get(UNLINKED))


def anchor(session: Session, why: str, *, now: datetime) -> AuditAnchor | None:
    """Keep the head as it is now; None while there is no chain, or the head is anchored."""
    head = session.execute(_HEAD).one_or_none()
    last = session.scalar(select(AuditAnchor.seq).order_by(AuditAnchor.at.desc()).limit(1))
    if head is None or head.seq == last:
        return None
    kept = AuditAnchor(at=now, seq=head.seq, hash=head.hash, why=why)
    session.add(kept)
    return kept


_HEAD = select(AuditLink.seq, AuditLink.hash).order_by(AuditLink.seq.desc()).limit(1)


@event.listens_for(ScopedSession, "before_commit")
def _link(session: ScopedSession) -> None:
    waiting = session.info.get(UNLINKED)
    if not waiting or session.is_beside:
        return
    session.flush()
    with over_the_wall(session) as connection:
        wait_in_line(connection, LINE)
        head = connection.execute(_HEAD).one_or_none()
        seq, prev = (head.seq, head.hash) if head else (0, NOTHING_BEFORE)
        for at in range(0, len(waiting), AT_ONCE):
            links = []
            for entry in connection.execute(_written(waiting[at : at + AT_ONCE])):
                seq += 1
                links.append(
                    {
                        "id": new_id(), "seq": seq, "entry_id": entry.id, "prev": prev,
                        "hash": (prev := linked(prev, seq, entry)),
                    }
                )  # fmt: skip
            if links:
                connection.execute(insert(AuditLink), links)
    waiting.clear()


def _written(ids: list[UUID]) -> Any:
    """Those of them that are there: what a savepoint took back is not."""
    columns = [getattr(AuditEntry, column) for column in COLUMNS]
    return select(*columns).where(AuditEntry.id.in_(ids)).order_by(AuditEntry.id)


@event.listens_for(ScopedSession, "after_soft_rollback")
def _forget(session: ScopedSession, transaction: SessionTransaction) -> None:
    if not transaction.nested and not session.is_beside:
        session.info.pop(UNLINKED, None)


def _changes_of(row: Base | None) -> dict[str, Any] | None:
    state = inspect(row) if row is not None else None
    if state is None or not state.persistent:
        return None
    changes = {}
    for attribute in state.mapper.column_attrs:
        history = state.attrs[attribute.key].history
        if history.added and history.deleted != history.added:
            before = history.deleted[0] if history.deleted else None
            changes[attribute.key] = [
                told(attribute.key, before),
                told(attribute.key, history.added[0]),
            ]
    return changes or None
