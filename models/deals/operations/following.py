"""Working on a deal together: comments, stages, taking part, the forecast."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.base import lock
from models.deals.operations.steps import (
    note_for_vendor,
    remember,
    tell_managers,
    tell_partner,
    tidy,
)
from models.deals.states import OPEN, ForecastCategory, Stage, Visibility
from models.deals.tables import Deal, DealParticipant
from models.errors import Refused
from models.people import Actor


def comment(
    session: Session, deal: Deal, text: str, *, visibility: Visibility, by: Actor, now: datetime
) -> None:
    """Say something on the deal.  What is for the vendor only never reaches a partner."""
    lock(session, deal)
    text = tidy(text, what="your comment")
    internal = visibility is Visibility.VENDOR_ONLY
    if internal and by.partner_id is not None:
        raise Refused("Only the vendor's staff can write internal comments.")
    if internal:
        note_for_vendor(session, deal, "comment", text, by=by, now=now)
    else:
        remember(session, deal, "comment", by=by, now=now, before=deal.status, note=text)
    title = f"{deal.customer_name}: {by.name} wrote a comment"
    also = tuple(session.scalars(_participants(deal)))
    tell_managers(
        session, deal, "deal-comment", title=title, body=text, by=by, also=also, now=now
    )  # fmt: skip
    if not internal and by.partner_id is None:
        tell_partner(session, deal, "deal-comment", title=title, body=text, now=now)


def set_stage(session: Session, deal: Deal, stage: Stage, *, by: Actor, now: datetime) -> None:
    """Tell how far the sale has come.  Said twice, it is remembered once."""
    lock(session, deal)
    _must_be_open(deal)
    if deal.stage is stage:
        return
    note = f"{deal.stage.words} to {stage.words}"
    deal.stage = stage
    remember(session, deal, "stage", by=by, now=now, before=deal.status, code=stage, note=note)


def take_part(session: Session, deal: Deal, *, by: Actor, now: datetime) -> None:
    """Somebody of the vendor's staff works on the deal with the partner.  Done twice, once."""
    lock(session, deal)
    _must_be_open(deal)
    assert by.id and by.is_staff, "only the vendor's staff take part"
    if by.id in session.scalars(_participants(deal)).all():
        return
    session.add(
        DealParticipant(partner_id=deal.partner_id, deal_id=deal.id, person_id=by.id, joined_at=now)
    )
    remember(session, deal, "take_part", by=by, now=now, before=deal.status)
    tell_partner(
        session, deal, "deal-joined", now=now,
        title=f"{deal.customer_name}: {by.name} takes part",
        body=f"{by.name} works with you on {deal.number} from now on.",
    )  # fmt: skip


def step_back(session: Session, deal: Deal, *, by: Actor, now: datetime) -> None:
    """No longer take part.  Harmless for somebody who does not."""
    lock(session, deal)
    left = session.scalars(
        delete(DealParticipant)
        .where(DealParticipant.deal_id == deal.id, DealParticipant.person_id == by.id)
        .returning(DealParticipant.id)
    ).all()
    if left:
        remember(session, deal, "step_back", by=by, now=now, before=deal.status)


def set_forecast(
    session: Session, deal: Deal, category: ForecastCategory, *, by: Actor, now: datetime
) -> None:
    """Which forecast the deal counts in.  The vendor's own view; the partner does not see it."""
    lock(session, deal)
    _must_be_open(deal)
    if deal.forecast_category is category:
        return
    note = f"{deal.forecast_category.words} to {category.words}"
    deal.forecast_category = category
    note_for_vendor(session, deal, "forecast", note, by=by, now=now)


def _participants(deal: Deal):
    return select(DealParticipant.person_id).where(DealParticipant.deal_id == deal.id)


def _must_be_open(deal: Deal) -> None:
    if deal.status not in OPEN:
        raise Refused(f"This deal is {deal.status.words.lower()}; nothing is left to plan.")
