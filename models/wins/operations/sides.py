"""The two sides of a shared deal: made, told, and kept in step with the split."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import notices
from models.base import new_id
from models.catalog import ProductFamily
from models.deals import Deal
from models.deals.operations.steps import tell_partner
from models.people import Actor
from models.wins.shares import ShareState, Sharing, SharingSide, Side


def begin(
    session: Session,
    deal: Deal,
    percent: Decimal,
    *,
    named: str = "",
    message: str,
    by: Actor,
    now: datetime,
) -> Sharing:
    sharing = Sharing(
        id=new_id(),
        deal_id=deal.id,
        state=ShareState.ASKED,
        registering_id=deal.partner_id,
        registering_percent=percent,
        named=named,
        message=message.strip(),
        begun_at=now,
        begun_by_name=by.name,
    )
    session.add(sharing)
    session.flush()
    session.add(
        SharingSide(
            partner_id=deal.partner_id,
            sharing_id=sharing.id,
            deal_id=deal.id,
            side=Side.REGISTERING,
            state=ShareState.ASKED,
            percent=percent,
            family=_family(session, deal),
            message=message.strip(),
            other_name=named,
            customer_name=deal.customer_name,
            begun_at=now,
        )
    )
    session.flush()
    return sharing


def side_of_fulfilling(
    session: Session, deal: Deal, sharing: Sharing, *, now: datetime
) -> SharingSide:
    assert sharing.fulfilling_id
    side = SharingSide(
        id=new_id(),
        partner_id=sharing.fulfilling_id,
        sharing_id=sharing.id,
        side=Side.FULFILLING,
        state=ShareState.OFFERED,
        percent=sharing.fulfilling_percent,
        family=_family(session, deal),
        message=sharing.message,
        begun_at=now,
    )
    session.add(side)
    session.flush()
    return side


def tell_both_to_answer(
    session: Session, deal: Deal, own: SharingSide, theirs: SharingSide, *, now: datetime
) -> None:
    tell_side(
        session, theirs, "share-offered", now=now,
        title="A deal is offered to you to fulfil",
        body=f"Your share would be {theirs.percent.normalize():f} %. Look at it and answer.",
    )  # fmt: skip
    if not own.accepted_at:
        tell_partner(
            session, deal, "share-offered", now=now,
            title=f"{deal.customer_name}: another partner is to fulfil it",
            body=f"Your share would be {own.percent.normalize():f} %. Look at it and answer.",
        )  # fmt: skip


def tell_side(
    session: Session, side: SharingSide, kind: str, *, title: str, body: str, now: datetime
) -> None:
    link = f"/shared-deals/{side.id}"
    notices.tell_partner(session, side.partner_id, kind, title=title, body=body, link=link, now=now)


def live_sharing(session: Session, deal_id: UUID) -> Sharing | None:
    return session.scalar(
        select(Sharing)
        .where(Sharing.deal_id == deal_id, Sharing.state != ShareState.ENDED)
        .execution_options(populate_existing=True)
    )


def sides_of(session: Session, sharing_id: UUID) -> list[SharingSide]:
    asked = select(SharingSide).where(SharingSide.sharing_id == sharing_id)
    return list(session.scalars(asked.order_by(SharingSide.side.desc())))


def side_of_registering(session: Session, deal: Deal, sharing: Sharing) -> SharingSide:
    return next(side for side in sides_of(session, sharing.id) if side.deal_id == deal.id)


def set_state(session: Session, sharing: Sharing, state: ShareState) -> None:
    sharing.state = state
    for side in sides_of(session, sharing.id):
        side.state = state
    session.flush()


def _family(session: Session, deal: Deal) -> str:
    family = session.get(ProductFamily, deal.family_id) if deal.family_id else None
    return family.name if family else ""
