"""What a file of territories, postal codes or accounts would change, and changing it.

A job in two halves: it looks, and shows what it found; when a person says so it takes the file,
some territories in each transaction, so that it may be killed and run again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from models import jobs
from models.errors import Refused
from models.territories import LoadKind, LoadState, TerritoryLoad
from portal.database import transaction
from portal.imports import Problem
from portal.territories import units
from portal.territories.desk import Desk
from portal.territories.units import Unit

TOPIC = "territory-load"
AT_ONCE = 200
"""Territories in one transaction."""
ROWS_AT_ONCE = 20_000
MOST_KEPT = 20_000
"""Lines of the report; what is wrong with more rows is counted."""


@dataclass
class Found:
    """What was found so far."""

    problems: list[Problem] = field(default_factory=list)
    effects: list[list[str]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def load(payload: dict[str, Any]) -> datetime | None:
    """The errand: look, or take, as far as the file has come."""
    key = UUID(payload["load"])
    with transaction() as session:
        row = session.get_one(TerritoryLoad, key)
        kind, content, state = row.kind, row.content, row.state
    if content is None or state not in (LoadState.CHECKING, LoadState.TAKING):
        return None
    try:
        _work(key, kind, content, takes=state is LoadState.TAKING)
    except Exception as error:
        _give_up_at_last(key, state, error)
        raise
    return None


def _work(key: UUID, kind: LoadKind, content: bytes, *, takes: bool) -> None:
    found = Found()
    try:
        read = units.read(
            kind, content, found.problems, lambda done, total: _tell(key, done, total)
        )
    except Refused as refusal:
        with transaction() as session:
            row = session.get_one(TerritoryLoad, key)
            row.state, row.refusal, row.content = LoadState.REFUSED, str(refusal), None
        return
    _each(key, read, found, takes=takes)
    _finish(key, found, takes=takes)


def _give_up_at_last(key: UUID, state: LoadState, error: Exception) -> None:
    """What nobody tries again must not look as if somebody did."""
    with transaction() as session:
        half = "take" if state is LoadState.TAKING else "look"
        if jobs.is_last_attempt(session, f"{TOPIC} {key} {half}"):
            row = session.get_one(TerritoryLoad, key)
            row.state, row.content = LoadState.REFUSED, None
            row.refusal = (
                f"It failed {jobs.MOST_ATTEMPTS} times, the last time with: {error}. Hand the file "
                "in again; what was taken before stays, and is unchanged then."
            )[:1000]


def _tell(key: UUID, done: int, total: int) -> None:
    """So that whoever waits sees how far it is."""
    with transaction() as session:
        row = session.get_one(TerritoryLoad, key)
        row.done, row.total = done, total


def _each(key: UUID, read: list[Unit], found: Found, *, takes: bool) -> None:
    """Compare, or take, territory by territory; keep count where others see it."""
    coming = frozenset() if takes else frozenset(unit.key for unit in read)
    done = 0
    for some in _batches(read):
        with transaction() as session:
            row = session.get_one(TerritoryLoad, key)
            desk = Desk(session, row, some, coming)
            for unit in some:
                _one(desk, unit, found, takes=takes)
            done += sum(unit.rows for unit in some)
            row.done = row.total + done


def _one(desk: Desk, unit: Unit, found: Found, *, takes: bool) -> None:
    try:
        effect, words = desk.weigh(unit, takes=takes)
    except (Refused, ValueError) as refusal:
        found.problems.append(Problem(unit.row, "", str(refusal), "Mend this row."))
        return
    found.counts[effect] += 1
    if effect != "unchanged" and len(found.effects) < MOST_KEPT:
        found.effects.append([unit.name, words])


def _batches(read: list[Unit]) -> Iterator[list[Unit]]:
    some: list[Unit] = []
    rows = 0
    for unit in read:
        if some and (len(some) == AT_ONCE or rows + unit.rows > ROWS_AT_ONCE):
            yield some
            some, rows = [], 0
        some.append(unit)
        rows += unit.rows
    if some:
        yield some


def _finish(key: UUID, found: Found, *, takes: bool) -> None:
    with transaction() as session:
        row = session.get_one(TerritoryLoad, key)
        row.added, row.changed = found.counts["added"], found.counts["changed"]
        row.unchanged, row.refused = found.counts["unchanged"], len(found.problems)
        told = sorted(found.problems, key=lambda each: each.row)[:MOST_KEPT]
        row.problems = [[each.row, each.column, each.what, each.remedy] for each in told]
        row.effects, row.done = found.effects, row.total * 2
        row.state = LoadState.DONE if takes else LoadState.READY
        row.content = None if takes else row.content


ERRANDS = {TOPIC: load}
