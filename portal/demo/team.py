"""The vendor's own team: forecasts that were kept, a limit, a deal that it would like to lead."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from models import forecasts, handovers, territories
from models.deals import Deal, DealStatus, Stage
from portal.demo.story import Story

LED_BY, LIMITED, MOST_OPEN = "212", "272", 60
WEEKS = 7


def keep_forecast(story: Story, week: int) -> None:
    """As it stands by then, so many weeks after the first."""
    monday = story.today - timedelta(days=story.today.weekday())
    forecasts.take_snapshot(story.session, story.at(monday - timedelta(weeks=WEEKS - week), 8))


def work(story: Story) -> None:
    administrator = story.staff["administrator"]
    territories.set_limit(
        story.session, story.staff[LIMITED].id, MOST_OPEN, by=administrator, now=story.now
    )  # fmt: skip
    deal = story.session.scalars(
        select(Deal)
        .where(
            Deal.partner_id == story.partners[LED_BY].id,
            Deal.status == DealStatus.APPROVED,
            Deal.stage == Stage.PROPOSAL,
        )
        .order_by(Deal.id)
        .limit(1)
    ).one()
    manager = next(one for one in story.staff.values() if one.id == deal.sales_manager_id)
    handovers.ask(
        story.session, deal, by=manager, now=story.now - timedelta(hours=30),
        note="The town council wants to talk to the maker about the frames. May our team lead?",
    )  # fmt: skip
    story.tick("today")
