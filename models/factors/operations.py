"""What can happen to second factors.  Each function is one business verb, on the vendor's side."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pyotp
import webauthn
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import PublicKeyCredentialDescriptor

from models import audit, notices, vendor
from models.accounts import companies
from models.base import lock
from models.errors import Refused
from models.factors.proving import NotProven, keep_challenge, take_challenge
from models.factors.queries import Held, held_by, passkeys_of
from models.factors.rules import RECOVERY_CODES, Site, is_required, new_recovery_code, step_of
from models.factors.rules import tidy_recovery_code as tidy
from models.factors.tables import CodeApp, Passkey, RecoveryCode
from models.people import Actor, Person
from models.sealing import Seal

MOST_PASSKEYS = 10
NOT_MADE = "Your device did not make a passkey that we can use. Try again, or use an app."


def new_app_secret() -> str:
    """160 random bits, as apps want them."""
    return pyotp.random_base32()


def add_app(
    session: Session,
    person: Person,
    secret: str,
    typed: str,
    *,
    keep: UUID,
    seal: Seal,
    now: datetime,
) -> list[str]:
    """Take the app whose first code was typed; the recovery codes, when they are new."""
    lock(session, person)
    step = step_of(secret, typed, now=now, after=0)
    if step is None:
        raise NotProven("This is not the code that the app shows now. Type the next one.")
    if held_by(session, person.id).has_app:
        raise Refused("You have an app already. Remove it before you set up another.")
    session.add(
        CodeApp(
            person_id=person.keys_id, secret_sealed=seal.close(secret), last_step=step, added_at=now
        )
    )
    return _added(session, person, "an app for codes", keep=keep, seal=seal, now=now)


def offer_passkey(session: Session, session_id: UUID, person: Person, *, site: Site) -> str:
    """What the browser hands to the device to make a passkey, as JSON."""
    known = [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.credential_id))
        for row in passkeys_of(session, person.id)
    ]
    if len(known) >= MOST_PASSKEYS:
        raise Refused(f"You have {MOST_PASSKEYS} passkeys. Remove one that you no longer use.")
    options = webauthn.generate_registration_options(
        rp_id=site.domain,
        rp_name=site.name,
        user_id=person.keys_id.bytes,
        user_name=person.email,
        user_display_name=person.name,
        exclude_credentials=known,
    )
    keep_challenge(session, session_id, options.challenge)
    return webauthn.options_to_json(options)


def add_passkey(
    session: Session,
    person: Person,
    answer: str,
    *,
    name: str,
    site: Site,
    keep: UUID,
    seal: Seal,
    now: datetime,
) -> list[str]:
    """Take the passkey that the browser made; the recovery codes, when they are new."""
    lock(session, person)
    challenge = take_challenge(session, keep)
    if challenge is None:
        raise NotProven(NOT_MADE)
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise NotProven(NOT_MADE) from None
    session.add(
        Passkey(
            person_id=person.keys_id,
            name=" ".join(name.split())[:60] or "Passkey",
            credential_id=bytes_to_base64url(made.credential_id),
            public_key=bytes_to_base64url(made.credential_public_key),
            sign_count=made.sign_count,
            added_at=now,
        )
    )
    return _added(session, person, "a passkey", keep=keep, seal=seal, now=now)


def new_recovery_codes(session: Session, person: Person, *, seal: Seal, now: datetime) -> list[str]:
    """Ten codes, shown once; those from before die."""
    if not held_by(session, person.id):
        raise Refused("Set up a second factor first; recovery codes stand in for it.")
    lock(session, person)
    codes = _make_codes(session, person, seal, now)
    audit.record(session, person.actor(), "recovery codes made", person, now=now)
    return codes


def remove_app(session: Session, person: Person, *, keep: UUID, now: datetime) -> None:
    lock(session, person)
    _must_not_be_the_last(session, person, held_by(session, person.id).has_app)
    session.execute(delete(CodeApp).where(CodeApp.person_id == person.keys_id))
    _removed(session, person, "the app for codes", keep=keep, now=now)


def remove_passkey(
    session: Session, person: Person, passkey_id: UUID, *, keep: UUID, now: datetime
) -> bool:
    """False when they have no such passkey."""
    lock(session, person)
    theirs = (Passkey.id == passkey_id, Passkey.person_id == person.keys_id)
    name = session.scalar(select(Passkey.name).where(*theirs))
    if name is None:
        return False
    _must_not_be_the_last(session, person, True)
    session.execute(delete(Passkey).where(*theirs))
    _removed(session, person, f"the passkey “{name}”", keep=keep, now=now)
    return True


def forget(session: Session, person: Person, *, by: Actor, now: datetime) -> None:
    """Every factor and recovery code, for somebody who has lost them; every session ends."""
    for table in (CodeApp, Passkey, RecoveryCode):
        session.execute(delete(table).where(table.person_id == person.keys_id))
    companies.end_everywhere(session, person, now=now)
    audit.record(session, by, "second factor reset", person, now=now)
    _tell(session, person, "Your second factor was reset. Sign in and set up a new one.", now)


def _added(
    session: Session, person: Person, what: str, *, keep: UUID, seal: Seal, now: datetime
) -> list[str]:
    session.flush()
    is_first = held_by(session, person.id).count == 1
    codes = _make_codes(session, person, seal, now) if is_first else []
    audit.record(session, person.actor(), "second factor added", person, now=now)
    companies.end_everywhere(session, person, now=now, but=keep)
    _tell(session, person, f"You set up {what} as second factor.", now)
    return codes


def _removed(session: Session, person: Person, what: str, *, keep: UUID, now: datetime) -> None:
    if not held_by(session, person.id):
        session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.keys_id))
    audit.record(session, person.actor(), "second factor removed", person, now=now)
    companies.end_everywhere(session, person, now=now, but=keep)
    _tell(session, person, f"You removed {what}.", now)


def _make_codes(session: Session, person: Person, seal: Seal, now: datetime) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.keys_id))
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    for code in codes:
        mark = seal.marks(f"{person.keys_id} {tidy(code)}")[0]
        session.add(RecoveryCode(person_id=person.keys_id, mark=mark, made_at=now))
    session.flush()
    return codes


def _must_not_be_the_last(session: Session, person: Person, is_held: bool) -> None:
    held: Held = held_by(session, person.id)
    if not is_held or held.count > 1:
        return
    if is_required(person.role, vendor.settings(session).factor_roles):
        raise Refused("Your role needs a second factor. Set up another before you remove this one.")
    if companies.keeper_of(session, person).is_password_short:
        raise Refused(
            "Your password is too short to stand alone. Choose one of at least 15 characters first."
        )


def _tell(session: Session, person: Person, what: str, now: datetime) -> None:
    notices.tell(
        session,
        person.id,
        "factor-changed",
        title="Your second factor was changed",
        body=f"{what} Your other sessions were ended. If this was not you, tell your "
        "administrator at once.",
        link="/account/second-factor",
        partner_id=person.partner_id,
        now=now,
    )
