"""What we keep in the ledger, and what the database itself refuses about it.

A posting's lines are written first and the posting last, which seals them: the
database then checks that they balance, and takes no further line for it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DDL, BigInteger, CheckConstraint, ForeignKey, Index, String, event
from sqlalchemy.orm import Mapped, composite, mapped_column

from models.base import Base
from models.guards import never_changes
from models.ledger.rules import Account
from models.money import Money
from models.scope import VendorOnly


class Posting(VendorOnly, Base):
    """One movement of money.  Its lines sum to zero in each currency."""

    __tablename__ = "posting"
    __table_args__ = (CheckConstraint("line_count >= 2", name="has_two_sides"),)

    key: Mapped[str] = mapped_column(String(200), unique=True)
    """Names the fact that was posted: one fact is posted once."""
    kind: Mapped[str] = mapped_column(String(40), index=True)
    """Such as "commission" or "payout reserved"."""
    period: Mapped[str] = mapped_column(String(7), index=True)
    """YYYY-MM in the vendor's time zone."""
    at: Mapped[datetime]
    line_count: Mapped[int]


class PostingLine(VendorOnly, Base):
    """A debit (positive) or a credit (negative) of one account."""

    __tablename__ = "posting_line"
    __table_args__ = (
        CheckConstraint("amount_minor <> 0", name="moves_something"),
        CheckConstraint(
            "partner_id IS NOT NULL OR account <> 'partner_payable'", name="payable_to_somebody"
        ),
        Index("ix_posting_line_balance", "account", "partner_id", "amount_currency"),
    )

    posting_id: Mapped[UUID] = mapped_column(
        ForeignKey("posting.id", deferrable=True, initially="DEFERRED"), index=True
    )
    account: Mapped[Account]
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"))
    """Whose account; None where the account is nobody's, such as the bank."""
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    amount_currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Money] = composite(Money, amount_minor, amount_currency)


SAME_LINES = "FROM posting_line WHERE posting_line.posting_id = NEW.id"

UNBALANCED = f"""
    (SELECT count(*) {SAME_LINES}) <> NEW.line_count
    OR EXISTS (
        SELECT 1 {SAME_LINES} GROUP BY amount_currency HAVING sum(amount_minor) <> 0
    )
"""

SQLITE_GUARDS = (
    f"""
    CREATE TRIGGER posting_balances AFTER INSERT ON posting WHEN {UNBALANCED}
    BEGIN SELECT RAISE(ABORT, 'a posting must balance'); END
    """,
    """
    CREATE TRIGGER posting_line_before_seal BEFORE INSERT ON posting_line
    WHEN EXISTS (SELECT 1 FROM posting WHERE posting.id = NEW.posting_id)
    BEGIN SELECT RAISE(ABORT, 'a posting takes no further line'); END
    """,
)

POSTGRESQL_GUARDS = (
    f"""
    CREATE OR REPLACE FUNCTION posting_balances() RETURNS trigger AS $$ BEGIN
        IF {UNBALANCED} THEN RAISE EXCEPTION 'a posting must balance'; END IF;
        RETURN NULL;
    END $$ LANGUAGE plpgsql
    """,
    # Deferred: asked at commit, when every line that could belong to it is there.
    """
    CREATE CONSTRAINT TRIGGER posting_balances AFTER INSERT ON posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION posting_balances()
    """,
    """
    CREATE OR REPLACE FUNCTION posting_line_before_seal() RETURNS trigger AS $$ BEGIN
        IF EXISTS (SELECT 1 FROM posting WHERE posting.id = NEW.posting_id)
        THEN RAISE EXCEPTION 'a posting takes no further line'; END IF;
        RETURN NEW;
    END $$ LANGUAGE plpgsql
    """,
    """
    CREATE TRIGGER posting_line_before_seal BEFORE INSERT ON posting_line
    FOR EACH ROW EXECUTE FUNCTION posting_line_before_seal()
    """,
)


def _guard(table: Any) -> None:
    for dialect, guards in (("sqlite", SQLITE_GUARDS), ("postgresql", POSTGRESQL_GUARDS)):
        for guard in guards:
            event.listen(table, "after_create", DDL(guard).execute_if(dialect=dialect))


never_changes(Posting.__table__)
never_changes(PostingLine.__table__)
_guard(PostingLine.__table__)  # made after posting, to which it refers
