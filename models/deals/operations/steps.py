"""One step of a deal: the move, its event, the audit, and who hears of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models import audit, jobs, notices
from models.base import lock
from models.customers import hold_survivor
from models.deals.conflicts.leaving import leave_if_over
from models.deals.queries import last_event
from models.deals.rules import ago_in_words
from models.deals.states import DEAL_MOVES, VERBS_DONE, DealStatus
from models.deals.tables import Deal, DealEvent, DealNote
from models.errors import Refused
from models.people import Actor
from models.scope import vendor_side

GIVES_UP = frozenset({"lose", "withdraw", "revoke", "release", "expire"})
"""Verbs that end a deal without a win."""

OVER = "deal-over"
"""The job that ends what hangs on a deal; features above this one know what that is."""


def require(session: Session, deal: Deal, verb: str, *, now: datetime) -> DealStatus:
    """The state that `verb` leads to.  Raises Refused, naming who was quicker."""
    if not DEAL_MOVES.allows(verb, deal.status) and (event := last_event(session, deal.id)):
        raise Refused(
            f"{event.by_name} {VERBS_DONE[event.verb]} this deal "
            f"{ago_in_words(event.at, now)}. Nothing was changed."
        )
    if verb in GIVES_UP and deal.won_at:
        raise Refused("A part of this deal is won. Say that it is complete instead.")
    return DEAL_MOVES.after(verb, deal.status)


def lock_with_customer(session: Session, deal: Deal) -> None:
    """The customer first: two may decide about it at once, on two deals.

    On the vendor's side, where nothing hides the row that is to be locked.
    """
    if customer_id := deal.customer_id:
        with vendor_side(session) as beside:
            hold_survivor(beside, customer_id)
    lock(session, deal)


def move(
    session: Session,
    deal: Deal,
    verb: str,
    *,
    by: Actor,
    now: datetime,
    code: str = "",
    note: str = "",
) -> None:
    """Take one allowed step and remember who took it."""
    to_status = require(session, deal, verb, now=now)
    before, deal.status = deal.status, to_status
    remember(session, deal, verb, by=by, now=now, before=before, code=code, note=note)
    audit.record(
        session,
        by,
        f"deal: {verb.replace('_', ' ')}",
        deal,
        now=now,
        detail={"from": before, "to": to_status, "code": code, "note": note},
    )
    leave_if_over(session, deal, now=now)
    if verb in GIVES_UP and before is not DealStatus.DRAFT:
        payload = {"deal_id": str(deal.id)}
        jobs.enqueue(session, OVER, f"{OVER} {deal.id} {now.isoformat()}", payload, run_at=now)


def remember(
    session: Session,
    deal: Deal,
    verb: str,
    *,
    by: Actor,
    now: datetime,
    before: DealStatus | None,
    code: str = "",
    note: str = "",
) -> None:
    """An event that everybody on the deal may read.

    before: the state it was in; None for a deal that has just begun.
    """
    deal.updated_at = now
    session.add(
        DealEvent(
            partner_id=deal.partner_id,
            deal_id=deal.id,
            verb=verb,
            from_status=before,
            to_status=deal.status,
            by_id=by.id,
            by_name=by.name,
            by_staff=by.partner_id is None,
            at=now,
            code=code,
            note=note,
        )
    )


def note_for_vendor(
    session: Session, deal: Deal, verb: str, note: str, *, by: Actor, now: datetime
) -> None:
    """An event that only the vendor may read."""
    session.add(
        DealNote(deal_id=deal.id, verb=verb, by_id=by.id, by_name=by.name, at=now, note=note)
    )


def tell_partner(
    session: Session,
    deal: Deal,
    kind: str,
    *,
    title: str,
    body: str,
    now: datetime,
    key: str | None = None,
) -> None:
    notices.tell_partner(
        session, deal.partner_id, kind, title=title, body=body, link=link_to(deal), now=now, key=key
    )


def tell_managers(
    session: Session,
    deal: Deal,
    kind: str,
    *,
    title: str,
    body: str,
    now: datetime,
    by: Actor | None = None,
    also: tuple[UUID, ...] = (),
    key: str | None = None,
) -> None:
    """Tell the deal's channel manager and sales manager, and `also`, but not who did it."""
    managers = (deal.channel_manager_id, deal.sales_manager_id, *also)
    for person_id in dict.fromkeys(managers):
        if person_id and (by is None or person_id != by.id):
            notices.tell(
                session, person_id, kind, title=title, body=body, link=link_to(deal), now=now,
                key=key,
            )  # fmt: skip


def link_to(deal: Deal) -> str:
    return f"/deals/{deal.id}"


def tidy(text: str, *, what: str, least: int = 1) -> str:
    """The text without the blanks around it.  Raises Refused when there is too little."""
    text = text.strip()
    if len(text) < least:
        raise Refused(f"Write {what}: the reader sees your words exactly as they stand.")
    return text
