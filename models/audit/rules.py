"""What an entry says, in the one form that is hashed, and which words it must not repeat."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

NOTHING_BEFORE = "0" * 64
AUDIT_YEARS = 10
"""The database itself refuses to delete younger entries: books, and who kept them."""
BEGINS = "begins after this"
"""Why the head was kept when the oldest entries went."""
MASK = "•••"
SECRET_WORDS = (
    "password", "token", "secret", "hash", "sealed", "iban", "account_number", "routing_number",
    "recovery", "public_key", "content", "key",
)  # fmt: skip
NOT_SECRET = ("project_key",)
LONGEST = 500
"""Characters of one value before or after; what is longer is cut."""

COLUMNS = (
    "id", "at", "actor_id", "actor_name", "on_behalf_of", "partner_id", "action", "about_kind",
    "about_id", "detail", "changed", "address", "session_id", "request_id",
)  # fmt: skip
"""What of an entry is hashed, in this order: all of it."""


def linked(prev: str, seq: int, entry: Any) -> str:
    """SHA-256 of the hash before, and of this entry in its place."""
    return hashlib.sha256(f"{prev}\n{seq}\n{canonical(entry)}".encode()).hexdigest()


def canonical(entry: Any) -> str:
    """The entry as one line of JSON that is the same on every machine and database."""
    values = [_plain(getattr(entry, column)) for column in COLUMNS]
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def told(field: str, value: Any) -> Any:
    """A field's value as the audit may keep it."""
    if value is None or value == "":
        return value
    if field not in NOT_SECRET and any(word in field for word in SECRET_WORDS):
        return MASK
    if isinstance(value, bool | int):
        return value
    text = f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, dict | str | None) else str(value)


BACKED_UP = "database backed up"

PRIVILEGED = (
    "role changed", "person invited", "person deactivated", "second factor reset",
    "sessions ended", "everybody's sessions ended",
    "password changed", "programme changed", "approval rule added", "approval rule changed",
    "approval rule removed",
    "month closed", "month finished", "payout decided sent", "payout decided not sent",
    "payout destination changed", "plan version added", "portal set up", "customer merged",
    "transfer reversal asked", "tax term entered", "registration type changed", BACKED_UP,
)  # fmt: skip
"""What only few may do, and what a review of them looks at."""

PRIVILEGED_KINDS = ("payout_run", "plan_draft")
"""What is privileged whatever is done with it."""

HISTORIES = {
    "plans": ("plan", "plan_version", "plan_draft", "plan_assignment"),
    "rates": ("exchange_rate", "tax_term", "price"),
    "destinations": ("payout_destination", "stripe_account", "partner_invoice"),
}
"""The histories that are asked for, and what entries of each are about."""
