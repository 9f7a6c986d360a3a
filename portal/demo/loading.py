"""Loads the demonstration, once, in one transaction: it is there, or nothing of it is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.errors import Refused
from models.notices import Notice
from models.payouts import Rails
from models.sealing import Seal
from models.vendor import Vendor
from portal.demo import (
    accounts,
    catalogue,
    claims,
    companies,
    complaining,
    drafts,
    leads,
    market,
    months,
    objections,
    orders,
    queue,
    sellthrough,
    signing_in,
    staff,
    team,
    wins,
)
from portal.demo.story import Story, Tick

STEPS = 160
"""About how often `tick` is called."""

VENDOR = "Adventure Works Cycles"


def is_loaded(session: Session) -> bool:
    """Raises Refused when somebody else's business is in this database."""
    name = session.scalar(select(Vendor.name))
    if name not in (None, VENDOR):
        raise Refused(f"This portal belongs to {name}. The demonstration needs an empty database.")
    return name is not None


def load(
    session: Session, *, now: datetime, seal: Seal, rails: Rails, tick: Tick = lambda _what: None
) -> None:
    """Into an empty database; the caller has asked `is_loaded`."""
    story = Story(session, now, seal, rails, tick)
    staff.hire(story)
    catalogue.fill(story)
    companies.found(story)
    all_orders = orders.orders(story)
    companies.settle(story, {order.reseller for order in all_orders} | queue.sellers() | {"633"})
    market.draw(story)
    months.plan(story)
    invoices = orders.tell(story, all_orders)
    months.live(story, invoices)
    months.pay_out(story)
    drafts.propose(story)
    queue.fill(story)
    wins.tell(story)
    claims.stake(story)
    leads.bring_in(story)
    sellthrough.report(story)
    market.redraw(story)
    objections.object_to(story)
    drafts.adjust(story)
    drafts.propose_the_close(story)
    team.work(story)
    accounts.change_one(story)
    signing_in.tell(story)
    complaining.tell(story)
    _mailed_long_ago(session, now)


def _mailed_long_ago(session: Session, now: datetime) -> None:
    """No mail leaves for what the story says happened; what is older than a week was read."""
    session.flush()
    session.execute(update(Notice).values(mailed_at=Notice.at))
    old = update(Notice).where(Notice.at < now.replace(hour=0, minute=0))
    session.execute(old.values(read_at=Notice.at))
