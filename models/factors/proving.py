"""Proving that one is there: by a code, a recovery code, a passkey, or the password again.

Each runs on the vendor's side.  A wrong try raises NotProven; whoever calls keeps it with
`remember_wrong` in a transaction of its own, so that nobody guesses on.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import webauthn
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import PublicKeyCredentialDescriptor

from models import audit
from models.accounts import companies, doors
from models.accounts.arrivals import failed_half_way
from models.base import lock
from models.errors import Refused
from models.factors.queries import passkeys_of
from models.factors.rules import Site, step_of, tidy_recovery_code
from models.factors.tables import CodeApp, Passkey, RecoveryCode
from models.people import Door, Person, UserSession, passwords
from models.sealing import Seal

WRONG_CODE = (
    "This code is wrong, ran out or was used already. Wait for the next one and type that. If it"
    " is refused too, let your phone set its clock by itself."
)
WRONG_KEY = "This passkey was not accepted. Try again, or use another way."
TOO_MANY = "Too many tries. Wait 15 minutes and try again."


class NotProven(Refused):
    """What somebody showed does not prove who they are."""


def prove_by_code(
    session: Session, person: Person, typed: str, *, seal: Seal, now: datetime
) -> None:
    """By the digits of an app or a recovery code.  Either works once."""
    _must_be_open(session, person, now)
    if not (
        _took_digits(session, person, typed, seal, now)
        or _took_recovery_code(session, person, typed, seal, now)
    ):
        raise NotProven(WRONG_CODE)


def ask_passkey(session: Session, session_id: UUID, person_id: UUID, *, site: Site) -> str:
    """What the browser hands to the passkey, as JSON; the answer must come in this session."""
    known = [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.credential_id))
        for row in passkeys_of(session, person_id)
    ]
    options = webauthn.generate_authentication_options(rp_id=site.domain, allow_credentials=known)
    keep_challenge(session, session_id, options.challenge)
    return webauthn.options_to_json(options)


def prove_by_passkey(
    session: Session, session_id: UUID, person: Person, answer: str, *, site: Site, now: datetime
) -> None:
    _must_be_open(session, person, now)
    challenge = take_challenge(session, session_id)
    key = _key_that_answered(session, person, answer)
    if challenge is None or key is None:
        raise NotProven(WRONG_KEY)
    try:
        verified = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise NotProven(WRONG_KEY) from None
    key.sign_count, key.last_used_at = verified.new_sign_count, now


def prove_by_password(session: Session, person: Person, typed: str, *, now: datetime) -> None:
    """For who has no second factor: the password again."""
    _must_be_open(session, person, now)
    if not passwords.matches(typed, companies.keeper_of(session, person).password_hash):
        raise NotProven("This is not your password. Type it again.")


def remember_wrong(session: Session, person_id: UUID, session_id: UUID, *, now: datetime) -> None:
    take_challenge(session, session_id)
    person = session.get_one(Person, person_id)
    failed_half_way(session, person, about=_about(person), now=now)
    audit.record(session, person.actor(), "second factor refused", person, now=now)


def keep_challenge(session: Session, session_id: UUID, challenge: bytes) -> None:
    session.execute(
        update(UserSession)
        .where(UserSession.id == session_id)
        .values(challenge=bytes_to_base64url(challenge))
    )


def take_challenge(session: Session, session_id: UUID) -> bytes | None:
    """The challenge of this session; it is answered once, rightly or wrongly."""
    row = session.get_one(UserSession, session_id)
    lock(session, row)
    challenge, row.challenge = row.challenge, None
    return base64url_to_bytes(challenge) if challenge else None


def _must_be_open(session: Session, person: Person, now: datetime) -> None:
    if doors.is_shut(session, Door.SECOND_FACTOR, **_about(person), now=now):
        raise NotProven(TOO_MANY)


def _about(person: Person) -> dict[str, str]:
    return {"account": person.email, "address": str(person.keys_id)}


def _took_digits(session: Session, person: Person, typed: str, seal: Seal, now: datetime) -> bool:
    app = session.scalars(select(CodeApp).where(CodeApp.person_id == person.keys_id)).first()
    if app is None:
        return False
    lock(session, app)  # the same code twice at once: one of them comes second
    step = step_of(seal.open(app.secret_sealed), typed, now=now, after=app.last_step)
    if step is None:
        return False
    app.last_step, app.last_used_at = step, now
    return True


def _took_recovery_code(
    session: Session, person: Person, typed: str, seal: Seal, now: datetime
) -> bool:
    marks = seal.marks(f"{person.keys_id} {tidy_recovery_code(typed)}")
    used = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person.keys_id,
            RecoveryCode.mark.in_(marks),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
    )
    if not used.rowcount:  # type: ignore[attr-defined]
        return False
    audit.record(session, person.actor(), "recovery code used", person, now=now)
    return True


def _key_that_answered(session: Session, person: Person, answer: str) -> Any:
    try:
        credential = webauthn.helpers.parse_authentication_credential_json(answer)
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    key = session.scalars(
        select(Passkey).where(
            Passkey.person_id == person.keys_id,
            Passkey.credential_id == bytes_to_base64url(credential.raw_id),
        )
    ).first()
    if key is not None:
        lock(session, key)
    return key
