"""Secrets that open something once or for a while: how they are made and recognised."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from models.people.tables import TokenPurpose

LIVES = {
    TokenPurpose.PASSWORD_RESET: timedelta(minutes=30),
    TokenPurpose.INVITATION: timedelta(days=7),
}


def new_secret() -> str:
    """256 random bits, fit for a cookie or a link."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept instead of the secret.  It is random already, so it needs no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()
