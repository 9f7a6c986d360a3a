"""What can happen to lines at the close: those that waited for the month's last rate get it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Text, bindparam, select, type_coerce, update

from models import bulk
from models.commissions.engine import FxPolicy
from models.commissions.engine.currency import converted
from models.commissions.engine.numbers import last_day
from models.commissions.operations.desk import Ratings
from models.commissions.tables import CommissionLine, Plan, PlanVersion

LINES: Any = CommissionLine.__table__
SETTLED = (
    update(LINES)
    .where(LINES.c.id == bindparam("line"))
    .values(payout_minor=bindparam("payout"), working=bindparam("told", type_=Text))
)


def settle_rates(ratings: Ratings, partner_ids: Sequence[UUID], month: str) -> None:
    """Lines under a period-end policy get the rate of the month's end, now that it is known."""
    session = ratings.session
    policy = select(Plan.id).where(Plan.fx_policy == FxPolicy.PERIOD_END)
    if session.scalar(policy.limit(1)) is None:
        return
    lines: Any = (
        select(
            CommissionLine.id,
            CommissionLine.amount_minor,
            type_coerce(CommissionLine.working, Text).label("told"),
        )
        .join(PlanVersion, PlanVersion.id == CommissionLine.plan_version_id)
        .where(CommissionLine.period == month, PlanVersion.plan_id.in_(policy))
        .where(CommissionLine.currency != CommissionLine.payout_currency)
    )
    rows = session.execute(
        bulk.of_each(session, CommissionLine.partner_id, [one.hex for one in partner_ids], lines)
    )
    settled = [_settled(ratings, month, *row) for row in rows]
    if told := [one for one in settled if one is not None]:
        session.connection().execute(SETTLED, told)


def _settled(
    ratings: Ratings, month: str, line_id: UUID, amount: int, working: str
) -> dict[str, Any] | None:
    """What changes in a line; None where it does not wait for the rate of the month's end."""
    told = orjson.loads(working)
    more = told[-1] if isinstance(told[-1], dict) else {}
    policy, source, target, *_ = more.get("fx", [None, "", ""])
    if policy != FxPolicy.PERIOD_END:
        return None
    rate = ratings.rate_on(source, target, last_day(month))
    half_even = more.get("rounding") == "half_even"
    payout = converted(amount, source, target, rate.value, half_even=half_even)
    more["fx"] = [policy, source, target, format(rate.value, "f"), str(rate.on), rate.source]
    return {"line": line_id, "payout": payout, "told": orjson.dumps(told).decode()}
