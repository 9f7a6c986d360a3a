"""What a partner is told before it submits: the rules, the clock, the protection, the money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row

from models import commissions, deals, vendor
from models.commissions import Estimate, Prospect
from models.customers import CustomerDetails
from models.deals import Deal, DealType, Obstacle, Registration, TypeRules
from models.deals.operations.lying import Whereabouts, where_it_lies
from models.vendor import Vendor
from portal.clock import now
from portal.database import session
from portal.deals.writing import Desk


@dataclass(frozen=True)
class Offer:
    """One registration as it stands, judged; nothing in it tells of another partner."""

    programme: Vendor
    rules: TypeRules
    decide_by: datetime
    decision_days: int
    protected_through: date
    """If it is approved today."""
    obstacles: Sequence[Obstacle]
    duplicates: Sequence[Row]
    estimate: Estimate | None
    """None while there is nothing to sell."""
    hears_incumbent: bool
    """Whether who holds the contract may comment before the decision."""
    lies: Whereabouts | None
    """Whose area it is in; None while no country is chosen."""
    approvers: Sequence[str]
    """Who decides, step by step; empty while it cannot be told."""


def offer(desk: Desk, deal: Deal | None, written: Registration) -> Offer:
    programme, at = vendor.settings(session), now()
    days = programme.decision_days(desk.partner.tier.value)
    today = programme.calendar.day_of(at)
    return Offer(
        programme=programme,
        rules=desk.types[written.kind],
        decide_by=programme.calendar.add_business_days(at, days),
        decision_days=days,
        protected_through=deals.protected_through(today, programme.protection_days),
        obstacles=deals.obstacles(session, written, partner_id=desk.partner.id, now=at),
        duplicates=_duplicates(desk, deal, written),
        estimate=_estimate(desk, programme, written),
        hears_incumbent=written.kind is DealType.RENEWAL,
        lies=where_it_lies(
            session, written, partner_id=desk.partner.id, family_id=desk.family_of(written), now=at
        ),
        approvers=_approvers(desk, written),
    )


def _duplicates(desk: Desk, deal: Deal | None, written: Registration) -> Sequence[Row]:
    family_id = desk.family_of(written)
    if not written.customer_name or not written.customer_country or family_id is None:
        return []
    return deals.own_alike(
        session,
        _details(written),
        partner_id=desk.partner.id,
        family_id=family_id,
        project=written.project,
        but_not=deal.id if deal else None,
    )


def _estimate(desk: Desk, programme: Vendor, written: Registration) -> Estimate | None:
    if not written.value_minor:
        return None
    prospect = Prospect(
        kind=written.kind.value,
        currency=desk.currency,
        lines=tuple((line.product_id, line.quantity, line.unit_minor) for line in written.lines),
        protection_days=programme.protection_days,
    )
    return commissions.estimate(session, prospect, partner_id=desk.partner.id, now=now())


def _approvers(desk: Desk, written: Registration) -> list[str]:
    if not written.customer_name or not written.customer_country or not written.value_minor:
        return []
    steps = deals.preview_approvers(session, written, partner_id=desk.partner.id, now=now())
    return [" and ".join(names) for names in steps]


def _details(written: Registration) -> CustomerDetails:
    return CustomerDetails(
        name=written.customer_name,
        country=written.customer_country,
        domain=written.customer_domain,
        postal_code=written.customer_postal_code,
        vat_id=written.customer_vat_id,
    )
