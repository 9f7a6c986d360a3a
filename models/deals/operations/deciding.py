"""The vendor's side of a registration: ask, approve, reject, clear a match, revoke."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import vendor
from models.base import lock
from models.customers import Customer
from models.deals.operations.protection import protect
from models.deals.operations.renewing import incumbent_of, refuse_before_incumbent
from models.deals.operations.steps import move, note_for_vendor, require, tell_partner, tidy
from models.deals.projects import collide
from models.deals.queries import evidence, rivals
from models.deals.registration import Question
from models.deals.states import DealStatus, DealType, RejectReason
from models.deals.tables import Deal, DealMatch
from models.errors import Refused
from models.people import Actor


def approve(session: Session, deal: Deal, *, by: Actor, now: datetime) -> None:
    """Protect the customer for the deal's partner, and tell them so.

    Raises Refused when the deal does not wait for a decision, when another partner
    is protected or came first, or when a likely duplicate has not been looked at.
    """
    _lock_with_customer(session, deal)
    require(session, deal, "approve", now=now)
    _not_their_own(deal, by)
    programme = vendor.settings(session)
    today = programme.calendar.day_of(now)
    refuse_before_incumbent(session, deal, now=now)
    _refuse_rivals(session, deal, on=today, now=now)
    _refuse_unread_evidence(session, deal, on=today)
    deal.approved_on = today
    protect(session, deal, days=programme.protection_days, now=now)
    _decided(deal, by=by, now=now)
    move(session, deal, "approve", by=by, now=now)
    _let_the_database_agree(session)
    tell_partner(
        session, deal, "deal-approved", now=now,
        title=f"{deal.customer_name} is approved",
        body=f"{deal.number} is protected through {deal.protected_through:%-d %B %Y}, "
        "that day included.",
    )  # fmt: skip


def reject(
    session: Session, deal: Deal, *, code: RejectReason, text: str, by: Actor, now: datetime
) -> None:
    """Say no, with a reason that the partner reads word for word."""
    lock(session, deal)
    require(session, deal, "reject", now=now)
    text = tidy(text, what="why you reject it", least=3)
    deal.reject_code, deal.reject_text = code, text
    deal.asked_at, deal.asked_fields, deal.asked_note = None, [], ""
    _decided(deal, by=by, now=now)
    move(session, deal, "reject", by=by, now=now, code=code, note=text)
    tell_partner(
        session, deal, "deal-rejected", now=now,
        title=f"{deal.customer_name} is rejected",
        body=f"{code.words}. {text}",
    )  # fmt: skip


def ask(
    session: Session,
    deal: Deal,
    *,
    questions: Sequence[Question],
    text: str,
    by: Actor,
    now: datetime,
) -> None:
    """Ask the partner for information: only these fields open again, and the clock stands."""
    lock(session, deal)
    require(session, deal, "ask", now=now)
    text = tidy(text, what="what you need to know", least=3)
    if not questions:
        raise Refused("Choose at least one part of the registration to ask about.")
    deal.asked_at, deal.asked_note = now, text
    deal.asked_fields = [question.value for question in dict.fromkeys(questions)]
    about = ", ".join(Question(field).words.lower() for field in deal.asked_fields)
    move(session, deal, "ask", by=by, now=now, code=",".join(deal.asked_fields), note=text)
    tell_partner(
        session, deal, "deal-asked", now=now,
        title=f"{deal.customer_name}: a question before we decide",
        body=f"{text} (About: {about}.)",
    )  # fmt: skip


def clear_match(
    session: Session, deal: Deal, match_id: UUID, *, reason: str, by: Actor, now: datetime
) -> None:
    """Say that a customer that looks alike is another one, with a name and a reason."""
    lock(session, deal)
    match = session.get(DealMatch, match_id)
    if match is None or match.deal_id != deal.id:
        raise Refused("This match belongs to another deal. Reload and look again.")
    lock(session, match)
    if match.cleared_at:
        raise Refused(f"{match.cleared_by_name} has already said so. Nothing was changed.")
    if match.customer_id == deal.customer_id:
        raise Refused("This is the very same customer; reject one of the two deals instead.")
    reason = tidy(reason, what="why it is not a duplicate", least=3)
    match.cleared_at, match.cleared_by_name, match.cleared_reason = now, by.name, reason
    other = session.get_one(Customer, match.customer_id)
    note_for_vendor(
        session, deal, "not_a_duplicate", f"{other.name}: {reason}", by=by, now=now
    )  # fmt: skip


def revoke(session: Session, deal: Deal, *, text: str, by: Actor, now: datetime) -> None:
    """Take the protection back, with a reason that the partner reads word for word."""
    lock(session, deal)
    require(session, deal, "revoke", now=now)
    text = tidy(text, what="why you revoke it", least=3)
    move(session, deal, "revoke", by=by, now=now, note=text)
    tell_partner(
        session, deal, "deal-revoked", now=now,
        title=f"{deal.customer_name}: the protection is revoked", body=text,
    )  # fmt: skip


def _lock_with_customer(session: Session, deal: Deal) -> None:
    """The customer first: two managers may decide about it at once, on two deals."""
    if deal.customer_id:
        lock(session, session.get_one(Customer, deal.customer_id))
    lock(session, deal)


def _not_their_own(deal: Deal, by: Actor) -> None:
    if by.id is not None and by.id == deal.registered_by_id:
        raise Refused("You registered this deal yourself; somebody else has to decide.")


def _refuse_rivals(session: Session, deal: Deal, *, on: date, now: datetime) -> None:
    """Who came first is approved first; of a renewal, whoever sold it last."""
    first = incumbent_of(session, deal, now=now)
    turn = (deal.partner_id != first, deal.submitted_at, deal.id)
    for rival in rivals(session, deal, on=on):
        if rival.status is DealStatus.APPROVED:
            raise Refused(
                f"{deal.customer_name} is protected for {rival.partner} through "
                f"{rival.protected_through:%-d %B %Y} ({rival.number})."
            )
        is_incumbent = rival.kind is DealType.RENEWAL and rival.partner_id == first
        if (not is_incumbent, rival.submitted_at, rival.id) < turn:
            raise Refused(
                f"{rival.partner} sold this last and goes first on its renewal ({rival.number}); "
                "decide that deal before this one."
                if is_incumbent
                else f"{rival.partner} registered this customer first ({rival.number}); "
                "decide that deal before this one."
            )


def _refuse_unread_evidence(session: Session, deal: Deal, *, on: date) -> None:
    for found in evidence(session, deal, on=on):
        is_open = not found.is_same_customer and found.cleared_at is None
        is_same_thing = found.family_id == deal.family_id and collide(
            found.project_key, deal.project_key
        )
        if is_open and is_same_thing:
            raise Refused(
                f"{found.customer} looks like the same customer ({found.number}). Say that it is "
                "not a duplicate, or reject this deal."
            )


def _decided(deal: Deal, *, by: Actor, now: datetime) -> None:
    deal.decided_at, deal.decided_by_name, deal.decide_by = now, by.name, None


def _let_the_database_agree(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        raise Refused(
            "Another partner was given this customer a moment ago. Reload and look again."
        ) from error
