"""What is amiss with a version that somebody writes, each in a sentence that says how to mend it.

What the rules themselves cannot be is refused by the engine when they are read; here they
are held against the plan's other versions, the catalogue, the rates and the partners.
Reads only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise
from typing import Any

from sqlalchemy import and_, exists, or_, select, true
from sqlalchemy.orm import Session

from models import catalog
from models.catalog import Product
from models.commissions import engine
from models.commissions.engine.numbers import month_of, percent
from models.commissions.engine.plan import ByCategory, ByDealType, Recurring, Rules, Tiered
from models.commissions.tables import CommissionLine, Plan, PlanAssignment, PlanVersion
from models.deals import DealType
from models.errors import Refused
from models.partners import Partner, PartnerStatus


@dataclass(frozen=True, slots=True)
class Finding:
    """stops: it must be mended before the version is proposed; others are only worth a look."""

    text: str
    stops: bool = False


def findings(
    session: Session,
    plan: Plan,
    raw: dict[str, Any],
    from_on: date,
    to_on: date | None,
    *,
    today: date,
) -> list[Finding]:
    """What must be mended first.  Raises Refused when the rules cannot be read."""
    rules = engine.parse_rules(raw, plan.currency)
    found = [
        *_overlaps(session, plan, from_on, to_on),
        *_hole(session, plan, from_on, to_on),
        *_shadowed(rules, from_on, to_on),
        *_unknown(session, rules),
        *_without_rates(session, plan, today),
        *_looking_back(session, plan, from_on, today),
        *_nobody(session, plan, today),
    ]
    return sorted(found, key=lambda one: not one.stops)


def _overlaps(session: Session, plan: Plan, from_on: date, to_on: date | None) -> Iterator[Finding]:
    """With versions that do not simply end where this one begins."""
    others = session.execute(
        select(PlanVersion.number, PlanVersion.from_on, PlanVersion.to_on)
        .where(PlanVersion.plan_id == plan.id)
        .order_by(PlanVersion.from_on)
    )
    for other in others:
        goes_on = other.to_on is None
        if goes_on and other.from_on < from_on:
            continue
        begins_before_its_end = goes_on or from_on < other.to_on
        if begins_before_its_end and (to_on is None or other.from_on < to_on):
            until = "" if goes_on else f" until before {_day(other.to_on)}"
            mend = f"Let it begin on {_day(other.to_on)} or later" if other.to_on else ""
            end = f"end before {_day(other.from_on)}" if other.from_on > from_on else ""
            how = ", or ".join(filter(None, (mend, end))) or "Let it begin later"
            yield Finding(
                f"Version {other.number} is in force from {_day(other.from_on)}{until}, and the "
                f"days overlap. {how[0].upper()}{how[1:]}.",
                stops=True,
            )


def _shadowed(rules: Rules, from_on: date, to_on: date | None) -> Iterator[Finding]:
    """Parts that never do anything, because others always come first."""
    yield from _shadowed_base(rules)
    for one, other in combinations(rules.spiffs, 2):
        if one.sku == other.sku and one.from_on <= other.to_on and other.from_on <= one.to_on:
            yield Finding(
                f"Two SPIFFs for {one.sku} hold on the same days, and both are paid. "
                "Let one end before the other begins."
            )
    for spiff in rules.spiffs:
        if spiff.to_on < from_on or (to_on is not None and spiff.from_on >= to_on):
            yield Finding(
                f"The SPIFF for {spiff.sku} holds from {_day(spiff.from_on)} through "
                f"{_day(spiff.to_on)}, when this version is not in force. Move its days."
            )
    floor, cap = rules.deal_floor_minor, rules.period_cap_minor
    if floor is not None and cap is not None and floor > cap:
        yield Finding(
            "The floor of a deal is above the cap of a month, which always cuts it. "
            "Lower the floor or lift the cap."
        )
    months = sorted(rules.draw.periods) if rules.draw and rules.draw.periods else []
    if months and months[-1] < month_of(from_on):
        yield Finding("All months of the draw lie before this version begins. Move them.")
    if rules.holdback and rules.clawback and rules.holdback.days > rules.clawback.days:
        yield Finding(
            f"It holds back for {rules.holdback.days} days, but takes nothing back after "
            f"{rules.clawback.days}. Hold back shorter, or take back longer."
        )


def _hole(session: Session, plan: Plan, from_on: date, to_on: date | None) -> Iterator[Finding]:
    """A version that goes on is ended where this one begins, and does not come back."""
    if to_on is None:
        return
    of = PlanVersion
    covered = select(of.id).where(
        of.plan_id == plan.id,
        of.from_on <= to_on,
        of.to_on.is_(None) & (of.from_on >= from_on) | (of.to_on > to_on),
    )
    if session.scalar(covered.limit(1)) is None:
        yield Finding(
            f"From {_day(to_on)} on this plan has no version, and what is sold then is not rated. "
            "Leave the last day empty, or write the version that follows."
        )


def _shadowed_base(rules: Rules) -> Iterator[Finding]:
    base = rules.base
    if rules.tax is not None:
        yield Finding(
            "Its tax is worked out in replays only: a payout is taxed by the partner's own data."
        )
    counts = isinstance(base, Tiered) and base.window is not None
    if rules.clawback and rules.clawback.derates and not counts:
        yield Finding(
            "What is left would be rated again after a refund, but no tier of it counts over a "
            "month, quarter or year. Take it out."
        )
    if isinstance(base, Tiered):
        for below, above in pairwise(base.tiers):
            if above.rate == below.rate:
                yield Finding(
                    f"Two tiers beside each other both pay {percent(above.rate)}, so the upper "
                    "one changes nothing. Take it away, or give it another rate."
                )
            if above.rate < below.rate and base.quota_minor is None:
                yield Finding(
                    f"A higher tier pays less ({percent(above.rate)} after "
                    f"{percent(below.rate)}). Check that this is meant."
                )
    if isinstance(base, Recurring):
        if base.steps and base.steps[0][0] > 1:
            yield Finding("The first months of a subscription earn nothing. Begin with month 1.")
        for before, after in pairwise(base.steps):
            if before[1] is not None and after[0] > before[1] + 1:
                yield Finding(
                    f"Month {before[1] + 1} of a subscription falls between two steps and earns "
                    f"nothing. Let the second begin with it.",
                    stops=True,
                )


def _unknown(session: Session, rules: Rules) -> Iterator[Finding]:
    if isinstance(rules.base, ByCategory):
        known = set(session.scalars(select(Product.category).distinct()))
        for name in sorted(set(rules.base.rates) - known):
            yield Finding(f"No product of the catalogue has the category “{name}”. {SPELLING}")
        for name in sorted(known - set(rules.base.rates) - {""}):
            yield Finding(f"Products of the category “{name}” earn nothing: it has no rate.")
    if isinstance(rules.base, ByDealType):
        types = {kind.value for kind in DealType}
        for name in sorted(set(rules.base.rates) - types):
            yield Finding(f"No deal is of the type “{name}”. Known are {', '.join(sorted(types))}.")
    skus = {spiff.sku for spiff in rules.spiffs}
    for sku in sorted(
        skus - set(session.scalars(select(Product.sku).where(Product.sku.in_(skus))))
    ):
        yield Finding(f"The catalogue has no product {sku}, so its SPIFF is never paid. {SPELLING}")


SPELLING = "Check how it is written."


def _without_rates(session: Session, plan: Plan, today: date) -> Iterator[Finding]:
    """Currencies in which partners of the plan are paid."""
    paid_in = {plan.payout_currency} if plan.payout_currency else _currencies(session, plan, today)
    for currency in sorted(filter(None, paid_in)):
        try:
            catalog.rate_on(session, plan.currency, currency, today)
        except Refused as refusal:
            yield Finding(f"Partners on this plan are paid in {currency}. {refusal}")


def _currencies(session: Session, plan: Plan, today: date) -> set[str]:
    return set(
        session.scalars(
            select(Partner.currency).where(_on_the_plan(session, plan, today)).distinct()
        )
    )


def _on_the_plan(session: Session, plan: Plan, today: date) -> Any:
    """Active partners that one of the plan's assignments names, whichever decides for them."""
    named = session.execute(
        select(
            PlanAssignment.partner_id,
            PlanAssignment.tier,
            PlanAssignment.role,
            PlanAssignment.country,
        )
        .where(PlanAssignment.plan_id == plan.id)
        .where(or_(PlanAssignment.to_on.is_(None), PlanAssignment.to_on > today))
    ).all()
    columns = (Partner.id, Partner.tier, Partner.role, Partner.country)
    each = [
        and_(
            true(),
            *(
                column == wanted
                for column, wanted in zip(columns, row, strict=True)
                if wanted is not None
            ),
        )
        for row in named
    ]
    return and_(Partner.status == PartnerStatus.ACTIVE, or_(*each) if each else ~true())


def _looking_back(session: Session, plan: Plan, from_on: date, today: date) -> Iterator[Finding]:
    if from_on > today:
        return
    versions = select(PlanVersion.id).where(PlanVersion.plan_id == plan.id)
    rated = exists().where(
        CommissionLine.plan_version_id.in_(versions), CommissionLine.on >= from_on
    )
    if session.scalar(select(rated)):
        yield Finding(
            f"It begins in the past. What was rated since {_day(from_on)} keeps its lines; the "
            "open month can be rated again once this version is in force."
        )


def _nobody(session: Session, plan: Plan, today: date) -> Iterator[Finding]:
    anybody = select(Partner.id).where(_on_the_plan(session, plan, today)).limit(1)
    if session.scalar(anybody) is None:
        yield Finding("Nobody is on this plan yet. Assign it on the plan's page.")


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
