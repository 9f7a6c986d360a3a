"""People as they are found: a partner's own, or everybody for the vendor."""

from __future__ import annotations

from uuid import UUID

from flask import abort
from sqlalchemy import select

from models.people import Actor, Person
from portal.database import session


def person_or_404(by: Actor, person_id: UUID) -> Person:
    """Staff find everybody; a partner finds its own people, not the staff it may read of."""
    found = select(Person).where(Person.id == person_id)
    if by.partner_id is not None:
        found = found.where(Person.partner_id == by.partner_id)
    return session.scalar(found) or abort(404)
