"""Pages about one's own second factor: setting one up, looking at them, removing one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from flask import abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug import Response
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length

from models import factors, vendor
from models.errors import Refused
from models.people import Actor, Person, Stage
from models.scope import vendor_side
from portal import identity, proofs
from portal.account.blueprint import pages
from portal.clock import now
from portal.database import session
from portal.fields import TidyField, put_refusal
from portal.permissions import Can, allow, everybody
from portal.sealing import seal
from portal.ways import after_sign_in

BEFORE = (Stage.ENROL,)
"""Who must set one up gets here before they are in."""


class AppForm(FlaskForm):
    sealed = HiddenField()
    """The new secret, sealed with whose it is: this page is the only one that knows it."""
    code = TidyField(
        "The code it shows",
        [InputRequired("Type the six digits that the app shows."), Length(max=20)],
    )


class PasskeyForm(FlaskForm):
    name = TidyField("What you call it", [Length(max=60)], description="Such as “work laptop”.")
    answer = HiddenField(validators=[Length(max=20_000)])


@pages.get("/second-factor")
@allow(Can.KEEP_ACCOUNT, stages=BEFORE)
def second_factor(person: Actor) -> str:
    return _page(person, PasskeyForm())


@pages.get("/second-factor/app")
@allow(Can.KEEP_ACCOUNT, fresh=everybody, stages=BEFORE)
def new_app(person: Actor) -> str:
    secret = factors.new_app_secret()
    form = AppForm(sealed=seal().close(f"{person.id} {secret}"))
    return _app_page(person, form, secret)


@pages.post("/second-factor/app")
@allow(Can.KEEP_ACCOUNT, fresh=everybody, stages=BEFORE)
def add_app(person: Actor) -> Any:
    form = AppForm()
    secret = _unsealed(person, form)
    if form.validate():
        try:
            with vendor_side(session) as own:
                codes = factors.add_app(
                    own,
                    own.get_one(Person, person.id),
                    secret,
                    form.code.data,
                    keep=_this_session(),
                    seal=seal(),
                    now=now(),
                )
                identity.prove(own, at=now())
            return _done(codes, "The app is set up.")
        except Refused as no:
            put_refusal(form.code, no)
    return _app_page(person, form, secret), 422


@pages.post("/second-factor/passkey-offer")
@allow(Can.KEEP_ACCOUNT, fresh=everybody, stages=BEFORE)
def offer_passkey(person: Actor) -> Response:
    """What this browser's device makes a passkey from."""
    with vendor_side(session) as own:
        row = own.get_one(Person, person.id)
        said = factors.offer_passkey(own, _this_session(), row, site=proofs.site())
    return Response(said, mimetype="application/json")


@pages.post("/second-factor/passkeys")
@allow(Can.KEEP_ACCOUNT, fresh=everybody, stages=BEFORE)
def add_passkey(person: Actor) -> Any:
    form = PasskeyForm()
    if form.validate():
        try:
            with vendor_side(session) as own:
                codes = factors.add_passkey(
                    own,
                    own.get_one(Person, person.id),
                    form.answer.data or "",
                    name=form.name.data or "",
                    site=proofs.site(),
                    keep=_this_session(),
                    seal=seal(),
                    now=now(),
                )
                identity.prove(own, at=now())
            return _done(codes, "The passkey is set up.")
        except Refused as no:
            session.rollback()
            put_refusal(form.name, no)
    return _page(person, form), 422


@pages.post("/second-factor/app/removal")
@allow(Can.KEEP_ACCOUNT, fresh=everybody)
def remove_app(person: Actor) -> Any:
    with vendor_side(session) as own:
        row = own.get_one(Person, person.id)
        factors.remove_app(own, row, keep=_this_session(), now=now())
    flash("The app is removed. Your other sessions are ended.")
    return redirect(url_for("account.second_factor"), 303)


@pages.post("/second-factor/passkeys/<uuid:passkey_id>/removal")
@allow(Can.KEEP_ACCOUNT, fresh=everybody)
def remove_passkey(person: Actor, passkey_id: UUID) -> Any:
    with vendor_side(session) as own:
        row = own.get_one(Person, person.id)
        found = factors.remove_passkey(own, row, passkey_id, keep=_this_session(), now=now())
    if not found:
        abort(404)
    flash("The passkey is removed. Your other sessions are ended.")
    return redirect(url_for("account.second_factor"), 303)


@pages.post("/second-factor/recovery-codes")
@allow(Can.KEEP_ACCOUNT, fresh=everybody)
def new_recovery_codes(person: Actor) -> Any:
    with vendor_side(session) as own:
        row = own.get_one(Person, person.id)
        codes = factors.new_recovery_codes(own, row, seal=seal(), now=now())
    return _done(codes, "The codes from before no longer work.")


def _unsealed(person: Actor, form: AppForm) -> str:
    try:
        whose, _, secret = seal().open(form.sealed.data or "").partition(" ")
    except Refused:
        whose = secret = ""
    if whose != str(person.id):
        raise Refused("This page is no longer good. Begin again.")
    return secret


def has_factor(person: Actor) -> bool:
    with vendor_side(session) as own:
        return bool(factors.held_by(own, person.id))


def _done(codes: list[str], what: str) -> Any:
    """The recovery codes are shown once; without new ones there is nothing to write down."""
    if not codes:
        flash(f"{what} Your other sessions are ended.")
        return redirect(url_for("account.second_factor"), 303)
    onward = after_sign_in(request.args.get("next", "") or url_for("account.second_factor"))
    return render_template("account/recovery_codes.html", codes=codes, what=what, onward=onward)


def _page(person: Actor, form: PasskeyForm) -> str:
    with vendor_side(session) as own:
        held, passkeys = factors.held_by(own, person.id), factors.passkeys_of(own, person.id)
        is_required = factors.is_required(person.role, vendor.settings(own).factor_roles)
    return render_template(
        "account/second_factor.html",
        form=form,
        held=held,
        passkeys=passkeys,
        is_required=is_required,
        is_coming_in=identity.asking() is None,
        takes_passkeys=proofs.takes_passkeys(),
        home=proofs.site().origin,
        wanted=request.args.get("next", ""),
    )


def _app_page(person: Actor, form: AppForm, secret: str) -> str:
    issuer = proofs.site().name
    said = factors.address_in_app(secret, account=person.email, issuer=issuer)
    return render_template(
        "account/app.html",
        form=form,
        picture=_picture(said),
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        is_coming_in=identity.asking() is None,
        wanted=request.args.get("next", ""),
    )


def _picture(said: str) -> Markup:
    """A QR code, drawn here: no picture of a secret leaves the page."""
    drawn = segno.make(said, error="m").svg_inline(scale=5, light="#fff", dark="#000")
    # nosemgrep: unescaped (drawn by segno, of ours)
    return Markup(drawn)  # nosec B704


def _this_session() -> UUID:
    here = identity.coming()
    assert here is not None, "a guarded view has somebody asking"
    return here.session_id
