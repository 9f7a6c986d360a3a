"""What can happen to the open month besides rating: a line that people decided is added."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import vendor
from models.base import human_number, new_id
from models.calendars import local_day
from models.commissions import plans
from models.commissions.drafts import in_force_on
from models.commissions.engine import Code
from models.commissions.engine.numbers import divided
from models.commissions.operations.desk import Ratings
from models.commissions.tables import CommissionLine, Plan, PlanVersion
from models.errors import Refused
from models.money import Money
from models.partners import Partner


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

    def add_by_hand(
        self,
        partner_id: UUID,
        amount: Money,
        *,
        plan_version_id: UUID,
        source_id: UUID | None,
        deal_id: UUID | None,
        said: Mapping[str, Any],
    ) -> CommissionLine:
        """An adjustment about no earlier line.  said: what its working says."""
        on, line_id = local_day(self._now, vendor.settings(self._session).time_zone), new_id()
        line = CommissionLine(
            id=line_id,
            partner_id=partner_id,
            number=human_number("L", line_id, 12),
            period=self._world.posting_month(on, on),
            on=on,
            code=Code.ADJUSTMENT,
            deal_id=deal_id,
            invoice_id=None,
            source_id=source_id,
            amount_minor=amount.minor,
            currency=amount.currency,
            payout_minor=amount.minor,
            payout_currency=amount.currency,
            plan_version_id=plan_version_id,
            working={"rule": "by_hand", "pool_minor": amount.minor} | dict(said),
            corrects=[],
            recorded_at=self._now,
        )
        self._session.add(line)
        self._session.flush()
        return line

    def _time_zone_of(self, about: CommissionLine) -> str:
        version = self._session.get_one(PlanVersion, about.plan_version_id)
        return self._session.get_one(Plan, version.plan_id).time_zone


def standing_version(session: Session, partner: Partner, on: date) -> UUID:
    """The version that such a line stands under: of the partner's plan, or of its latest line."""
    try:
        choice = plans.plan_for(session, partner, on)
        version = in_force_on(session, choice.plan_id, on)
        if version is not None:
            return version.id
    except Refused:
        pass
    last = session.scalar(
        select(CommissionLine.plan_version_id)
        .where(CommissionLine.partner_id == partner.id)
        .order_by(CommissionLine.id.desc())
        .limit(1)
    )
    if last is None:
        raise Refused(f"{partner.name} has no plan and no commission yet. Assign a plan first.")
    return last


def _payout(amount_minor: int, about: CommissionLine) -> int:
    """At the rate that `about` was converted at."""
    if about.currency == about.payout_currency:
        return amount_minor
    if not about.amount_minor:
        raise Refused(f"Line {about.number} has no rate any more. Make an adjustment instead.")
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
