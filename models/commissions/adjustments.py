"""What we can ask about adjustments.  Reads only."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models import catalog
from models.commissions.adjustment_tables import Adjustment, AdjustmentState
from models.commissions.engine.currency import converted
from models.commissions.tables import CommissionLine
from models.errors import Refused
from models.partners import Partner
from models.vendor import Vendor

KIND = "adjustment"
"""What evidence is attached to."""


def listed(state: AdjustmentState | None = None) -> Select:
    """Columns of adjustments, without an order."""
    wanted = select(
        Adjustment.id,
        Adjustment.number,
        Adjustment.amount_minor,
        Adjustment.currency,
        Adjustment.reason,
        Adjustment.state,
        Adjustment.by_name,
        Adjustment.asked_at,
        Partner.name.label("partner_name"),
        CommissionLine.period,
    ).join(Partner, Partner.id == Adjustment.partner_id)
    wanted = wanted.outerjoin(CommissionLine, CommissionLine.id == Adjustment.line_id)
    return wanted if state is None else wanted.where(Adjustment.state == state)


def waiting(session: Session) -> int:
    asked = select(func.count(Adjustment.id)).where(Adjustment.state == AdjustmentState.WAITING)
    return session.scalar(asked) or 0


def is_above_the_limit(
    session: Session,
    house: Vendor,
    partner: Partner,
    amount_minor: int,
    *,
    by_id: UUID,
    month: str,
    on: date,
) -> bool:
    """Together with what this person alone has given or taken of the partner in the month.

    So that one large amount does not go as many small ones.  Without an exchange rate: above.
    """
    alone = session.scalar(
        select(func.coalesce(func.sum(func.abs(Adjustment.amount_minor)), 0))
        .join(CommissionLine, CommissionLine.id == Adjustment.line_id)
        .where(
            Adjustment.partner_id == partner.id,
            Adjustment.by_id == by_id,
            Adjustment.decided_by_id.is_(None),
            CommissionLine.period == month,
        )
    )
    together = abs(amount_minor) + int(alone or 0)
    if partner.currency != house.base_currency:
        try:
            rate = catalog.rate_on(session, partner.currency, house.base_currency, on)
        except Refused:
            return True
        together = converted(together, partner.currency, house.base_currency, rate.rate)
    return together > house.adjustment_limit_minor
