"""An order that counts: the deal takes its hand-over, and is won when nothing more is to come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models.deals import Deal, close_won
from models.people import Actor
from models.wins.queries import orders_of
from models.wins.rules import OrderState
from models.wins.tables import DealOrder


def count(session: Session, deal: Deal, order: DealOrder, *, by: Actor, now: datetime) -> bool:
    """The order stands from now on, and may earn; whether the deal is won by it."""
    order.state = OrderState.ACCEPTED
    if deal.won_at is None:
        deal.won_at, deal.won_on = order.ordered_at, order.ordered_on
        deal.order_number = order.reference[:80]
    session.flush()
    _take_over(deal, orders_of(session, deal.id), order)
    session.flush()
    return close_when_complete(session, deal, by=by, now=now)


def _take_over(deal: Deal, orders: Sequence[DealOrder], latest: DealOrder) -> None:
    """The hand-over of all parts: from the first start to the last renewal.

    A part that has nothing to renew takes the renewal of the others away from nobody.
    """
    counted = [one for one in orders if one.state is OrderState.ACCEPTED]
    deal.support_contact = latest.support_contact
    deal.service_starts_on = min(one.service_starts_on for one in counted)
    deal.renews_on = max((one.renews_on for one in counted if one.renews_on), default=None)


def close_when_complete(session: Session, deal: Deal, *, by: Actor, now: datetime) -> bool:
    """Close the deal as won once its last order is there and none waits; whether it did."""
    orders = orders_of(session, deal.id)
    waiting = [order.recorded_at for order in orders if order.state is OrderState.WAITING]
    deal.win_asked_at = min(waiting, default=None)
    last = any(one.completes and one.state is OrderState.ACCEPTED for one in orders)
    if waiting or not last:
        return False
    close_won(session, deal, note=orders_in_words(orders), by=by, now=now)
    return True


def orders_in_words(orders: Sequence[DealOrder]) -> str:
    """Such as “Order SO-1” or “Orders SO-1, SO-2”."""
    named = [one.reference for one in orders if one.state is OrderState.ACCEPTED]
    return f"Order{'s' if len(named) != 1 else ''} {', '.join(named)}"
