"""Whether a partner is about to register what it has registered already.  Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models import customers
from models.customers import CustomerDetails, Verdict
from models.deals.projects import collides_with, project_key
from models.deals.states import OPEN
from models.deals.tables import Deal
from models.scope import vendor_side


def own_alike(
    session: Session,
    details: CustomerDetails,
    *,
    partner_id: UUID,
    family_id: UUID,
    project: str,
    but_not: UUID | None = None,
) -> Sequence[Row]:
    """The partner's own open registrations of this customer, family and project, oldest first.

    id, number, status, submitted_at.  Asked before there is a customer on record, so by name.
    """
    with vendor_side(session) as beside:
        matches = customers.matches_of(beside, details.company)
        same = [match.customer_id for match in matches if match.verdict is Verdict.SAME]
    if not same:
        return []
    return session.execute(
        select(Deal.id, Deal.number, Deal.status, Deal.submitted_at)
        .where(
            Deal.partner_id == partner_id,
            Deal.customer_id.in_(same),
            Deal.family_id == family_id,
            Deal.id != but_not if but_not else Deal.id.is_not(None),
            Deal.status.in_(OPEN),
            collides_with(Deal.project_key, project_key(project)),
        )
        .order_by(Deal.submitted_at, Deal.id)
    ).all()
