"""What can happen to a draw at the close: it is advanced, topped up or recovered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from models.commissions import engine
from models.commissions.engine.numbers import last_day
from models.commissions.engine.state import Advance
from models.commissions.engine.statements import in_currency
from models.commissions.operations.desk import Ratings
from models.commissions.operations.posting import standing_version
from models.commissions.tables import PlanVersion
from models.errors import Refused
from models.partners import Partner, PartnerStatus

PARTNERS = 1_000
"""Partners in one question."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The plan that a partner is on when the month ends, on its last day."""

    plan: engine.Plan
    version: engine.Version
    day: date


def terms_of(ratings: Ratings, partner_id: UUID, month: str) -> Terms | None:
    """None when no plan is assigned when the month ends: then it has no draw and no minimum."""
    day = last_day(month)
    try:
        plan = ratings.plan(ratings.parties.plan_of(partner_id, day))
        return Terms(plan, plan.in_force(day), day)
    except Refused:
        return None


def version_for(ratings: Ratings, terms: Terms | None, partner_id: UUID, day: date) -> str:
    """What the line stands under."""
    if terms is not None:
        return terms.version.id
    partner = ratings.session.get_one(Partner, partner_id)
    return standing_version(ratings.session, partner, day).hex


def payout_currency(ratings: Ratings, terms: Terms, partner_id: UUID) -> str:
    return terms.plan.payout_currency or ratings.parties.currency_of(partner_id, terms.day)


def advance_key(partner_id: UUID, plan_id: str, currency: str) -> str:
    return f"{partner_id.hex}|{plan_id}|{currency}"


def partners_with_a_draw(
    ratings: Ratings, month: str, after: UUID | None, through: UUID | None
) -> list[UUID]:
    """Active partners whose plan pays a draw in that month, whether they sold or not.

    after, through: only those whose ids lie there; None: no limit.
    """
    session = ratings.session
    if not any("draw" in rules for rules in session.scalars(select(PlanVersion.rules))):
        return []
    active = select(Partner.id).where(Partner.status == PartnerStatus.ACTIVE).order_by(Partner.id)
    if after is not None:
        active = active.where(Partner.id > after)
    if through is not None:
        active = active.where(Partner.id <= through)
    found = []
    for partner_ids in session.scalars(active.execution_options(yield_per=PARTNERS)).partitions():
        ratings.parties.read(partner_ids)
        for partner_id in partner_ids:
            terms = terms_of(ratings, partner_id, month)
            draw = terms and terms.version.rules.draw
            if draw and draw.is_paid_in(month):
                found.append(partner_id)
    return found


def draws(
    ratings: Ratings,
    terms: Terms | None,
    partner_id: UUID,
    lent: Iterable[str],
    month: str,
    currency: str,
    net: int,
    is_own: bool,
) -> tuple[int | None, list[engine.Line]]:
    """(what is owed of advances afterwards, None without one; the draw's line and what recovers
    older ones).  is_own: it is the currency of the plan's draw."""
    balance, lines = None, []
    if terms is not None and is_own:
        balance, drawn, kept = _draw(ratings, terms, partner_id, month, currency, net)
        lines += [drawn] if drawn else []
        net -= kept
    net += sum(line.payout_minor for line in lines)
    rest, recovered = _recover(ratings, terms, partner_id, lent, month, currency, net)
    if rest or recovered:
        balance = (balance or 0) + rest
    return balance, lines + recovered


def _draw(
    ratings: Ratings, terms: Terms, partner_id: UUID, month: str, currency: str, net: int
) -> tuple[int | None, engine.Line | None, int]:
    """(what is owed of a recoverable draw afterwards, the draw's line, what of the month is the
    draw: older advances are recovered from what exceeds it).

    net: minor units that the partner's other lines come to.
    """
    memory = ratings.memories.state.get(Advance, advance_key(partner_id, terms.plan.id, currency))
    drawn = engine.drawn(
        terms.plan, terms.version.rules, month, net, memory.value, currency, ratings.rate_on
    )
    draw = terms.version.rules.draw
    if drawn is None or draw is None:
        return None, None, 0
    kept = 0
    if draw.is_paid_in(month):
        unit = terms.plan.currency
        kept = in_currency(draw.amount_minor, unit, currency, month, ratings.rate_on)
    if drawn.balance_minor is not None:  # a guarantee leaves older advances to be recovered
        memory.value, memory.month = drawn.balance_minor, month
    if drawn.code is None:
        return drawn.balance_minor, None, kept
    line = _line(ratings, terms.version.id, partner_id, month, currency, drawn)
    ratings.outcome.add([line], None, None)
    return drawn.balance_minor, line, kept


def _recover(
    ratings: Ratings,
    terms: Terms | None,
    partner_id: UUID,
    lent: Iterable[str],
    month: str,
    currency: str,
    net: int,
) -> tuple[int, list[engine.Line]]:
    """(what is owed afterwards, lines): advances whose draw is in force no longer are recovered
    from all that is earned.  lent: by which plan and in which currency, such as "PLAN|EUR"."""
    owed, lines = 0, []
    for plan_id, unit in (each.split("|") for each in lent):
        draw = terms and terms.version.rules.draw
        goes_on = terms is not None and terms.plan.id == plan_id and draw and draw.recoverable
        if goes_on or unit != currency:
            continue
        memory = ratings.memories.state.get(Advance, advance_key(partner_id, plan_id, unit))
        back, before = min(memory.value, max(0, net)), memory.value
        memory.value, memory.month = before - back, month
        owed += memory.value
        if back:
            told = ("draw", 0, net, before)
            drawn = engine.Drawn(engine.Code.DRAW_RECOVERY, -back, memory.value, told)
            version = version_for(ratings, terms, partner_id, last_day(month))
            lines.append(_line(ratings, version, partner_id, month, currency, drawn))
            net -= back
    ratings.outcome.add(lines, None, None)
    return owed, lines


def _line(
    ratings: Ratings,
    version: str,
    partner_id: UUID,
    month: str,
    currency: str,
    drawn: engine.Drawn,
) -> engine.Line:
    assert drawn.code is not None
    return engine.Line(
        id=ratings.world.new_id(),
        partner=partner_id.hex,
        deal=None,
        sale=None,
        code=drawn.code,
        amount_minor=drawn.amount_minor,
        currency=currency,
        payout_minor=drawn.amount_minor,
        payout_currency=currency,
        period=month,
        on=last_day(month),
        event=None,
        plan="",
        version=version,
        told=drawn.told,
    )
