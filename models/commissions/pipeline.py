"""A partner's own open deals, as what they could earn is worked out from them.  Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import vendor
from models.calendars import local_day
from models.commissions.estimates import Prospect
from models.commissions.whatif import Chance, NextTier, what_if
from models.deals import OPEN, Deal, DealLine, Stage
from models.money import Money, rounded
from models.scope import vendor_side
from models.wins import splits_of

MOST = 60
"""Deals that are looked at, those that close first."""


@dataclass(frozen=True, slots=True)
class OpenDeal:
    """on: when it is expected to close; today when that is over or was not said."""

    id: UUID
    number: str
    customer: str
    value: Money
    stage: Stage
    on: date
    chance: Chance


@dataclass(frozen=True, slots=True)
class Expectation:
    """weighted: by the stage of each deal; whole: if all of them are won.

    tier: how far it is to a better rate today; None without one.
    """

    deals: int
    weighted: Money
    whole: Money
    tier: NextTier | None


def open_deals(session: Session, partner_id: UUID, *, now: datetime) -> list[OpenDeal]:
    """Still to be won, the next to close first."""
    programme = vendor.settings(session)
    today = local_day(now, programme.time_zone)
    columns = (
        Deal.id, Deal.number, Deal.customer_name, Deal.kind, Deal.value, Deal.stage,
        Deal.expected_close_on, Deal.approved_on, Deal.protected_through,
    )  # fmt: skip
    rows = session.execute(
        select(*columns)
        .where(Deal.partner_id == partner_id, Deal.status.in_(OPEN))
        .order_by(Deal.expected_close_on, Deal.id)
        .limit(MOST)
    ).all()
    lines = _lines(session, [row.id for row in rows])
    with vendor_side(session) as beside:
        shared = splits_of(beside, [row.id.hex for row in rows])
    found = []
    for row in rows:
        on = max(row.expected_close_on or today, today)
        prospect = Prospect(
            row.kind.value, row.value.currency, tuple(lines.get(row.id, ())),
            programme.protection_days,
        )  # fmt: skip
        protected = (row.approved_on, row.protected_through) if row.approved_on else None
        splits = tuple((one.hex, percent / 100) for one, percent in shared.get(row.id, ()))
        chance = Chance(row.number, prospect, on, protected=protected, splits=splits)
        found.append(
            OpenDeal(row.id, row.number, row.customer_name, row.value, row.stage, on, chance)
        )
    return found


def expected(session: Session, partner_id: UUID, *, now: datetime) -> Expectation:
    """What the open deals would earn, each on its day, one after another."""
    deals = open_deals(session, partner_id, now=now)
    outlook = what_if(session, [deal.chance for deal in deals], partner_id=partner_id, now=now)
    weighted = sum(
        rounded(outlook.earned[deal.number].minor * deal.stage.probability)
        for deal in deals
        if deal.number in outlook.earned
    )
    total = outlook.total
    return Expectation(
        len(outlook.earned), Money(weighted, total.currency), total, outlook.tier_now
    )


def _lines(session: Session, deal_ids: list[UUID]) -> dict[UUID, list[tuple[UUID, int, int]]]:
    rows = session.execute(
        select(DealLine.deal_id, DealLine.product_id, DealLine.quantity, DealLine.unit_minor)
        .where(DealLine.deal_id.in_(deal_ids))
        .order_by(DealLine.deal_id, DealLine.position)
    )
    told: dict[UUID, list[tuple[UUID, int, int]]] = {}
    for row in rows:
        told.setdefault(row.deal_id, []).append((row.product_id, row.quantity, row.unit_minor))
    return told
