"""What the vendor says of a win: approved again, sent back, looked at; and that it is complete."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models import audit, vendor
from models.base import lock
from models.deals import Deal, close_won
from models.deals.operations.steps import note_for_vendor, remember, require, tell_partner, tidy
from models.errors import Refused
from models.money import Money
from models.people import Actor, Role
from models.wins.operations.counting import close_when_complete, count, orders_in_words
from models.wins.operations.recording import order_of
from models.wins.queries import early_of, orders_of, progress_of
from models.wins.rules import ORDER_MOVES, OrderState, amount_differs, plain
from models.wins.tables import DealOrder

DECIDERS = frozenset({Role.CHANNEL_MANAGER, Role.ADMINISTRATOR})


def accept(session: Session, deal: Deal, order_id: UUID, *, by: Actor, now: datetime) -> None:
    """Approve a win that differs from what was registered; from now on it counts and earns."""
    order = _to_judge(session, deal, order_id, "accept", by=by, now=now)
    order.decided_at, order.decided_by_name = now, by.name
    said = f"Order {order.reference} of {plain(order.amount)}"
    remember(session, deal, "order_accepted", by=by, now=now, before=deal.status, note=said)
    audit.record(session, by, "win: approved again", order, now=now, detail={"deal": deal.number})
    if not count(session, deal, order, by=by, now=now):
        tell_partner(
            session, deal, "win-approved", now=now,
            title=f"{deal.customer_name}: the win is approved", body=f"{said} counts.",
        )  # fmt: skip


def send_back(
    session: Session, deal: Deal, order_id: UUID, *, reason: str, by: Actor, now: datetime
) -> None:
    """Do not approve it as it is, with a reason that the partner reads word for word."""
    order = _to_judge(session, deal, order_id, "send_back", by=by, now=now)
    reason = tidy(reason, what="why you send it back", least=3)
    order.state = OrderState.RETURNED
    order.decided_at, order.decided_by_name, order.returned_because = now, by.name, reason
    remember(session, deal, "order_returned", by=by, now=now, before=deal.status, note=reason)
    detail = {"deal": deal.number, "reason": reason}
    audit.record(session, by, "win: sent back", order, now=now, detail=detail)
    tell_partner(
        session, deal, "win-returned", now=now,
        title=f"{deal.customer_name}: the win is sent back", body=reason,
    )  # fmt: skip
    session.flush()
    close_when_complete(session, deal, by=by, now=now)


def complete(session: Session, deal: Deal, *, by: Actor, now: datetime) -> None:
    """Nothing more is to come: the deal is won with the orders it has.

    Far below what was registered, only those may say so who decide about deals.
    """
    lock(session, deal)
    require(session, deal, "win", now=now)
    progress = progress_of(session, deal.id)
    if progress.waiting:
        raise Refused("An order still waits for re-approval. It has to be decided first.")
    if not progress.accepted:
        raise Refused("Record the order first; without one there is nothing won.")
    percent = vendor.settings(session).win_tolerance_percent
    is_less = amount_differs(
        deal.value.minor, progress.accepted_minor, is_complete=True, percent=percent
    )
    if is_less and by.role not in DECIDERS:
        ordered = Money(progress.accepted_minor, deal.value.currency)
        raise Refused(
            f"{plain(ordered)} of {plain(deal.value)} is ordered, more than {percent} % off what "
            "was registered. Ask your channel manager, in a comment, to say that it is complete."
        )
    note = orders_in_words(orders_of(session, deal.id))
    close_won(session, deal, note=note, by=by, now=now)


def clear_early(
    session: Session, deal: Deal, order_id: UUID, *, reason: str, by: Actor, now: datetime
) -> None:
    """Somebody of the vendor has looked at an early win, and says why it is well."""
    lock(session, deal)
    early = next((one for one in early_of(session, deal.id) if one.order_id == order_id), None)
    if early is None:
        raise Refused("This win is not early; there is nothing to look at.")
    lock(session, early)
    if early.cleared_at:
        raise Refused(f"{early.cleared_by_name} has already looked at it. Nothing was changed.")
    reason = tidy(reason, what="what you found", least=3)
    early.cleared_at, early.cleared_by_name, early.cleared_reason = now, by.name, reason
    note_for_vendor(session, deal, "early_win", reason, by=by, now=now)
    audit.record(session, by, "win: looked at", early, now=now, detail={"reason": reason})


def _to_judge(
    session: Session, deal: Deal, order_id: UUID, verb: str, *, by: Actor, now: datetime
) -> DealOrder:
    lock(session, deal)
    order = order_of(session, deal, order_id)
    lock(session, order)
    if order.decided_at:
        raise Refused(f"{order.decided_by_name} has already decided this win. Nothing was changed.")
    ORDER_MOVES.after(verb, order.state)
    require(session, deal, "win", now=now)
    if by.id is not None and by.id == order.recorded_by_id:
        raise Refused("You recorded this win yourself; somebody else has to approve it.")
    return order
