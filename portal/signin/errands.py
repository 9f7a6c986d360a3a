"""What the worker does for those at the door: the mail with which a password is chosen anew."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models import accounts
from portal.clock import now
from portal.database import transaction
from portal.sealing import seal

RESET = "mail a password reset"


def mail_reset(payload: dict[str, Any]) -> datetime | None:
    with transaction() as session:
        accounts.mail_reset(session, payload["account"], seal=seal(), now=now())
    return None


ERRANDS = {RESET: mail_reset}
