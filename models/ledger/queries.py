"""What we can ask the ledger.  Reads only."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models.ledger.rules import Account
from models.ledger.tables import Posting, PostingLine
from models.money import Money

SUM = func.coalesce(func.sum(PostingLine.amount_minor), 0)


def owed_to(session: Session, partner_id: UUID, currency: str) -> Money:
    """What the vendor owes this partner now.  Negative when the partner owes the vendor."""
    return -balance(session, Account.PARTNER_PAYABLE, currency, partner_id=partner_id)


def owed(session: Session) -> dict[tuple[UUID, str], int]:
    """{(partner, currency): minor units owed}, for every account that is not at zero."""
    rows = session.execute(
        select(PostingLine.partner_id, PostingLine.amount_currency, -SUM)
        .where(PostingLine.account == Account.PARTNER_PAYABLE)
        .group_by(PostingLine.partner_id, PostingLine.amount_currency)
        .having(SUM != 0)
    )
    return {(who, currency): int(minor) for who, currency, minor in rows if who is not None}


def balance(
    session: Session, account: Account, currency: str, *, partner_id: UUID | None = None
) -> Money:
    """Debits less credits of an account, of one partner's part of it when one is named."""
    lines = select(SUM).where(
        PostingLine.account == account, PostingLine.amount_currency == currency
    )
    if partner_id is not None:
        lines = lines.where(PostingLine.partner_id == partner_id)
    return Money(int(session.scalar(lines) or 0), currency)


def movement(session: Session, account: Account, currency: str, *, keys: list[str]) -> Money:
    """What the postings with these keys did to an account."""
    lines = (
        select(SUM)
        .join(Posting, Posting.id == PostingLine.posting_id)
        .where(Posting.key.in_(keys))
        .where(PostingLine.account == account, PostingLine.amount_currency == currency)
    )
    return Money(int(session.scalar(lines) or 0), currency)


def check(session: Session) -> list[str]:
    """What is wrong with the postings, one sentence each.  Empty when nothing is."""
    return [*_unbalanced(session), *_miscounted(session)]


def _unbalanced(session: Session) -> list[str]:
    rows = session.execute(
        select(Posting.key, PostingLine.amount_currency, SUM)
        .join(Posting, Posting.id == PostingLine.posting_id)
        .group_by(Posting.key, PostingLine.amount_currency)
        .having(SUM != 0)
    )
    return [
        f"Posting {key} is out of balance by {minor} {currency} minor units."
        for key, currency, minor in rows
    ]


def _miscounted(session: Session) -> list[str]:
    """Postings that lost or gained a line, and lines whose posting is missing."""
    found = func.count(PostingLine.id)
    rows = session.execute(
        select(Posting.key, Posting.line_count, found)
        .select_from(PostingLine)
        .outerjoin(Posting, Posting.id == PostingLine.posting_id)
        .group_by(Posting.id, Posting.key, Posting.line_count)
        .having(or_(Posting.id.is_(None), found != Posting.line_count))
    )
    empty = session.scalars(
        select(Posting.key).where(
            ~select(PostingLine.id).where(PostingLine.posting_id == Posting.id).exists()
        )
    )
    return [
        *(
            f"Posting {key or '(missing)'} has {n} lines instead of {said}."
            for key, said, n in rows
        ),
        *(f"Posting {key} has no lines." for key in empty),
    ]
