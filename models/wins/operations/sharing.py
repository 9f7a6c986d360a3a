"""Sharing a deal with the partner that fulfils it: named, chosen by the vendor, agreed by both.

Everything happens on the vendor's side of the transaction: neither partner reads the other.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.base import lock
from models.deals import OPEN, Deal
from models.deals.operations.steps import remember, tell_managers, tidy
from models.errors import Refused
from models.partners import Partner, PartnerStatus
from models.people import SYSTEM, Actor
from models.scope import vendor_side
from models.wins.operations.sides import (
    begin,
    live_sharing,
    set_state,
    side_of_fulfilling,
    side_of_registering,
    sides_of,
    tell_both_to_answer,
    tell_side,
)
from models.wins.shares import OPEN_SHARES, ShareState, Sharing, SharingSide, Side, check_percent


def nothing_open(session: Session, deal: Deal) -> None:
    """Raises Refused while the split is not settled: a win would come before its shares."""
    with vendor_side(session) as beside:
        live = live_sharing(beside, deal.id)
        is_open = live is not None and live.state in OPEN_SHARES
    if is_open:
        raise Refused(
            "The sharing of this deal is not agreed yet. Wait for the answer, or end it first."
        )
    lock(session, deal)  # the look aside has forgotten what was read


def propose(
    session: Session,
    deal: Deal,
    *,
    named: str,
    own_percent: Decimal,
    message: str,
    by: Actor,
    now: datetime,
) -> None:
    """The registering partner says who is to fulfil; the vendor finds out who that is.

    Whether the name fits any partner is not answered here: nobody learns who else sells.
    """
    named = tidy(named, what="the other company's name, number or e-mail address", least=2)
    check_percent(own_percent)
    with vendor_side(session) as beside:
        mine = _shareable(beside, deal.id)
        sharing = begin(beside, mine, own_percent, named=named, message=message, by=by, now=now)
        side = side_of_registering(beside, mine, sharing)
        side.accepted_at, side.accepted_by_name = now, by.name
        said = f"{own_percent.normalize():f} % for the registering partner"
        remember(beside, mine, "share", by=by, now=now, before=mine.status, note=said)
        tell_managers(
            beside, mine, "share-asked", by=by, now=now,
            title=f"{mine.customer_name}: another partner is to fulfil it",
            body=f"{by.name} names “{named}” for {mine.number}. Choose who that is.",
        )  # fmt: skip


def offer(
    session: Session,
    deal: Deal,
    *,
    fulfilling_id: UUID,
    registering_percent: Decimal,
    message: str = "",
    by: Actor,
    now: datetime,
) -> None:
    """The vendor chooses who fulfils, and the split; both are asked.

    Who had proposed exactly this share has agreed already.
    """
    check_percent(registering_percent)
    mine = _shareable(session, deal.id, but_asked=True)
    partner = session.get(Partner, fulfilling_id)
    if partner is None or partner.id == mine.partner_id:
        raise Refused("Choose another partner than the one that registered the deal.")
    if partner.status is not PartnerStatus.ACTIVE:
        raise Refused(f"{partner.name} is not active, so it cannot fulfil this deal.")
    sharing = live_sharing(session, mine.id)
    if sharing is None:
        sharing = begin(session, mine, registering_percent, message=message, by=by, now=now)
    own = side_of_registering(session, mine, sharing)
    if own.percent != registering_percent:
        own.percent, own.accepted_at, own.accepted_by_name = registering_percent, None, ""
    sharing.registering_percent = registering_percent
    sharing.fulfilling_id = partner.id
    sharing.message = sharing.message or message
    theirs = side_of_fulfilling(session, mine, sharing, now=now)
    set_state(session, sharing, ShareState.OFFERED)
    remember(session, mine, "share_offered", by=by, now=now, before=mine.status)
    detail = {"deal": mine.number, "partner": partner.name, "percent": f"{registering_percent}"}
    audit.record(session, by, "sharing: offered", sharing, now=now, detail=detail)
    tell_both_to_answer(session, mine, own, theirs, now=now)


def agree(session: Session, side: SharingSide, *, by: Actor, now: datetime) -> None:
    """One of both says yes; once both have, they know each other, and the split holds.

    Said twice, it is said once.
    """
    with vendor_side(session) as beside:
        own, sharing, deal = _hold(beside, side.id)
        if own.accepted_at:
            return
        if sharing.state is not ShareState.OFFERED:
            raise Refused("There is nothing to agree to any more. Nothing was changed.")
        _not_won(deal)
        own.accepted_at, own.accepted_by_name = now, by.name
        seen = by if own.side is Side.REGISTERING else SYSTEM  # no name before both know
        remember(beside, deal, "share_accepted", by=seen, now=now, before=deal.status)
        audit.record(beside, by, "sharing: agreed", sharing, now=now, detail={"side": own.side})
        beside.flush()
        if all(one.accepted_at for one in sides_of(beside, sharing.id)):
            _settle(beside, deal, sharing, now=now)


def end(session: Session, deal_id: UUID, *, reason: str, by: Actor, now: datetime) -> None:
    """Take it back or say no: a partner while it is not agreed, the vendor until it is won."""
    reason = tidy(reason, what="why it is ended", least=3)
    with vendor_side(session) as beside:
        deal = beside.get_one(Deal, deal_id)
        lock(beside, deal)
        sharing = live_sharing(beside, deal_id)
        if sharing is None:
            raise Refused("This deal is not shared any more. Nothing was changed.")
        if by.partner_id is not None and sharing.state is ShareState.AGREED:
            raise Refused("Both have agreed. Ask the channel manager to end it.")
        _not_won(deal)
        end_sharing(beside, deal, sharing, reason=reason, by=by, now=now)


def end_sharing(
    session: Session, deal: Deal, sharing: Sharing, *, reason: str, by: Actor, now: datetime
) -> None:
    """On the vendor's side, under the deal's lock.  Each side but `by`'s own is told why."""
    sharing.ended_at, sharing.ended_because = now, reason
    deal.fulfilled_by_id = None
    set_state(session, sharing, ShareState.ENDED)
    is_their_own = by.partner_id == deal.partner_id or by.is_staff
    seen = by if is_their_own else SYSTEM
    remember(session, deal, "share_ended", by=seen, now=now, before=deal.status, note=reason)
    detail = {"deal": deal.number, "reason": reason}
    audit.record(session, by, "sharing: ended", sharing, now=now, detail=detail)
    for side in sides_of(session, sharing.id):
        if by.partner_id is None or side.partner_id != by.partner_id:
            tell_side(
                session, side, "share-ended", now=now,
                title="A shared deal is not shared any more", body=reason,
            )  # fmt: skip
    tell_managers(
        session, deal, "share-ended", by=by, now=now,
        title=f"{deal.customer_name}: not shared any more", body=reason,
    )  # fmt: skip


def deal_behind(session: Session, side: SharingSide) -> UUID:
    """Which deal a side is about; for operations only, never to be shown."""
    with vendor_side(session) as beside:
        return beside.scalars(
            select(Sharing.deal_id).where(Sharing.id == side.sharing_id)
        ).one()  # fmt: skip


def _settle(session: Session, deal: Deal, sharing: Sharing, *, now: datetime) -> None:
    sharing.agreed_at, deal.fulfilled_by_id = now, sharing.fulfilling_id
    set_state(session, sharing, ShareState.AGREED)
    names = {
        row.id: row.name
        for row in session.execute(
            select(Partner.id, Partner.name).where(
                Partner.id.in_([sharing.registering_id, sharing.fulfilling_id])
            )
        )
    }
    for side in sides_of(session, sharing.id):
        other = (
            sharing.fulfilling_id if side.side is Side.REGISTERING else sharing.registering_id
        )  # fmt: skip
        assert other
        side.other_name, side.customer_name = names[other], deal.customer_name
        tell_side(
            session, side, "share-agreed", now=now,
            title=f"{deal.customer_name}: the shares are agreed",
            body=f"You share it with {side.other_name}. "
            f"Your share is {side.percent.normalize():f} %.",
        )  # fmt: skip
    remember(session, deal, "share_agreed", by=SYSTEM, now=now, before=deal.status)
    tell_managers(
        session, deal, "share-agreed", now=now,
        title=f"{deal.customer_name}: both partners agreed to share it", body=deal.number,
    )  # fmt: skip


def _shareable(session: Session, deal_id: UUID, *, but_asked: bool = False) -> Deal:
    deal = session.get_one(Deal, deal_id)
    lock(session, deal)
    if deal.status not in OPEN:
        raise Refused(f"This deal is {deal.status.words.lower()}; there is nothing to share.")
    _not_won(deal)
    live = live_sharing(session, deal_id)
    if live is not None and not (but_asked and live.state is ShareState.ASKED):
        raise Refused("This deal is shared already. End that first.")
    return deal


def _not_won(deal: Deal) -> None:
    if deal.won_at:
        raise Refused("A part of this deal is won; its shares can no longer change.")
    if deal.status not in OPEN:
        raise Refused(f"This deal is {deal.status.words.lower()}. Nothing was changed.")


def _hold(session: Session, side_id: UUID) -> tuple[SharingSide, Sharing, Deal]:
    """The deal first, as everybody who touches its split does."""
    deal_id = session.scalars(
        select(Sharing.deal_id)
        .join(SharingSide, SharingSide.sharing_id == Sharing.id)
        .where(SharingSide.id == side_id)
    ).one()
    deal = session.get_one(Deal, deal_id)
    lock(session, deal)
    side = session.get_one(SharingSide, side_id)
    lock(session, side)
    sharing = session.get_one(Sharing, side.sharing_id)
    lock(session, sharing)
    return side, sharing, deal
