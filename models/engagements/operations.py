"""What can happen to touches: they are recorded, and a direct opportunity ends."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy.orm import Session

from models import audit, vendor
from models.base import lock
from models.customers import Customer
from models.engagements.queries import same_touch
from models.engagements.rules import TouchDetails, TouchKind
from models.engagements.tables import Touch
from models.errors import Refused
from models.people import Actor


@dataclass(frozen=True)
class Recorded:
    """The touch; whether it was not known before."""

    touch: Touch
    is_new: bool


def record(session: Session, details: TouchDetails, *, by: Actor, now: datetime) -> Recorded:
    """Keep that one of our own people was in touch with a customer.  Told twice, kept once.

    Raises Refused for a day to come, or when the same was told with another note.
    """
    lock(session, session.get_one(Customer, details.customer_id))
    if details.happened_on > vendor.settings(session).calendar.day_of(now):
        raise Refused("The day cannot be in the future. Record it when it has happened.")
    if not details.person_name.strip():
        raise Refused("Say who of our own people it was.")
    said = {each.name: getattr(details, each.name) for each in fields(details)}
    said |= {"person_name": details.person_name.strip(), "note": details.note.strip()}
    touch = Touch(**said, recorded_at=now, recorded_by_name=by.name)
    if known := same_touch(session, touch):
        if known.note != touch.note:
            raise Refused(
                f"It was recorded with another note: “{known.note or 'no note'}”. "
                "Leave this one out, or give it its own day."
            )
        return Recorded(known, is_new=False)
    session.add(touch)
    session.flush()
    detail = {"customer": str(touch.customer_id), "kind": touch.kind, "who": touch.person_name}
    audit.record(session, by, "touch recorded", touch, now=now, detail=detail)
    return Recorded(touch, is_new=True)


def close(session: Session, touch: Touch, *, on: date, by: Actor, now: datetime) -> None:
    """A direct opportunity is over.  Closed twice, it is closed once."""
    lock(session, touch)
    if touch.kind is not TouchKind.DIRECT:
        raise Refused("Only a direct opportunity can be closed.")
    if touch.ended_on is not None:
        return
    if on < touch.happened_on or on > vendor.settings(session).calendar.day_of(now):
        raise Refused("Enter a day between its beginning and today.")
    touch.ended_on = on
    audit.record(session, by, "direct opportunity closed", touch, now=now, detail={"on": f"{on}"})
