"""What can happen to clawbacks at the close: a plan may spread them over several statements.

The clawback's own line stands in full; beside it one line puts off what this statement does not
take, and one on each later statement takes its part, until nothing is owed.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.commissions import engine
from models.commissions.engine import Code
from models.commissions.engine.numbers import last_day
from models.commissions.engine.state import Deferred
from models.commissions.engine.statements import spread
from models.commissions.operations.desk import Ratings
from models.commissions.operations.drawing import Terms
from models.commissions.rated import RatingState


def defer(
    ratings: Ratings,
    terms: Terms | None,
    partner_id: UUID,
    month: str,
    currency: str,
    earned: int,
    taken: int,
    *,
    is_over: bool,
) -> list[engine.Line]:
    """earned, taken: what the month's lines add, and what its clawbacks take, both 0 or more.

    Whoever earns nothing any more (`is_over`) gives back at once.
    """
    if terms is None:
        return []
    memory = ratings.memories.state.get(Deferred, f"{partner_id.hex}|{currency}")
    rule = terms.version.rules.clawback
    if not memory.left and (rule is None or (rule.most_share is None and rule.instalments == 1)):
        return []
    told = spread(None if is_over else rule, earned, taken, memory.left, memory.parts)
    memory.left, memory.parts, memory.month = told.left, told.parts, month
    lines: list[tuple[Code, int, tuple[Any, ...]]] = []
    if told.put_off:
        parts = rule.instalments if rule else 1
        put_off = ("clawback_deferred", taken, told.most, parts, told.put_off)
        lines.append((Code.CLAWBACK_DEFERRED, told.put_off, put_off))
    if told.instalment:
        part = ("clawback_instalment", told.owed, -told.instalment)
        lines.append((Code.CLAWBACK_INSTALMENT, -told.instalment, part))
    made = [
        _line(ratings, terms, partner_id, month, currency, code, minor, working)
        for code, minor, working in lines
    ]
    ratings.outcome.add(made, None, None)
    return made


def owing(session: Session) -> list[UUID]:
    """Partners from whom something is still to be taken."""
    latest = (
        select(RatingState.key, func.max(RatingState.month).label("month"))
        .where(RatingState.kind == Deferred.kind)
        .group_by(RatingState.key)
        .subquery()
    )
    rows = session.scalars(
        select(RatingState.key)
        .join(latest, (latest.c.key == RatingState.key) & (latest.c.month == RatingState.month))
        .where(RatingState.kind == Deferred.kind, RatingState.value.not_like("[0,%"))
    )
    return [UUID(key.split("|")[0]) for key in rows]


def _line(
    ratings: Ratings,
    terms: Terms,
    partner_id: UUID,
    month: str,
    currency: str,
    code: Code,
    minor: int,
    told: tuple[Any, ...],
) -> engine.Line:
    return engine.Line(
        next(ratings.ids), partner_id.hex, None, None, code, minor, currency, minor, currency,
        month, last_day(month), None, terms.plan.id, terms.version.id, told,
    )  # fmt: skip
