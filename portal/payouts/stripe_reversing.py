"""Reversing by Stripe: the same three steps as sending, for one reversal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from models.payouts import transfers
from models.payouts.transfers import Declined, Mismatch
from portal.database import transaction
from portal.payouts.stripe_gateway import StripeGateway

PAUSE = timedelta(minutes=2)


def reverse(gateway: StripeGateway, row_id: UUID, now: Callable[[], datetime]) -> datetime | None:
    """Ask for the reversal, once; when to ask again, None when it is settled."""
    with transaction() as session:
        claimed = transfers.claim_reversal(session, row_id, now=now())
    if claimed is None:
        return None
    answer = (
        gateway.reversal_of(claimed.transfer_id, claimed.key)
        if claimed.must_look
        else gateway.reverse(claimed.transfer_id, claimed.wire, claimed.key)
    )
    with transaction() as session:
        if isinstance(answer, str):
            transfers.settle_reversal(session, row_id, answer, now=now())
        elif isinstance(answer, Declined | Mismatch):
            transfers.refuse_reversal(session, row_id, answer.message, now=now())
        else:
            return now() + PAUSE
    return None
