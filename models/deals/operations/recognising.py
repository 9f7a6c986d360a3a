"""Who the customer is and who looks after the deal.

On the vendor's side of the wall, because matching and routing look at every
partner's business; only ids and the managers come back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models import customers, territories, vendor
from models.catalog import ProductFamily
from models.customers import Customer, CustomerDetails, Recognition
from models.deals.registration import Registration
from models.deals.states import OPEN
from models.deals.tables import Deal, DealMatch
from models.errors import Refused
from models.partners import Partner
from models.scope import vendor_side
from models.territories import PASSIVE_SALES_PROTECTED, Action, Facts, Routing, Territory


def recognise_and_route(session: Session, deal: Deal, *, now: datetime) -> None:
    """Set the deal's customer, territory and managers, and keep what looked alike.

    Who registers the same customer at once queues at its lock, so that the second sees the first;
    what was merged a moment ago is the survivor.
    """
    details = details_of(deal)
    deal_id, family_id, partner_id = deal.id, deal.family_id, deal.partner_id
    came_unasked = deal.came_unasked
    with vendor_side(session) as beside:
        found = customers.recognise(beside, details, now=now)
        customer_id = customers.hold_survivor(beside, found.customer_id)
        beside.execute(delete(DealMatch).where(DealMatch.deal_id == deal_id))
        beside.add_all(_match_rows(deal_id, customer_id, found, now))
        today = vendor.settings(beside).calendar.day_of(now)
        routing = territories.route(
            beside,
            facts_for(
                beside,
                details,
                family_id,
                partner_id,
                today,
                came_unasked=came_unasked,
                customer=beside.get(Customer, customer_id),
            ),
            on=today,
            about=("deal", deal_id),
            now=now,
            loads=open_loads(beside),
        )
        no = _why_not(beside, routing, details.country)
    if no:
        raise Refused(no)
    customers.link(session, partner_id, customer_id)
    deal.customer_id = customer_id
    deal.territory_id = routing.territory_id
    deal.channel_manager_id = routing.channel_manager_id
    deal.sales_manager_id = routing.sales_manager_id
    deal.routing_why = routing.why


def _why_not(session: Session, routing: Routing, country: str) -> str | None:
    """Why another's exclusive territory refuses it, where the programme says so; never whose."""
    if routing.action is not Action.REJECT_EXCLUSIVE:
        return None
    ends = session.get_one(Territory, routing.territory_id).to_on
    until = f" until {ends:%-d %B %Y}" if ends else ""
    words = f"This customer is in an area that another partner holds alone{until}. "
    if country in PASSIVE_SALES_PROTECTED:
        return words + (
            "If the customer came to you by itself, say so beside its name: then it is not "
            "refused because of the area."
        )
    return words + "It cannot be registered; ask your channel manager if you think otherwise."


def open_loads(session: Session) -> dict[UUID, int]:
    """Open deals of those who take only so many.  On the vendor's side."""
    limited = list(territories.limits(session))
    found: Counter[UUID] = Counter()
    for column in (Deal.channel_manager_id, Deal.sales_manager_id) if limited else ():
        counted = (
            select(column, func.count(Deal.id))
            .where(column.in_(limited), Deal.status.in_(OPEN))
            .group_by(column)
        )
        found.update({row[0]: row[1] for row in session.execute(counted) if row[0]})
    return dict(found)


def details_of(deal: Deal | Registration) -> CustomerDetails:
    """The customer as the partner wrote it."""
    return CustomerDetails(
        name=deal.customer_name,
        domain=deal.customer_domain,
        country=deal.customer_country,
        subdivision=deal.customer_subdivision,
        postal_code=deal.customer_postal_code,
        town=deal.customer_town,
        vat_id=deal.customer_vat_id,
    )


def _match_rows(
    deal_id: UUID, customer_id: UUID, found: Recognition, now: datetime
) -> Iterator[DealMatch]:
    for match in (each for each in found.matches if each.customer_id != customer_id):
        yield DealMatch(
            deal_id=deal_id,
            customer_id=match.customer_id,
            verdict=match.verdict,
            reason=match.reason,
            score_percent=round(match.score * 100),
            fields=list(match.fields),
            found_at=now,
        )


def facts_for(
    session: Session,
    details: CustomerDetails,
    family_id: UUID | None,
    partner_id: UUID,
    on: date,
    *,
    came_unasked: bool = False,
    customer: Customer | None = None,
) -> Facts:
    """What routing asks about a deal."""
    partner = session.get_one(Partner, partner_id)
    return Facts(
        on=on,
        country=details.country,
        subdivision=details.subdivision,
        postal=details.postal_code,
        domain=details.domain,
        account=str(customer.id) if customer else None,
        naics=(customer.naics or None) if customer else None,
        employees=customer.employees if customer else None,
        product=session.scalar(select(ProductFamily.code).where(ProductFamily.id == family_id)),
        partner=partner_id,
        partner_role=partner.role,
        came_unasked=came_unasked,
    )
