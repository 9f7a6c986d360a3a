"""Closing a month: one person proposes it, another confirms it, the worker states the partners."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug import Response

from models import commissions
from models.commissions import CloseProposal, MonthClose
from models.commissions.papers import counted
from models.errors import Refused
from models.people import SYSTEM, Actor
from portal.clock import now
from portal.commissions.blueprint import pages
from portal.commissions.filing import queue_files
from portal.commissions.settling import is_left
from portal.database import session, transaction
from portal.formats import month as in_words
from portal.permissions import Can, allow, may

BATCHES = 20
"""Batches of partners in one errand; then the worker looks whether something else is due."""

CHANGED = (
    "The amounts are no longer what you looked at: something was added or changed meanwhile. "
    "Look at them again, then {verb}."
)


def proposal_or_404(_person: Actor, proposal_id: UUID) -> CloseProposal:
    return session.get(CloseProposal, proposal_id) or abort(404)


@pages.post("/months/<month:month>/proposal")
@allow(Can.CLOSE_MONTH)
def propose_close(person: Actor, month: str) -> Response:
    if "sure" not in request.form:
        raise Refused("Confirm that you have looked at the preview: a closed month never changes.")
    if is_left(month):
        return _back(month)
    proposal = commissions.propose_close(
        session,
        month,
        seen=request.form.get("seen", ""),
        early="early" in request.form,
        by=person,
        now=now(),
    )
    if proposal is None:
        flash(CHANGED.format(verb="propose the close"), "refused")
    else:
        flash("Proposed. A second person of finance confirms it; any change of an amount voids it.")
    return _back(month)


@pages.post("/close-proposals/<uuid:proposal_id>/confirmation")
@allow(Can.CLOSE_MONTH, find=proposal_or_404)
def confirm_close(person: Actor, proposal: CloseProposal) -> Response:
    if request.form.get("seen") != proposal.seen:
        flash(CHANGED.format(verb="confirm"), "refused")
        return _back(proposal.month)
    if is_left(proposal.month):
        return _back(proposal.month)
    close = commissions.confirm_close(session, proposal, by=person, now=now())
    if close is None:
        text = f"Amounts have changed since {proposal.proposed_by_name} proposed the close, "
        flash(f"{text}so the proposal is void. Look again, and propose anew.", "refused")
    else:
        flash(f"{in_words(proposal.month)} takes nothing more. Its statements are being made.")
    return _back(proposal.month)


@pages.post("/close-proposals/<uuid:proposal_id>/withdrawal")
@allow(Can.CLOSE_MONTH, find=proposal_or_404)
def withdraw_close(person: Actor, proposal: CloseProposal) -> Response:
    commissions.withdraw_close(session, proposal, by=person, now=now())
    flash("The proposal is withdrawn. The month stays open.")
    return _back(proposal.month)


@pages.post("/months/<month:month>/progress")
@allow(Can.CLOSE_MONTH)
def go_on_with_close(person: Actor, month: str) -> Response:
    commissions.go_on_with_close(session, month, by=person, now=now())
    flash("The worker goes on with the statements.")
    return _back(month)


@pages.get("/months/<month:month>/progress")
@allow(Can.SEE_PLANS)
def watch_close(person: Actor, month: str) -> str:
    can_close = may(person, Can.CLOSE_MONTH)
    told = progress_of(month)
    return render_template("commissions/close_progress.html", can_close=can_close, **told)


def progress_of(month: str) -> dict[str, Any]:
    """How far the statements are; for the page and for the part that is asked again."""
    close = commissions.months.month(session, month).close
    is_live = close is not None and close.finished_at is None
    files = counted(session, month) if close and not is_live else (0, 0)
    trouble = commissions.close_trouble(session, month) if is_live else ""
    return {"close": close, "is_live": is_live, "files": files, "trouble": trouble}


def state_partners(payload: dict[str, Any]) -> datetime | None:
    """One transaction for each batch of partners: killed anywhere, the next run goes on."""
    close_id = UUID(payload["close"])
    for _ in range(BATCHES):
        if not state_some(close_id):
            return None
    return now()


def state_some(close_id: UUID) -> int:
    """One batch; with the last the files are queued, which stay as they are from then on."""
    with transaction() as own:
        close = own.get_one(MonthClose, close_id)
        done = commissions.state_some(own, close, by=SYSTEM, now=now())
        if not done:
            queue_files(own, close)
        return done


ERRANDS = {commissions.CLOSE: state_partners}


def _back(month: str) -> Response:
    return redirect(url_for("commissions.month", month=month), 303)
