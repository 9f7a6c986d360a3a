"""What we can ask about one deal: its registration, rivals, evidence, story.  Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from models.catalog import Product, ProductFamily
from models.customers import Customer
from models.deals.projects import collides_with
from models.deals.registration import REGISTRATION_FIELDS, Line, Registration
from models.deals.states import UNDECIDED, DealStatus, RejectReason, RevokeReason
from models.deals.tables import (
    Deal,
    DealEvent,
    DealLine,
    DealMatch,
    DealNote,
    DealParticipant,
)
from models.partners import Partner
from models.people import Person

MOST_EVIDENCE = 20
"""Nobody reads more than that side by side."""


def registration_of(session: Session, deal: Deal) -> Registration:
    """What the partner has written so far."""
    lines = session.execute(
        select(DealLine.product_id, DealLine.quantity, DealLine.unit_minor)
        .where(DealLine.deal_id == deal.id)
        .order_by(DealLine.position)
    )
    written = {name: getattr(deal, name) for name in REGISTRATION_FIELDS if name != "lines"}
    return Registration(**written, lines=tuple(Line(*line) for line in lines))


def lines_of(session: Session, deal_id: UUID) -> Sequence[Row]:
    """product, sku, quantity, unit_minor; in the order in which they were entered."""
    return session.execute(
        select(
            Product.name.label("product"),
            Product.sku,
            DealLine.product_id,
            DealLine.quantity,
            DealLine.unit_minor,
        )
        .join(Product, Product.id == DealLine.product_id)
        .where(DealLine.deal_id == deal_id)
        .order_by(DealLine.position)
    ).all()


def taking_part(session: Session, deal_id: UUID) -> Sequence[Row]:
    """Who of the vendor's staff takes part, in the order in which they joined."""
    return session.execute(
        select(Person.id, Person.name, Person.role)
        .join(DealParticipant, DealParticipant.person_id == Person.id)
        .where(DealParticipant.deal_id == deal_id)
        .order_by(DealParticipant.joined_at, Person.id)
    ).all()


def is_live(deal: type[Deal], on: date) -> ColumnElement[bool]:
    """Registrations that stand in a rival's way on that day: waiting, or protected."""
    return or_(
        deal.status.in_(UNDECIDED),
        and_(
            deal.status == DealStatus.APPROVED,
            or_(
                deal.protected_through >= on,
                deal.win_asked_at.is_not(None),
                deal.direct_since.is_not(None),
            ),
        ),
    )


def rivals(session: Session, deal: Deal, *, on: date) -> Sequence[Row]:
    """Other partners' live registrations for the same customer, family and project.

    Protected ones first, then who came first.  Asked on the vendor's side only.
    """
    return session.execute(
        select(
            Deal.id,
            Deal.number,
            Deal.status,
            Deal.submitted_at,
            Deal.protected_through,
            Deal.missed_at,
            Deal.kind,
            Deal.partner_id,
            Partner.name.label("partner"),
        )
        .join(Partner, Partner.id == Deal.partner_id)
        .where(
            Deal.customer_id == deal.customer_id,
            Deal.family_id == deal.family_id,
            Deal.partner_id != deal.partner_id,
            collides_with(Deal.project_key, deal.project_key),
            is_live(Deal, on),
        )
        .order_by((Deal.status == DealStatus.APPROVED).desc(), Deal.submitted_at, Deal.id)
    ).all()


def evidence(session: Session, deal: Deal, *, on: date) -> Sequence[Row]:
    """Everybody else's live registration of this customer, or of one that looks like it.

    The match's columns are NULL where the customer is the very same.  Most serious
    first: protected before waiting, same family before another.
    """
    other = aliased(Deal, name="other")
    same = other.customer_id == deal.customer_id
    of_this_deal = and_(DealMatch.deal_id == deal.id, DealMatch.customer_id == other.customer_id)
    return session.execute(
        select(*_seen_of_the_other(other), same.label("is_same_customer"))
        .join(Customer, Customer.id == other.customer_id)
        .join(ProductFamily, ProductFamily.id == other.family_id)
        .join(Partner, Partner.id == other.partner_id)
        .outerjoin(DealMatch, of_this_deal)
        .where(
            other.id != deal.id,
            other.partner_id != deal.partner_id,
            other.customer_id.in_(_itself_and_its_likes(deal)),
            is_live(other, on),
        )
        .order_by(
            DealMatch.cleared_at.is_not(None),
            (other.status == DealStatus.APPROVED).desc(),
            (other.family_id == deal.family_id).desc(),
            same.desc(),
            other.submitted_at,
            other.id,
        )
        .limit(MOST_EVIDENCE)
    ).all()


def _itself_and_its_likes(deal: Deal) -> CompoundSelect:
    """Its customer and those that looked like it: few, so that the others are found by an index."""
    alike = select(DealMatch.customer_id).where(DealMatch.deal_id == deal.id)
    return alike.union_all(select(Customer.id).where(Customer.id == deal.customer_id))


def _seen_of_the_other(other: type[Deal]) -> tuple[Any, ...]:
    return (
        other.id,
        other.number,
        other.status,
        other.submitted_at,
        other.protected_through,
        other.family_id,
        other.project,
        other.project_key,
        other.value,
        other.customer_domain,
        other.customer_country,
        Customer.name.label("customer"),
        ProductFamily.name.label("family"),
        Partner.name.label("partner"),
        DealMatch.id.label("match_id"),
        DealMatch.reason,
        DealMatch.score_percent,
        DealMatch.fields,
        DealMatch.cleared_at,
        DealMatch.cleared_by_name,
        DealMatch.cleared_reason,
    )


def own_duplicates(session: Session, deal: Deal) -> Sequence[Row]:
    """The partner's own other open registrations of this customer, family and project."""
    return session.execute(
        select(Deal.id, Deal.number, Deal.status, Deal.submitted_at)
        .where(
            Deal.partner_id == deal.partner_id,
            Deal.id != deal.id,
            Deal.customer_id == deal.customer_id,
            Deal.family_id == deal.family_id,
            collides_with(Deal.project_key, deal.project_key),
            Deal.status.in_((*UNDECIDED, DealStatus.APPROVED)),
        )
        .order_by(Deal.submitted_at, Deal.id)
    ).all()


def story_of(session: Session, deal_id: UUID, *, with_notes: bool) -> list[Row]:
    """What happened, oldest first.  with_notes: also what only the vendor reads."""
    told = session.execute(_events(deal_id, hides=not with_notes)).all()
    noted = session.execute(_notes(deal_id)).all() if with_notes else []
    return sorted([*told, *noted], key=lambda event: (event.at, event.id))


def last_event(session: Session, deal_id: UUID) -> Row | None:
    """The last step that moved the deal; None in a draft that never moved."""
    moved = _events(deal_id).where(
        or_(
            DealEvent.from_status.is_(None),
            DealEvent.from_status != DealEvent.to_status,
        )
    )
    return session.execute(
        moved.order_by(DealEvent.at.desc(), DealEvent.id.desc()).limit(1)
    ).first()


def _events(deal_id: UUID, *, hides: bool = False) -> Select:
    """hides: without the words of a decision that was taken back, which were never meant."""
    following = func.lead(DealEvent.verb).over(order_by=(DealEvent.at, DealEvent.id))
    meant = case((following == "undo", ""), else_=DealEvent.note)
    return select(
        DealEvent.id,
        DealEvent.verb,
        DealEvent.by_id,
        DealEvent.by_name,
        DealEvent.by_staff,
        DealEvent.at,
        DealEvent.code,
        (meant if hides else DealEvent.note).label("note"),
        literal(False).label("vendor_only"),
    ).where(DealEvent.deal_id == deal_id)


def _notes(deal_id: UUID) -> Select:
    return select(
        DealNote.id,
        DealNote.verb,
        DealNote.by_id,
        DealNote.by_name,
        literal(True).label("by_staff"),
        DealNote.at,
        literal("").label("code"),
        DealNote.note,
        literal(True).label("vendor_only"),
    ).where(DealNote.deal_id == deal_id)


def reason_words(code: str) -> str:
    for reasons in (RejectReason, RevokeReason):
        if code in set(reasons):
            return reasons(code).words
    return code
