"""Settings written, with what they were before, and what was changed lately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, or_, select

from models import audit
from models.audit import AuditEntry
from models.people import Actor
from models.vendor import Vendor
from portal.clock import now
from portal.database import session

SHOWN = 20


def change(programme: Vendor, values: Mapping[str, Any], person: Actor) -> dict[str, Any]:
    """Write what differs, and keep who did it; which settings, from what to what."""
    changed = {}
    for name, value in values.items():
        before = getattr(programme, name)
        if before != value:
            setattr(programme, name, value)
            changed[name] = [before, value]
    if changed:
        audit.record(session, person, "programme changed", programme, now=now(), detail=changed)
    return changed


def lately(*kinds: str) -> Sequence[Row]:
    """The last changes of these tables, the latest first: at, actor_name, detail."""
    return session.execute(
        select(AuditEntry.at, AuditEntry.actor_name, AuditEntry.detail)
        .where(or_(*(AuditEntry.about_kind == kind for kind in kinds)))
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(SHOWN)
    ).all()
