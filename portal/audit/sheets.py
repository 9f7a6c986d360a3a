"""The audit's lists as columns: the same on a page's export and from a command."""

from __future__ import annotations

import json
from typing import Any

from models import accounts
from portal.sheets import Column

ENTRIES = [
    Column("No.", lambda row: row.seq, "number"),
    Column("At", lambda row: row.at, "instant"),
    Column("Who", lambda row: row.actor_name),
    Column("On behalf of", lambda row: row.on_behalf_of or ""),
    Column("Did", lambda row: row.action),
    Column("To", lambda row: row.about_kind),
    Column("Its key", lambda row: str(row.about_id or "")),
    Column("Said", lambda row: written(row.detail)),
    Column("Changed", lambda row: written(row.changed)),
    Column("Address", lambda row: row.address or ""),
    Column("Session", lambda row: str(row.session_id or "")),
    Column("Request", lambda row: str(row.request_id or "")),
]

ACCESS = [
    Column("Name", lambda row: row.name),
    Column("E-mail", lambda row: row.email),
    Column("Company", lambda row: row.company),
    Column("Role", lambda row: accounts.ROLE_NAMES[row.role]),
    Column("Status", lambda row: row.status.value),
    Column("Last signed in", lambda row: row.last_signed_in_at, "instant"),
    Column("Second factor", lambda row: "yes" if row.has_factor else "no"),
    Column("Open sessions", lambda row: row.open_sessions, "number"),
]


def written(values: Any) -> str:
    return json.dumps(values, sort_keys=True, ensure_ascii=False) if values else ""
