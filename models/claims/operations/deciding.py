"""What managers decide about a claim, and what the partner answers to a counter-offer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import lock
from models.claims.operations.drawing import tell_second
from models.claims.operations.holding import begin, refuse_held
from models.claims.operations.steps import (
    keep_terms,
    move,
    tell_manager,
    tell_partner,
    tidy,
    today_of,
)
from models.claims.queries import terms_of
from models.claims.rules import CLAIM_MOVES, ClaimStatus, RefuseReason, last_day
from models.claims.tables import TerritoryClaim
from models.claims.terms import Terms
from models.errors import Refused
from models.people import Actor, Person, PersonStatus, Role
from models.scope import vendor_side

DECIDERS = (Role.CHANNEL_MANAGER, Role.ADMINISTRATOR)


def approve(
    session: Session,
    claim: TerritoryClaim,
    *,
    moves: Iterable[UUID] = (),
    by: Actor,
    now: datetime,
) -> None:
    """Give the partner what it asked for.  An exclusive one waits for a second person.

    moves: open deals of the partner that go into the new territory.
    """
    lock(session, claim)
    CLAIM_MOVES.after("approve", claim.status)
    if claim.status is ClaimStatus.BACKED:
        _confirm(session, claim, by=by, now=now)
        return
    claim.moves = [str(each) for each in moves]
    _give(session, claim, by=by, now=now)


def limit(
    session: Session,
    claim: TerritoryClaim,
    terms: Terms,
    *,
    reason: str,
    moves: Iterable[UUID] = (),
    by: Actor,
    now: datetime,
) -> None:
    """Give less than was asked, for nothing more in return, with a reason.

    Raises Refused for anything that was not asked: that is a counter-offer.
    """
    lock(session, claim)
    reason = tidy(reason, what="why it is less than was asked")
    _refuse_faults(session, terms, now)
    asked = terms_of(session, claim.id, "asked")
    assert asked is not None
    if terms == asked.terms:
        raise Refused("These are the terms that were asked. Approve the claim instead.")
    if not terms.is_within(asked.terms):
        raise Refused("This is not only less than was asked. Make a counter-offer instead.")
    claim.take(terms)
    claim.reason_text, claim.moves = reason, [str(each) for each in moves]
    keep_terms(session, claim, terms, "given", by=by, now=now, note=reason)
    _give(session, claim, by=by, now=now, note=f"Less than asked: {reason}")


def offer(
    session: Session, claim: TerritoryClaim, terms: Terms, *, note: str, by: Actor, now: datetime
) -> None:
    """Other terms, which the partner accepts or declines."""
    lock(session, claim)
    note = tidy(note, what="why you offer something else")
    _refuse_faults(session, terms, now)
    if terms == claim.terms:
        raise Refused("These are the terms that were asked. Approve the claim instead.")
    move(session, claim, "offer", by=by, now=now, note=note)
    claim.backed_by_id = by.id if terms.is_exclusive else None
    keep_terms(session, claim, terms, "offered", by=by, now=now, note=note)
    tell_partner(
        session, claim, "claim-offered", now=now, title="we offer something else", body=note
    )


def accept(session: Session, claim: TerritoryClaim, *, by: Actor, now: datetime) -> None:
    """The partner takes the counter-offer.  An exclusive one still waits for a second person."""
    claim_id = claim.id
    with vendor_side(session) as beside:
        held = beside.get_one(TerritoryClaim, claim_id)
        lock(beside, held)
        offered = terms_of(beside, claim_id, "offered")
        if held.status is not ClaimStatus.OFFERED or offered is None:
            raise Refused("There is no counter-offer to accept now.")
        held.take(offered.terms)
        if held.from_on and held.from_on < today_of(beside, now):
            raise Refused("The first day of this offer is over. Ask your channel manager again.")
        if held.is_exclusive:
            move(beside, held, "accept_for_second", by=by, now=now)
            _ask_second(beside, held, now)
        else:
            begin(beside, held, by=by, now=now)
            _decided(held, by, now)
            move(beside, held, "accept", by=by, now=now)
        tell_manager(
            beside, held, "claim-accepted", now=now, title="the counter-offer is accepted",
            body=f"{by.name} accepted it for {held.number}.",
        )  # fmt: skip


def decline(
    session: Session, claim: TerritoryClaim, *, note: str, by: Actor, now: datetime
) -> None:
    """What was asked first stands again."""
    lock(session, claim)
    move(session, claim, "decline", by=by, now=now, note=note.strip())
    claim.backed_by_id = None
    tell_manager(
        session, claim, "claim-declined", now=now, title="the counter-offer is declined",
        body=note.strip() or "What was asked first stands again.",
    )  # fmt: skip


def refuse(
    session: Session,
    claim: TerritoryClaim,
    *,
    code: RefuseReason,
    text: str,
    by: Actor,
    now: datetime,
) -> None:
    lock(session, claim)
    text = tidy(text, what="why you refuse it")
    claim.reason_code, claim.reason_text = code, text
    move(session, claim, "refuse", by=by, now=now, note=f"{code.words}. {text}")
    _decided(claim, by, now)
    tell_partner(
        session, claim, "claim-refused", now=now, title="refused", body=f"{code.words}. {text}"
    )


def send_back(
    session: Session, claim: TerritoryClaim, *, note: str, by: Actor, now: datetime
) -> None:
    """The second person does not agree yet; it is decided anew.  The partner is not told."""
    lock(session, claim)
    note = tidy(note, what="what should be looked at again")
    if by.id == claim.backed_by_id:
        raise Refused("You gave the first approval; somebody else gives the second.")
    move(session, claim, "send_back", by=by, now=now)
    asked = terms_of(session, claim.id, "asked")
    assert asked is not None
    claim.take(asked.terms)
    claim.backed_by_id, claim.moves = None, []
    tell_manager(
        session, claim, "claim-sent-back", by=by, now=now, title="look at it again", body=note
    )


def _give(
    session: Session, claim: TerritoryClaim, *, by: Actor, now: datetime, note: str = ""
) -> None:
    _refuse_begun(session, claim, now)
    if not claim.is_exclusive:
        begin(session, claim, by=by, now=now)
        _decided(claim, by, now)
        move(session, claim, "approve", by=by, now=now, note=note)
        _tell_given(session, claim, now)
        return
    refuse_held(session, claim, by=by)
    move(session, claim, "back", by=by, now=now, note=note)
    claim.backed_by_id = by.id
    _ask_second(session, claim, now)


def _confirm(session: Session, claim: TerritoryClaim, *, by: Actor, now: datetime) -> None:
    if by.id == claim.backed_by_id:
        raise Refused("You gave the first approval; somebody else gives the second.")
    _refuse_begun(session, claim, now)
    begin(session, claim, by=by, now=now)
    claim.confirmed_by_id = by.id
    _decided(claim, by, now)
    move(session, claim, "approve", by=by, now=now)
    _tell_given(session, claim, now)


def _refuse_begun(session: Session, claim: TerritoryClaim, now: datetime) -> None:
    """Nobody is measured by days on which it held nothing."""
    if claim.from_on and claim.from_on < today_of(session, now):
        raise Refused(
            f"Its first day, {claim.from_on:%-d %B %Y}, is over. Give less, from a later day, or "
            "make a counter-offer."
        )


def _decided(claim: TerritoryClaim, by: Actor, now: datetime) -> None:
    claim.decided_at, claim.decided_by_name = now, by.name


def _tell_given(session: Session, claim: TerritoryClaim, now: datetime) -> None:
    assert claim.from_on and claim.to_on
    alone = "alone, " if claim.is_exclusive else ""
    tell_partner(
        session, claim, "claim-approved", now=now, title="the territory is yours",
        body=f"You hold it {alone}from {claim.from_on:%-d %B %Y} through "
        f"{last_day(claim.to_on):%-d %B %Y}. {claim.reason_text}".strip(),
    )  # fmt: skip


def _ask_second(session: Session, claim: TerritoryClaim, now: datetime) -> None:
    others = select(Person.id).where(
        Person.role.in_(DECIDERS),
        Person.status == PersonStatus.ACTIVE,
        Person.id != claim.backed_by_id,
    )
    tell_second(session, claim, list(session.scalars(others)), now=now)


def _refuse_faults(session: Session, terms: Terms, now: datetime) -> None:
    faults = terms.faults(today=today_of(session, now))
    if faults:
        raise Refused(faults[0])
