"""A renewal and its incumbent: it is told, it may comment, it goes first."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit, notices, vendor
from models.base import lock
from models.deals.incumbents import RenewalNotice, last_sale, months_before, notice_about
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
    """Tell whoever sold last, if that is another partner; until when it may comment.

    None when there is nobody to ask: then the decision need not wait.  Told once only.
    """
    if deal.kind is not DealType.RENEWAL:
        return None
    since = months_before(programme.calendar.day_of(now), programme.incumbent_months)
    until = programme.calendar.add_business_days(now, programme.incumbent_comment_days)
    with vendor_side(session) as beside:
        renewal = beside.get_one(Deal, deal.id)
        sold = last_sale(beside, renewal, since=since)
        if sold is None or sold.partner_id == renewal.partner_id:
            return None
        known = notice_about(beside, renewal.id)
        if known is not None and known.partner_id == sold.partner_id:
            return known.comment_by if known.commented_at is None else None
        _tell(beside, renewal, sold.id, sold.partner_id, until, now)
    return until


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
            title=f"{renewal.customer_name}: the last seller comments on the renewal", body=text,
        )  # fmt: skip


def refuse_before_incumbent(session: Session, deal: Deal, *, now: datetime) -> None:
    """A renewal is not approved while whoever sold last may still comment."""
    if deal.kind is not DealType.RENEWAL:
        return
    told = notice_about(session, deal.id)
    if told is not None and told.commented_at is None and now < told.comment_by:
        raise Refused(
            f"{told.partner} sold this last and may comment until "
            f"{told.comment_by:%-d %B %Y, %H:%M} UTC. Approve it after that."
        )


def incumbent_of(session: Session, deal: Deal, *, now: datetime) -> UUID | None:
    """The partner that goes first on this renewal; None for every other type."""
    if deal.kind is not DealType.RENEWAL:
        return None
    programme = vendor.settings(session)
    since = months_before(programme.calendar.day_of(now), programme.incumbent_months)
    sold = last_sale(session, deal, since=since)
    return sold.partner_id if sold else None


def _tell(
    session: Session,
    renewal: Deal,
    own_deal_id: UUID,
    partner_id: UUID,
    until: datetime,
    now: datetime,
) -> None:
    row = RenewalNotice(
        partner_id=partner_id,
        deal_id=renewal.id,
        own_deal_id=own_deal_id,
        told_at=now,
        comment_by=until,
    )
    session.add(row)
    session.flush()  # the link needs its id
    own = session.execute(
        select(Deal.customer_name, Deal.number).where(Deal.id == own_deal_id)
    ).one()
    notices.tell_partner(
        session, partner_id, "deal-renewal-registered", now=now,
        link=f"/deals/renewals/{row.id}",
        title=f"{own.customer_name}: a renewal was registered by somebody else",
        body=f"You won {own.number} there. You may comment until {until:%-d %B %Y, %H:%M} UTC; "
        "if you register the renewal yourself, you go first.",
    )  # fmt: skip
    tell_managers(
        session, renewal, "deal-incumbent-told", now=now,
        title=f"{renewal.customer_name}: the last seller may comment on this renewal",
        body=f"Until {until:%-d %B %Y, %H:%M} UTC. {link_to(renewal)} shows what they say.",
    )  # fmt: skip
