"""Coming in through one's own company: to its provider and back."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import flask
from flask import Response, abort, current_app, redirect, render_template, request, url_for
from flask_wtf import FlaskForm

from models import accounts, audit, factors, federation
from models.errors import Refused
from models.federation import IdentityProvider, Told
from models.people import Actor, Person, Stage
from portal import identity
from portal.clock import now
from portal.database import reading, session, transaction
from portal.federation import provider as outside
from portal.federation.blueprint import pages
from portal.federation.provider import Journey
from portal.fields import email_field
from portal.permissions import Can, allow, anyone
from portal.ways import after_sign_in, next_step

COOKIE = "journey"


class AddressForm(FlaskForm):
    email = email_field("Your work e-mail address")


@pages.get("/sign-in/company")
@anyone
def ask_address() -> str:
    return _page(AddressForm())


@pages.post("/sign-in/company")
@anyone
def find_company() -> Any:
    """The company's own page is a link: a form's answer may not lead to another site."""
    form = AddressForm()
    if form.validate():
        found = federation.provider_for(session, form.email.data)
        if found is not None:
            return _page(form, found)
        form.email.errors = [
            *form.email.errors,
            "This company has no sign-in of its own here. Use your password.",
        ]
    return _page(form), 422


@pages.get("/sign-in/company/<uuid:provider_id>")
@anyone
def go_out(provider_id: UUID) -> Response:
    return _travel(provider_id)


def _travel(provider_id: UUID, *, proves: str = "") -> Response:
    """proves: the session that asks for a proof; empty when somebody comes in."""
    with reading() as look:
        provider = look.get(IdentityProvider, provider_id)
        if provider is None or not provider.is_active:
            abort(404)
        nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        journey = outside.begin(
            provider, back=way_back(), nonce=nonce, verifier=verifier, anew=bool(proves)
        )
    flask.session[COOKIE] = {
        "proves": proves,
        "at": now().isoformat(),
        "provider": str(provider_id),
        "state": journey.state,
        "nonce": nonce,
        "verifier": verifier,
        "wanted": request.args.get("next", "")[:500],
    }
    return redirect(journey.address)  # type: ignore[return-value]


@pages.get("/confirm/company")
@allow(Can.PROVE_ONESELF)
def confirm(person: Actor) -> Response:
    """Out to the company's sign-in once more, for who has nothing else to show."""
    here = identity.asking()
    if here is None or here.provider_id is None:
        abort(404)
    return _travel(here.provider_id, proves=str(here.session_id))


@pages.get("/sign-in/callback")
@anyone
def come_back() -> Any:
    """By GET, as providers send browsers; what it brings is proved by the journey's secrets."""
    kept = flask.session.pop(COOKIE, None)
    state, code = request.args.get("state", ""), request.args.get("code", "")
    if not kept or not code or not secrets.compare_digest(state.encode(), kept["state"].encode()):
        return _refused(outside.NOT_TRUSTED)
    try:
        if kept["proves"]:
            _prove(kept, state, code)
            return redirect(after_sign_in(kept["wanted"]), 303)
        stage = _let_in(kept, state, code)
    except Refused as no:
        return _refused(str(no))
    return redirect(next_step(stage, kept["wanted"]), 303)


def _told(kept: dict[str, str], state: str, code: str) -> Told:
    with reading() as look:
        provider = look.get_one(IdentityProvider, UUID(kept["provider"]))
        journey = Journey("", state, kept["nonce"], kept["verifier"])
        return outside.finish(provider, journey, back=way_back(), code=code)


def _prove(kept: dict[str, str], state: str, code: str) -> None:
    """Whoever left must be who comes back, in the same session, having signed in meanwhile."""
    told, here = _told(kept, state, code), identity.asking()
    if here is None or str(here.session_id) != kept["proves"]:
        raise Refused(outside.NOT_TRUSTED)
    since = datetime.fromisoformat(kept["at"]) - timedelta(seconds=outside.LEEWAY_SECONDS)
    with transaction() as own:
        provider = own.get_one(IdentityProvider, UUID(kept["provider"]))
        federation.prove(own, provider, told, person_id=here.actor.id, since=since)
        identity.prove(own, at=now())
        person = own.get_one(Person, here.actor.id)
        audit.record(own, here.actor, "proved through single sign-on", person, now=now())


def _let_in(kept: dict[str, str], state: str, code: str) -> Stage:
    told = _told(kept, state, code)
    with transaction() as own:
        provider = own.get_one(IdentityProvider, UUID(kept["provider"]))
        person = federation.come_in(own, provider, told, now=now())
        accounts.arrived(own, person, address=request.remote_addr or "", now=now())
        stage = factors.stage_of(own, person)
        flask.session.clear()
        identity.sign_in(
            own, person, stage=stage, at=now(), provider_id=provider.id, proven_at=_proven_at(told)
        )
        return stage


def _proven_at(told: Told) -> datetime | None:
    """When they signed in there, which may be days ago; None when the provider does not say."""
    return told.signed_in_at and min(told.signed_in_at, now())


def _refused(why: str) -> tuple[str, int]:
    form = AddressForm(formdata=None)
    form.form_errors.append(why)
    return _page(form), 403


def _page(form: AddressForm, found: IdentityProvider | None = None) -> str:
    return render_template(
        "federation/company.html",
        form=form,
        found=found,
        host=urlsplit(found.issuer).hostname if found else "",
        wanted=request.args.get("next", ""),
    )


def way_back() -> str:
    """Where the provider sends the browser: fixed by BASE_URL, never by what a browser says."""
    return current_app.extensions["settings"].base_url + url_for("federation.come_back")
