"""What can happen when a partner misses a sale: nothing is held, the decision may add it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import vendor
from models.base import lock
from models.calendars import local_day, month_of
from models.commissions.disputes.rules import DisputeReason, DisputeStatus, Missing
from models.commissions.disputes.tables import Dispute
from models.commissions.operations.corresponding import attach, tidy
from models.commissions.operations.disputing import begin, new_dispute
from models.commissions.tables import MonthClose
from models.errors import Refused
from models.files import Upload
from models.partners import Partner
from models.people import Actor
from models.scope import vendor_side


def miss_sale(
    session: Session,
    missing: Missing,
    *,
    partner_id: UUID,
    uploads: Sequence[Upload] = (),
    by: Actor,
    at: datetime,
    now: datetime,
) -> UUID:
    """A sale is not on the statement it should stand on: nothing is held; the dispute's id."""
    text = tidy(missing.text, "why it should be on the statement")
    sale = missing.sale.strip()[:200]
    if not sale:
        raise Refused("Say which sale it is: its invoice, order or deal, and the customer.")
    with vendor_side(session) as beside:
        partner = beside.get_one(Partner, partner_id)
        lock(beside, partner)
        _check(beside, partner, sale, missing, now=now)
        dispute = new_dispute(
            beside, partner.id, DisputeReason.MISSING, missing.expected, by=by, at=at
        )
        dispute.missing_sale, dispute.missing_month = sale, missing.month
        dispute.deal_id = missing.deal_id
        beside.add(dispute)
        beside.flush()
        attach(beside, dispute, uploads, by=by, now=now)
        begin(beside, dispute, "miss", text, f"“{sale}”", by=by, at=at, now=now)
        return dispute.id


def months_to_miss(session: Session, *, now: datetime) -> list[str]:
    """The statements on which a sale may be missed today, the latest first.  Vendor's side."""
    house = vendor.settings(session)
    today = local_day(now, house.time_zone)
    closed = session.execute(select(MonthClose.month, MonthClose.begun_at)).all()
    within = [
        month
        for month, begun_at in closed
        if today <= local_day(begun_at, house.time_zone) + timedelta(house.dispute_window_days)
    ]
    return sorted({*within, month_of(today)}, reverse=True)


def _check(
    session: Session, partner: Partner, sale: str, missing: Missing, *, now: datetime
) -> None:
    if missing.month not in months_to_miss(session, now=now):
        days = vendor.settings(session).dispute_window_days
        raise Refused(f"A sale can be missed for {days} days after its statement.")
    if missing.expected.currency != partner.currency or missing.expected.minor <= 0:
        raise Refused(f"Enter what it should have earned, in {partner.currency}.")
    same = select(Dispute.number).where(
        Dispute.partner_id == partner.id,
        Dispute.status == DisputeStatus.OPEN,
        func.lower(Dispute.missing_sale) == sale.lower(),
    )
    if (held := session.scalar(same)) is not None:
        raise Refused(f"{held} is open about this sale. Add what you know to it.")
