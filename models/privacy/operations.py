"""Setting how long each kind of data is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from models import audit, vendor
from models.people import Actor
from models.privacy.rules import Kept, days_of, must_be_lawful


def keep_for(session: Session, days: Mapping[Kept, int], *, by: Actor, now: datetime) -> bool:
    """Whether anything is different.  Raises Refused for what is shorter than the law's."""
    must_be_lawful(days)
    rules = vendor.settings(session)
    before = days_of(rules.retention)
    changed = {
        kind.value: [before[kind], days[kind]] for kind in Kept if before[kind] != days[kind]
    }
    if changed:
        rules.retention = {kind.value: days[kind] for kind in Kept}
        audit.record(session, by, "retention changed", rules, now=now, detail=changed)
    return bool(changed)
