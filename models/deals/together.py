"""Many deals decided with one press: which of them may be, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Row, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import audit
from models.base import Base
from models.deals.decision_tables import ApprovalState, DealApproval
from models.deals.lists import DealFilter, listed, waiting
from models.deals.operations.approving import DECIDERS
from models.deals.queries import last_event
from models.deals.rules import ago_in_words
from models.deals.states import VERBS_DONE, DealStatus
from models.deals.tables import Deal
from models.deals.turns import asked_of
from models.errors import Refused
from models.money import Money
from models.people import Actor
from models.scope import VendorOnly

MOST_TOGETHER = 200
"""More is decided in turns: whoever decides has to be able to look at what is left out."""


class DecisionRound(VendorOnly, Base):
    """One press for many deals.  Its id comes with the form, so sent twice it is one round."""

    __tablename__ = "decision_round"

    verb: Mapped[str] = mapped_column(String(30))
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    left_out: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """[deal id, why] of each that was not decided."""
    finished_at: Mapped[datetime | None]
    """None while it is under way."""


@dataclass(frozen=True)
class Sorted:
    """What can be decided together, and what has to be looked at by itself, each with why."""

    fit: list[Row]
    left_out: list[tuple[Row, str]]

    def sums(self) -> list[Money]:
        """What the fit ones are worth, one sum a currency."""
        sums: dict[str, int] = {}
        for row in self.fit:
            sums[row.value.currency] = sums.get(row.value.currency, 0) + row.value.minor
        return [Money(minor, currency) for currency, minor in sorted(sums.items())]


def sorted_out(
    session: Session,
    wanted: DealFilter,
    ids: tuple[UUID, ...] | None,
    *,
    by: Actor,
    now: datetime,
) -> Sorted:
    """These deals, or the most pressing that fit the filter when `ids` is None."""
    query = waiting(replace(wanted, statuses=(DealStatus.SUBMITTED,), ids=ids))
    rows = session.execute(query.limit(MOST_TOGETHER)).all()
    elsewhere = _waits_for_others(session, [row.id for row in rows], by=by, now=now)
    fit, left_out = [], []
    for row in rows:
        why = elsewhere.get(row.id) or _why_alone(row, by)
        if why:
            left_out.append((row, why))
        else:
            fit.append(row)
    gone = set(ids or ()) - {row.id for row in rows}
    left_out += [(row, _why_gone(session, row, now)) for row in _others(session, gone)]
    return Sorted(fit, left_out)


def begin(session: Session, round_id: UUID, verb: str, *, by: Actor, now: datetime) -> bool:
    """Open a round; False when it was sent before."""
    if session.get(DecisionRound, round_id) is not None:
        return False
    session.add(
        DecisionRound(id=round_id, verb=verb, by_id=by.id, by_name=by.name, at=now, left_out=[])
    )
    session.flush()
    return True


def finish(
    session: Session,
    round_id: UUID,
    left_out: Sequence[tuple[UUID, str]],
    *,
    by: Actor,
    now: datetime,
) -> None:
    held = session.get_one(DecisionRound, round_id, with_for_update=True)
    held.left_out = [[str(deal_id), why] for deal_id, why in left_out]
    held.finished_at = now
    audit.record(
        session, by, f"deals: {held.verb} together", held, now=now,
        detail={"left out": len(left_out)},
    )  # fmt: skip


def names_of(session: Session, ids: Iterable[UUID]) -> dict[UUID, Row]:
    """The rows of these deals, by id."""
    rows = session.execute(listed(DealFilter(ids=tuple(ids), drafts=False)))
    return {row.id: row for row in rows}


def _waits_for_others(
    session: Session, ids: Sequence[UUID], *, by: Actor, now: datetime
) -> dict[UUID, str]:
    """Those that are not this person's to decide now, each with why."""
    asked: dict[UUID, list[str]] = {}
    for row in session.execute(
        select(DealApproval.deal_id, DealApproval.name).where(
            DealApproval.deal_id.in_(ids),
            DealApproval.amendment_id.is_(None),
            DealApproval.state == ApprovalState.OPEN,
        )
    ):
        asked.setdefault(row.deal_id, []).append(row.name)
    theirs = asked_of(session, by, now=now).criterion()
    mine = set(session.scalars(select(Deal.id).where(Deal.id.in_(ids), theirs)))
    said = {
        deal_id: f"This waits for {' and '.join(dict.fromkeys(names))}."
        for deal_id, names in asked.items()
        if deal_id not in mine
    }
    if by.role not in DECIDERS:
        said |= dict.fromkeys(set(ids) - asked.keys(), "A channel manager decides this deal.")
    return said


def _why_alone(row: Row, by: Actor) -> str:
    """Why this one is not decided together with others; empty when it may be."""
    if row.registered_by_id is not None and row.registered_by_id == by.id:
        return "You registered it yourself; somebody else has to decide."
    if row.rivals:
        return "Another partner has registered this customer; look at both."
    if row.likely:
        return f"It looks like another registration ({row.likely}%); look at both."
    return ""


def _why_gone(session: Session, row: Row, now: datetime) -> str:
    """Why it no longer waits for a decision."""
    if row.status is DealStatus.INFO_REQUESTED:
        return "A question to the partner is open."
    event = last_event(session, row.id)
    if event is None:
        return f"It is {row.status.words.lower()}."
    return f"{event.by_name} {VERBS_DONE[event.verb]} this deal {ago_in_words(event.at, now)}."


def _others(session: Session, ids: set[UUID]) -> Sequence[Row]:
    if not ids:
        return []
    return session.execute(
        listed(DealFilter(ids=tuple(ids), drafts=False)).order_by("number")
    ).all()


def round_of(session: Session, round_id: UUID) -> DecisionRound | None:
    return session.scalars(select(DecisionRound).where(DecisionRound.id == round_id)).first()


def refuse_changed(session: Session, deal: Deal, *, now: datetime) -> None:
    """Raises Refused, naming who was quicker: what is decided together was looked at before."""
    event = last_event(session, deal.id)
    who = f"{event.by_name} {VERBS_DONE[event.verb]} this deal" if event else "It was changed"
    raise Refused(f"{who} {ago_in_words(deal.updated_at, now)}, after you looked. Look again.")
