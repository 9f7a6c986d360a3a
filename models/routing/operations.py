"""A manager leaves, or has too much: what is theirs goes to others, with a reason, all at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import audit, deals, notices, territories, vendor
from models.applications import Application, ApplicationStatus
from models.claims import HOLDS, WAITS, TerritoryClaim
from models.deals import OPEN, Deal
from models.errors import Refused
from models.leads import OPEN_LEADS, Lead
from models.partners import Partner
from models.people import Actor, Person, Role
from models.territories import ManagerAbsence, Territory

CHANNEL = (Role.CHANNEL_MANAGER, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Handed:
    """How many of each went to somebody else."""

    deals: int
    territories: int
    partners: int
    decisions: int
    """Steps of approvals and appeals that waited for them."""
    others: int

    @property
    def words(self) -> str:
        return (
            f"{self.deals} open deals, {self.territories} territories, {self.partners} partners, "
            f"{self.decisions} decisions and {self.others} other things"
        )


def hand_work_over(
    session: Session,
    leaver: Person,
    *,
    channel_to: UUID,
    sales_to: UUID,
    reason: str,
    by: Actor,
    now: datetime,
) -> Handed:
    """Everything that somebody looks after goes to these two.  Done again, nothing is left to do.

    What is won or lost stays as it was; its history names who did it.
    """
    if len(reason.strip()) < 3:
        raise Refused("Write why their work goes to others.")
    present = territories.still_here(session)
    if leaver.id in (channel_to, sales_to) or not {channel_to, sales_to} <= present:
        raise Refused("Choose others who still work here.")
    if session.get_one(Person, channel_to).role not in CHANNEL:
        raise Refused("Partners and decisions go to a channel manager or an administrator.")
    to = {"channel_manager_id": channel_to, "sales_manager_id": sales_to}
    lands = _all(session, Territory, leaver.id)
    for land in lands:
        _put(land, leaver.id, to)
    session.flush()
    handed = Handed(
        deals=_deals(session, leaver, to, reason.strip(), by=by, now=now),
        territories=len(lands),
        partners=_partners(session, leaver.id, channel_to),
        decisions=deals.hand_decisions_over(
            session, leaver.id, channel_to=channel_to, sales_to=sales_to
        ),
        others=_others(session, leaver.id, to),
    )
    detail = {"deals": handed.deals, "territories": handed.territories, "reason": reason.strip()}
    audit.record(session, by, "work handed over", leaver, now=now, detail=detail)
    _tell(session, leaver, handed, {channel_to, sales_to} - {by.id}, now=now)
    session.flush()
    return handed


def _tell(
    session: Session, leaver: Person, handed: Handed, to: set[UUID], *, now: datetime
) -> None:
    """One notice each, of everything besides the deals, of which they hear apart."""
    if handed == Handed(handed.deals, 0, 0, 0, 0):
        return
    for person_id in to:
        notices.tell(
            session, person_id, "work-handed-over", now=now, link="/routing",
            title=f"You take over from {leaver.name}", body=f"Handed over: {handed.words}.",
        )  # fmt: skip


def _deals(
    session: Session, leaver: Person, to: dict[str, UUID], reason: str, *, by: Actor, now: datetime
) -> int:
    mine = or_(Deal.channel_manager_id == leaver.id, Deal.sales_manager_id == leaver.id)
    found = session.scalars(select(Deal).where(mine, Deal.status.in_(OPEN)).order_by(Deal.id)).all()
    present = territories.still_here(session) - {leaver.id}
    for deal in found:
        both = {
            name: getattr(deal, name) if getattr(deal, name) in present else person_id
            for name, person_id in to.items()
        }
        deals.reroute(session, deal, **both, reason=reason, by=by, now=now, tells=False)
    deals.tell_rerouted(session, found, by=by, now=now)
    return len(found)


def _partners(session: Session, leaver_id: UUID, channel_to: UUID) -> int:
    found = session.scalars(select(Partner).where(Partner.channel_manager_id == leaver_id)).all()
    for partner in found:
        partner.channel_manager_id = channel_to
    return len(found)


def _others(session: Session, leaver_id: UUID, to: dict[str, UUID]) -> int:
    """Applications, leads, claims, absences and the vendor's defaults."""
    count = 0
    undecided = (ApplicationStatus.RECEIVED, ApplicationStatus.UNDER_REVIEW)
    for application in _all(session, Application, leaver_id):
        if application.status in undecided:
            _put(application, leaver_id, to)
            count += 1
    for lead in _all(session, Lead, leaver_id):
        if lead.state in OPEN_LEADS:
            _put(lead, leaver_id, to)
            count += 1
    claims = select(TerritoryClaim).where(
        TerritoryClaim.manager_id == leaver_id, TerritoryClaim.status.in_((*WAITS, *HOLDS))
    )
    for claim in session.scalars(claims):
        claim.manager_id = to["channel_manager_id"]
        count += 1
    stands_in = select(ManagerAbsence).where(ManagerAbsence.delegate_id == leaver_id)
    for away in session.scalars(stands_in):
        if away.person_id != to["channel_manager_id"]:
            away.delegate_id = to["channel_manager_id"]
            count += 1
    return count + _defaults(session, leaver_id, to)


def _defaults(session: Session, leaver_id: UUID, to: dict[str, UUID]) -> int:
    programme, count = vendor.settings(session), 0
    for name, person_id in to.items():
        if getattr(programme, f"default_{name}") == leaver_id:
            setattr(programme, f"default_{name}", person_id)
            count += 1
    return count


def _all(session: Session, kind: Any, leaver_id: UUID) -> list[Any]:
    theirs = or_(kind.channel_manager_id == leaver_id, kind.sales_manager_id == leaver_id)
    return list(session.scalars(select(kind).where(theirs).order_by(kind.id)))


def _put(thing: Any, leaver_id: UUID, to: dict[str, UUID]) -> None:
    for name, person_id in to.items():
        if getattr(thing, name) == leaver_id:
            setattr(thing, name, person_id)
