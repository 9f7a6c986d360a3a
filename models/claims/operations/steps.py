"""One step of a claim: the move, its event, the audit, and who hears of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from models import audit, notices, vendor
from models.claims.rules import CLAIM_MOVES, ClaimStatus
from models.claims.tables import ClaimEvent, ClaimTerms, TerritoryClaim
from models.claims.terms import Terms
from models.errors import Refused
from models.people import PARTNER_ROLES, Actor


def today_of(session: Session, now: datetime) -> date:
    return vendor.settings(session).calendar.day_of(now)


def move(
    session: Session, claim: TerritoryClaim, verb: str, *, by: Actor, now: datetime, note: str = ""
) -> None:
    """Take one allowed step and remember who took it."""
    before = claim.status
    claim.status = CLAIM_MOVES.after(verb, before)
    remember(session, claim, verb, by=by, now=now, before=before, note=note)
    audit.record(
        session, by, f"claim: {verb.replace('_', ' ')}", claim, now=now,
        detail={"from": before, "to": claim.status, "note": note},
    )  # fmt: skip


def remember(
    session: Session,
    claim: TerritoryClaim,
    verb: str,
    *,
    by: Actor,
    now: datetime,
    before: ClaimStatus | None,
    note: str = "",
) -> None:
    claim.updated_at = now
    session.add(
        ClaimEvent(
            partner_id=claim.partner_id, claim_id=claim.id, verb=verb, from_status=before,
            to_status=claim.status, by_id=by.id, by_name=by.name, at=now, note=note,
        )
    )  # fmt: skip


def keep_terms(
    session: Session, claim: TerritoryClaim, terms: Terms, kind: str, *, by: Actor, now: datetime,
    note: str = "",
) -> None:  # fmt: skip
    kept = ClaimTerms(
        partner_id=claim.partner_id, claim_id=claim.id, kind=kind, by_name=by.name, at=now,
        note=note,
    )  # fmt: skip
    kept.take(terms)
    session.add(kept)


def tell_partner(
    session: Session,
    claim: TerritoryClaim,
    kind: str,
    *,
    title: str,
    body: str,
    now: datetime,
    key: str | None = None,
) -> None:
    notices.tell_partner(
        session, claim.partner_id, kind, title=f"{claim.name}: {title}", body=body,
        link=link_to(claim), now=now, roles=PARTNER_ROLES, key=key,
    )  # fmt: skip


def tell_manager(
    session: Session,
    claim: TerritoryClaim,
    kind: str,
    *,
    title: str,
    body: str,
    now: datetime,
    by: Actor | None = None,
    key: str | None = None,
) -> None:
    if claim.manager_id and (by is None or by.id != claim.manager_id):
        notices.tell(
            session, claim.manager_id, kind, title=f"{claim.name}: {title}", body=body,
            link=link_to(claim), now=now, key=key,
        )  # fmt: skip


def link_to(claim: TerritoryClaim) -> str:
    return f"/claims/{claim.id}"


def tidy(text: str, *, what: str) -> str:
    text = text.strip()
    if len(text) < 3:
        raise Refused(f"Write {what}: the reader sees your words exactly as they stand.")
    return text
