"""Complaints of the demonstration: one that waits, one that was answered, and who hears them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from models import complaints
from models.complaints import Complaint, ComplaintKind, Grievance, Outcome
from models.deals import Deal, DealStatus
from models.people import Person
from portal.demo.story import Story

PARTNER = "212"


def tell(story: Story) -> None:
    rosa, kim = story.staff["administrator.second"], story.staff["administrator"]
    long_ago = story.now - timedelta(days=60)
    complaints.name_officer(story.session, rosa.id, None, by=kim, now=long_ago)
    complaints.name_officer(
        story.session, story.staff["finance.second"].id, story.staff["finance"].id, by=kim,
        now=long_ago,
    )  # fmt: skip
    _waits(story)
    _answered(story)
    _by_our_own(story)


def _waits(story: Story) -> None:
    rejected = select(Deal.number).where(
        Deal.partner_id == story.partners[PARTNER].id, Deal.status == DealStatus.REJECTED
    )
    complaints.complain(
        story.session,
        Grievance(
            ComplaintKind.DECISION,
            "We registered this customer a week before the other partner asked about it, and were"
            " told that we came too late. Nobody answered our two mails.",
            matter=story.session.scalars(rejected.order_by(Deal.number)).first() or "",
        ),
        by=story.sellers[PARTNER],
        now=story.now - timedelta(days=1),
    )


def _answered(story: Story) -> None:
    made_at, seller = story.now - timedelta(days=20), story.sellers[PARTNER]
    manager = story.staff["290"]
    key = complaints.complain(
        story.session,
        Grievance(
            ComplaintKind.PERSON,
            "On the phone we were told to leave a customer to another partner, without a reason.",
            about_person_id=manager.id,
        ),
        by=seller,
        now=made_at,
    )
    complaint = story.session.get_one(Complaint, key)
    hearer = story.session.get_one(Person, complaint.handler_id).actor()
    complaints.acknowledge(story.session, complaint, by=hearer, now=made_at + timedelta(days=1))
    complaints.answer(
        story.session,
        complaint,
        outcome=Outcome.PARTLY,
        text="The customer's letter named the other partner, so the decision stands. You should"
        " have been told so in writing, and you are from now on.",
        by=hearer,
        now=made_at + timedelta(days=6),
    )


def _by_our_own(story: Story) -> None:
    complaints.complain(
        story.session,
        Grievance(ComplaintKind.OTHER, "Two of us cover the same region every Friday evening."),
        by=story.staff["281"],
        now=story.now - timedelta(hours=5),
    )
