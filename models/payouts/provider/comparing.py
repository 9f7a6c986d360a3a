"""Comparing Stripe's movements with our books: each is judged, what differs is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit, notices
from models.base import lock
from models.errors import Refused
from models.ledger import Account, Posting, PostingLine
from models.money import Money
from models.partners.destinations import DestinationKind
from models.payouts.invoices import InvoiceStatus, PartnerInvoice
from models.payouts.provider.queries import open_differences
from models.payouts.provider.rules import Move
from models.payouts.provider.tables import Comparison, ProviderDifference
from models.payouts.rules import PayoutStatus
from models.payouts.tables import Payout
from models.payouts.transfers.operations.funding import book_fee
from models.payouts.transfers.rules import AttemptState
from models.payouts.transfers.tables import PayoutAttempt, PayoutReversal
from models.people import Actor, Role

SLACK = timedelta(hours=1)
"""What was paid so shortly before may not be listed yet."""

ABOUT = timedelta(days=7)
"""So late may we hear of a payment."""

IN_DOUBT = (PayoutStatus.SENDING, PayoutStatus.UNKNOWN, PayoutStatus.APPROVED)
MISSING = "missing"


def compare(
    session: Session, moves: Sequence[Move], *, since: datetime, now: datetime
) -> Comparison:
    """Judge every movement since an instant, and again those that differed before.

    Fees are booked, once each.  Returns what was found; finance is told when it is new.
    """
    before = {row.key: row for row in open_differences(session)}
    again = [_move_of(row) for row in before.values() if row.kind != MISSING]
    judged = {move.id: move for move in (*again, *moves)}
    found = {move.id: (move, words) for move in judged.values() if (words := _judge(session, move))}
    for move in moves:
        _book_fee(session, move, now)
    found |= _missing(session, judged.values(), since, before, now)
    for key in _explained(session):
        found.pop(key, None)
    for key, row in before.items():
        if key not in found:
            row.resolved_at = now
    fresh = [one for key, one in found.items() if key not in before]
    _keep(session, fresh, now)
    comparison = Comparison(since=since, made_at=now, moves=len(moves), differences=len(found))
    session.add(comparison)
    if fresh:
        _tell(session, len(fresh), now)
    session.flush()
    return comparison


def _explained(session: Session) -> list[str]:
    """What a person has explained is not asked about again."""
    asked = select(ProviderDifference.key).where(ProviderDifference.resolution != "")
    return list(session.scalars(asked))


def explain(
    session: Session, row: ProviderDifference, *, reason: str, by: Actor, now: datetime
) -> None:
    """A person says why a difference is in order; releases go on."""
    lock(session, row)
    if row.resolved_at is not None:
        raise Refused("This difference is settled already.")
    if not reason.strip():
        raise Refused("Say what explains it; an auditor will ask.")
    row.resolved_at, row.resolved_by_id, row.resolution = now, by.id, reason.strip()[:400]
    audit.record(
        session, by, "stripe difference explained", row, now=now,
        detail={"source": row.source, "reason": row.resolution},
    )  # fmt: skip


def _judge(session: Session, move: Move) -> str:
    """What is wrong with a movement, and how to mend it; empty when nothing is."""
    said = f"{move.amount.major:,f} {move.amount.currency}"
    if move.kind == "transfer":
        return _judge_transfer(session, move, said)
    if move.kind in ("transfer_refund", "transfer_reversal"):
        booked = select(PayoutReversal.amount_minor).where(
            PayoutReversal.reversal_id == move.source, PayoutReversal.state == AttemptState.OK
        )
        if session.scalar(booked) == move.amount.minor:
            return ""
        return f"Stripe took back {said} ({move.source}), our books did not."
    if move.kind == "topup":
        return _judge_top_up(session, move, said)
    if move.kind == "payout":
        return (
            f"Stripe paid {said} out to our own bank ({move.source}). Set the payout schedule of "
            "the platform to manual, or it drains the balance."
        )
    if move.kind in ("payment", "charge"):
        return "" if _is_invoiced(session, move) else f"A payment of {said} is of no invoice."
    return "" if not move.amount else f"A movement “{move.kind}” of {said} is not in our books."


def _judge_transfer(session: Session, move: Move, said: str) -> str:
    paid = session.execute(
        select(Payout.number, Payout.amount_minor)
        .join(PayoutAttempt, PayoutAttempt.payout_id == Payout.id)
        .where(PayoutAttempt.transfer_id == move.source)
    ).first()
    if paid is not None:
        if paid.amount_minor == -move.amount.minor:
            return ""
        return f"Stripe sent {said} for payout {paid.number}, which is of another amount."
    in_doubt = select(Payout.id).where(
        Payout.rail == DestinationKind.STRIPE,
        Payout.status.in_(IN_DOUBT),
        Payout.amount_minor == -move.amount.minor,
        Payout.amount_currency == move.amount.currency,
    )
    if session.scalar(in_doubt.limit(1)) is not None:
        return ""  # its worker will find it; the next comparison looks again
    return f"A transfer of {said} ({move.source}) was made at Stripe, not here."


def _judge_top_up(session: Session, move: Move, said: str) -> str:
    booked = session.scalar(
        select(PostingLine.amount_minor)
        .join(Posting, Posting.id == PostingLine.posting_id)
        .where(
            Posting.key == f"top-up:{move.source}", PostingLine.account == Account.STRIPE_BALANCE
        )
    )
    if booked is None:
        return f"A top-up of {said} ({move.source}) is not in our books. Record it."
    if booked == move.amount.minor:
        return ""
    ours = Money(booked, move.amount.currency)
    return f"A top-up of {said} ({move.source}) is in our books with {ours.major:,f}."


def _is_invoiced(session: Session, move: Move) -> bool:
    """Stripe names the charge, not the invoice: an invoice of this amount paid about then."""
    paid = select(PartnerInvoice.id).where(
        PartnerInvoice.status == InvoiceStatus.PAID,
        PartnerInvoice.amount_minor == move.amount.minor,
        PartnerInvoice.amount_currency == move.amount.currency,
        PartnerInvoice.paid_at >= move.at - SLACK,
        PartnerInvoice.paid_at <= move.at + ABOUT,
    )
    return session.scalar(paid.limit(1)) is not None


def _missing(
    session: Session,
    moves: Iterable[Move],
    since: datetime,
    before: dict[str, ProviderDifference],
    now: datetime,
) -> dict[str, tuple[Move, str]]:
    """What our books say was sent and Stripe does not list."""
    listed = {move.source for move in moves if move.kind == "transfer"}
    rows = session.execute(
        select(Payout.number, Payout.amount, PayoutAttempt.transfer_id, PayoutAttempt.answered_at)
        .join(PayoutAttempt, PayoutAttempt.payout_id == Payout.id)
        .where(
            PayoutAttempt.state == AttemptState.OK,
            PayoutAttempt.made_at >= since + SLACK,
            PayoutAttempt.made_at <= now - SLACK,
        )
    )
    found = {}
    for number, amount, transfer_id, at in rows:
        if transfer_id not in listed:
            move = Move(f"{MISSING}:{transfer_id}", MISSING, transfer_id or "", amount,
                        Money(0, amount.currency), at or now)  # fmt: skip
            words = f"Payout {number} is paid by {transfer_id}, which Stripe does not list."
            found[move.id] = (move, words)
    for key, row in before.items():
        if row.kind == MISSING and row.happened_at < since and key not in found:
            found[key] = (_move_of(row), row.words)  # too old to be listed: it stands
    return found


def _book_fee(session: Session, move: Move, now: datetime) -> None:
    if not move.fee:
        return
    known = select(Posting.id).where(Posting.key == f"stripe-fee:{move.id}")
    if session.scalar(known) is None:
        book_fee(session, move.fee, key=move.id, now=now)


def _move_of(row: ProviderDifference) -> Move:
    nothing = Money(0, row.amount.currency)
    return Move(row.key, row.kind, row.source, row.amount, nothing, row.happened_at)


def _keep(session: Session, found: Iterable[tuple[Move, str]], now: datetime) -> None:
    for move, words in found:
        known = session.scalars(
            select(ProviderDifference).where(ProviderDifference.key == move.id)
        ).first()
        if known is not None:  # it was in order, and differs again
            known.resolved_at, known.words = None, words[:400]
            continue
        session.add(
            ProviderDifference(
                key=move.id,
                kind=move.kind[:60],
                source=move.source[:120],
                amount=move.amount,
                happened_at=move.at,
                words=words[:400],
                found_at=now,
            )
        )


def _tell(session: Session, many: int, now: datetime) -> None:
    notices.tell_staff(
        session,
        Role.FINANCE,
        "stripe-difference",
        title="Stripe and our books differ",
        body=f"{many} new difference{'s' if many > 1 else ''}. No run that pays through Stripe "
        "is released before each is explained.",
        link="/stripe",
        now=now,
    )
