"""A claim becomes a territory, and stops being one.  On the vendor's side."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import deals, jobs, territories, vendor
from models.calendars import start_of_day
from models.claims.lands import lands, lands_of, standing
from models.claims.operations.steps import today_of
from models.claims.queries import overlaps
from models.claims.tables import TerritoryClaim
from models.claims.terms import Terms
from models.deals import OPEN, Deal
from models.errors import Refused
from models.people import Actor
from models.territories import AreaKind, Facts, Territory, TerritoryDetails, TerritoryStatus
from models.territories.places import PostalPattern

END = "claim-end"
ABOVE_ITS_PARENT = 10
"""How much more than that of the territory around it a claim's priority is."""
TAKEN = "A part of this area was given to somebody else a moment ago. Look at the overlaps again."


def begin(session: Session, claim: TerritoryClaim, *, by: Actor, now: datetime) -> None:
    """Draw its territory, hold its area where it is exclusive, move the deals that were ticked.

    Raises Refused when somebody else holds a part of it by now.
    """
    territories.one_at_a_time(session)
    refuse_held(session, claim, by=by)
    today = today_of(session, now)
    details = _details(session, claim, today)
    try:
        land = territories.draw(session, details, by=by, now=now)
    except territories.Taken as taken:
        raise Refused(str(taken) if by.is_staff else TAKEN) from taken
    claim.territory_id, land.is_claimed = land.id, True
    queue_the_end(session, claim)
    ticked = _ticked(session, claim)
    for deal in ticked:
        deals.reroute_by_territory(
            session, deal, reason=f"Moved into {claim.name}, which was approved.", by=by, now=now
        )
    deals.tell_rerouted(session, ticked, by=by, now=now)


def refuse_held(session: Session, claim: TerritoryClaim, *, by: Actor) -> None:
    """To a partner it never says by whom."""
    found = overlaps(session, claim.terms, partner_id=claim.partner_id, claim_id=claim.id)
    for other in found:
        until = f" until {other.until:%-d %B %Y}" if other.until else ""
        if other.kind == "held":
            who = f"{other.partner} ({other.name})" if by.is_staff else "another partner"
            raise Refused(f"A part of this area is held by {who} alone{until}.")
        if other.kind == "own" and claim.is_exclusive and _is_claimed(session, other.id):
            raise Refused(f"The partner holds a part of this area already, in {other.name}.")


def _is_claimed(session: Session, territory_id: UUID) -> bool:
    held = select(TerritoryClaim.id).where(
        TerritoryClaim.territory_id == territory_id, TerritoryClaim.is_exclusive
    )
    return session.scalar(held) is not None


def lengthen(session: Session, claim: TerritoryClaim, to_on: date) -> None:
    """Until another end; refused by the database when somebody holds it after the present one."""
    claim.to_on = to_on
    land = standing(session, claim)
    land.to_on = to_on
    try:
        territories.hold(session, land)
    except territories.Taken as taken:
        raise Refused(TAKEN) from taken
    queue_the_end(session, claim)


def let_go(session: Session, claim: TerritoryClaim, *, today: date) -> None:
    """Its territory holds no longer, from today on."""
    for land in lands(session, claim):
        if land.from_on is None or land.from_on < today:
            land.to_on = min(today, land.to_on) if land.to_on else today
        land.status = TerritoryStatus.ENDED
        territories.hold(session, land)
    session.flush()


def open_deals(session: Session, claim: TerritoryClaim) -> list[Deal]:
    """Open deals of everybody that stand in its territory, the oldest first."""
    if claim.territory_id is None:
        return []
    inside = select(Deal).where(
        Deal.territory_id.in_(lands_of(session, claim)), Deal.status.in_(OPEN)
    )  # fmt: skip
    return list(session.scalars(inside.order_by(Deal.submitted_at, Deal.id)))


def queue_the_end(session: Session, claim: TerritoryClaim) -> None:
    """At the vendor's midnight, wherever its clocks then stand."""
    assert claim.to_on
    at = start_of_day(claim.to_on, vendor.settings(session).time_zone)
    payload = {"claim_id": str(claim.id)}
    jobs.enqueue_new(session, END, [(f"{END} {claim.id} {claim.to_on}", payload, at)])


def _ticked(session: Session, claim: TerritoryClaim) -> list[Deal]:
    ids = [UUID(text) for text in claim.moves]
    own = select(Deal).where(
        Deal.id.in_(ids), Deal.partner_id == claim.partner_id, Deal.status.in_(OPEN)
    )
    return list(session.scalars(own.order_by(Deal.id)))


def _details(session: Session, claim: TerritoryClaim, today: date) -> TerritoryDetails:
    terms = claim.terms
    parent_id, priority = _around(session, terms, today)
    return TerritoryDetails(
        name=claim.name, areas=list(terms.places), excluded=list(terms.cut_out),
        parent_id=parent_id, owner_id=claim.partner_id, is_exclusive=terms.is_exclusive,
        status=TerritoryStatus.ACTIVE, from_on=terms.from_on, to_on=terms.to_on,
        priority=priority, products=list(terms.products), naics=list(terms.naics),
        employees_from=terms.employees_from, employees_to=terms.employees_to,
    )  # fmt: skip


def _around(session: Session, terms: Terms, today: date) -> tuple[UUID | None, int]:
    """The territory whose managers look after the first place of it today, and its priority."""
    found = territories.preview(session, _facts(terms, today))
    if found.territory_id is None:
        return None, ABOVE_ITS_PARENT
    around = session.get_one(Territory, found.territory_id)
    return around.id, around.priority + ABOVE_ITS_PARENT


def _facts(terms: Terms, today: date) -> Facts:
    first = terms.places[0]
    if first.kind is AreaKind.COUNTRY:
        return Facts(on=today, country=first.value)
    if first.kind is AreaKind.SUBDIVISION:
        return Facts(on=today, country=first.value[:2], subdivision=first.value)
    code = PostalPattern.read(first.value, first.country).low
    return Facts(on=today, country=first.country, postal=code)
