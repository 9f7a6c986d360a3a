"""Deciding a case: one decision, a rule, a text for each party, and what follows for the deals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit, engagements, jobs, notices, vendor
from models.base import lock
from models.customers import Customer
from models.deals.appeals import appeal_by
from models.deals.conflicts.leaving import link_to, note
from models.deals.conflicts.queries import evidence_of, matches_between, party_deals, sides_of
from models.deals.conflicts.rules import (
    CONFLICT_MOVES,
    ConflictStatus,
    Decision,
    Outcome,
    Standing,
    names_in,
)
from models.deals.conflicts.tables import Conflict, ConflictSide
from models.deals.decisions import latest_of
from models.deals.operations.approving import drop_approvals
from models.deals.operations.contesting import FINISH, open_if_contested
from models.deals.operations.deciding import set_match_aside
from models.deals.operations.staleness import revoke
from models.deals.operations.steps import tidy
from models.deals.operations.undoing import reject
from models.deals.states import OPEN, DealStatus, RejectReason, RevokeReason
from models.deals.tables import Deal
from models.engagements import Touch
from models.errors import Refused
from models.people import Actor, Person


def decide(
    session: Session, conflict: Conflict, decision: Decision, *, by: Actor, now: datetime
) -> None:
    """Decide once, in writing.  The parties read their own text, the rule, and nobody's name.

    Raises Refused when somebody was quicker, when the time for evidence still runs, when
    the decider is a party, or when a text names somebody whom its reader must not know.
    """
    hold(session, conflict)
    if conflict.status is not ConflictStatus.OPEN:
        raise Refused(f"{_who_ended(conflict)} this case already. Nothing was changed.")
    sides = [side for side in sides_of(session, conflict.id) if side.standing is Standing.OPEN]
    decision.must_fit((side.id for side in sides), has_vendor=conflict.touch_id is not None)
    must_be_no_party(session, conflict, sides, by)
    _must_have_heard(session, sides, decision, now=now)
    must_name_nobody(session, conflict, decision)
    programme = vendor.settings(session)
    conflict.status = CONFLICT_MOVES.after("decide", conflict.status)
    conflict.outcome, conflict.favoured_id = decision.outcome, decision.favoured
    conflict.rule, conflict.ended_at = decision.rule, now
    conflict.decided_by_id, conflict.decided_by_name = by.id, by.name
    until = appeal_by(programme.calendar, now, programme.appeal_business_days)
    for side in sides:
        _tell_side(session, side, decision, until, by=by, now=now)
    lost = [side for side in sides if side.standing is Standing.REFUSED]
    conflict.appeal_by = until if lost else None
    note(session, conflict, "decide", in_words(conflict), by=by, now=now)
    session.flush()
    carry_out(session, conflict, decision, sides, by=by, now=now)
    _let_it_become_final(session, conflict)
    audit.record(
        session, by, "conflict decided", conflict, now=now,
        detail={"outcome": decision.outcome, "rule": decision.rule},
    )  # fmt: skip


def hold(session: Session, conflict: Conflict) -> None:
    """Lock in the one order: every customer of the case, the case, its deals."""
    deals = [row.Deal for row in party_deals(session, conflict.id)]
    for customer_id in sorted({deal.customer_id for deal in deals}):
        lock(session, session.get_one(Customer, customer_id))
    lock(session, conflict)
    for deal in sorted(deals, key=lambda deal: deal.id):
        lock(session, deal)


def must_be_no_party(
    session: Session, conflict: Conflict, sides: Iterable[ConflictSide], by: Actor
) -> None:
    """Nobody decides about what they registered themselves, or their own direct opportunity."""
    registered = select(Deal.registered_by_id).where(Deal.id.in_([side.deal_id for side in sides]))
    theirs = set(session.scalars(registered))
    if conflict.touch_id:
        theirs.add(session.get_one(Touch, conflict.touch_id).person_id)
    if by.id is not None and by.id in theirs:
        raise Refused("You are a party of this case yourself; somebody else has to decide it.")


def must_name_nobody(session: Session, conflict: Conflict, decision: Decision) -> None:
    """Refuse a text that tells a party who the other is, or which deal it has."""
    parties = party_deals(session, conflict.id)
    names = {row.side_id: _names_of(session, row.Deal, row.Partner) for row in parties}
    for row in parties:
        others = [name for side_id in names if side_id != row.side_id for name in names[side_id]]
        known = {name.casefold() for name in names[row.side_id]}
        given_away = names_in(
            decision.texts.get(row.side_id, ""),
            (name for name in others if name.casefold() not in known),
        )
        if given_away:
            raise Refused(
                f"What {row.Partner.name} reads names the other party: "
                f"“{given_away[0]}”. Say it without that."
            )


def carry_out(
    session: Session,
    conflict: Conflict,
    decision: Decision,
    sides: Sequence[ConflictSide],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """What the decision does to the deals and to our own direct opportunity."""
    deals = {side.id: session.get_one(Deal, side.deal_id) for side in sides}
    if decision.outcome is Outcome.APART:
        _tell_apart(session, list(deals.values()), decision, by=by, now=now)
    elif decision.outcome is not Outcome.VENDOR and conflict.touch_id:
        touch = session.get_one(Touch, conflict.touch_id)
        today = vendor.settings(session).calendar.day_of(now)
        engagements.close(session, touch, on=today, by=by, now=now)
    for side in sides:
        deal, text = deals[side.id], decision.texts[side.id].strip()
        if side.standing is Standing.REFUSED and deal.status is DealStatus.APPROVED:
            revoke(session, deal, code=RevokeReason.CONFLICT, text=text, by=by, now=now)
        elif side.standing is Standing.REFUSED and deal.status in OPEN:
            drop_approvals(session, deal)  # the case is decided by whoever is in charge of it
            reject(session, deal, code=_code(decision), text=text, by=by, now=now)
            _for_good(session, deal)
    session.flush()
    for deal in deals.values():  # somebody outside this case may still stand in its way
        if decision.outcome is not Outcome.APART:
            open_if_contested(session, deal, now=now)


def _for_good(session: Session, deal: Deal) -> None:
    """It counts like every decision, but what a case decided is not taken back by itself."""
    session.flush()
    if (kept := latest_of(session, deal.id)) is not None:
        kept.changes = None


def in_words(conflict: Conflict) -> str:
    """The outcome and the rule of a decided case."""
    assert conflict.outcome and conflict.rule
    return f"{conflict.outcome.words}. {conflict.rule.words}."


def _who_ended(conflict: Conflict) -> str:
    if conflict.status is ConflictStatus.SETTLED:
        return "Counterpart closed"
    return f"{conflict.decided_by_name} decided"


def _must_have_heard(
    session: Session,
    sides: Sequence[ConflictSide],
    decision: Decision,
    *,
    now: datetime,
) -> None:
    """Each party is heard, or has had its time; to tell two customers apart hurts nobody."""
    if decision.outcome is Outcome.APART:
        return
    heard = {filed.side_id for filed in evidence_of(session, [side.id for side in sides])}
    if any(side.id not in heard and now <= side.evidence_by for side in sides):
        raise Refused(
            "The parties still have time for their evidence. Decide when each has filed, or when "
            "that time is over."
        )


def _names_of(session: Session, deal: Deal, partner) -> list[str]:
    """What would tell somebody who a party is."""
    people = session.execute(
        select(Person.name, Person.email).where(Person.partner_id == partner.id)
    )
    said = [partner.name, partner.legal_name, partner.domain, partner.number, deal.number]
    return [name for name in (*said, *(text for person in people for text in person)) if name]


def _tell_side(
    session: Session,
    side: ConflictSide,
    decision: Decision,
    until: datetime,
    *,
    by: Actor,
    now: datetime,
) -> None:
    side.standing = decision.standing_of(side.id)
    side.rule, side.decided_at, side.decided_by_name = decision.rule, now, by.name
    side.decision_text = tidy(decision.texts[side.id], what="a decision for each party", least=3)
    lost = side.standing is Standing.REFUSED
    side.appeal_by = until if lost else None
    tell_about(session, side, side.decision_text, appeal=lost, now=now)


def tell_about(
    session: Session, side: ConflictSide, text: str, *, appeal: bool, now: datetime
) -> None:
    """The decision, in the words of one side."""
    deal = session.get_one(Deal, side.deal_id)
    may = " You may appeal once; the case says until when." if appeal else ""
    rule = f" The rule: {side.rule.words}." if side.rule else ""
    notices.tell_partner(
        session, side.partner_id, "conflict-decided", now=now, link=link_to(side),
        title=f"{deal.customer_name}: {side.standing.words.lower()}",
        body=f"{text}{rule}{may} ({side.number}, about {deal.number}.)",
    )  # fmt: skip


def _tell_apart(
    session: Session, deals: Sequence[Deal], decision: Decision, *, by: Actor, now: datetime
) -> None:
    """Clear the matches between them, so that both can be approved."""
    customers = [deal.customer_id for deal in deals]
    if len(set(customers)) < len(customers):
        raise Refused(
            "These registrations stand on one customer record. Correct the customer or the "
            "project of one of them first, then they are no longer in conflict."
        )
    by_id = {deal.id: deal for deal in deals}
    why = next(iter(decision.texts.values())).strip()
    for match in matches_between(session, deals):
        if match.cleared_at is None and match.customer_id != by_id[match.deal_id].customer_id:
            set_match_aside(session, by_id[match.deal_id], match.id, reason=why, by=by, now=now)


def _code(decision: Decision) -> RejectReason:
    if decision.outcome is Outcome.VENDOR:
        return RejectReason.VENDOR_ENGAGED
    if decision.outcome is Outcome.NOBODY:
        return RejectReason.OTHER
    return RejectReason.EXISTING_REGISTRATION


def _let_it_become_final(session: Session, conflict: Conflict) -> None:
    """At once when nobody lost, else when the time for an appeal is over."""
    if conflict.appeal_by is None:
        conflict.status = CONFLICT_MOVES.after("finish", conflict.status)
        return
    payload = {"conflict_id": str(conflict.id)}
    jobs.enqueue(session, FINISH, f"{FINISH} {conflict.id}", payload, run_at=conflict.appeal_by)
