"""Bringing a month up to date: at once where little is left, else by the worker, with progress."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from werkzeug import Response

from models import commissions
from models.people import Actor
from portal.clock import now
from portal.commissions.blueprint import pages
from portal.commissions.rating import AT_ONCE
from portal.database import reading, session, transaction
from portal.permissions import Can, allow

PARTS = 2
"""Of partners, or of deals, in one errand; then the worker looks whether something else is due."""


@pages.post("/months/<month:month>/preparation")
@allow(Can.CLOSE_MONTH)
def prepare_close(_person: Actor, month: str) -> Response:
    """Rate what is left and pay out what is due, so that the preview is what would be stated."""
    if not commissions.queries.is_closed(session, month) and not is_left(month, again=True):
        commissions.settle_month(session, month, now=now())
        flash("Everything that is due is in the preview now.")
    return redirect(url_for("commissions.month", month=month), 303)


@pages.get("/months/<month:month>/preparation")
@allow(Can.SEE_PLANS)
def watch_preparation(_person: Actor, month: str) -> Response | str:
    found = settling_of(month)
    if found["settling"] is not None:
        return render_template("commissions/settling.html", month_name=month, **found)
    answer = Response(status=200)
    answer.headers["HX-Refresh"] = "true"
    return answer


def is_left(month: str, *, again: bool = False) -> bool:
    """Whether the worker brings it up to date first; then the person is told."""
    left = commissions.leave_to_worker(session, month, again=again, now=now())
    if left:
        flash(
            "Much is not rated, paid out or added up yet: the worker does it now, and this page "
            "says how far it is. Look at the amounts again when it is done."
        )
    return left


def settling_of(month: str) -> dict[str, Any]:
    """How far the worker is; for the month's page and for the part that is asked again."""
    return {"settling": commissions.settling_of(session, month)}


def settle_in_parts(payload: dict[str, Any]) -> datetime | None:
    """One transaction for each part: killed anywhere, the next run goes on."""
    after = UUID(payload["after"]) if payload["after"] else None
    with reading() as own:
        ranges = commissions.slices(own, about=AT_ONCE, after=after)
    for partners in ranges[:PARTS]:
        with transaction() as own:
            caught = commissions.catch_up(own, now=now(), partners=partners)
            done = caught.rated + caught.problems
            commissions.settled_through(own, payload["key"], partners[1], events=done)
    if ranges:
        return now()
    for _ in range(PARTS):
        with transaction() as own:
            if not commissions.release_some(own, payload["month"], now=now()):
                commissions.tally(own, payload["month"], now=now())
                return None
    return now()


ERRANDS = {commissions.SETTLE: settle_in_parts}
