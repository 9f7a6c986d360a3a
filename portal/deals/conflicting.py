"""What stands against a deal, on its page: the conflict case, and our own sales."""

from __future__ import annotations

from typing import Any

from flask import url_for

from models.deals import Deal, conflicts
from models.people import Actor
from portal.database import session
from portal.permissions import Can, may


def contested(person: Actor, deal: Deal) -> dict[str, Any]:
    """case: the latest case, as this person may know it; touches: of our own people there.

    For staff the case says whether it decides about the deal, and not the queue.
    """
    return {"case": _case(person, deal), "touches": conflicts.told_touches(session, deal.id)}


def _case(person: Actor, deal: Deal) -> dict[str, Any] | None:
    """The vendor's people see the case, a partner its own side, its distributor nothing."""
    if may(person, Can.SEE_CONFLICTS):
        case = conflicts.case_of_deal(session, deal.id)
        return case and {  # type: ignore[return-value]
            "number": case.number,
            "words": case.status.words,
            "url": url_for("conflicts.show", conflict_id=case.id),
            "is_open": case.status in (conflicts.ConflictStatus.OPEN, *conflicts.APPEALABLE),
            "decides": case.status is conflicts.ConflictStatus.OPEN,
        }
    side = conflicts.side_of_deal(session, deal.id) if not person.is_staff else None
    return side and {  # type: ignore[return-value]
        "number": side.number,
        "words": side.standing.words,
        "url": url_for("conflicts.side", conflict_side_id=side.id),
        "is_open": side.standing is conflicts.Standing.OPEN,
    }
