"""What we can ask about adjustments.  Reads only."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models import catalog
from models.calendars import start_of_day
from models.commissions.adjustment_tables import Adjustment, AdjustmentState
from models.commissions.disputes.tables import DecisionState, Dispute, DisputeDecision
from models.commissions.engine.currency import converted
from models.commissions.tables import CommissionLine
from models.errors import Refused
from models.money import Money
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
    partner_id: UUID,
    amount: Money,
    *,
    by_id: UUID | None,
    on: date,
) -> bool:
    """Together with what this person alone has given or taken of the partner in the month,
    by adjustments and by decisions of disputes.

    So that one large amount does not go as many small ones.  Without an exchange rate: above.
    """
    together = 0
    for one in [amount, *_alone(session, partner_id, by_id, house, on)]:
        try:
            rate = catalog.rate_on(session, one.currency, house.base_currency, on)
        except Refused:
            return True
        together += converted(abs(one.minor), one.currency, house.base_currency, rate.rate)
    return together > house.adjustment_limit_minor


def _alone(
    session: Session, partner_id: UUID, by_id: UUID | None, house: Vendor, on: date
) -> list[Money]:
    """What one person gave or took without a second one in the month of `on`, by currency."""
    since = start_of_day(on.replace(day=1), house.time_zone)
    adjusted = (
        select(Adjustment.currency, func.sum(func.abs(Adjustment.amount_minor)))
        .where(
            Adjustment.partner_id == partner_id,
            Adjustment.by_id == by_id,
            Adjustment.state == AdjustmentState.POSTED,
            Adjustment.decided_by_id.is_(None),
            Adjustment.asked_at >= since,
        )
        .group_by(Adjustment.currency)
    )
    decided = (
        select(Dispute.currency, func.sum(DisputeDecision.added_minor))
        .join(Dispute, Dispute.id == DisputeDecision.dispute_id)
        .where(
            Dispute.partner_id == partner_id,
            DisputeDecision.by_id == by_id,
            DisputeDecision.state == DecisionState.GIVEN,
            DisputeDecision.second_by_id.is_(None),
            DisputeDecision.at >= since,
        )
        .group_by(Dispute.currency)
    )
    rows = [*session.execute(adjusted), *session.execute(decided)]
    return [Money(int(minor), currency) for currency, minor in rows if minor]
