"""A renewal and its incumbent: it is told, it may comment, it goes first."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models import audit, notices, vendor
from models.base import lock
from models.deals.incumbents import (
    Contract,
    RenewalNotice,
    contract_renewed,
    months_before,
    notices_about,
)
from models.deals.operations.steps import link_to, tell_managers, tidy
from models.deals.states import DealType
from models.deals.tables import Deal
from models.errors import Refused
from models.people import Actor
from models.scope import vendor_side
from models.vendor import Vendor


def tell_incumbent(
    session: Session, deal: Deal, programme: Vendor, *, now: datetime
) -> datetime | None:
    """Tell who holds the contract, if that is not the partner; until when they may comment.

    None when there is nobody to ask: then the decision need not wait.  Told once only.
    """
    if deal.kind is not DealType.RENEWAL:
        return None
    until = programme.calendar.add_business_days(now, programme.incumbent_comment_days)
    with vendor_side(session) as beside:
        renewal = beside.get_one(Deal, deal.id)
        held = _held(beside, renewal, programme, now=now)
        if held is None or renewal.partner_id in held.holders:
            return None
        known = {told.partner_id: told for told in notices_about(beside, renewal.id)}
        new = [holder for holder in held.holders if holder not in known]
        for holder in new:
            _tell(beside, renewal, held, holder, until, now)
        if new:
            _tell_managers(beside, renewal, until, now)
            return until
        open_until = [known[each].comment_by for each in known if not known[each].commented_at]
        return max(open_until, default=None)


def comment_as_incumbent(
    session: Session, notice: RenewalNotice, *, text: str, by: Actor, now: datetime
) -> None:
    """The incumbent says what the vendor should know before it decides, once."""
    lock(session, notice)
    text = tidy(text, what="what we should know before we decide", least=3)
    if notice.commented_at:
        raise Refused(f"{notice.commented_by_name} has commented already. Nothing was changed.")
    if now > notice.comment_by:
        raise Refused(f"The time to comment ended on {notice.comment_by:%-d %B %Y}.")
    notice.commented_at, notice.commented_by_name, notice.comment = now, by.name, text
    audit.record(session, by, "renewal: incumbent's comment", notice, now=now)
    deal_id = notice.deal_id
    with vendor_side(session) as beside:
        renewal = beside.get_one(Deal, deal_id)
        tell_managers(
            beside, renewal, "deal-incumbent-commented", now=now,
            title=f"{renewal.customer_name}: who holds the contract comments", body=text,
        )  # fmt: skip


def refuse_before_incumbent(session: Session, deal: Deal, *, now: datetime) -> None:
    """A renewal is not approved while who holds the contract may still comment."""
    if deal.kind is not DealType.RENEWAL:
        return
    for told in notices_about(session, deal.id):
        if told.commented_at is None and now < told.comment_by:
            raise Refused(
                f"{told.partner} holds the contract and may comment until "
                f"{told.comment_by:%-d %B %Y, %H:%M} UTC. Approve it after that."
            )


def incumbents_of(session: Session, deal: Deal, *, now: datetime) -> tuple[UUID, ...]:
    """The partners that go first on this renewal; none for every other type."""
    if deal.kind is not DealType.RENEWAL:
        return ()
    held = _held(session, deal, vendor.settings(session), now=now)
    return held.holders if held else ()


def _held(session: Session, deal: Deal, programme: Vendor, *, now: datetime) -> Contract | None:
    today = programme.calendar.day_of(now)
    since = months_before(today, programme.incumbent_months)
    return contract_renewed(session, deal, on=today, since=since)


def _tell(
    session: Session, renewal: Deal, held: Contract, holder: UUID, until: datetime, now: datetime
) -> None:
    is_own = holder == held.partner_id
    row = RenewalNotice(
        partner_id=holder,
        deal_id=renewal.id,
        own_deal_id=held.deal_id if is_own else None,
        number=held.number if is_own else "",
        customer_name=held.customer_name,
        family=held.family,
        won_on=held.won_on,
        told_at=now,
        comment_by=until,
    )
    session.add(row)
    session.flush()  # the link needs its id
    sold = f"You won {held.number} there" if is_own else f"You deliver {held.family} there"
    notices.tell_partner(
        session, holder, "deal-renewal-registered", now=now,
        link=f"/deals/renewals/{row.id}",
        title=f"{held.customer_name}: a renewal was registered by somebody else",
        body=f"{sold}. You may comment until {until:%-d %B %Y, %H:%M} UTC; "
        "if you register the renewal yourself, you go first.",
    )  # fmt: skip


def _tell_managers(session: Session, renewal: Deal, until: datetime, now: datetime) -> None:
    tell_managers(
        session, renewal, "deal-incumbent-told", now=now,
        title=f"{renewal.customer_name}: who holds the contract may comment on this renewal",
        body=f"Until {until:%-d %B %Y, %H:%M} UTC. {link_to(renewal)} shows what they say.",
    )  # fmt: skip
