"""Pages about months: which are open, what stands in the way of a close, what it would state."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug import Response

from models import commissions, vendor
from models.calendars import local_day, month_of, next_month
from models.commissions import ProposalState, closes, tallies
from models.commissions import months as asked
from models.commissions.closes import Check, Item
from models.people import Actor
from portal.clock import now
from portal.commissions.blueprint import pages
from portal.commissions.closing import progress_of
from portal.commissions.rerating import rerating_of
from portal.commissions.settling import is_left, settling_of
from portal.database import session
from portal.formats import month as in_words
from portal.permissions import Can, allow, may

MOST_NAMED = 20
"""Partners without a plan that are named; the rest is counted."""

LABELS = {
    Item.ENDED: ("The month has ended", "What still happens in it would count for the next month."),
    Item.EARLIER: ("Earlier months are closed", "{earlier} is still open; close it first."),
    Item.RATES: ("No payment waits for an exchange rate", "{count} wait; add the rate."),
    Item.PLANS: ("No payment waits for a plan", "{count} wait; assign a plan to the partner."),
    Item.UNRATED: ("Every payment and refund is rated", "{count} cannot be rated; see why."),
    Item.RERATING: ("Nothing is being rated anew", "It goes on; wait until it is done."),
    Item.INVOICES: (
        "Every invoice belongs to a registered deal",
        "{count} belong to none; they earn, but no uplift.",
    ),
    Item.DISPUTES: ("No dispute is open", "{count} open; amounts are held, the rest is paid."),
    Item.PARTNERS: ("Every active partner has a plan", "{count} have none and earn nothing."),
    Item.TERRITORIES: (
        "Every territory has its managers",
        "{count} lack one; the default managers stand in.",
    ),
}


@pages.get("/months")
@allow(Can.SEE_PLANS)
def months(person: Actor) -> str:
    return render_template(
        "commissions/months.html",
        months=asked.overview(session, now=now()),
        blocked=asked.blocked(session),
        present=_present(),
        can_close=may(person, Can.CLOSE_MONTH),
    )


@pages.get("/months/<month:month>")
@allow(Can.SEE_PLANS)
def month(person: Actor, month: str) -> str:
    found = asked.month(session, month)
    can_close = may(person, Can.CLOSE_MONTH) and month <= _present()
    return render_template(
        "commissions/month.html",
        month=found,
        ends_later=month >= _present(),
        changes=closes.largest_changes(session, month),
        months_before=[next_month(month, -at) for at in range(1, closes.MONTHS_BEFORE + 1)],
        statements=asked.statement_count(session, month),
        can_pay=found.is_finished and may(person, Can.RUN_PAYOUTS),
        can_close=can_close,
        **_agreement(person, month, is_open=found.is_open),
        **(_before_the_close(month) if found.is_open else {}),
        **progress_of(month),
        **rerating_of(month),
        **settling_of(month),
    )


@pages.post("/months/events/rating")
@allow(Can.CLOSE_MONTH)
def catch_up(_person: Actor) -> Response:
    """Try again what could not be rated, after a plan or a rate was mended."""
    if is_left(_present(), again=True):
        return redirect(url_for("commissions.month", month=_present()), 303)
    caught = commissions.catch_up(session, now=now())
    if caught.problems:
        flash(f"Rated {caught.rated}; {caught.problems} still cannot be rated.")
    else:
        flash(f"Rated {caught.rated}; nothing is left.")
    return redirect(url_for("commissions.months"), 303)


def _present() -> str:
    return month_of(local_day(now(), vendor.settings(session).time_zone))


def _agreement(person: Actor, month: str, *, is_open: bool) -> dict[str, Any]:
    """Who has proposed the close, whether it still holds, who confirmed it."""
    proposal = closes.proposal_of(session, month)
    tally = tallies.tally_of(session, month) if is_open else None
    seen = tally.seen if tally else closes.seen_of(session, month) if is_open else ""
    waits = proposal is not None and proposal.state is ProposalState.OPEN
    holds = waits and proposal is not None and proposal.seen == seen
    is_own = proposal is not None and proposal.proposed_by_id == person.id
    return {
        "seen": seen,
        "tally": tally,
        "is_old": tally is not None and tallies.is_old(session, month),
        "proposal": proposal,
        "waits": waits,
        "holds": holds,
        "may_confirm": holds and not is_own and may(person, Can.CLOSE_MONTH),
        "ended": closes.ended_proposals(session, month),
    }


def _before_the_close(month: str) -> dict[str, Any]:
    named = closes.planless(month).order_by("name").limit(MOST_NAMED)
    return {
        "checks": [_told(one) for one in closes.checks(session, month, now=now())],
        "outliers": closes.outliers(session, month),
        "blocked": asked.blocked(session),
        "planless": session.execute(named).all(),
        "along": asked.empty_before(session, month),
    }


def _told(check: Check) -> dict[str, Any]:
    label, hint = LABELS[check.item]
    earlier = in_words(check.month) if check.month else ""
    return {
        "label": label,
        "count": check.count,
        "done": not check.count,
        "blocks": check.blocks,
        "hint": hint.format(count=check.count, earlier=earlier),
        "url": _where(check),
    }


def _where(check: Check) -> str | None:
    """Where it is mended."""
    return {
        Item.EARLIER: check.month and url_for("commissions.month", month=check.month),
        Item.RATES: url_for("catalog.rates"),
        Item.PLANS: url_for("commissions.plans"),
        Item.UNRATED: url_for("commissions.months"),
        Item.INVOICES: url_for("sales.index"),
        Item.DISPUTES: url_for("commissions.disputes"),
        Item.PARTNERS: "#without-plan",
        Item.TERRITORIES: url_for("territories.index"),
    }.get(check.item)
