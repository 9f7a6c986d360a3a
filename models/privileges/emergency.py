"""The way out when no second administrator is left: from the server itself, seen by all.

Whoever has the server's shell reads the database anyway; what this adds is that nobody can do
it without a trace: an entry in the audit, and a mail to every administrator.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit, factors, notices
from models.errors import Refused
from models.people import SYSTEM, Person, PersonStatus, Role


def reset_factor_from_server(
    session: Session, email: str, *, operator: str, reason: str, now: datetime
) -> list[str]:
    """Take away every factor of who has this address; whose they were, in words.

    operator: who is signed in at the server, as it says.
    """
    if not reason.strip():
        raise Refused("Say how you know that it is really them who ask: --reason “…”.")
    people = session.scalars(
        select(Person).where(
            Person.email == email.strip().casefold(), Person.status == PersonStatus.ACTIVE
        )
    ).all()
    whose = [one for one in people if factors.held_by(session, one.id)]
    if not whose:
        raise Refused(f"Nobody who signs in with {email} has a second factor.")
    by = replace(SYSTEM, name=f"{operator} at the server"[:200])
    for person in whose:
        factors.forget(session, person, by=by, now=now)
        said = {"by": operator, "reason": reason[:500]}
        audit.record(session, by, "factor reset from the server", person, now=now, detail=said)
    notices.tell_staff(
        session,
        Role.ADMINISTRATOR,
        "factor-changed",
        title=f"The second factor of {whose[0].name} was reset from the server",
        body=f"{operator} reset it with the command on the server, because: {reason[:500]} "
        "If you know nothing of this, look at the audit and at who has the server's shell.",
        link="/audit",
        now=now,
    )
    return [one.name for one in whose]
