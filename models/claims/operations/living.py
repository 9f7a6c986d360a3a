"""A claim that holds: changes are announced and may be protested, it is renewed, given up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from models import deals, leads, territories, vendor
from models.base import lock
from models.claims.lands import lands, lands_of
from models.claims.operations.holding import lengthen, let_go, open_deals
from models.claims.operations.steps import (
    keep_terms,
    move,
    tell_manager,
    tell_partner,
    tidy,
    today_of,
)
from models.claims.rules import HOLDS, Change, last_day, longer
from models.claims.tables import TerritoryClaim
from models.errors import Refused
from models.people import Actor
from models.scope import vendor_side


def earliest_change(session: Session, now: datetime) -> date:
    """The first day on which something that is announced now can hold."""
    days = vendor.settings(session).territory_notice_days
    return today_of(session, now) + timedelta(days=days)


def give_notice(
    session: Session,
    claim: TerritoryClaim,
    change: Change,
    *,
    on: date,
    note: str,
    minimum_minor: int | None = None,
    by: Actor,
    now: datetime,
) -> None:
    """Announce a change.  Until it holds the partner may protest."""
    lock(session, claim)
    note = tidy(note, what="why it changes")
    earliest = earliest_change(session, now)
    if on < earliest:
        days = vendor.settings(session).territory_notice_days
        raise Refused(f"A change is announced {days} days before: {earliest:%-d %B %Y} or later.")
    if claim.to_on and on >= claim.to_on:
        raise Refused(f"The territory ends before that, with {last_day(claim.to_on):%-d %B %Y}.")
    if change is Change.OPEN and not claim.is_exclusive:
        raise Refused("This territory is not exclusive.")
    if change is Change.MINIMUM and minimum_minor is None:
        raise Refused("Enter the new minimum.")
    move(session, claim, "give_notice", by=by, now=now, note=f"{change.words}. {note}")
    claim.change, claim.change_on, claim.change_note = change, on, note
    claim.change_minimum_minor = minimum_minor if change is Change.MINIMUM else None
    claim.change_by_id, claim.protest = by.id, ""
    claim.protested_at = claim.protest_answered_at = None
    tell_partner(
        session, claim, "claim-notice", now=now, title=f"a change on {on:%-d %B %Y}",
        body=f"{change.words} from {on:%-d %B %Y}. {note} You may protest until then; "
        "somebody who did not announce it answers.",
    )  # fmt: skip


def protest(
    session: Session, claim: TerritoryClaim, *, text: str, by: Actor, now: datetime
) -> None:
    """The partner objects, once, in the window; the change waits for the answer."""
    lock(session, claim)
    text = tidy(text, what="why it should stay as it is")
    if claim.protested_at is not None:
        was = "and were answered" if claim.protest_answered_at else "the answer is on its way"
        raise Refused(f"You have protested already; {was}.")
    if claim.change_on and today_of(session, now) >= claim.change_on:
        raise Refused("The window for a protest is over.")
    move(session, claim, "protest", by=by, now=now, note=text)
    claim.protest, claim.protested_at = text, now
    tell_manager(session, claim, "claim-protest", now=now, title="a protest", body=text)


def answer_protest(
    session: Session, claim: TerritoryClaim, *, stays: bool, text: str, by: Actor, now: datetime
) -> None:
    """Somebody who did not announce it says whether the change stays."""
    lock(session, claim)
    text = tidy(text, what="why you answer so")
    if claim.protested_at is None or claim.protest_answered_at is not None:
        raise Refused("There is no protest to answer.")
    if by.id == claim.change_by_id:
        raise Refused("You announced the change; somebody else answers the protest.")
    verb = "uphold_notice" if stays else "take_back_notice"
    move(session, claim, verb, by=by, now=now, note=text)
    claim.protest_answered_at = now
    if not stays:
        _forget_change(claim)
    tell_partner(
        session, claim, "claim-protest-answered", now=now, title="your protest is answered",
        body=f"{'The change stays as announced' if stays else 'Nothing changes'}. {text}",
    )  # fmt: skip


def take_back(
    session: Session, claim: TerritoryClaim, *, note: str, by: Actor, now: datetime
) -> None:
    """The vendor thinks otherwise; nothing changes."""
    lock(session, claim)
    move(session, claim, "take_back_notice", by=by, now=now, note=note.strip())
    _forget_change(claim)
    tell_partner(
        session, claim, "claim-notice", now=now, title="nothing changes",
        body=note.strip() or "The change that was announced is taken back.",
    )  # fmt: skip


def carry_out(session: Session, claim: TerritoryClaim, *, by: Actor, now: datetime) -> bool:
    """Do what was announced, if its day has come and no protest waits; whether it did."""
    today = today_of(session, now)
    if claim.change is None or claim.change_on is None or today < claim.change_on:
        return False
    if claim.protested_at is not None and claim.protest_answered_at is None:
        return False
    change, words = claim.change, claim.change.words
    if change is Change.END:
        move(session, claim, "end", by=by, now=now, note=claim.change_note)
        let_go(session, claim, today=today)
    else:
        move(session, claim, "change", by=by, now=now, note=words)
        if change is Change.OPEN:
            claim.is_exclusive = False
            territories.one_at_a_time(session)
            for land in lands(session, claim):
                land.is_exclusive = False
                territories.hold(session, land)
        else:
            claim.minimum_minor = claim.change_minimum_minor or 0
        keep_terms(session, claim, claim.terms, "given", by=by, now=now, note=words)
    _forget_change(claim)
    say_over(session, claim, words, now=now)
    return True


def renew(session: Session, claim: TerritoryClaim, *, by: Actor, now: datetime) -> None:
    """For as long again.  Refused when somebody else holds it afterwards."""
    lock(session, claim)
    territories.one_at_a_time(session)
    assert claim.from_on and claim.to_on
    end = claim.to_on
    move(session, claim, "renew", by=by, now=now)
    lengthen(session, claim, longer(claim.from_on, end))
    tell_partner(
        session, claim, "claim-renewed", now=now, title="renewed",
        body=f"You hold it through {last_day(claim.to_on):%-d %B %Y}.",
    )  # fmt: skip


def set_renewal(
    session: Session, claim: TerritoryClaim, *, renews: bool, by: Actor, now: datetime
) -> None:
    """Whether it goes on by itself while its minimum is met."""
    lock(session, claim)
    if claim.status not in HOLDS or claim.renews == renews:
        return
    claim.renews = renews
    if renews:
        claim.updated_at = now
        return
    move(session, claim, "not_renew", by=by, now=now)
    assert claim.to_on
    tell_partner(
        session, claim, "claim-not-renewed", now=now, title="not renewed by itself",
        body=f"It ends with {last_day(claim.to_on):%-d %B %Y}, unless we renew it before.",
    )  # fmt: skip


def give_up(
    session: Session, claim: TerritoryClaim, *, note: str, by: Actor, now: datetime
) -> None:
    """The partner lets it go, at once."""
    claim_id = claim.id
    with vendor_side(session) as beside:
        held = beside.get_one(TerritoryClaim, claim_id)
        lock(beside, held)
        move(beside, held, "give_up", by=by, now=now, note=note.strip())
        let_go(beside, held, today=today_of(beside, now))
        say_over(beside, held, "The partner gave it up", now=now)


def hand_over(
    session: Session, claim: TerritoryClaim, deal_ids: Iterable[UUID], *, by: Actor, now: datetime
) -> int:
    """Ask the territories again for these open deals of a claim that has ended; how many.

    They stay their partner's, protected as before; only who looks after them changes.
    """
    lock(session, claim)
    if claim.status in HOLDS:
        raise Refused("The territory still holds; its deals are handed over when it has ended.")
    wanted = set(deal_ids)
    chosen = [deal for deal in open_deals(session, claim) if deal.id in wanted]
    for deal in chosen:
        reason = f"{claim.name} has ended."
        deals.reroute_by_territory(session, deal, reason=reason, by=by, now=now)
    deals.tell_rerouted(session, chosen, by=by, now=now)
    if chosen:
        move(session, claim, "hand_over", by=by, now=now, note=f"{len(chosen)} deals")
    return len(chosen)


def say_over(session: Session, claim: TerritoryClaim, words: str, *, now: datetime) -> None:
    """To both; and the manager reads how many open deals wait to be handed over."""
    tell_partner(
        session, claim, "claim-over", now=now, title=words[0].lower() + words[1:],
        body="Deals that you have registered stay yours, protected as they are.",
    )  # fmt: skip
    waiting = len(open_deals(session, claim)) if claim.status not in HOLDS else 0
    if claim.status not in HOLDS:
        leads.release(session, lands_of(session, claim), now=now)
    tell_manager(
        session, claim, "claim-over", now=now, title=words[0].lower() + words[1:],
        body=f"{waiting} open deals stand in it; choose which are handed over."
        if waiting else "No open deal stands in it.",
    )  # fmt: skip


def _forget_change(claim: TerritoryClaim) -> None:
    claim.change = claim.change_on = claim.change_minimum_minor = None
