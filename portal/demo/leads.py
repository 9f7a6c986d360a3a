"""Leads: one is offered to a partner, one is accepted, one waits with us."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from models import leads
from models.leads import LeadDetails, LeadOffer
from portal.demo.story import Story

OWNER, BY = "212", "290"
ASKED = "They asked at the fair for a service contract and want to hear from somebody near."


def bring_in(story: Story) -> None:
    """Munich is a partner's, so what comes from there is offered to it."""
    lately = story.at(story.today - timedelta(days=1))
    for details in (
        _lead("Isar Radverleih GmbH", "DE", "80331", "hello@isar-radverleih.example"),
        _lead("Hotel am Gasteig", "DE", "81667", "office@gasteig.example"),
        _lead("Prairie Outfitters", "US", "68102", "buying@prairie-outfitters.example"),
    ):
        leads.enter(story.session, details, by=story.staff[BY], now=lately)
    own = story.partners[OWNER].id
    made = select(LeadOffer).where(LeadOffer.partner_id == own).order_by(LeadOffer.id)
    first = story.session.scalars(made).first()
    if first:
        leads.accept(story.session, first, by=story.sellers[OWNER], now=story.at(story.today))


def _lead(company: str, country: str, postal_code: str, email: str) -> LeadDetails:
    return LeadDetails(
        company=company, country=country, postal_code=postal_code, contact_email=email,
        contact_name="Front desk", note=ASKED,
    )  # fmt: skip
