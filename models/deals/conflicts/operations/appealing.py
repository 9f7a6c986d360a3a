"""One appeal of a losing party, judged by somebody else; then the case is final."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models import audit, notices
from models.base import lock
from models.deals import appeals
from models.deals.conflicts.leaving import link_of, note
from models.deals.conflicts.operations.deciding import (
    carry_out,
    hold,
    in_words,
    must_be_no_party,
    must_name_nobody,
    tell_about,
)
from models.deals.conflicts.queries import sides_of
from models.deals.conflicts.rules import (
    APPEALABLE,
    CONFLICT_MOVES,
    ConflictStatus,
    Decision,
    Outcome,
    Standing,
)
from models.deals.conflicts.tables import Conflict, ConflictSide
from models.deals.operations.reopening import reinstate
from models.deals.operations.steps import tidy
from models.deals.states import DealStatus
from models.deals.tables import Deal
from models.errors import Refused
from models.people import Actor, Role
from models.scope import vendor_side

JUDGED = (Standing.FAVOURED, Standing.REFUSED, Standing.FREE)
"""How a party stands that the decision was about; who left before is out of it."""


def appeal(session: Session, side: ConflictSide, *, text: str, by: Actor, now: datetime) -> None:
    """A losing party says why the decision is wrong.  Once, within ten business days."""
    lock(session, side)
    if side.standing is not Standing.REFUSED or side.appeal_by is None:
        raise Refused("Only a decision against you can be appealed.")
    appeals.must_be_in_time(until=side.appeal_by, appealed_at=side.appealed_at, now=now)
    text = tidy(text, what="why the decision should be another", least=3)
    side_id, conflict_id, number = side.id, side.conflict_id, side.number
    with vendor_side(session) as beside:
        conflict = beside.get_one(Conflict, conflict_id)
        lock(beside, conflict)
        if conflict.status not in APPEALABLE:
            raise Refused("This case is final.")
        conflict.status = CONFLICT_MOVES.after("appeal", conflict.status)
        note(beside, conflict, "appeal", f"{number} appeals: {text}", by=by, now=now)
        _ask_somebody_else(beside, conflict, number, now=now)
    side = session.get_one(ConflictSide, side_id)
    side.appealed_at, side.appeal_text = now, text
    audit.record(session, by, "conflict appealed", side, now=now)


def _ask_somebody_else(session: Session, conflict: Conflict, number: str, *, now: datetime) -> None:
    for role in (Role.CHANNEL_MANAGER, Role.ADMINISTRATOR):
        notices.tell_staff(
            session, role, "conflict-appealed", now=now, link=link_of(conflict),
            title=f"{conflict.number}: a party appeals",
            body=f"{number} appeals against what {conflict.decided_by_name} decided. Somebody "
            "else judges it.",
        )  # fmt: skip


def judge(
    session: Session, conflict: Conflict, decision: Decision, *, by: Actor, now: datetime
) -> None:
    """Say the last word: the decision that now holds, the same as before or another.

    Who appealed reads its text; when the outcome is another, every party reads its own.
    Raises Refused for whoever made the decision, and when it was judged already.
    """
    hold(session, conflict)
    if conflict.status is not ConflictStatus.APPEALED:
        raise Refused("No appeal waits in this case. Nothing was changed.")
    appeals.must_be_somebody_else(
        by, decided_by_id=conflict.decided_by_id, decided_by_name=conflict.decided_by_name
    )
    sides = [side for side in sides_of(session, conflict.id) if side.standing in JUDGED]
    must_be_no_party(session, conflict, sides, by)
    decision.must_fit((side.id for side in sides), has_vendor=conflict.touch_id is not None)
    must_name_nobody(session, conflict, decision)
    stands = (decision.outcome, decision.favoured) == (conflict.outcome, conflict.favoured_id)
    if decision.outcome is Outcome.APART and not stands:
        raise Refused(
            "An appeal is decided for or against a party. If they are two customers, correct "
            "the customer records; the parties can then register anew."
        )
    conflict.status = CONFLICT_MOVES.after("judge", conflict.status)
    conflict.outcome, conflict.favoured_id = decision.outcome, decision.favoured
    conflict.rule, conflict.appeal_by = decision.rule, None
    conflict.judged_at, conflict.judged_by_name = now, by.name
    _tell(session, sides, decision, stands=stands, by=by, now=now)
    note(session, conflict, "judge", in_words(conflict), by=by, now=now)
    session.flush()
    if not stands:
        _take_back(session, sides, decision, by=by, now=now)
        carry_out(session, conflict, decision, sides, by=by, now=now)
    audit.record(
        session, by, "conflict appeal judged", conflict, now=now, detail={"stands": stands}
    )


def _tell(
    session: Session,
    sides: Sequence[ConflictSide],
    decision: Decision,
    *,
    stands: bool,
    by: Actor,
    now: datetime,
) -> None:
    """Whoever did not appeal learns of it only when the outcome is another."""
    for side in sides:
        side.appeal_by = None
        if stands and side.appealed_at is None:
            continue
        text = tidy(decision.texts[side.id], what="a decision for each party", least=3)
        side.standing, side.rule = decision.standing_of(side.id), decision.rule
        side.judged_at, side.judged_by_name, side.judged_text = now, by.name, text
        tell_about(session, side, f"Looked at again: {text}", appeal=False, now=now)


def _take_back(
    session: Session,
    sides: Sequence[ConflictSide],
    decision: Decision,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """The no to the party that is right after all."""
    for side in sides:
        deal = session.get_one(Deal, side.deal_id)
        is_out = deal.status in (DealStatus.REJECTED, DealStatus.REVOKED)
        if side.standing is Standing.FAVOURED and is_out:
            reinstate(session, deal, text=decision.texts[side.id], by=by, now=now)
