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
from models.commissions.operations.drawing import Terms, version_for
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

    Whoever earns nothing any more (`is_over`), or has no plan any more, gives back at once.
    """
    memory = ratings.memories.state.get(Deferred, f"{partner_id.hex}|{currency}")
    at_once = terms is None or is_over
    rule = terms.version.rules.clawback if terms and not is_over else None
    if not memory.left and (rule is None or (rule.most_share is None and rule.instalments == 1)):
        return []
    told = spread(rule, earned, taken, memory.left, 1 if at_once else memory.parts)
    memory.left, memory.parts, memory.month = told.left, told.parts, month
    lines: list[tuple[Code, int, tuple[Any, ...]]] = []
    if told.put_off:
        parts = rule.instalments if rule else 1
        put_off = ("clawback_deferred", taken, told.most, parts, told.put_off)
        lines.append((Code.CLAWBACK_DEFERRED, told.put_off, put_off))
    if told.instalment:
        part = ("clawback_instalment", told.owed, -told.instalment)
        lines.append((Code.CLAWBACK_INSTALMENT, -told.instalment, part))
    version = version_for(ratings, terms, partner_id, last_day(month)) if lines else ""
    made = [
        _line(ratings, version, partner_id, month, currency, code, minor, working)
        for code, minor, working in lines
    ]
    ratings.outcome.add(made, None, None)
    return made


def owing(session: Session, kind: str = Deferred.kind) -> dict[UUID, list[str]]:
    """Partners from whom something is still to be taken, and in which currencies; of advances
    (another kind of memory): by which plan, and in which currency, such as "PLAN|EUR"."""
    latest = (
        select(RatingState.key, func.max(RatingState.month).label("month"))
        .where(RatingState.kind == kind)
        .group_by(RatingState.key)
        .subquery()
    )
    rows = session.scalars(
        select(RatingState.key)
        .join(latest, (latest.c.key == RatingState.key) & (latest.c.month == RatingState.month))
        .where(RatingState.kind == kind, RatingState.value.not_like("[0%"))
    )
    found: dict[UUID, list[str]] = {}
    for key in rows:
        partner_id, of = key.split("|", 1)
        found.setdefault(UUID(partner_id), []).append(of)
    return found


def _line(
    ratings: Ratings,
    version: str,
    partner_id: UUID,
    month: str,
    currency: str,
    code: Code,
    minor: int,
    told: tuple[Any, ...],
) -> engine.Line:
    return engine.Line(
        next(ratings.ids), partner_id.hex, None, None, code, minor, currency, minor, currency,
        month, last_day(month), None, "", version, told,
    )  # fmt: skip
