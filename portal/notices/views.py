"""The bell's page and the outbox.  A notice belongs to one person; nobody reads another's."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for

from models import notices
from models.notices import Notice
from models.outbox import every_mail
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.mail import full_link
from portal.paging import Key, page_of
from portal.permissions import Can, allow, may

pages = Blueprint("notices", __name__)

NEWEST_FIRST = [Key(Notice.at, descending=True), Key(Notice.id, descending=True)]


@pages.get("/notices")
@allow(Can.SEE_NOTICES)
def index(person: Actor):
    kind = request.args.get("kind")
    return render_template(
        "notices/index.html",
        page=page_of(session, notices.told(person.id, kind, now=now()), NEWEST_FIRST),
        kinds=notices.kinds_told(session, person.id, now=now()),
        kind=kind,
        is_muted=kind in notices.muted(session, person.id) if kind else False,
        can_mute=bool(kind) and kind not in notices.NEVER_MUTED,
    )


@pages.post("/notices/reading")
@allow(Can.SEE_NOTICES)
def read_all(person: Actor):
    notices.mark_read(session, person.id, now=now())
    flash("All marked as read.")
    return redirect(url_for("notices.index"), 303)


@pages.post("/notices/<uuid:notice_id>/reading")
@allow(Can.SEE_NOTICES)
def read(person: Actor, notice_id: UUID):
    notices.mark_read(session, person.id, now=now(), only=notice_id)
    return redirect(url_for("notices.index", kind=request.args.get("kind")), 303)


@pages.post("/notices/kinds/<word:kind>/muting")
@allow(Can.SEE_NOTICES)
def mute(person: Actor, kind: str):
    """From the bell's page and from the account page; both say where to go back to."""
    notices.mute(session, person, kind)
    flash("Muted: no bell and no mail for these any more. You find them here under their kind.")
    return _back_from_muting(kind)


@pages.post("/notices/kinds/<word:kind>/unmuting")
@allow(Can.SEE_NOTICES)
def unmute(person: Actor, kind: str):
    notices.unmute(session, person, kind)
    flash("You are told these again, by bell and by mail.")
    return _back_from_muting(kind)


def _back_from_muting(kind: str):
    if request.form.get("back") == "account":
        return redirect(url_for("account.show"), 303)
    return redirect(url_for("notices.index", kind=kind), 303)


@pages.get("/outbox")
@allow(Can.SEE_OUTBOX)
def outbox(person: Actor):
    return render_template(
        "notices/outbox.html",
        page=page_of(session, every_mail(), NEWEST_FIRST),
        link_of=_link_of(person),
    )


def _link_of(person: Actor) -> Callable[[str], str]:
    """Where no mail server is set, an administrator passes on the links that work once.

    Everybody else, and everybody once mails really leave, gets the link without its secret.
    """
    settings = current_app.extensions["settings"]
    if settings.smtp_url or not may(person, Can.OPEN_MAILED_LINKS):
        return str
    return lambda link: full_link(link, settings).removeprefix(settings.base_url)
