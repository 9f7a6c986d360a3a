"""What can happen in the ledger: a posting, or many at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models.base import new_id
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
    [posting] = post_all(session, [Fact(key, kind, period, entries)], now=now)
    return posting


def post_all(session: Session, facts: Iterable[Fact], *, now: datetime) -> list[Posting]:
    """Post many facts with two statements to the database instead of two for each."""
    postings, lines = [], []
    for fact in facts:
        assert PERIOD.fullmatch(fact.period), fact.period
        must_balance(fact.key, fact.entries)
        posting = Posting(
            id=new_id(),
            key=fact.key,
            kind=fact.kind,
            period=fact.period,
            at=now,
            line_count=len(fact.entries),
        )
        postings.append(posting)
        lines += [_line(posting, entry) for entry in fact.entries]
    session.add_all(lines)
    session.flush()  # the lines first: the posting seals them
    session.add_all(postings)
    session.flush()
    return postings


def _line(posting: Posting, entry: Entry) -> PostingLine:
    return PostingLine(
        posting_id=posting.id,
        account=entry.account,
        partner_id=entry.partner_id,
        amount=entry.money,
    )
