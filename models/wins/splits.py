"""What we can ask about shared deals.  Reads only."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from models import bulk
from models.partners import Partner, PartnerStatus
from models.wins.shares import OPEN_SHARES, ShareState, Sharing, SharingSide, Side

Split = tuple[tuple[UUID, Decimal], ...]
"""(partner, percent) of both, the registering one first; together 100."""


def splits_of(session: Session, deal_ids: Collection[str]) -> dict[UUID, Split]:
    """The agreed splits of these deals, named by hexadecimal digits, however many.

    Asked on the vendor's side only.
    """
    rows = session.execute(
        select(
            Sharing.deal_id,
            Sharing.registering_id,
            Sharing.fulfilling_id,
            Sharing.registering_percent,
        ).where(bulk.among(session, Sharing.deal_id, deal_ids), Sharing.state == ShareState.AGREED)
    )
    return {
        row.deal_id: (
            (row.registering_id, row.registering_percent),
            (row.fulfilling_id, 100 - row.registering_percent),
        )
        for row in rows
    }


def shared_pairs(session: Session) -> list[tuple[UUID, UUID]]:
    """(registering, fulfilling) partner of every agreed split.  Asked on the vendor's side only."""
    asked = select(Sharing.registering_id, Sharing.fulfilling_id).distinct()
    rows = session.execute(asked.where(Sharing.state == ShareState.AGREED))
    return [(row.registering_id, row.fulfilling_id) for row in rows]


def sharing_of(session: Session, deal_id: UUID) -> Row | None:
    """The split of a deal with both names, as the vendor reads it; None when it is not shared."""
    return session.execute(
        select(
            Sharing.id,
            Sharing.state,
            Sharing.named,
            Sharing.message,
            Sharing.registering_percent,
            Sharing.begun_by_name,
            Partner.name.label("fulfilling"),
        )
        .outerjoin(Partner, Partner.id == Sharing.fulfilling_id)
        .where(Sharing.deal_id == deal_id, Sharing.state != ShareState.ENDED)
    ).first()


def side_of(session: Session, deal_id: UUID) -> SharingSide | None:
    """The registering partner's side of its deal's split."""
    return session.scalar(
        select(SharingSide).where(
            SharingSide.deal_id == deal_id, SharingSide.state != ShareState.ENDED
        )
    )


def fulfilling_side(session: Session, deal_id: UUID) -> SharingSide | None:
    """The side of the partner that fulfils it, once both have agreed.  On the vendor's side."""
    return session.scalar(
        select(SharingSide)
        .join(Sharing, Sharing.id == SharingSide.sharing_id)
        .where(
            Sharing.deal_id == deal_id,
            Sharing.state == ShareState.AGREED,
            SharingSide.side == Side.FULFILLING,
        )
    )


def my_sides() -> Select:
    """A partner's sides of all splits; keys for paging are begun_at and id."""
    return select(
        SharingSide.id,
        SharingSide.deal_id,
        SharingSide.side,
        SharingSide.state,
        SharingSide.percent,
        SharingSide.family,
        SharingSide.other_name,
        SharingSide.customer_name,
        SharingSide.begun_at,
        SharingSide.accepted_at,
    )


def how_many_wait(session: Session) -> int:
    """Offers that the asking partner has not answered."""
    asked = select(func.count(SharingSide.id)).where(
        SharingSide.state.in_(OPEN_SHARES), SharingSide.accepted_at.is_(None)
    )
    return session.scalar(asked) or 0


def who_could_fulfil(session: Session, *, but_not: UUID) -> list[Row]:
    """Active partners for the vendor to choose from, by name."""
    return list(
        session.execute(
            select(Partner.id, Partner.name, Partner.number)
            .where(Partner.status == PartnerStatus.ACTIVE, Partner.id != but_not)
            .order_by(Partner.name, Partner.id)
        )
    )
