"""A conflict that is open today, heard on one side; and our own call on a protected account."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from models.deals import Deal
from models.deals.conflicts import ConflictSide
from models.deals.conflicts import operations as conflicts
from models.engagements import TouchDetails, TouchKind
from models.files import Upload
from portal.demo.story import Story

KNOWN = (
    "We have advised the city since spring: three visits, and a trial day with twelve bicycles "
    "on which its own mechanics rode. The offer of that day is attached."
)
OFFER = """Offer after the trial day

12 Mountain-100 Silver, 8 Mountain-100 Black, 20 helmets
Delivery in two parts, the mechanics are trained with the first.
"""


def hear(story: Story, reseller: str, deal: Deal) -> None:
    """One party says what it knows; the other still has time."""
    side = story.session.scalars(select(ConflictSide).where(ConflictSide.deal_id == deal.id)).one()
    conflicts.file_evidence(
        story.session,
        side,
        text=KNOWN,
        uploads=[Upload("offer-after-the-trial-day.txt", OFFER.encode())],
        by=story.sellers[reseller],
        now=story.now - timedelta(hours=4),
    )


def call(story: Story, deal: Deal) -> None:
    """Our own sales manager called a customer that is protected for a partner."""
    assert deal.customer_id and deal.family_id
    who = next(one for one in story.staff.values() if one.id == deal.sales_manager_id)
    details = TouchDetails(
        customer_id=deal.customer_id,
        family_id=deal.family_id,
        person_id=who.id,
        person_name=who.name,
        kind=TouchKind.CALL,
        happened_on=story.today - timedelta(days=1),
        note="Asked for the delivery date of the old order; new bicycles came up.",
    )
    conflicts.record_touch(story.session, details, by=who, now=story.now - timedelta(hours=6))
