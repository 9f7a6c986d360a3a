"""Pages for coming in and going out.  What they answer never says who has an account."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import flask
from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select

from models import accounts, factors, federation, jobs
from models.accounts import links
from models.base import new_id
from models.errors import Refused
from models.partners import Partner, members
from models.people import Person, Stage, TokenPurpose
from models.vendor import Vendor
from portal import identity
from portal.clock import now
from portal.database import reading, session, transaction
from portal.fields import put_refusal
from portal.permissions import anyone
from portal.signin import companies, proving
from portal.signin.blueprint import pages
from portal.signin.errands import RESET
from portal.signin.forms import ForgottenForm, InvitationForm, NewPasswordForm, SignInForm
from portal.ways import next_step

PAGES = (companies, proving)
"""What stands in files of its own."""


@pages.get("/sign-in")
@anyone
def new() -> Any:
    wanted = request.args.get("next", "")
    here = identity.coming()
    if here is not None:
        return redirect(next_step(here.stage, wanted), 303)
    return _sign_in_page(SignInForm(), wanted)


@pages.post("/sign-in")
@anyone
def create() -> Any:
    form, wanted = SignInForm(), request.args.get("next", "")
    if not form.validate():
        return _sign_in_page(form, wanted), 422
    email, password, address = form.email.data, form.password.data, _address()
    with reading() as look:  # the slow part: no lock is held while the password is weighed
        verdict = accounts.weigh(look, email, password, address=address, now=now())
    if verdict.person_id is None:
        with transaction() as own:  # remembered although this page is an error
            accounts.refuse(own, verdict, address=address, now=now())
        form.form_errors.append(verdict.refusal)
        return _sign_in_page(form, wanted), 422
    person = accounts.enter(session, verdict, address=address, now=now())
    several = members.companies_of(session, person.id) if person.partner_id else []
    if len(several) == 1:
        person = session.get_one(Person, several[0].id)
    if len(several) < 2 and federation.must_use_provider(session, person):
        session.rollback()
        form.form_errors.append("Passwords are refused here. Sign in with your company.")
        return _sign_in_page(form, wanted), 422
    if len(several) > 1:
        return _come_in(session.get_one(Person, several[0].id), wanted, Stage.COMPANY)
    return _come_in(person, wanted)


@pages.post("/sign-out")
@anyone
def destroy() -> Any:
    identity.sign_out(session, at=now())
    flask.session.clear()
    flash("You are signed out.")
    return redirect(url_for("signin.new"), 303)


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
    account = accounts.knock_for_reset(session, form.email.data, address=_address(), now=now())
    if account is not None:
        jobs.enqueue(session, RESET, f"{RESET} {new_id()}", {"account": account}, run_at=now())
    flash("If somebody signs in with this address, a link is on its way. It works for 30 minutes.")
    return redirect(url_for("signin.new"), 303)


@pages.get("/password-reset/<uuid:token_id>")
@anyone
def new_password(token_id: UUID) -> Any:
    key = request.args.get("key", "")
    if not _opens(token_id, key, TokenPurpose.PASSWORD_RESET):
        return render_template("signin/dead_link.html", invited=False), 404
    form = NewPasswordForm(data={"key": key})
    return render_template("signin/new_password.html", form=form, token_id=token_id)


@pages.post("/password-reset/<uuid:token_id>")
@anyone
def set_password(token_id: UUID) -> Any:
    form = NewPasswordForm()
    whose = _opens(token_id, form.key.data or "", TokenPurpose.PASSWORD_RESET)
    if whose is None:
        return render_template("signin/dead_link.html", invited=False), 404
    if form.validate():
        try:
            accounts.reset_password(
                session,
                token_id,
                form.key.data,
                new=form.new.data,
                names=_company_names(whose),
                has_factor=bool(factors.held_by(session, whose.id)),
                now=now(),
            )
        except Refused as refusal:
            put_refusal(form.new, refusal)
    if form.errors:
        return render_template("signin/new_password.html", form=form, token_id=token_id), 422
    flash("Your password is set. Sign in with it.")
    return redirect(url_for("signin.new"), 303)


@pages.get("/invitations/<uuid:token_id>")
@anyone
def invitation(token_id: UUID) -> Any:
    key = request.args.get("key", "")
    invited = _opens(token_id, key, TokenPurpose.INVITATION)
    if invited is None:
        return render_template("signin/dead_link.html", invited=True), 404
    form = InvitationForm(data={"key": key, "name": invited.name})
    return _invitation_page(form, token_id, invited)


@pages.post("/invitations/<uuid:token_id>")
@anyone
def accept_invitation(token_id: UUID) -> Any:
    form = InvitationForm()
    invited = _opens(token_id, form.key.data or "", TokenPurpose.INVITATION)
    if invited is None:
        return render_template("signin/dead_link.html", invited=True), 404
    if accounts.joins(session, invited):
        accounts.join(session, token_id, form.key.data, now=now())
        flash("You have joined. Sign in with the password that you have.")
        return redirect(url_for("signin.new"), 303)
    if not form.validate():
        return _invitation_page(form, token_id, invited), 422
    try:
        person = accounts.accept(
            session,
            token_id,
            form.key.data,
            name=form.name.data,
            password=form.new.data,
            locale=form.locale.data,
            time_zone=form.time_zone.data,
            names=_company_names(invited),
            now=now(),
        )
    except Refused as refusal:
        put_refusal(form.new, refusal)
        return _invitation_page(form, token_id, invited), 422
    flash(f"Welcome, {person.name}.")
    return _come_in(person, "")


def _sign_in_page(form: SignInForm, wanted: str) -> str:
    with reading() as look:
        company = look.scalar(select(Vendor.name))
    return render_template("signin/new.html", form=form, wanted=wanted, company=company)


def _come_in(person: Person, wanted: str, stage: Stage | None = None) -> Any:
    """A new cookie for a new session; nothing from before signing in is kept but messages."""
    messages = flask.session.get("_flashes", [])
    flask.session.clear()
    if messages:
        flask.session["_flashes"] = messages
    stage = stage or factors.stage_of(session, person)
    identity.sign_in(session, person, stage=stage, at=now())
    return redirect(next_step(stage, wanted), 303)


def _opens(token_id: UUID, key: str, purpose: TokenPurpose) -> Person | None:
    return links.find(session, token_id, key, purpose, now=now())


def _company_names(person: Person) -> list[str]:
    """Which no password of theirs may be made of."""
    if person.partner_id is None:
        return []
    partner = session.get_one(Partner, person.partner_id)
    return [partner.name, partner.legal_name, partner.domain]


def _invitation_page(form: InvitationForm, token_id: UUID, invited: Person) -> str:
    return render_template(
        "signin/invitation.html",
        form=form,
        token_id=token_id,
        email=invited.email,
        has_password=accounts.joins(session, invited),
        role=accounts.ROLE_NAMES[invited.role],
    )


def _address() -> str:
    return request.remote_addr or ""
