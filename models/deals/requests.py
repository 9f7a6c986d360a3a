"""What waits for the vendor besides registrations: appeals, changes, letters, more time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, literal, null, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from models.deals.decision_tables import (
    AmendmentState,
    ApprovalState,
    ChoiceState,
    CustomerChoice,
    DealAmendment,
    DealAppeal,
    DealApproval,
)
from models.deals.states import DealStatus
from models.deals.tables import Deal
from models.deals.turns import Asked
from models.partners import Partner
from models.people import Person

KINDS = {
    "appeal": "Appeal",
    "change": "Change",
    "letter": "Customer's letter",
    "extension": "More time",
}


def requests(asked_of: Asked | None = None) -> Select:
    """One row each: kind, id of the deal, since when, in whose words.  On the vendor's side.

    asked_of: only what waits for this person.
    """
    rows = union_all(*_parts(asked_of)).subquery()
    return select(
        rows.c.kind, rows.c.id, rows.c.number, rows.c.customer_name, rows.c.partner,
        rows.c.asked_at, rows.c.note, rows.c.judge, rows.c.due_at,
    ).order_by(rows.c.asked_at, rows.c.id)  # fmt: skip


def how_many_requests(session: Session, asked_of: Asked | None = None) -> int:
    rows = requests(asked_of).order_by(None).subquery()
    return session.scalar(select(func.count()).select_from(rows)) or 0


def _parts(asked_of: Asked | None) -> list[Select]:
    own = _own(asked_of)
    judge = aliased(Person)
    appeals = (
        _of("appeal", DealAppeal.made_at, DealAppeal.note, judge.name, DealAppeal.judge_by)
        .join(DealAppeal, DealAppeal.deal_id == Deal.id)
        .outerjoin(judge, judge.id == DealAppeal.judge_id)
        .where(Deal.status == DealStatus.REJECTED, DealAppeal.judged_at.is_(None))
    )
    changes = (
        _of("change", DealAmendment.asked_at, DealAmendment.note, literal(""))
        .join(DealAmendment, DealAmendment.deal_id == Deal.id)
        .where(Deal.status == DealStatus.APPROVED, DealAmendment.state == AmendmentState.ASKED)
    )
    letters = (
        _of("letter", CustomerChoice.named_at, CustomerChoice.note, literal(""))
        .join(CustomerChoice, CustomerChoice.deal_id == Deal.id)
        .where(CustomerChoice.state.in_((ChoiceState.NAMED, ChoiceState.BACKED)))
    )
    extensions = _of("extension", Deal.extension_asked_at, Deal.extension_note, literal("")).where(
        Deal.extension_asked_at.is_not(None),
        Deal.status.in_((DealStatus.APPROVED, DealStatus.EXPIRED)),
    )
    if asked_of is not None:
        appeals = appeals.where(
            or_(DealAppeal.judge_id.in_(asked_of.people), DealAppeal.judge_id.is_(None))
        )
        changes = changes.where(_signs(asked_of, DealAmendment.id))
        letters = letters.where(
            or_(CustomerChoice.backed_by_id.is_(None),
                CustomerChoice.backed_by_id.not_in(asked_of.people))
        )  # fmt: skip
        extensions = extensions.where(own)
    return [appeals, changes, letters, extensions]


def _of(kind: str, asked_at: Any, note: Any, judge: Any, due_at: Any = None) -> Select:
    return (
        select(
            literal(kind).label("kind"),
            Deal.id,
            Deal.number,
            Deal.customer_name,
            Partner.name.label("partner"),
            asked_at.label("asked_at"),
            note.label("note"),
            judge.label("judge"),
            (null() if due_at is None else due_at).label("due_at"),
        )
        .select_from(Deal)
        .join(Partner, Partner.id == Deal.partner_id)
    )


def _own(asked_of: Asked | None) -> Any:
    people: tuple[UUID, ...] = asked_of.people if asked_of else ()
    return Deal.channel_manager_id.in_(people)


def _signs(asked_of: Asked, amendment_id: Any) -> Any:
    """Their step; their deal where there are no steps."""
    steps = (
        select(DealApproval.id)
        .where(
            DealApproval.amendment_id == amendment_id,
            DealApproval.state == ApprovalState.OPEN,
        )
        .correlate(DealAmendment)
    )
    theirs = [DealApproval.person_id.in_(asked_of.people)]
    if asked_of.is_administrator:
        theirs.append(DealApproval.person_id.is_(None))
    return or_(steps.where(or_(*theirs)).exists(), and_(_own(asked_of), ~steps.exists()))
