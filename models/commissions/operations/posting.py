"""What can happen to the open month besides rating: a line about an earlier line is added."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from models.base import human_number, new_id
from models.calendars import local_day
from models.commissions.engine import Code
from models.commissions.engine.numbers import divided
from models.commissions.operations.desk import Ratings
from models.commissions.tables import CommissionLine, Plan, PlanVersion


class OpenMonth:
    """The months as they stand, held until the transaction ends; made before any line is locked,
    because whoever closes a month takes them in this order too."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session, self._now = session, now
        self._world = Ratings(session, now).world

    def add(
        self,
        about: CommissionLine,
        code: Code,
        amount_minor: int,
        *,
        source_id: UUID,
        at: datetime,
        said: Mapping[str, Any],
    ) -> CommissionLine:
        """A line of the same deal, plan and exchange rate as `about`, in the open month.

        said: what its working says besides.
        """
        zone = self._time_zone_of(about)
        on, line_id = local_day(at, zone), new_id()
        line = CommissionLine(
            id=line_id,
            partner_id=about.partner_id,
            number=human_number("L", line_id, 12),
            period=self._world.posting_month(on, local_day(self._now, zone)),
            on=on,
            code=code,
            deal_id=about.deal_id,
            invoice_id=about.invoice_id,
            source_id=source_id,
            amount_minor=amount_minor,
            currency=about.currency,
            payout_minor=_payout(amount_minor, about),
            payout_currency=about.payout_currency,
            plan_version_id=about.plan_version_id,
            working=_working(code, amount_minor, about) | dict(said),
            corrects=[about.id.hex],
            recorded_at=self._now,
        )
        self._session.add(line)
        self._session.flush()
        return line

    def _time_zone_of(self, about: CommissionLine) -> str:
        version = self._session.get_one(PlanVersion, about.plan_version_id)
        return self._session.get_one(Plan, version.plan_id).time_zone


def _payout(amount_minor: int, about: CommissionLine) -> int:
    """At the rate that `about` was converted at."""
    share = amount_minor * about.payout_minor
    return divided(share if about.amount_minor > 0 else -share, abs(about.amount_minor))


def _working(code: Code, amount_minor: int, about: CommissionLine) -> dict[str, Any]:
    told: dict[str, Any] = {
        "rule": code.value,
        "pool_minor": amount_minor,
        "of": about.number,
        "rounding": about.working.get("rounding", "half_up"),
    }
    if "fx" in about.working:
        told["fx"] = {
            "policy": "as_corrected",
            "from": about.currency,
            "to": about.payout_currency,
        }
    return told
