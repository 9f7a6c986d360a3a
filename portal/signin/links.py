"""Mailed links: a password chosen anew, an invitation accepted.

The secret of a link stands behind its #, which no browser sends: a script puts it into the form
of the first page, or its reader does.  That form is answered by a cookie and the same address, so
no address that a server, a proxy or a history sees ever holds it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import flask
from flask import flash, redirect, render_template, request, url_for

from models import accounts, factors, federation, jobs
from models.accounts import links
from models.base import new_id
from models.partners import Partner
from models.people import Person, TokenPurpose
from portal.agreeing import agreed
from portal.clock import now
from portal.database import session
from portal.permissions import anyone
from portal.signin.blueprint import pages
from portal.signin.coming import come_in
from portal.signin.errands import RESET
from portal.signin.forms import ForgottenForm, InvitationForm, NewPasswordForm, OpeningForm

COOKIE = "link"
RESETS, INVITES = TokenPurpose.PASSWORD_RESET, TokenPurpose.INVITATION


@pages.get("/password-reset")
@anyone
def forgotten() -> Any:
    return render_template("signin/forgotten.html", form=ForgottenForm())


@pages.post("/password-reset")
@anyone
def mail_reset() -> Any:
    form = ForgottenForm()
    if not form.validate():
        return render_template("signin/forgotten.html", form=form), 422
    address = request.remote_addr or ""
    account = accounts.knock_for_reset(session, form.email.data, address=address, now=now())
    if account is not None:
        jobs.enqueue(session, RESET, f"{RESET} {new_id()}", {"account": account}, run_at=now())
    flash("If somebody signs in with this address, a link is on its way. It works for 30 minutes.")
    return redirect(url_for("signin.new"), 303)


@pages.get("/password-reset/<uuid:token_id>")
@anyone
def new_password(token_id: UUID) -> Any:
    if _opened(token_id, RESETS) is None:
        return _opening_page("signin.open_reset", token_id)
    return render_template("signin/new_password.html", form=NewPasswordForm(), token_id=token_id)


@pages.post("/password-reset/<uuid:token_id>/opening")
@anyone
def open_reset(token_id: UUID) -> Any:
    return _open(token_id, RESETS, "signin.new_password")


@pages.post("/password-reset/<uuid:token_id>")
@anyone
def set_password(token_id: UUID) -> Any:
    whose = _opened(token_id, RESETS)
    if whose is None:
        return _dead(RESETS)
    form, names = NewPasswordForm(), _company_names(whose)
    has_factor = bool(factors.held_by(session, whose.id))
    if not agreed(
        form,
        lambda: accounts.reset_password(
            session,
            token_id,
            _key(token_id),
            new=form.new.data or "",
            names=names,
            has_factor=has_factor,
            now=now(),
        ),
    ):
        return render_template("signin/new_password.html", form=form, token_id=token_id), 422
    flask.session.pop(COOKIE, None)
    flash("Your password is set. Sign in with it.")
    return redirect(url_for("signin.new"), 303)


@pages.get("/invitations/<uuid:token_id>")
@anyone
def invitation(token_id: UUID) -> Any:
    invited = _opened(token_id, INVITES)
    if invited is None:
        return _opening_page("signin.open_invitation", token_id)
    return _invitation_page(InvitationForm(data={"name": invited.name}), token_id, invited)


@pages.post("/invitations/<uuid:token_id>/opening")
@anyone
def open_invitation(token_id: UUID) -> Any:
    return _open(token_id, INVITES, "signin.invitation")


@pages.post("/invitations/<uuid:token_id>")
@anyone
def accept_invitation(token_id: UUID) -> Any:
    invited = _opened(token_id, INVITES)
    if invited is None:
        return _dead(INVITES)
    form = InvitationForm()
    if federation.must_use_provider(session, invited):
        return _invitation_page(form, token_id, invited), 422
    if accounts.joins(session, invited):
        accounts.join(session, token_id, _key(token_id), now=now())
        flash("You have joined. Sign in with the password that you have.")
        return redirect(url_for("signin.new"), 303)
    names = _company_names(invited)
    if not agreed(
        form,
        lambda: accounts.accept(
            session,
            token_id,
            _key(token_id),
            name=form.name.data or "",
            password=form.new.data or "",
            locale=form.locale.data,
            time_zone=form.time_zone.data,
            names=names,
            now=now(),
        ),
    ):
        return _invitation_page(form, token_id, invited), 422
    person = session.get_one(Person, invited.id)
    flash(f"Welcome, {person.name}.")
    return come_in(person, "")


def _open(token_id: UUID, purpose: TokenPurpose, onward: str) -> Any:
    """The secret goes from the form into the cookie; what it opens has a clean address."""
    form = OpeningForm()
    key = (form.key.data or "").strip().rpartition("#")[2]
    if not form.validate() or links.find(session, token_id, key, purpose, now=now()) is None:
        return _dead(purpose)
    flask.session[COOKIE] = {"id": str(token_id), "key": key}
    return redirect(url_for(onward, token_id=token_id), 303)


def _key(token_id: UUID) -> str:
    """The secret that this browser has shown for this link; empty when it has not."""
    kept = flask.session.get(COOKIE) or {}
    return str(kept.get("key", "")) if kept.get("id") == str(token_id) else ""


def _opened(token_id: UUID, purpose: TokenPurpose) -> Person | None:
    return links.find(session, token_id, _key(token_id), purpose, now=now())


def _opening_page(endpoint: str, token_id: UUID) -> str:
    """The same for a living, a dead and a made-up link: only its secret tells them apart."""
    return render_template(
        "signin/opening.html", form=OpeningForm(), action=url_for(endpoint, token_id=token_id)
    )


def _dead(purpose: TokenPurpose) -> tuple[str, int]:
    return render_template("signin/dead_link.html", invited=purpose is INVITES), 404


def _company_names(person: Person) -> list[str]:
    """Which no password of theirs may be made of."""
    if person.partner_id is None:
        return []
    partner = session.get_one(Partner, person.partner_id)
    return [partner.name, partner.legal_name, partner.domain]


def _invitation_page(form: InvitationForm, token_id: UUID, invited: Person) -> str:
    by_company = federation.must_use_provider(session, invited)
    provider = federation.provider_for(session, invited.email) if by_company else None
    return render_template(
        "signin/invitation.html",
        form=form,
        token_id=token_id,
        email=invited.email,
        provider=provider,
        has_password=accounts.joins(session, invited),
        role=accounts.ROLE_NAMES[invited.role],
    )
