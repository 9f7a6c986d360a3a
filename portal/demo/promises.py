"""What else waits today: a second approval, an appeal, a change of an approved deal."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from models import approvals, deals
from models.approvals import ApproverKind, RuleDetails, Step
from models.deals import Deal, DealStatus, Line, Registration
from portal.demo import deals as told
from portal.demo.deals import Need
from portal.demo.story import Story

SELLER = "212"
LARGE = (("BK-M82S-44", 40), ("BK-M82B-48", 30))


def fill(story: Story) -> None:
    _second_approval(story)
    _appeal(story)
    _change(story)
    story.tick("today")


def _second_approval(story: Story) -> None:
    """Above 50,000 the sales manager agrees too; the channel manager has signed one."""
    steps = [Step(0, ApproverKind.CHANNEL_MANAGER), Step(1, ApproverKind.SALES_MANAGER)]
    rule = RuleDetails(name="Above 50,000", from_minor=50_000_00, steps=steps)
    at = story.now - timedelta(hours=9)
    approvals.add(story.session, rule, by=story.staff["administrator"], now=at)
    need = Need(SELLER, told.priced(story, SELLER, *LARGE), 331)
    at = story.now - timedelta(hours=8)
    deal = told.submit(story, need, at=at, close_on=story.today + timedelta(days=60))
    told.approve(story, deal, at=story.now - timedelta(hours=3))


def _appeal(story: Story) -> None:
    deal = _of_the_seller(story, DealStatus.REJECTED)
    deals.appeal(
        story.session,
        deal,
        note="The socks are the first part of a club's whole kit: the jerseys follow in May.",
        by=story.sellers[SELLER],
        now=story.now - timedelta(hours=5),
    )


def _change(story: Story) -> None:
    """The customer wants twice as much of the first article."""
    deal = _of_the_seller(story, DealStatus.APPROVED)
    before = deals.registration_of(story.session, deal)
    first, *rest = before.lines
    more = Line(first.product_id, first.quantity * 2, first.unit_minor)
    after = Registration(**(vars(before) | {"lines": (more, *rest)}))
    deals.amend(
        story.session,
        deal,
        after,
        note="The council has granted the second station as well.",
        by=story.sellers[SELLER],
        now=story.now - timedelta(hours=2),
    )


def _of_the_seller(story: Story, status: DealStatus) -> Deal:
    partner = story.partners[SELLER]
    return story.session.scalars(
        select(Deal)
        .where(Deal.partner_id == partner.id, Deal.status == status, Deal.won_at.is_(None))
        .order_by(Deal.submitted_at.desc(), Deal.id)
        .limit(1)
    ).one()
