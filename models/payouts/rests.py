"""What payouts have left on a partner's balance, and what came back of them in part.  Reads only.

A payout leaves what its rail cannot carry (Stripe pays some currencies only in whole steps), and
a transfer that was reversed in part is owed again in that part.  Neither is in a statement any
more: the next payout brings it.  The database can always tell, so nobody can forget it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.payouts.rules import STANDING, PayoutStatus
from models.payouts.tables import Payout

REST = func.sum(Payout.left_minor + Payout.back_minor - Payout.brought_minor)
"""Below zero when a payout has brought what was left of another, and that one failed later."""

DRAFTED = STANDING | {PayoutStatus.DRAFT}


def rests(session: Session, currency: str) -> dict[UUID, int]:
    """{partner: minor units}, what a draft has brought already counted off."""
    return {who: minor for (who, unit), minor in all_rests(session).items() if unit == currency}


def all_rests(session: Session) -> dict[tuple[UUID, str], int]:
    """{(partner, currency): minor units}, where it is not zero."""
    rows = session.execute(
        select(Payout.partner_id, Payout.amount_currency, REST)
        .where(Payout.status.in_(DRAFTED))
        .group_by(Payout.partner_id, Payout.amount_currency)
        .having(REST != 0)
    )
    return {(who, unit): int(minor) for who, unit, minor in rows}


def rests_of(session: Session, partner_id: UUID, states: Iterable[PayoutStatus]) -> Counter[str]:
    """One partner's, by currency; of its payouts in these states."""
    rows = session.execute(
        select(Payout.amount_currency, REST)
        .where(Payout.partner_id == partner_id, Payout.status.in_(list(states)))
        .group_by(Payout.amount_currency)
    )
    return Counter({unit: int(minor) for unit, minor in rows})
