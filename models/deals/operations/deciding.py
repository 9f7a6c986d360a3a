"""The vendor's side of a registration: ask, approve, reject, clear a match, revoke."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models import territories, vendor
from models.base import lock
from models.customers import Customer
from models.deals.conflicts.queries import open_case_of
from models.deals.operations.approving import drop_approvals, must_be_asked, sign
from models.deals.operations.contesting import open_if_contested
from models.deals.operations.protecting import decided, protect
from models.deals.operations.renewing import incumbents_of, refuse_before_incumbent
from models.deals.operations.steps import (
    lock_with_customer,
    move,
    note_for_vendor,
    require,
    tell_partner,
    tidy,
)
from models.deals.projects import collide
from models.deals.queries import evidence, rivals
from models.deals.registration import Question
from models.deals.states import DealStatus, DealType, RejectReason
from models.deals.tables import Deal, DealMatch
from models.errors import Refused
from models.people import Actor

CONFLICT_REASONS = frozenset({RejectReason.EXISTING_REGISTRATION, RejectReason.VENDOR_ENGAGED})
"""Somebody else has the customer: that is what a conflict case decides, once both are heard."""


def approve(session: Session, deal: Deal, *, by: Actor, now: datetime) -> None:
    """Protect the customer for the deal's partner, and tell them so.

    Where several approvals are needed, all but the last only count.
    Raises Refused when the deal does not wait for a decision, when another partner
    is protected or came first, or when a likely duplicate has not been looked at.
    """
    lock_with_customer(session, deal)
    require(session, deal, "approve", now=now)
    must_be_asked(session, deal, by, now=now)
    today = vendor.settings(session).calendar.day_of(now)
    refuse_before_incumbent(session, deal, now=now)
    _refuse_rivals(session, deal, on=today, now=now)
    _refuse_unread_evidence(session, deal, on=today)
    open_if_contested(session, deal, now=now)  # or leave it, when nothing stands against it now
    _refuse_contested(session, deal)
    if not sign(session, deal, by=by, now=now):
        move(session, deal, "approve_step", by=by, now=now)
        return
    protect(session, deal, "approve", by=by, now=now)


def reject(
    session: Session, deal: Deal, *, code: RejectReason, text: str, by: Actor, now: datetime
) -> None:
    """Say no, with a reason that the partner reads word for word."""
    lock(session, deal)
    require(session, deal, "reject", now=now)
    must_be_asked(session, deal, by, now=now)
    if code is RejectReason.OUTSIDE_TERRITORY and is_passive_sale(deal):
        raise Refused(
            "The customer came to the partner by itself. In the EU, the EEA and the UK it may not "
            "be refused because of a territory: choose another reason, or approve it."
        )
    if code in CONFLICT_REASONS:
        _refuse_contested(session, deal)
    text = tidy(text, what="why you reject it", least=3)
    deal.reject_code, deal.reject_text = code, text
    deal.asked_at, deal.asked_fields, deal.asked_note = None, [], ""
    decided(session, deal, by=by, now=now)
    drop_approvals(session, deal)
    move(session, deal, "reject", by=by, now=now, code=code, note=text)
    tell_partner(
        session, deal, "deal-rejected", now=now,
        title=f"{deal.customer_name} is rejected",
        body=f"{code.words}. {text}",
    )  # fmt: skip


def is_passive_sale(deal: Deal) -> bool:
    """Whether competition law forbids to refuse it because of a territory."""
    return territories.is_passive_sale(deal.customer_country, deal.came_unasked)


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
    must_be_asked(session, deal, by, now=now)
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
    """Say that a customer that looks alike is another one, with a name and a reason.

    A conflict case that only stood on that likeness is closed.
    """
    lock_with_customer(session, deal)
    set_match_aside(session, deal, match_id, reason=reason, by=by, now=now)
    session.flush()
    open_if_contested(session, deal, now=now)


def set_match_aside(
    session: Session, deal: Deal, match_id: UUID, *, reason: str, by: Actor, now: datetime
) -> None:
    """The same, and nothing else; the deal is locked."""
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


def _refuse_rivals(session: Session, deal: Deal, *, on: date, now: datetime) -> None:
    """Who came first is approved first; of a renewal, who holds the contract."""
    first = incumbents_of(session, deal, now=now)
    turn = (deal.partner_id not in first, deal.submitted_at, deal.id)
    for rival in rivals(session, deal, on=on):
        if rival.status is DealStatus.APPROVED:
            raise Refused(
                f"{deal.customer_name} is protected for {rival.partner} through "
                f"{rival.protected_through:%-d %B %Y} ({rival.number})."
            )
        is_incumbent = rival.kind is DealType.RENEWAL and rival.partner_id in first
        if (not is_incumbent, rival.submitted_at, rival.id) < turn:
            raise Refused(
                f"{rival.partner} holds the contract and goes first on its renewal "
                f"({rival.number}); decide that deal before this one."
                if is_incumbent
                else f"{rival.partner} registered this customer first ({rival.number}); "
                "decide that deal before this one."
            )


def _refuse_contested(session: Session, deal: Deal) -> None:
    """A case that is open is decided as a case, with a rule and a text for each party."""
    if case := open_case_of(session, [deal.id]):
        raise Refused(
            f"{deal.customer_name} is a party of the conflict case {case.number}, in which each "
            "side is heard first. Decide the case, then come back to this deal."
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
