"""Do the books agree: ledger, payouts and statements, each worked out from the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from models import ledger
from models.commissions.tables import Statement
from models.ledger import Account, Posting, PostingLine
from models.payouts.invoices import InvoiceKind, InvoiceStatus, PartnerInvoice
from models.payouts.rules import IN_FLIGHT, STANDING, PayoutStatus
from models.payouts.tables import Payout, PayoutFile, PayoutStatement
from models.payouts.transfers.checks import check_transfers

BEFORE_TAX = func.coalesce(Payout.commission_minor, Payout.amount_minor)
"""What a payout takes from the partner's balance."""

STATED = func.coalesce(func.sum(PayoutStatement.amount_minor), 0)

Balances = Mapping[tuple[UUID, str], int]


def check_books(session: Session) -> list[str]:
    """What does not agree, one sentence each.  Empty when everything does."""
    return [
        *ledger.check(session),
        *_payouts_against_statements(session),
        *_clearing_against_payouts(session),
        *_owed_against_statements(session),
        *_postings_against_payouts(session),
        *_files_against_payouts(session),
        *check_transfers(session),
    ]


def _payouts_against_statements(session: Session) -> Iterable[str]:
    rows = session.execute(
        select(Payout.number, BEFORE_TAX, STATED)
        .outerjoin(PayoutStatement, PayoutStatement.payout_id == Payout.id)
        .group_by(Payout.id, Payout.number, BEFORE_TAX, Payout.brought_minor, Payout.left_minor)
        .having(STATED + Payout.brought_minor - Payout.left_minor != BEFORE_TAX)
    )
    for number, paid, stated in rows:
        yield f"Payout {number} pays {paid}, its statements say {stated}."
    for number in session.scalars(select(Payout.number).where(Payout.left_minor < 0)):
        yield f"Payout {number} pays more than was asked for."
    taxed = Payout.commission_minor + Payout.vat_minor - Payout.withheld_minor
    for number in session.scalars(select(Payout.number).where(Payout.amount_minor != taxed)):
        yield f"Payout {number} is not its commission with VAT, less what is withheld."
    changed = session.execute(
        select(Statement.number, Statement.payable_minor, PayoutStatement.amount_minor)
        .join(PayoutStatement, PayoutStatement.statement_id == Statement.id)
        .where(PayoutStatement.amount_minor != Statement.payable_minor)
    )
    for number, said, paid in changed:
        yield f"Statement {number} says {said} is payable, its payout took {paid}."


def _clearing_against_payouts(session: Session) -> Iterable[str]:
    """What is on its way is exactly what lies in clearing."""
    yield from _differences(
        _by_partner(
            session,
            select(PostingLine.partner_id, PostingLine.amount_currency, -_sum_of(PostingLine))
            .where(PostingLine.account == Account.PAYOUT_CLEARING)
            .group_by(PostingLine.partner_id, PostingLine.amount_currency),
        ),
        _payouts(session, IN_FLIGHT),
        "lies in payout clearing",
        "is on its way",
    )


def _owed_against_statements(session: Session) -> Iterable[str]:
    """Owed = everything stated, less what was paid or is on its way."""
    stated = Counter(
        _by_partner(
            session,
            select(
                Statement.partner_id,
                Statement.currency,
                func.sum(Statement.earned_minor + Statement.taken_back_minor),
            ).group_by(Statement.partner_id, Statement.currency),
        )
    )
    stated.subtract(_payouts(session, STANDING, BEFORE_TAX))
    stated.update(_taken_back_in_part(session))
    stated.update(_invoiced(session))
    yield from _differences(
        ledger.owed(session), stated, "is owed by the ledger", "by the statements"
    )


def _taken_back_in_part(session: Session) -> dict[tuple[UUID, str], int]:
    """The commission in what came back of transfers that stand."""
    return _payouts(session, {PayoutStatus.PAID}, Payout.back_minor)


def _invoiced(session: Session) -> dict[tuple[UUID, str], int]:
    """Fees are owed to us, what was paid on an invoice no more."""
    is_fee = (PartnerInvoice.kind == InvoiceKind.FEE) & (
        PartnerInvoice.status != InvoiceStatus.VOID
    )
    is_paid = PartnerInvoice.status == InvoiceStatus.PAID
    minor = case((is_paid, PartnerInvoice.amount_minor), else_=0) - case(
        (is_fee, PartnerInvoice.amount_minor), else_=0
    )
    return _by_partner(
        session,
        select(PartnerInvoice.partner_id, PartnerInvoice.amount_currency, func.sum(minor)).group_by(
            PartnerInvoice.partner_id, PartnerInvoice.amount_currency
        ),
    )


def _postings_against_payouts(session: Session) -> Iterable[str]:
    """A payout that stands was reserved once; a paid one was sent once; no other was sent."""
    expected = {
        "payout reserved": (_count(session, Payout.status != PayoutStatus.DRAFT), "at most"),
        "payout sent": (_count(session, Payout.paid_on.is_not(None)), "exactly"),
    }
    for kind, (payouts, how) in expected.items():
        posted = session.scalar(select(func.count(Posting.id)).where(Posting.kind == kind)) or 0
        if posted > payouts or (how == "exactly" and posted != payouts):
            yield f"The ledger has {posted} postings “{kind}” for {payouts} payouts."


def _files_against_payouts(session: Session) -> Iterable[str]:
    """Each bank file orders what its run's payouts were when it was made."""
    rows = session.execute(
        select(PayoutFile.key, PayoutFile.total_minor, func.sum(Payout.amount_minor))
        .join(Payout, (Payout.run_id == PayoutFile.run_id) & (Payout.rail == PayoutFile.rail))
        .where(Payout.status.in_([PayoutStatus.SENDING, PayoutStatus.PAID, PayoutStatus.FAILED]))
        .group_by(PayoutFile.id, PayoutFile.key, PayoutFile.total_minor)
        .having(PayoutFile.total_minor > func.sum(Payout.amount_minor))
    )
    for key, ordered, paid in rows:
        yield f"Bank file {key} orders {ordered}, its payouts come to {paid}."


def _differences(left: Balances, right: Balances, is_left: str, is_right: str) -> Iterable[str]:
    for partner_id, currency in sorted({*left, *right}, key=str):
        one, other = left.get((partner_id, currency), 0), right.get((partner_id, currency), 0)
        if one != other:
            yield f"Partner {partner_id}: {one} {currency} {is_left}, {other} {is_right}."


def _payouts(
    session: Session, states: Iterable[PayoutStatus], minor: Any = Payout.amount_minor
) -> dict[tuple[UUID, str], int]:
    return _by_partner(
        session,
        select(Payout.partner_id, Payout.amount_currency, func.coalesce(func.sum(minor), 0))
        .where(Payout.status.in_(list(states)))
        .group_by(Payout.partner_id, Payout.amount_currency),
    )


def _by_partner(session: Session, query: Any) -> dict[tuple[UUID, str], int]:
    return {(who, currency): int(minor) for who, currency, minor in session.execute(query)}


def _sum_of(table: Any) -> Any:
    return func.coalesce(func.sum(table.amount_minor), 0)


def _count(session: Session, condition: Any) -> int:
    return session.scalar(select(func.count(Payout.id)).where(condition)) or 0
