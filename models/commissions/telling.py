"""What a partner may be told about a line: its plan's name, and whose sale it is.  Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models.commissions.tables import Plan, PlanVersion
from models.scope import vendor_side


@dataclass(frozen=True, slots=True)
class VersionName:
    """What a partner reads of the plan of its own line."""

    plan: str
    number: int
    from_on: date


def versions_of(session: Session, rows: Iterable[Any]) -> dict[UUID, VersionName]:
    """What the plan versions of these lines are called; asked beside a partner's session."""
    ids = {row.plan_version_id for row in rows}
    if not ids:
        return {}
    with vendor_side(session) as beside:
        found = beside.execute(
            select(PlanVersion.id, Plan.name, PlanVersion.number, PlanVersion.from_on)
            .join(Plan, Plan.id == PlanVersion.plan_id)
            .where(PlanVersion.id.in_(ids))
        )
        return {row.id: VersionName(row.name, row.number, row.from_on) for row in found}


def is_of_others(row: Row) -> bool:
    """Whether a line of `lines` is about a sale that another partner has registered or made.

    What a session may not see is another's: then the owner is None.
    """
    if row.working.get("rule") == "share_of_others":
        return True
    if row.deal_id is not None:
        return row.deal_partner_id != row.partner_id
    return row.invoice_id is not None and row.invoice_partner_id != row.partner_id
