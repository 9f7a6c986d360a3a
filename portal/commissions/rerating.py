"""Rating an open month anew after a plan was changed: first who gains and loses, then for good.

Both are left to the worker where they are much: it takes some partners after others.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug import Response

from models import commissions, jobs
from models.commissions import MonthRerating, ReratingState, reratings
from models.commissions.rerating_tables import ReratingChange
from models.errors import Refused
from models.money import Money
from models.people import SYSTEM, Actor
from portal.clock import now
from portal.commissions.blueprint import pages
from portal.database import session, transaction
from portal.paging import Key, page_of
from portal.permissions import Can, allow, may, staff
from portal.sheets import Column, sheet_response

LARGEST_FIRST = [Key(ReratingChange.size_minor, descending=True), Key(ReratingChange.id)]
PARTS = 5
"""Of partners in one errand; then the worker looks whether something else is due."""


def look_or_404(_person: Actor, month: str) -> MonthRerating:
    return reratings.latest_look(session, month) or abort(404)


@pages.post("/months/<month:month>/rerating/preview")
@allow(Can.CLOSE_MONTH)
def look_at_rerate(person: Actor, month: str) -> Response:
    """Tried in full and taken back: only who gains and who loses is kept."""
    commissions.look(session, month, by=person, now=now())
    return redirect(url_for("commissions.preview_rerate", month=month), 303)


@pages.get("/months/<month:month>/rerating/preview")
@allow(Can.SEE_PLANS, find=look_or_404)
def preview_rerate(person: Actor, looked: MonthRerating) -> str:
    is_looked = looked.state is ReratingState.LOOKED
    return render_template(
        "commissions/rerate.html",
        looked=looked,
        said=_said(looked),
        is_live=looked.state is ReratingState.LOOKING,
        page=page_of(session, reratings.changes(looked.id), LARGEST_FIRST),
        counts=reratings.counts(session, looked.id),
        can_look=may(person, Can.CLOSE_MONTH) and looked.state is not ReratingState.WAITING,
        can_rerate=may(person, Can.CLOSE_MONTH) and is_looked and looked.changed_count > 0,
    )


@pages.get("/months/<month:month>/rerating/preview/progress")
@allow(Can.SEE_PLANS, find=look_or_404)
def watch_look(_person: Actor, looked: MonthRerating) -> Response | str:
    if looked.state is ReratingState.LOOKING:
        return render_template("commissions/rerate_looking.html", looked=looked, is_live=True)
    return _all_anew()


@pages.get("/months/<month:month>/rerating/preview/export")
@allow(Can.SEE_PLANS, find=look_or_404, fresh=staff)
def export_rerate(_person: Actor, looked: MonthRerating) -> Response:
    query = reratings.changes(looked.id).order_by(ReratingChange.size_minor.desc())
    rows = session.execute(query.execution_options(yield_per=1000))
    return sheet_response("rated-anew", COLUMNS, rows, request.args.get("as", "csv"))


@pages.post("/months/<month:month>/rerating")
@allow(Can.CLOSE_MONTH, find=look_or_404)
def rerate(person: Actor, looked: MonthRerating) -> Response:
    if request.form.get("seen") != looked.seen:
        raise Refused("It was looked at again meanwhile. Read who would gain and who would lose.")
    commissions.ask_rerate(session, looked, by=person, now=now())
    flash("The worker rates it anew, if nothing has changed since you looked.")
    return redirect(url_for("commissions.month", month=looked.month), 303)


@pages.post("/months/<month:month>/rerating/stop")
@allow(Can.CLOSE_MONTH)
def stop_rerate(person: Actor, month: str) -> Response:
    found = reratings.latest_rerating(session, month) or abort(404)
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
    return _all_anew()


def rerating_of(month: str) -> dict[str, Any]:
    """How far it is; for the month's page and for the part that is asked again."""
    found = reratings.latest_rerating(session, month)
    is_live = found is not None and found.state is ReratingState.WAITING
    look = reratings.latest_look(session, month)
    return {
        "rerating": found,
        "rerating_is_live": is_live,
        "said": found and _said(found),
        "looked": look if look and look.state in reratings.ONLY_LOOKED else None,
    }


def look_in_parts(payload: dict[str, Any]) -> datetime | None:
    """One transaction for each part: killed anywhere, the next run goes on."""
    return _in_parts(payload, commissions.LOOK, commissions.look_some, _stop_looking)


def rerate_in_parts(payload: dict[str, Any]) -> datetime | None:
    """The same, for good."""
    return _in_parts(payload, commissions.RERATE, commissions.rerate_some, _stop)


def _in_parts(
    payload: dict[str, Any],
    topic: str,
    some: Callable[..., bool],
    stop: Callable[[Session, MonthRerating, str], object],
) -> datetime | None:
    rerating_id = UUID(payload["rerating"])
    try:
        for _ in range(PARTS):
            with transaction() as own:
                if not some(own, own.get_one(MonthRerating, rerating_id), now=now()):
                    return None
    except Exception as error:
        with transaction() as own:
            if jobs.is_last_attempt(own, f"{topic} {rerating_id}"):  # must not keep the month open
                why = f"It failed {jobs.MOST_ATTEMPTS} times, the last time with: {error}"
                stop(own, own.get_one(MonthRerating, rerating_id), why[:1000])
        raise
    return now()


def _stop_looking(own: Session, looking: MonthRerating, why: str) -> None:
    commissions.stop_looking(own, looking, why=why, now=now())


def _stop(own: Session, rerating: MonthRerating, why: str) -> None:
    commissions.stop_rerate(own, rerating, why=why, by=SYSTEM, now=now())


ERRANDS = {commissions.LOOK: look_in_parts, commissions.RERATE: rerate_in_parts}


def _all_anew() -> Response:
    """The part that asks is no longer there: load the whole page."""
    answer = Response(status=200)
    answer.headers["HX-Refresh"] = "true"
    return answer


def _said(rerating: MonthRerating) -> tuple[str, str]:
    """What has become of it, and its tone."""
    who = f"{rerating.changed_count} partner{'' if rerating.changed_count == 1 else 's'}"
    have = "has" if rerating.changed_count == 1 else "have"
    return {
        ReratingState.LOOKING: ("", "info"),
        ReratingState.LOOKED: ("", "info"),
        ReratingState.WAITING: ("It is being rated anew.", "info"),
        ReratingState.DONE: (f"Rated anew: {who} {have} another amount.", "good"),
        ReratingState.VOID: (
            "Not rated anew: something has changed since it was looked at. Look again.", "warn",
        ),
        ReratingState.REFUSED: (f"Not rated anew: {rerating.why}", "bad"),
    }[rerating.state]  # fmt: skip


COLUMNS = [
    Column("Partner", lambda row: row.partner_name),
    Column("Now", lambda row: Money(row.before_minor, row.currency), "money"),
    Column("Anew", lambda row: Money(row.after_minor, row.currency), "money"),
    Column("Difference", lambda row: Money(row.difference_minor, row.currency), "money"),
    Column("Currency", lambda row: row.currency),
]
