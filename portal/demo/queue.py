"""What waits today: a queue with a true duplicate and one overdue, an open pipeline, a draft."""

from __future__ import annotations

from datetime import timedelta

from models import deals as verbs
from models.deals import ForecastCategory, Question, RejectReason, Stage
from portal.demo import contest, deals, kinds, promises, team
from portal.demo.deals import Need
from portal.demo.story import Story

BIKES = (("BK-M82S-44", 12), ("BK-M82B-48", 8), ("HL-U509-B", 20))
ROAD = (("BK-R93R-62", 6), ("BK-R50B-52", 15))
FRAMES = (("FR-M94S-46", 25), ("FR-R72R-48", 10))

PIPELINE = (
    ("212", BIKES, Stage.NEGOTIATION, ForecastCategory.COMMIT),
    ("212", FRAMES, Stage.PROPOSAL, ForecastCategory.BEST_CASE),
    ("122", ROAD, Stage.QUALIFIED, ForecastCategory.PIPELINE),
    ("355", BIKES, Stage.COMMITTED, ForecastCategory.COMMIT),
    ("85", ROAD, Stage.PROPOSAL, ForecastCategory.PIPELINE),
    ("1", FRAMES, Stage.QUALIFIED, ForecastCategory.PIPELINE),
    ("158", BIKES, Stage.NEGOTIATION, ForecastCategory.BEST_CASE),
)
WAITING = (("355", ROAD, 26), ("158", FRAMES, 5), ("1", BIKES, 3), ("230", BIKES, 2))
"""Partner, what its customer wants, and how many hours ago it was submitted."""

OUR_CALL = 1
"""Whose customer of the pipeline our own people called, by its place in it."""

CONTESTED = "Isar Valley Bike Share"
CLOSE_IN = timedelta(days=45)


def sellers() -> set[str]:
    return {row[0] for row in (*PIPELINE, *WAITING)}


def fill(story: Story) -> None:
    _pipeline(story)
    _contested(story)
    for number, (reseller, goods, hours) in enumerate(WAITING):
        need = Need(reseller, deals.priced(story, reseller, *goods), 200 + number)
        _submit(story, need, hours=hours)
        story.tick("today")
    _overdue(story)
    _asked_rejected_and_begun(story)
    kinds.fill(story)
    promises.fill(story)


def _submit(story: Story, need: Need, *, hours: float) -> verbs.Deal:
    at = story.now - timedelta(hours=hours)
    return deals.submit(story, need, at=at, close_on=story.today + CLOSE_IN)


def _pipeline(story: Story) -> None:
    for number, (reseller, goods, stage, category) in enumerate(PIPELINE):
        need = Need(reseller, deals.priced(story, reseller, *goods), 100 + number)
        days = 12 + 5 * number
        deal = _submit(story, need, hours=24 * days)
        deals.approve(story, deal, at=story.now - timedelta(days=days - 1, hours=1))
        at = story.now - timedelta(days=2, hours=number)
        seller = story.sellers[reseller]
        verbs.set_stage(story.session, deal, stage, by=seller, now=at)
        manager = next(one for one in story.staff.values() if one.id == deal.sales_manager_id)
        verbs.set_forecast(story.session, deal, category, by=manager, now=at + timedelta(hours=1))
        if number == OUR_CALL:
            contest.call(story, deal)
        team.keep_forecast(story, number)
        story.tick("today")


def _contested(story: Story) -> None:
    """Two partners, one customer, the same family: the earlier is approved, the later waits."""
    first = Need("122", deals.priced(story, "122", *BIKES), 301, customer=CONTESTED)
    deal = _submit(story, first, hours=24 * 9)
    deals.approve(story, deal, at=story.now - timedelta(days=8))
    later = Need("212", deals.priced(story, "212", *BIKES[:2]), 301, customer=f"{CONTESTED} GmbH")
    _submit(story, later, hours=20)
    contest.hear(story, "122", deal)


def _overdue(story: Story) -> None:
    need = Need("633", deals.priced(story, "633", *ROAD), 310)
    _submit(story, need, hours=24 * 7 + 3)


def _asked_rejected_and_begun(story: Story) -> None:
    """One that waits for the partner's answer, one that was rejected, one that is a draft."""
    manager = story.staff["290"]
    asked = Need("212", deals.priced(story, "212", *ROAD), 321)
    deal = _submit(story, asked, hours=50)
    verbs.ask(
        story.session,
        deal,
        questions=[Question.CLOSE, Question.COMPETITORS],
        text="When does the council decide, and who else was asked for an offer?",
        by=manager,
        now=story.now - timedelta(hours=28),
    )
    rejected = Need("212", deals.priced(story, "212", ("SO-B909-M", 60)), 322)
    deal = _submit(story, rejected, hours=24 * 6)
    verbs.reject(
        story.session,
        deal,
        code=RejectReason.NOT_QUALIFIED,
        text="Sixty pairs of socks are an order, not an opportunity: buy them at your list price.",
        by=manager,
        now=story.now - timedelta(days=5),
    )
    begun = Need("212", deals.priced(story, "212", *FRAMES), 323)
    at = story.now - timedelta(hours=1)
    deals.register(story, begun, at=at, close_on=story.today + CLOSE_IN)
