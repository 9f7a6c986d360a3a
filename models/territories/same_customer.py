"""Two customers turn out to be one, or two again: what is held of them alone follows at once."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Row, and_, select
from sqlalchemy.orm import Session, aliased

from models.partners import Partner
from models.territories import lines
from models.territories.hold_tables import TerritoryHold
from models.territories.holding import hold
from models.territories.never_two import DIMENSIONS as SIDES
from models.territories.tables import Territory, TerritoryArea


def held_apart(session: Session, one_id: UUID, other_id: UUID) -> list[str]:
    """Territories that hold the one and the other alone, and could not both hold one customer."""
    return [
        f"{row.one_partner} holds {row.one_name} alone, {row.other_partner} holds "
        f"{row.other_name}, and each names one of the two as its account. Take the account out "
        "of one of these territories, then merge."
        for row in _meeting(session, one_id, other_id)
    ]


def hold_accounts(session: Session, *customer_ids: UUID) -> None:
    """Anew, each exclusive territory that names one of them.

    Raises Refused when somebody else holds it.
    """
    named = select(TerritoryArea.territory_id).where(TerritoryArea.customer_id.in_(customer_ids))
    exclusive = select(Territory).where(Territory.id.in_(named), Territory.is_exclusive)
    for territory in session.scalars(exclusive.order_by(Territory.id)).all():
        hold(session, territory)


def _meeting(session: Session, one_id: UUID, other_id: UUID) -> list[Row]:
    one, other = aliased(TerritoryHold), aliased(TerritoryHold)
    its, theirs = aliased(Territory), aliased(Territory)
    its_partner, their_partner = aliased(Partner), aliased(Partner)
    meet = [
        and_(
            getattr(one, f"{side}_low") < getattr(other, f"{side}_high"),
            getattr(other, f"{side}_low") < getattr(one, f"{side}_high"),
        )
        for side in SIDES
        if side != "place"
    ]
    query = (
        select(
            its.name.label("one_name"),
            theirs.name.label("other_name"),
            its_partner.name.label("one_partner"),
            their_partner.name.label("other_partner"),
        )
        .distinct()
        .select_from(one)
        .join(other, other.territory_id != one.territory_id)
        .join(its, its.id == one.territory_id)
        .join(theirs, theirs.id == other.territory_id)
        .join(its_partner, its_partner.id == its.owner_id)
        .join(their_partner, their_partner.id == theirs.owner_id)
        .where(
            one.place_low == lines.account(str(one_id))[0],
            other.place_low == lines.account(str(other_id))[0],
            one.from_on < other.to_on,
            other.from_on < one.to_on,
            *meet,
        )
        .order_by(its.name, theirs.name)
    )
    return list(session.execute(query))
