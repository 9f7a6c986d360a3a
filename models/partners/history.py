"""What happened to a partner, in words, from the audit.  For staff; reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.audit import AuditEntry

LATEST = 50


@dataclass(frozen=True, slots=True)
class Happening:
    at: datetime
    who: str
    action: str
    note: str
    """What was said or changed; empty when the action says it all."""


def of(session: Session, partner_id: UUID) -> list[Happening]:
    """The latest fifty, newest first."""
    entries = session.execute(
        select(AuditEntry.at, AuditEntry.actor_name, AuditEntry.action, AuditEntry.detail)
        .where(
            or_(
                (AuditEntry.about_kind == "partner") & (AuditEntry.about_id == partner_id),
                (AuditEntry.about_kind == "payout_destination")
                & (AuditEntry.partner_id == partner_id),
            )
        )
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(LATEST)
    )
    return [
        Happening(row.at, row.actor_name, row.action, _note(row.detail or {})) for row in entries
    ]


def _note(detail: dict) -> str:
    if "reason" in detail:
        return detail["reason"]
    if "changed" in detail:
        return "; ".join(
            f"{field.replace('_', ' ')}: {before or 'empty'} → {after or 'empty'}"
            for field, (before, after) in sorted(detail["changed"].items())
            if not field.endswith("_id") or field in ("vat_id", "tax_id")
        )
    if detail.get("from_on"):
        return f"from {detail['from_on']}"
    return detail["to"] if "•" in str(detail.get("to", "")) else ""
