"""Pages about months: which are open, what a close would do, closing one."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug import Response

from models import commissions, vendor
from models.calendars import local_day, month_of
from models.commissions import months as asked
from models.errors import Refused
from models.people import Actor
from portal.clock import now
from portal.commissions.blueprint import pages
from portal.database import session
from portal.formats import month as in_words
from portal.permissions import Can, allow, may


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
    return render_template(
        "commissions/month.html",
        month=found,
        ends_later=month >= _present(),
        is_future=month > _present(),
        checks=_checks(month),
        blocked=asked.blocked(session),
        partners=asked.by_partner(session, month),
        statements=asked.statement_count(session, month),
        can_pay=found.is_finished and may(person, Can.RUN_PAYOUTS),
        can_close=may(person, Can.CLOSE_MONTH),
    )


@pages.post("/months/<month:month>/close")
@allow(Can.CLOSE_MONTH)
def close_month(person: Actor, month: str) -> Response:
    """Closed as a whole in one transaction; long ones are closed by `portal commissions close`."""
    early = "early" in request.form
    if "sure" not in request.form:
        raise Refused("Confirm that you have looked at the preview: a closed month never changes.")
    known = asked.month(session, month)
    if known.is_finished:
        flash(f"{in_words(month)} was closed already.")
    else:
        close = commissions.close_month(session, month, by=person, now=now(), early=early)
        flash(f"{in_words(month)} is closed; {close.stated_count} partners have their statement.")
    return redirect(url_for("commissions.month", month=month), 303)


@pages.post("/months/events/rating")
@allow(Can.CLOSE_MONTH)
def catch_up(_person: Actor) -> Response:
    """Try again what could not be rated, after a plan or a rate was mended."""
    caught = commissions.catch_up(session, now=now())
    if caught.problems:
        flash(f"Rated {caught.rated}; {caught.problems} still cannot be rated.")
    else:
        flash(f"Rated {caught.rated}; nothing is left.")
    return redirect(url_for("commissions.months"), 303)


def _present() -> str:
    return month_of(local_day(now(), vendor.settings(session).time_zone))


def _checks(month: str) -> list[dict[str, Any]]:
    """What should be true before a month is closed, and whether it is."""
    waiting, disputes = asked.unrated(session), commissions.disputes.open_count(session)
    earlier = asked.first_open_before(session, month)
    return [
        {
            "label": "Every payment and refund is rated",
            "done": not waiting,
            "hint": f"{waiting} could not be rated; they would count for a later month.",
            "url": url_for("commissions.months"),
        },
        {
            "label": "Earlier months are closed",
            "done": earlier is None,
            "hint": earlier and f"{in_words(earlier)} is still open; close it first.",
            "url": earlier and url_for("commissions.month", month=earlier),
        },
        {
            "label": "No dispute is open",
            "done": not disputes,
            "hint": f"{disputes} open; the amounts are held and the rest is paid.",
            "url": url_for("commissions.disputes"),
        },
        {
            "label": "The month has ended",
            "done": month < _present(),
            "hint": "What still happens in it would count for the next month.",
        },
    ]
