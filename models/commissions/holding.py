"""What is held of a partner, and until when.  Reads only."""

from __future__ import annotations

from collections import Counter
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.commissions.engine import Code
from models.commissions.tables import CommissionLine
from models.money import Money

HELD = (Code.HOLDBACK, Code.HOLDBACK_RELEASE)


def held_until(session: Session, partner_id: UUID, *, since: date) -> list[tuple[date, Money]]:
    """(day, what is released on it), the next first, of what was held on or after `since`."""
    rows = session.execute(
        select(
            CommissionLine.id,
            CommissionLine.code,
            CommissionLine.payout_minor,
            CommissionLine.payout_currency,
            CommissionLine.working,
            CommissionLine.corrects,
        )
        .where(CommissionLine.partner_id == partner_id, CommissionLine.on >= since)
        .where(CommissionLine.code.in_(HELD))
    ).all()
    freed: Counter[UUID] = Counter()
    for row in rows:
        if row.code is Code.HOLDBACK_RELEASE:
            for held in row.corrects[:1]:
                freed[UUID(held)] += row.payout_minor
    left: Counter[tuple[date, str]] = Counter()
    for row in rows:
        if row.code is Code.HOLDBACK:
            day = date.fromisoformat(row.working["release_on"])
            left[day, row.payout_currency] += -row.payout_minor - freed[row.id]
    return [(day, Money(minor, unit)) for (day, unit), minor in sorted(left.items()) if minor > 0]
