"""What ends with a deal that is not won: its sharing, and a win that waits to be approved.

Told by a job, so that the features below need not know of wins.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from models import audit
from models.base import lock
from models.deals import OPEN, Deal, DealStatus
from models.deals.operations.steps import OVER, remember, tell_partner
from models.people import SYSTEM
from models.wins.operations.sharing import end_sharing
from models.wins.operations.sides import live_sharing
from models.wins.queries import orders_of
from models.wins.rules import ORDER_MOVES, OrderState
from models.wins.tables import DealOrder

WHY = "The registration that it belongs to has ended."
"""For both sides, who may not know why, or for whom."""


def handle_over(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Harmless when sent twice, and for a deal that lives again."""
    deal = session.get_one(Deal, UUID(payload["deal_id"]))
    lock(session, deal)
    may_go_on = deal.status is DealStatus.EXPIRED and deal.extension_asked_at is not None
    if deal.status in (*OPEN, DealStatus.WON) or may_go_on:
        return
    for order in orders_of(session, deal.id):
        if order.state is OrderState.WAITING:
            _send_back(session, deal, order, now=now)
    deal.win_asked_at = None
    if sharing := live_sharing(session, deal.id):
        end_sharing(session, deal, sharing, reason=WHY, by=SYSTEM, now=now)


def _send_back(session: Session, deal: Deal, order: DealOrder, *, now: datetime) -> None:
    reason = f"The deal is {deal.status.words.lower()}, so this win is not approved any more."
    order.state = ORDER_MOVES.after("send_back", order.state)
    order.decided_at, order.decided_by_name, order.returned_because = now, SYSTEM.name, reason
    remember(session, deal, "order_returned", by=SYSTEM, now=now, before=deal.status, note=reason)
    detail = {"deal": deal.number, "reason": reason}
    audit.record(session, SYSTEM, "win: sent back", order, now=now, detail=detail)
    tell_partner(
        session, deal, "win-returned", now=now,
        title=f"{deal.customer_name}: the win is sent back", body=reason,
    )  # fmt: skip


JOBS = {OVER: handle_over}
"""What the worker does about wins, by the job's topic."""
