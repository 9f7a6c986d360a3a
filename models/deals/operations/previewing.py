"""Who would be asked to approve a registration, before it is submitted.  Changes nothing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import approvals, territories, vendor
from models.approvals import Parties
from models.catalog import Product
from models.deals.operations.approving import Subject, facts_of
from models.deals.operations.recognising import details_of, facts_for
from models.deals.registration import Registration
from models.deals.rules import main_family
from models.money import Money
from models.partners import Partner
from models.people import Person
from models.scope import vendor_side


def preview_approvers(
    session: Session, registration: Registration, *, partner_id: UUID, now: datetime
) -> list[list[str]]:
    """Who would be asked if this were submitted now: names, step by step."""
    wanted = {line.product_id for line in registration.lines}
    with vendor_side(session) as beside:
        rows = beside.execute(select(Product.id, Product.family_id).where(Product.id.in_(wanted)))
        families = {row.id: row.family_id for row in rows}
        known = [line for line in registration.lines if line.product_id in families]
        amounts = [(families[line.product_id], line.amount_minor) for line in known]
        family_id = main_family(amounts) if amounts else None
        today = vendor.settings(beside).calendar.day_of(now)
        asked = facts_for(
            beside, details_of(registration), family_id, partner_id, today,
            came_unasked=registration.came_unasked,
        )  # fmt: skip
        routing = territories.preview(beside, asked)
        currency = beside.scalars(select(Partner.currency).where(Partner.id == partner_id)).one()
        subject = Subject(
            Money(registration.value_minor, currency),
            registration.customer_country,
            family_id,
            registration.kind,
        )
        parties = Parties(routing.channel_manager_id, routing.sales_manager_id)
        facts = facts_of(beside, subject, partner_id, now=now)
        planned = approvals.plan(beside, facts, parties, on=today)
        if not planned:
            return [[_name_of(beside, routing.channel_manager_id)]]
    stages = sorted({each.stage for each in planned})
    return [[each.name for each in planned if each.stage == stage] for stage in stages]


def _name_of(session: Session, person_id: UUID | None) -> str:
    name = session.scalar(select(Person.name).where(Person.id == person_id))
    return name or "A channel manager"
