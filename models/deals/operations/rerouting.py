"""An open deal gets other managers: by a person's choice, or because the territories changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models import audit, notices, territories, vendor
from models.base import lock
from models.customers import Customer
from models.deals.operations.recognising import details_of, facts_for, open_loads
from models.deals.operations.steps import note_for_vendor, tell_managers, tell_partner, tidy
from models.deals.states import OPEN
from models.deals.tables import Deal
from models.errors import Refused
from models.people import Actor, Person

MOST_NAMED = 10
"""Deals that one notice names."""


def reroute(
    session: Session,
    deal: Deal,
    *,
    channel_manager_id: UUID,
    sales_manager_id: UUID,
    reason: str,
    by: Actor,
    now: datetime,
    tells: bool = True,
) -> None:
    """A person chooses who looks after it, with a reason.  The territory stays what it is.

    tells: False for one of many, of which `tell_rerouted` tells all at once.
    """
    _lock_open(session, deal)
    reason = tidy(reason, what="why it goes to somebody else", least=3)
    present = territories.still_here(session)
    if not {channel_manager_id, sales_manager_id} <= present:
        raise Refused("Choose people who still work here.")
    if (channel_manager_id, sales_manager_id) == (deal.channel_manager_id, deal.sales_manager_id):
        raise Refused("These two look after it already. Choose somebody else.")
    why = f"{by.name} chose {_named(session, channel_manager_id, sales_manager_id)}: {reason}"
    territories.assign(
        session, ("deal", deal.id), territory_id=deal.territory_id,
        channel_manager_id=channel_manager_id, sales_manager_id=sales_manager_id,
        why=why, now=now,
    )  # fmt: skip
    deal.channel_manager_id, deal.sales_manager_id = channel_manager_id, sales_manager_id
    _note(session, deal, why, by=by, now=now)
    if tells:
        tell_rerouted(session, [deal], by=by, now=now)


def reroute_by_territory(
    session: Session, deal: Deal, *, reason: str, by: Actor, now: datetime
) -> None:
    """Ask the territories again, as they are today.  What was won is never asked again.

    Whoever calls tells everybody, with `tell_rerouted`, of all that were moved.
    """
    _lock_open(session, deal)
    today = vendor.settings(session).calendar.day_of(now)
    customer = session.get(Customer, deal.customer_id) if deal.customer_id else None
    facts = facts_for(
        session, details_of(deal), deal.family_id, deal.partner_id, today,
        came_unasked=deal.came_unasked, customer=customer,
    )  # fmt: skip
    found = territories.route(
        session, facts, on=today, about=("deal", deal.id), now=now, loads=open_loads(session)
    )
    deal.territory_id = found.territory_id
    deal.channel_manager_id = found.channel_manager_id
    deal.sales_manager_id = found.sales_manager_id
    _note(session, deal, f"{reason} {found.why}", by=by, now=now)


def _lock_open(session: Session, deal: Deal) -> None:
    lock(session, deal)
    if deal.status not in OPEN:
        raise Refused(f"This deal is {deal.status.words.lower()}; only open deals go elsewhere.")


def _note(session: Session, deal: Deal, why: str, *, by: Actor, now: datetime) -> None:
    deal.routing_why = why
    note_for_vendor(session, deal, "route", why, by=by, now=now)
    audit.record(session, by, "deal: route", deal, now=now, detail={"why": why})


def tell_rerouted(session: Session, moved: Sequence[Deal], *, by: Actor, now: datetime) -> None:
    """Each new manager and each partner once, however many deals were moved."""
    if len(moved) == 1:
        _tell_of_one(session, moved[0], by=by, now=now)
        return
    to_manager: dict[UUID, list[Deal]] = defaultdict(list)
    to_partner: dict[UUID, list[Deal]] = defaultdict(list)
    for deal in moved:
        to_partner[deal.partner_id].append(deal)
        for person_id in {deal.channel_manager_id, deal.sales_manager_id} - {None, by.id}:
            assert person_id
            to_manager[person_id].append(deal)
    for person_id, theirs in to_manager.items():
        notices.tell(
            session, person_id, "deal-rerouted", now=now, link="/routing",
            title=f"{len(theirs)} open deals are routed to you", body=_listed(theirs),
        )  # fmt: skip
    for partner_id, theirs in to_partner.items():
        managers = {
            each for deal in theirs for each in (deal.channel_manager_id, deal.sales_manager_id)
        }
        names = _named(session, *sorted(managers, key=str))
        notices.tell_partner(
            session, partner_id, "deal-rerouted", now=now, link="/deals",
            title=f"Others look after {_deals(len(theirs))} of yours now",
            body=f"{names} look after {_listed(theirs)} from now on. Nothing else changes for you.",
        )  # fmt: skip


def _tell_of_one(session: Session, deal: Deal, *, by: Actor, now: datetime) -> None:
    tell_managers(
        session, deal, "deal-rerouted", by=by, now=now,
        title=f"{deal.customer_name} is routed to you", body=f"{deal.number}. {deal.routing_why}",
    )  # fmt: skip
    names = _named(session, deal.channel_manager_id, deal.sales_manager_id)
    tell_partner(
        session, deal, "deal-rerouted", now=now,
        title=f"{deal.customer_name}: others look after it now",
        body=f"{names} look after {deal.number} from now on. Nothing else changes for you.",
    )  # fmt: skip


def _deals(many: int) -> str:
    return f"{many} {'deal' if many == 1 else 'deals'}"


def _listed(moved: Sequence[Deal]) -> str:
    """The first of them by customer and number."""
    named = [f"{deal.customer_name} ({deal.number})" for deal in moved[:MOST_NAMED]]
    rest = len(moved) - len(named)
    return ", ".join(named) + (f" and {rest:,} more" if rest else "")


def _named(session: Session, *people: UUID | None) -> str:
    names = [session.get_one(Person, each).name for each in dict.fromkeys(people) if each]
    return " and ".join(names) or "Somebody else"
