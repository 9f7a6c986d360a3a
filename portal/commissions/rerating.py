"""Rating an open month anew after a plan was changed: first who gains and loses, then for good."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from werkzeug import Response

from models import commissions
from models.commissions import Change
from models.people import Actor
from portal.clock import now
from portal.commissions.blueprint import pages
from portal.database import session
from portal.formats import month as in_words
from portal.permissions import Can, allow

MOST = 200
"""Partners on the page; the rest is counted."""


@pages.post("/months/<month:month>/rerating/preview")
@allow(Can.CLOSE_MONTH)
def preview_rerate(_person: Actor, month: str) -> str:
    """Tried in full and taken back: nothing of it is kept."""
    return _page(month, commissions.preview_rerate(session, month, now=now()))


@pages.post("/months/<month:month>/rerating")
@allow(Can.CLOSE_MONTH)
def rerate(person: Actor, month: str) -> Response | tuple[str, int]:
    changes = commissions.preview_rerate(session, month, now=now())
    if request.form.get("seen") != _seen(changes):
        flash("Something has changed since you looked. Look again, then rate it anew.", "refused")
        return _page(month, changes), 422
    caught = commissions.rerate(session, month, by=person, now=now())
    flash(f"Rated {caught.rated} anew; {len(changes)} partners have another amount.")
    return redirect(url_for("commissions.month", month=month), 303)


def _page(month: str, changes: Sequence[Change]) -> str:
    return render_template(
        "commissions/rerate.html",
        month=month,
        title=f"Rate {in_words(month)} anew",
        changes=changes[:MOST],
        count=len(changes),
        gaining=sum(change.difference_minor > 0 for change in changes),
        losing=sum(change.difference_minor < 0 for change in changes),
        seen=_seen(changes),
    )


def _seen(changes: Sequence[Change]) -> str:
    """The hash of what somebody looks at."""
    told = "|".join(
        f"{one.partner_id} {one.currency} {one.before_minor} {one.after_minor}" for one in changes
    )
    return hashlib.sha256(told.encode()).hexdigest()
