"""Who is told of leads: one notice a reader, however many leads came at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models import notices, vendor
from models.leads.tables import Lead, LeadOffer


@dataclass
class Together:
    """What is to be told, once all of it is known."""

    offers: dict[UUID, list[LeadOffer]] = field(default_factory=lambda: defaultdict(list))
    """By partner."""
    leads: dict[UUID, list[Lead]] = field(default_factory=lambda: defaultdict(list))
    """By manager, of those that were offered to nobody."""

    def add(self, leads: Iterable[Lead]) -> None:
        for lead in leads:
            for person_id in managers_of(lead):
                self.leads[person_id].append(lead)


def tell(session: Session, together: Together, *, now: datetime) -> None:
    for partner_id, offers in together.offers.items():
        tell_partner(session, partner_id, offers, now=now)
    for person_id, leads in together.leads.items():
        one = leads[0]
        many = len(leads) > 1
        notices.tell(
            session, person_id, "lead", now=now,
            title=f"{len(leads)} leads come to you" if many else f"{one.company}: a lead comes to "
            "you",
            body=_companies(leads) if many else one.routing_why,
            link="/leads?whose=mine" if many else f"/leads/{one.id}",
        )  # fmt: skip


def tell_partner(
    session: Session, partner_id: UUID, offers: Sequence[LeadOffer], *, now: datetime
) -> None:
    one, many = offers[0], len(offers) > 1
    ends = vendor.settings(session).calendar.day_of(min(each.answer_by for each in offers))
    who = f"{_companies(offers)} may want to buy."
    gone = "what is not answered goes" if many else "then it goes"
    notices.tell_partner(
        session, partner_id, "lead-offered", now=now,
        link="/leads/offers" if many else f"/leads/offers/{one.id}",
        title=f"{len(offers)} leads for you" if many else f"A lead for you: {one.company}",
        body=f"{who} Answer until {ends:%-d %B %Y}, {gone} to somebody else.",
    )  # fmt: skip


def tell_managers(session: Session, lead: Lead, what: str, body: str, now: datetime) -> None:
    for person_id in managers_of(lead):
        notices.tell(
            session, person_id, "lead", title=f"{lead.company}: {what}", body=body,
            link=f"/leads/{lead.id}", now=now,
        )  # fmt: skip


def managers_of(lead: Lead) -> set[UUID]:
    return {each for each in (lead.channel_manager_id, lead.sales_manager_id) if each}


def _companies(leads: Sequence[Lead] | Sequence[LeadOffer]) -> str:
    named = ", ".join(each.company for each in leads[:3])
    return f"{named} and {len(leads) - 3} more" if len(leads) > 3 else named
