"""Customers with deals are merged: never into two protections of one customer, nor into an
account that two partners hold alone.

What forbids it is said before anything is moved, with what to do about it; the database has
the last word.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session, aliased

from models import customers, territories
from models.catalog import ProductFamily
from models.customers import Customer, CustomerMerge
from models.deals.operations.contesting import look_again
from models.deals.states import DealStatus
from models.deals.tables import Deal
from models.errors import Refused
from models.partners import Partner
from models.people import Actor


def merge_customers(
    session: Session,
    survivor: Customer,
    merged: Customer,
    *,
    reason: str,
    by: Actor,
    now: datetime,
) -> CustomerMerge:
    """Merge one customer into another, with its deals; rivals that meet there are in conflict.

    What territories hold of them follows at once.  Raises Refused when two partners would be
    protected, or would hold one account alone, or one customer is merged already.
    """
    territories.one_at_a_time(session)
    customers.hold(session, survivor, merged)
    for sentence in what_forbids_merging(session, survivor.id, merged.id):
        raise Refused(sentence)
    done = customers.merge(session, survivor, merged, reason=reason, by=by, now=now)
    territories.hold_accounts(session, survivor.id)
    look_again(session, survivor.id, now=now)
    return done


def undo_merge(
    session: Session, done: CustomerMerge, *, reason: str, by: Actor, now: datetime
) -> None:
    """Undo a merge; cases that were open only because two records met are over."""
    territories.one_at_a_time(session)
    customers.undo(session, done, reason=reason, by=by, now=now)
    territories.hold_accounts(session, done.survivor_id, done.merged_id)
    for customer_id in (done.survivor_id, done.merged_id):
        look_again(session, customer_id, now=now)


def what_forbids_merging(session: Session, survivor_id: UUID, merged_id: UUID) -> list[str]:
    """Protections, and areas held alone, of two partners that would meet; what to do first."""
    return territories.held_apart(session, survivor_id, merged_id) + [
        f"{row.one_partner} ({row.one_number}) and {row.other_partner} ({row.other_number}) are "
        f"both protected for {row.family}, until {row.one_through:%-d %B %Y} and "
        f"{row.other_through:%-d %B %Y}. Revoke one of the two, or wait until it has ended, "
        "then merge."
        for row in _meeting(session, survivor_id, merged_id)
    ]


def _meeting(session: Session, survivor_id: UUID, merged_id: UUID) -> Sequence[Row]:
    one, other = aliased(Deal, name="one"), aliased(Deal, name="other")
    its, theirs = aliased(Partner, name="its"), aliased(Partner, name="theirs")
    return session.execute(
        select(
            one.number.label("one_number"),
            one.protected_through.label("one_through"),
            its.name.label("one_partner"),
            other.number.label("other_number"),
            other.protected_through.label("other_through"),
            theirs.name.label("other_partner"),
            ProductFamily.name.label("family"),
        )
        .join(other, other.family_id == one.family_id)
        .join(its, its.id == one.partner_id)
        .join(theirs, theirs.id == other.partner_id)
        .join(ProductFamily, ProductFamily.id == one.family_id)
        .where(
            one.customer_id == survivor_id,
            other.customer_id == merged_id,
            one.partner_id != other.partner_id,
            one.status == DealStatus.APPROVED,
            other.status == DealStatus.APPROVED,
            or_(
                one.project_key == "",
                other.project_key == "",
                one.project_key == other.project_key,
            ),
            one.approved_on <= other.protected_through,
            other.approved_on <= one.protected_through,
        )
        .order_by(one.protected_through, one.id, other.id)
    ).all()
