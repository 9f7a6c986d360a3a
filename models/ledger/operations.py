"""What can happen in the ledger: a posting, or many at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from models import bulk
from models.ledger.rules import PERIOD, Entry, Fact, must_balance
from models.ledger.tables import Posting, PostingLine


def post(
    session: Session,
    *,
    key: str,
    kind: str,
    period: str,
    entries: Sequence[Entry],
    now: datetime,
) -> Posting:
    """Post one fact, once: the database refuses a key that it has already seen.

    period: "YYYY-MM".
    """
    [posting_id] = post_all(session, [Fact(key, kind, period, entries)], now=now)
    return session.get_one(Posting, posting_id)


def post_all(session: Session, facts: Iterable[Fact], *, now: datetime) -> list[UUID]:
    """Post many facts at once; the ids of the postings."""
    ids, at = bulk.new_ids(), bulk.instant_text(now)
    postings: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    for fact in facts:
        assert PERIOD.fullmatch(fact.period), fact.period
        must_balance(fact.key, fact.entries)
        posting_id = next(ids)
        postings.append((posting_id, fact.key, fact.kind, fact.period, at, len(fact.entries)))
        lines += [_line(next(ids), posting_id, entry) for entry in fact.entries]
    bulk.insert(session, LINES, LINE, lines)  # the lines first: the posting seals them
    bulk.insert(session, POSTINGS, POSTING, postings)
    return [UUID(posting[0]) for posting in postings]


def _line(line_id: str, posting_id: str, entry: Entry) -> tuple[Any, ...]:
    whose = None if entry.partner_id is None else entry.partner_id.hex
    amount = entry.money
    return (line_id, posting_id, entry.account.value, whose, amount.minor, amount.currency)


POSTINGS: Any = Posting.__table__
POSTING = ("id", "key", "kind", "period", "at", "line_count")
LINES: Any = PostingLine.__table__
LINE = ("id", "posting_id", "account", "partner_id", "amount_minor", "amount_currency")
