"""The partner's side of a claim: drawn up, kept as a draft, submitted, withdrawn; its files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import files, notices, territories, vendor
from models.base import human_number, lock, new_id
from models.claims.operations.steps import (
    keep_terms,
    link_to,
    move,
    remember,
    tell_manager,
    today_of,
)
from models.claims.rules import ClaimStatus
from models.claims.tables import TerritoryClaim
from models.claims.terms import Ask
from models.errors import Refused
from models.files import StoredFile, Upload
from models.partners import Partner, must_be_active
from models.people import Actor
from models.scope import vendor_side
from models.territories import Area

KIND = "claim"
LEAST_PLAN = 50


def draft(session: Session, ask: Ask, *, by: Actor, now: datetime) -> TerritoryClaim:
    """Begin a claim.  Nobody at the vendor sees it before it is submitted."""
    assert by.partner_id
    currency = session.scalars(select(Partner.currency).where(Partner.id == by.partner_id)).one()
    claim_id = new_id()
    claim = TerritoryClaim(
        id=claim_id, number=human_number("T", claim_id, letters=10), partner_id=by.partner_id,
        name=_name(ask), status=ClaimStatus.DRAFT, currency=currency, plan=ask.plan.strip(),
        drawn_by_id=by.id, created_at=now, updated_at=now, moves=[],
    )  # fmt: skip
    claim.take(ask.terms)
    session.add(claim)
    session.flush()
    remember(session, claim, "draft", by=by, now=now, before=None)
    return claim


def save(session: Session, claim: TerritoryClaim, ask: Ask, *, now: datetime) -> None:
    """Keep what the partner has written so far."""
    lock(session, claim)
    if claim.status is not ClaimStatus.DRAFT:
        raise Refused("Only a draft can be changed. Withdraw this claim and draw up another.")
    claim.name, claim.plan, claim.updated_at = _name(ask), ask.plan.strip(), now
    claim.take(ask.terms)
    session.flush()


def save_places(
    session: Session, claim: TerritoryClaim, places: Iterable[Area], *, now: datetime
) -> None:
    """Only where; the rest of the draft stays."""
    terms = replace(claim.terms, places=tuple(dict.fromkeys(places)))
    save(session, claim, Ask(name=claim.name, plan=claim.plan, terms=terms), now=now)


def submit(session: Session, claim: TerritoryClaim, *, by: Actor, now: datetime) -> None:
    """Ask for it.  Until it is decided it gives no right."""
    lock(session, claim)
    must_be_active(session.get_one(Partner, claim.partner_id).status)
    faults = claim.terms.faults(today=today_of(session, now))
    if faults:
        raise Refused(faults[0])
    if len(claim.plan) < LEAST_PLAN:
        raise Refused(f"Write your business plan: at least {LEAST_PLAN} characters.")
    if claim.terms.parts > territories.MOST_HOLDS:
        raise Refused("This claim has too many parts. Split it, or claim wider places.")
    partner_id = claim.partner_id
    with vendor_side(session) as beside:
        own = beside.scalar(select(Partner.channel_manager_id).where(Partner.id == partner_id))
        present = territories.still_here(beside)
        manager = own if own in present else territories.defaults(beside).channel_manager
        today = today_of(beside, now)
        manager = territories.who_acts_for(beside, manager, today) if manager else None
    claim.manager_id, claim.submitted_at = manager, now
    keep_terms(session, claim, claim.terms, "asked", by=by, now=now)
    move(session, claim, "submit", by=by, now=now)
    tell_manager(
        session, claim, "claim-submitted", now=now, title="a territory is claimed",
        body=f"{by.name} claims it from {claim.from_on:%-d %B %Y}. Until you decide, the claim "
        "gives no right.",
    )  # fmt: skip


def withdraw(session: Session, claim: TerritoryClaim, *, by: Actor, now: datetime) -> None:
    lock(session, claim)
    was_seen = claim.status is not ClaimStatus.DRAFT
    move(session, claim, "withdraw", by=by, now=now)
    if was_seen:
        tell_manager(
            session, claim, "claim-withdrawn", now=now, title="withdrawn by the partner",
            body=f"{by.name} withdrew {claim.number}.",
        )  # fmt: skip


def attach(
    session: Session, claim: TerritoryClaim, upload: Upload, *, by: Actor, now: datetime
) -> StoredFile:
    """A file beside the business plan, until the claim is decided."""
    lock(session, claim)
    if claim.decided_at is not None:
        raise Refused("This claim is decided. Files are attached before that.")
    about = (KIND, claim.id)
    return files.keep(
        session, upload, about=about, partner_id=claim.partner_id, private=True, by=by, now=now
    )  # fmt: skip


def detach(
    session: Session, claim: TerritoryClaim, file: StoredFile, *, by: Actor, now: datetime
) -> None:
    lock(session, claim)
    if claim.status is not ClaimStatus.DRAFT:
        raise Refused("What was submitted stays. Attach another file beside it.")
    files.remove(session, file, by=by, now=now)


def _name(ask: Ask) -> str:
    return " ".join(ask.name.split())[:120] or "A territory"


def tell_second(
    session: Session, claim: TerritoryClaim, person_ids: list[UUID], *, now: datetime
) -> None:
    """Everybody who may give the second approval."""
    for person_id in person_ids:
        notices.tell(
            session, person_id, "claim-second", now=now, link=link_to(claim),
            title=f"{claim.name}: a second approval is needed",
            body=f"{claim.number} is exclusive, so two people approve it. "
            f"{vendor.settings(session).name} decides when the second has.",
        )  # fmt: skip
