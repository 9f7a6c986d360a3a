"""Proving that one is there: what such a page shows, and whether what was sent is enough."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import current_app, request
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from models import factors
from models.factors import Held, Site
from models.people import Actor, Person
from models.scope import vendor_side
from portal import identity
from portal.clock import now
from portal.database import session, transaction
from portal.demonstration import TOTP_SECRET
from portal.fields import NeededSometimes, put_refusal
from portal.sealing import seal


class ProofForm(FlaskForm):
    """A code, a recovery code or the password; or the answer of a passkey."""

    proof_code = StringField("Code", [NeededSometimes(), Length(max=1000)])
    proof_passkey = HiddenField(validators=[Length(max=20_000)])
    proof_to = HiddenField(validators=[Length(max=2000)])
    """Where a form was on its way to when the proof was asked for."""


def site() -> Site:
    """Where passkeys belong: the address that BASE_URL says."""
    base = urlsplit(current_app.extensions["settings"].base_url)
    return Site(base.hostname or "", f"{base.scheme}://{base.netloc}", _name())


def takes_passkeys() -> bool:
    """Whether the browser is at that address; no passkey works at another."""
    return request.host == urlsplit(current_app.extensions["settings"].base_url).netloc


def ways_of(person: Actor) -> dict[str, Any]:
    """What a page must know to ask this person for a proof."""
    with vendor_side(session) as own:
        held = factors.held_by(own, person.id)
        return {
            "held": held,
            "by_company": not held and _came_by_company(own, person.id),
            "takes_passkeys": held.passkeys > 0 and takes_passkeys(),
            **_demonstrated(own, person.id),
        }


def _came_by_company(own: Session, person_id: UUID) -> bool:
    """Whether they have no password either, and their company's sign-in speaks for them."""
    here = identity.asking()
    keys = own.get_one(Person, own.get_one(Person, person_id).keys_id)
    return here is not None and here.provider_id is not None and keys.password_hash is None


def _demonstrated(own: Session, person_id: UUID) -> dict[str, Any]:
    """In the demonstration, for an account made with its secret: the code to type now.

    demo_code: None when it was used; demo_seconds: until the next, None where nothing is shown.
    """
    is_demo = current_app.extensions["settings"].demo
    known = factors.secret_of(own, person_id, seal()) if is_demo else None
    if known is None or known[0] != TOTP_SECRET:
        return {"demo_code": None, "demo_seconds": None}
    at = now()
    code = factors.code_to_type(known[0], now=at, after=known[1])
    return {"demo_code": code, "demo_seconds": factors.seconds_left(at)}


def is_proven(person: Actor, form: ProofForm) -> bool:
    """Whether what was sent proves it; then this browser is in, under a new token.

    A wrong try is kept, and the form says what is wrong.
    """
    if not form.validate():
        return False
    try:
        with vendor_side(session) as own:
            _prove(own, own.get_one(Person, person.id), form)
            identity.prove(own, at=now())
    except factors.NotProven as no:
        session.rollback()  # lets go of the database, so that the wrong try can be kept
        with transaction() as own:
            factors.remember_wrong(own, person.id, _session_id(), now=now())
        put_refusal(form.proof_code, no)
        return False
    return True


def _prove(own: Session, person: Person, form: ProofForm) -> None:
    held: Held = factors.held_by(own, person.id)
    typed = form.proof_code.data or ""
    if form.proof_passkey.data:
        answer = form.proof_passkey.data
        factors.prove_by_passkey(own, _session_id(), person, answer, site=site(), now=now())
    elif held:
        factors.prove_by_code(own, person, typed, seal=seal(), now=now())
    else:
        factors.prove_by_password(own, person, typed, now=now())


def _session_id() -> UUID:
    here = identity.coming()
    assert here is not None, "a guarded view has somebody asking"
    return here.session_id


def _name() -> str:
    here = identity.coming()
    return here.vendor_name if here and here.vendor_name else "Counterpart"
