"""Rating an open month anew after a plan was changed: first who gains and loses, then for good.

What was looked at is left to the worker, which rates some partners after others.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug import Response

from models import commissions, jobs
from models.commissions import Change, MonthRerating, ReratingState
from models.people import SYSTEM, Actor
from portal.clock import now
from portal.commissions.blueprint import pages
from portal.database import session, transaction
from portal.formats import month as in_words
from portal.permissions import Can, allow, may

MOST = 200
"""Partners on the page; the rest is counted."""
PARTS = 5
"""Of partners in one errand; then the worker looks whether something else is due."""


@pages.post("/months/<month:month>/rerating/preview")
@allow(Can.CLOSE_MONTH)
def preview_rerate(_person: Actor, month: str) -> str:
    """Tried in full and taken back: nothing of it is kept."""
    changes = commissions.preview_rerate(session, month, now=now())
    return _page(month, changes)


@pages.post("/months/<month:month>/rerating")
@allow(Can.CLOSE_MONTH)
def rerate(person: Actor, month: str) -> Response:
    seen = request.form.get("seen", "")[:64]
    commissions.ask_rerate(session, month, seen=seen, by=person, now=now())
    flash("The worker rates it anew, if nothing has changed since you looked.")
    return redirect(url_for("commissions.month", month=month), 303)


@pages.post("/months/<month:month>/rerating/stop")
@allow(Can.CLOSE_MONTH)
def stop_rerate(person: Actor, month: str) -> Response:
    found = commissions.latest_rerating(session, month) or abort(404)
    why = f"{person.name} has stopped it. Partners that were done stay so."
    commissions.stop_rerate(session, found, why=why, by=person, now=now())
    flash("Stopped.")
    return redirect(url_for("commissions.month", month=month), 303)


@pages.get("/months/<month:month>/rerating")
@allow(Can.SEE_PLANS)
def watch_rerate(person: Actor, month: str) -> Response | str:
    found = rerating_of(month)
    if found["rerating_is_live"]:
        can_close = may(person, Can.CLOSE_MONTH)
        return render_template(
            "commissions/rerate_progress.html", month_name=month, can_close=can_close, **found
        )
    answer = Response(status=200)
    answer.headers["HX-Refresh"] = "true"
    return answer


def rerating_of(month: str) -> dict[str, Any]:
    """How far it is; for the month's page and for the part that is asked again."""
    found = commissions.latest_rerating(session, month)
    is_live = found is not None and found.state is ReratingState.WAITING
    return {"rerating": found, "rerating_is_live": is_live, "said": found and _said(found)}


def rerate_in_parts(payload: dict[str, Any]) -> datetime | None:
    """One transaction for each part: killed anywhere, the next run goes on."""
    rerating_id = UUID(payload["rerating"])
    try:
        for _ in range(PARTS):
            with transaction() as own:
                rerating = own.get_one(MonthRerating, rerating_id)
                if not commissions.rerate_some(own, rerating, now=now()):
                    return None
    except Exception as error:
        _give_up_at_last(rerating_id, error)
        raise
    return now()


def _give_up_at_last(rerating_id: UUID, error: Exception) -> None:
    """What nobody tries again must not keep the month open."""
    with transaction() as own:
        if jobs.is_last_attempt(own, f"{commissions.RERATE} {rerating_id}"):
            rerating = own.get_one(MonthRerating, rerating_id)
            why = f"It failed {jobs.MOST_ATTEMPTS} times, the last time with: {error}"
            commissions.stop_rerate(own, rerating, why=why[:1000], by=SYSTEM, now=now())


ERRANDS = {commissions.RERATE: rerate_in_parts}


def _said(rerating: MonthRerating) -> tuple[str, str]:
    """What has become of it, and its tone."""
    who = f"{rerating.changed_count} partner{'' if rerating.changed_count == 1 else 's'}"
    have = "has" if rerating.changed_count == 1 else "have"
    return {
        ReratingState.WAITING: ("", "info"),
        ReratingState.DONE: (f"Rated anew: {who} {have} another amount.", "good"),
        ReratingState.VOID: (
            "Not rated anew: something has changed since it was looked at. Look again.", "warn",
        ),
        ReratingState.REFUSED: (f"Not rated anew: {rerating.why}", "bad"),
    }[rerating.state]  # fmt: skip


def _page(month: str, changes: Sequence[Change]) -> str:
    return render_template(
        "commissions/rerate.html",
        month=month,
        title=f"Rate {in_words(month)} anew",
        changes=changes[:MOST],
        count=len(changes),
        gaining=sum(change.difference_minor > 0 for change in changes),
        losing=sum(change.difference_minor < 0 for change in changes),
        seen=commissions.seen_of_changes(changes),
    )
