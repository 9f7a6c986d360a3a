"""Whether a customer seems free, told without telling on anybody.  Reads only."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import customers
from models.customers import CustomerDetails, Verdict
from models.deals.queries import is_live
from models.deals.tables import Deal
from models.scope import vendor_side


class Precheck(StrEnum):
    """All that a partner may learn before it submits: no name, no date, no number."""

    FREE = "free"
    REVIEW = "review"
    YOURS = "yours"


def precheck(
    session: Session,
    details: CustomerDetails,
    *,
    partner_id: UUID,
    family_id: UUID | None,
    on: date,
) -> Precheck:
    """Whether anybody's live registration may stand in the way.

    family_id: None while no product is chosen; then every family counts.
    """
    with vendor_side(session) as beside:
        matches = customers.matches_of(beside, details.company)
        same = {match.customer_id for match in matches if match.verdict is Verdict.SAME}
        held = (
            select(Deal.partner_id, Deal.customer_id)
            .where(Deal.customer_id.in_([match.customer_id for match in matches]))
            .where(is_live(Deal, on))
        )
        if family_id is not None:
            held = held.where(Deal.family_id == family_id)
        rows = beside.execute(held).all() if matches else []
    if any(row.partner_id == partner_id and row.customer_id in same for row in rows):
        return Precheck.YOURS
    return Precheck.REVIEW if any(row.partner_id != partner_id for row in rows) else Precheck.FREE
