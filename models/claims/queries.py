"""What we can ask about claims.  Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import Session

from models.claims.rules import WAITS, ClaimStatus
from models.claims.tables import ClaimEvent, ClaimTerms, TerritoryClaim
from models.claims.terms import Terms
from models.partners import Partner
from models.people import Person
from models.territories import Area, Territory, TerritoryArea, TerritoryStatus, lines


@dataclass(frozen=True, kw_only=True)
class ClaimFilter:
    status: ClaimStatus | None = None
    is_waiting: bool = False
    text: str = ""


def listed(wanted: ClaimFilter, *, with_drafts: bool) -> Select:
    """One row a claim, without an order.  with_drafts: for its own partner only."""
    claim = TerritoryClaim
    query = (
        select(
            claim.id, claim.number, claim.name, claim.status, claim.is_exclusive, claim.from_on,
            claim.to_on, claim.updated_at, claim.submitted_at, claim.minimum_minor, claim.currency,
            Partner.name.label("partner"), Person.name.label("manager"),
        )
        .join(Partner, Partner.id == claim.partner_id)
        .outerjoin(Person, Person.id == claim.manager_id)
    )  # fmt: skip
    if not with_drafts:
        query = query.where(claim.submitted_at.is_not(None))
    if wanted.status:
        query = query.where(claim.status == wanted.status)
    if wanted.is_waiting:
        query = query.where(claim.status.in_((ClaimStatus.SUBMITTED, ClaimStatus.BACKED)))
    if wanted.text:
        text = wanted.text.strip()
        named = [Partner.name, claim.name, claim.number]
        query = query.where(or_(*(each.icontains(text, autoescape=True) for each in named)))
    return query


def how_many(session: Session, query: Select) -> int:
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def story_of(session: Session, claim_id: UUID) -> Sequence[Row]:
    """What happened, the latest first."""
    event = ClaimEvent
    return session.execute(
        select(event.at, event.verb, event.by_name, event.note, event.to_status)
        .where(event.claim_id == claim_id)
        .order_by(event.at.desc(), event.id.desc())
    ).all()


def terms_of(session: Session, claim_id: UUID, kind: str) -> ClaimTerms | None:
    """The last that were asked, offered or given."""
    return session.scalars(
        select(ClaimTerms)
        .where(ClaimTerms.claim_id == claim_id, ClaimTerms.kind == kind)
        .order_by(ClaimTerms.id.desc())
        .limit(1)
    ).first()


@dataclass(frozen=True)
class Overlap:
    """Something that meets the area, family, segment and days of a claim.  For the vendor.

    kind: "held" (another's exclusive territory), "own" (the partner's), "shared" (a territory of
    another that is not exclusive, or met by one that is), "waits" (another's claim, undecided).
    """

    kind: str
    name: str
    partner: str
    until: date | None
    id: UUID
    is_own: bool = False


def overlaps(
    session: Session, terms: Terms, *, partner_id: UUID, claim_id: UUID | None = None
) -> list[Overlap]:
    """Everything that a claim with these terms would meet.  On the vendor's side."""
    if not terms.from_on or not terms.to_on:
        return []
    found = list(_met_territories(session, terms, partner_id, claim_id))
    found += _met_claims(session, terms, partner_id, claim_id)
    order = ("held", "own", "waits", "shared")
    return sorted(found, key=lambda each: (order.index(each.kind), each.name, str(each.id)))


def _met_territories(
    session: Session, terms: Terms, partner_id: UUID, claim_id: UUID | None
) -> list[Overlap]:
    land = Territory
    own = select(TerritoryClaim.territory_id).where(TerritoryClaim.id == claim_id)
    rows = session.execute(
        select(land, Partner.name.label("partner"))
        .join(Partner, Partner.id == land.owner_id)
        .where(
            land.status == TerritoryStatus.ACTIVE,
            land.drawing_id.is_(None),
            or_(land.from_on.is_(None), land.from_on < terms.to_on),
            or_(land.to_on.is_(None), land.to_on > terms.from_on),
            or_(land.is_exclusive, land.owner_id == partner_id) if not terms.is_exclusive
            else land.owner_id.is_not(None),
            land.id.not_in(own.where(TerritoryClaim.territory_id.is_not(None))),
        )
    ).all()  # fmt: skip
    areas = _areas(session, [row.Territory.id for row in rows])
    return [
        Overlap(
            _kind(row.Territory, partner_id), row.Territory.name, row.partner,
            row.Territory.to_on, row.Territory.id, row.Territory.owner_id == partner_id,
        )
        for row in rows
        if meets(terms, _terms_of_territory(row.Territory, areas))
    ]  # fmt: skip


def _kind(land: Territory, partner_id: UUID) -> str:
    if land.owner_id == partner_id:
        return "own"
    return "held" if land.is_exclusive else "shared"


def _areas(session: Session, ids: list[UUID]) -> dict[tuple[UUID, bool], list[Area]]:
    found: dict[tuple[UUID, bool], list[Area]] = {}
    area = TerritoryArea
    for row in session.execute(
        select(area.territory_id, area.kind, area.value, area.country, area.is_exclusion).where(
            area.territory_id.in_(ids)
        )
    ):
        place = Area(row.kind, row.value, row.country or None)
        found.setdefault((row.territory_id, row.is_exclusion), []).append(place)
    return found


def _terms_of_territory(land: Territory, areas: dict[tuple[UUID, bool], list[Area]]) -> Terms:
    return Terms(
        places=tuple(areas.get((land.id, False), ())),
        cut_out=tuple(areas.get((land.id, True), ())),
        products=tuple(land.products),
        naics=tuple(land.naics),
        employees_from=land.employees_from,
        employees_to=land.employees_to,
    )


@dataclass(frozen=True)
class Held:
    """An area that somebody holds alone; on a map it has no name."""

    spans: list[lines.Span]
    until: date | None
    is_own: bool


def held_from(session: Session, day: date, *, partner_id: UUID) -> list[Held]:
    """All that is held alone from that day on, one's own first.  On the vendor's side."""
    land = Territory
    rows = session.scalars(
        select(land).where(
            land.status == TerritoryStatus.ACTIVE,
            land.drawing_id.is_(None),
            or_(land.is_exclusive, land.owner_id == partner_id),
            or_(land.to_on.is_(None), land.to_on > day),
        )
    ).all()
    areas = _areas(session, [row.id for row in rows])
    found = [
        Held(_terms_of_territory(row, areas).spans, row.to_on, row.owner_id == partner_id)
        for row in rows
    ]
    return sorted(found, key=lambda each: (not each.is_own, each.until or date.max), reverse=False)


def _met_claims(
    session: Session, terms: Terms, partner_id: UUID, claim_id: UUID | None
) -> list[Overlap]:
    claim = TerritoryClaim
    rows = session.execute(
        select(claim, Partner.name.label("partner"))
        .join(Partner, Partner.id == claim.partner_id)
        .where(
            claim.status.in_(WAITS),
            claim.partner_id != partner_id,
            claim.id != claim_id if claim_id else claim.id.is_not(None),
            claim.from_on < terms.to_on,
            claim.to_on > terms.from_on,
        )
    ).all()
    return [
        Overlap("waits", row.TerritoryClaim.name, row.partner, row.TerritoryClaim.to_on,
                row.TerritoryClaim.id)
        for row in rows
        if meets(terms, row.TerritoryClaim.terms)
    ]  # fmt: skip


def meets(one: Terms, other: Terms) -> bool:
    """Whether some customer could lie in both, whatever the days."""
    mine = lines.size(one.employees_from, one.employees_to)
    theirs = lines.size(other.employees_from, other.employees_to)
    return (
        lines.meet(one.spans, other.spans)
        and lines.meet(lines.families(one.products), lines.families(other.products))
        and lines.meet(lines.industries(one.naics), lines.industries(other.naics))
        and lines.meet([mine], [theirs])
    )
