"""What is true of second factors.  Pure: no session, no clock."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp

from models.base import SPOKEN
from models.people import Role

ALWAYS = frozenset({Role.ADMINISTRATOR, Role.FINANCE, Role.PARTNER_ADMINISTRATOR})
"""Who governs people or money never signs in by a password alone."""

FRESH_FOR = timedelta(minutes=5)
"""So long a proof counts for what matters most."""

STEP_SECONDS = 30
"""A code is taken for as long as the app shows it: its clock and ours have to be right."""

RECOVERY_CODES = 10
RECOVERY_LETTERS = 28
"""Of 27 signs: 133 bits, so that nobody who reads what is kept of a code can try them all."""
RECOVERY_GROUP = 4


@dataclass(frozen=True, slots=True)
class Site:
    """Where passkeys are made and used: they work at no other address."""

    domain: str
    """Such as portal.example.com."""
    origin: str
    """Such as https://portal.example.com."""
    name: str


def is_required(role: Role, further: Collection[str]) -> bool:
    """Whether people in this role must have a second factor; `further`: the programme's setting."""
    return role in ALWAYS or role.value in further


def step_of(secret: str, typed: str, *, now: datetime, after: int) -> int | None:
    """The time step that lasts now, when its code was typed; None when it is no such code.

    None too for one that is not later than `after`: each code works once.
    """
    digits = re.sub(r"[\s-]", "", typed)
    if not re.fullmatch(r"[0-9]{6}", digits):
        return None
    here = step_at(now)
    is_it = hmac.compare_digest(pyotp.TOTP(secret).generate_otp(here), digits)
    return here if is_it and here > after else None


def code_to_type(secret: str, *, now: datetime, after: int) -> str | None:
    """The code that would be taken now; None when it was used."""
    here = step_at(now)
    return pyotp.TOTP(secret).generate_otp(here) if here > after else None


def seconds_left(now: datetime) -> int:
    """Until an app shows the next code."""
    return STEP_SECONDS - int(now.timestamp()) % STEP_SECONDS


def step_at(now: datetime) -> int:
    return int(now.timestamp()) // STEP_SECONDS


def new_recovery_code() -> str:
    """Such as K7QX-MP2W-RTBN-4HJZ-9CDF-VWXY-G36K."""
    letters = "".join(secrets.choice(SPOKEN) for _ in range(RECOVERY_LETTERS))
    starts = range(0, RECOVERY_LETTERS, RECOVERY_GROUP)
    return "-".join(letters[at : at + RECOVERY_GROUP] for at in starts)


def tidy_recovery_code(typed: str) -> str:
    return re.sub(r"[\s-]", "", typed).upper()


def address_in_app(secret: str, *, account: str, issuer: str) -> str:
    """What the QR code says: otpauth://totp/…"""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)
