"""What finance is at: a plan version that waits for a second person, and a month to be closed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from models import commissions
from models.calendars import first_day, month_of, next_month
from models.commissions import Plan, closes
from models.money import Money
from portal.demo.months import RESELLER_RULES
from portal.demo.story import Story

BY_VOLUME = RESELLER_RULES | {
    "base": {
        "type": "tier",
        "mode": "marginal",
        "window": "quarter",
        "tiers": [["0", "0.07"], ["25000", "0.10"], ["100000", "0.12"]],
    }
}
"""Who sells much in a quarter earns more, whatever it is."""

ADJUSTED = "212"
"""Whose commission people have changed by hand."""


def propose(story: Story) -> None:
    """From the month after next on; Robin Halter wrote it, Dana Burnell is asked."""
    plan = story.session.scalars(select(Plan).order_by(Plan.id).limit(1)).one()
    author = story.staff["finance.second"]
    written = story.now - timedelta(days=2)
    from_on = first_day(next_month(month_of(story.today), 2))
    draft = commissions.begin_draft(
        story.session, plan, rules=BY_VOLUME, from_on=from_on, by=author, now=written
    )
    commissions.propose_draft(story.session, draft, by=author, now=story.now - timedelta(days=1))
    commissions.ask_simulation(story.session, draft, by=author, now=story.now - timedelta(hours=20))
    story.tick("plans")


def adjust(story: Story) -> None:
    """A small one that was posted, and a large one that waits for somebody else."""
    session, partner = story.session, story.partners[ADJUSTED]
    asked = (
        (80_00, "The freight of a returned frame, as agreed with its seller.", "finance", 26),
        (1_250_00, "A promise of last season: the spring campaign was to earn twice.",
         "finance.second", 4),
    )  # fmt: skip
    for minor, reason, who, hours in asked:
        commissions.adjust(
            session, partner, amount=Money(minor, partner.currency), reason=reason,
            by=story.staff[who], now=story.now - timedelta(hours=hours),
        )  # fmt: skip
    story.tick("plans")


def propose_the_close(story: Story) -> None:
    """Robin has looked whether plans and lines agree, and would close the running month early;
    the next payment voids that."""
    session, month = story.session, month_of(story.today)
    commissions.look(session, month, by=story.staff["finance.second"], now=story.now)
    seen = closes.seen_of(session, month)
    commissions.propose_close(
        session, month, seen=seen, early=True, by=story.staff["finance.second"], now=story.now
    )
    story.tick("plans")
