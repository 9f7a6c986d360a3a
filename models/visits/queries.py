"""What we can ask about visits.  Reads only."""

from __future__ import annotations

from sqlalchemy import Select, select

from models.partners import Partner
from models.visits.tables import Visit


def listed() -> Select:
    """Every visit that the session may see, one row each, without an order."""
    return select(
        Visit.id, Visit.begun_at, Visit.ends_at, Visit.ended_at, Visit.person_name,
        Visit.visitor_name, Visit.reason, Partner.name.label("company"),
    ).join(Partner, Partner.id == Visit.partner_id)  # fmt: skip
