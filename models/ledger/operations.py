"""What can happen in the ledger: a posting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models.base import new_id
from models.ledger.rules import PERIOD, Entry, must_balance
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
    assert PERIOD.fullmatch(period), period
    must_balance(key, entries)
    posting = Posting(
        id=new_id(), key=key, kind=kind, period=period, at=now, line_count=len(entries)
    )
    session.add_all(
        PostingLine(
            posting_id=posting.id,
            account=entry.account,
            partner_id=entry.partner_id,
            amount=entry.money,
        )
        for entry in entries
    )
    session.flush()  # the lines first: the posting seals them
    session.add(posting)
    session.flush()
    return posting
