"""Many deals at once: lists, counts, the queue, the pipeline.  Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Subquery,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from models.calendars import month_of
from models.catalog import ProductFamily
from models.deals.judged import Decided, PartnerSize
from models.deals.projects import collides_with
from models.deals.states import OPEN, DealStatus, ForecastCategory, Stage
from models.deals.tables import Deal, DealMatch
from models.deals.turns import Asked
from models.money import rounded
from models.partners import Partner
from models.vendor import Vendor

KEPT = 64
"""Questions that are kept as they were built: building one costs more than asking it."""


@dataclass(frozen=True, kw_only=True)
class DealFilter:
    """Which deals; every part that is said must hold."""

    statuses: tuple[DealStatus, ...] = ()
    text: str = ""
    """Part of the customer's name, or the deal's number."""
    partner_id: UUID | None = None
    family_id: UUID | None = None
    channel_manager_id: UUID | None = None
    sales_manager_id: UUID | None = None
    decide_before: datetime | None = None
    asked_of: Asked | None = None
    """Only what waits for this person to decide."""
    ids: tuple[UUID, ...] | None = None
    """Only these; None: whichever."""
    decided: Decided | None = None
    size: PartnerSize | None = None
    submitted_from: datetime | None = None
    submitted_before: datetime | None = None
    currency: str = ""
    drafts: bool = True
    """Whether what was never submitted is among them: at the vendor nobody sees it."""

    def criteria(self) -> list[ColumnElement[bool]]:
        equal = {
            Deal.partner_id: self.partner_id,
            Deal.family_id: self.family_id,
            Deal.channel_manager_id: self.channel_manager_id,
            Deal.sales_manager_id: self.sales_manager_id,
        }
        held = [column == wanted for column, wanted in equal.items() if wanted is not None]
        if self.ids is not None:
            held.append(Deal.id.in_(self.ids))
        if self.statuses:
            held.append(Deal.status.in_(self.statuses))
        if self.asked_of is not None:
            held.append(self.asked_of.criterion())
        never_submitted = {DealStatus.DRAFT, DealStatus.WITHDRAWN}
        if not self.drafts and never_submitted.intersection(self.statuses or DealStatus):
            held.append(or_(Deal.submitted_at.is_not(None), Deal.status.not_in(never_submitted)))
        held += [part.criterion() for part in (self.decided, self.size) if part is not None]
        if self.currency:
            held.append(Deal.value_currency == self.currency)  # type: ignore[attr-defined]
        if self.submitted_from is not None:
            held.append(Deal.submitted_at >= self.submitted_from)
        if self.submitted_before is not None:
            held.append(Deal.submitted_at < self.submitted_before)
        if self.text:
            held.append(
                or_(
                    Deal.customer_name.icontains(self.text, autoescape=True),
                    Deal.number == self.text.upper(),
                )
            )
        if self.decide_before is not None:
            held.append(Deal.decide_by < self.decide_before)
            held.append(Deal.status == DealStatus.SUBMITTED)
        return held


@lru_cache(maxsize=KEPT)
def listed(wanted: DealFilter) -> Select:
    """The columns of a list of deals; the caller orders and pages."""
    return (
        select(
            Deal.id,
            Deal.number,
            Deal.status,
            Deal.kind,
            Deal.stage,
            Deal.forecast_category,
            Deal.customer_name,
            Deal.customer_country,
            Deal.value,
            Deal.expected_close_on,
            Deal.submitted_at,
            Deal.updated_at,
            Deal.decide_by,
            Deal.protected_through,
            Deal.won_on,
            Deal.partner_id,
            Deal.registered_by_id,
            Partner.name.label("partner"),
            Partner.tier,
            ProductFamily.name.label("family"),
        )
        .join(Partner, Partner.id == Deal.partner_id)
        .outerjoin(ProductFamily, ProductFamily.id == Deal.family_id)
        .where(*wanted.criteria())
    )


def counts(session: Session, wanted: DealFilter, *, up_to: int) -> dict[DealStatus, int]:
    """How many deals are in each state, whatever states the filter names.

    Exact up to `up_to`, and `up_to` + 1 for more: nobody waits for a count nobody reads.
    """
    row = session.execute(_counting(wanted, up_to)).first()
    return {status: count for status, count in zip(DealStatus, row or (), strict=False) if count}


@lru_cache(maxsize=KEPT)
def _counting(wanted: DealFilter, up_to: int) -> Select:
    """One row with a count for each state: nothing is put in order or into groups."""
    some = (aliased(Deal, _some(wanted, (status,), up_to)) for status in DealStatus)
    counted = (select(func.count(each.status)).scalar_subquery() for each in some)
    return select(*counted).select_from(Vendor).limit(1)


def how_many(session: Session, wanted: DealFilter, *, up_to: int) -> int:
    """Exact up to `up_to`, and `up_to` + 1 for more."""
    some = aliased(Deal, _some(wanted, wanted.statuses, up_to))
    return session.scalar(select(func.count(some.status))) or 0


def _some(wanted: DealFilter, statuses: tuple[DealStatus, ...], up_to: int) -> Subquery:
    held = replace(wanted, statuses=statuses)
    columns = (Deal.partner_id, Deal.status)  # both stand in the index: no row is looked at
    return select(*columns).where(*held.criteria()).limit(up_to + 1).subquery()


def waiting(wanted: DealFilter) -> Select:
    """The queue: deals that wait for a decision, the most overdue first."""
    other = aliased(Deal)
    is_registered = (
        select(other.id)
        .where(
            other.customer_id == DealMatch.customer_id,
            other.partner_id != Deal.partner_id,
            other.status.in_(OPEN),
        )
        .correlate(Deal, DealMatch)
        .exists()
    )
    likely = (
        select(func.max(DealMatch.score_percent))
        .where(
            DealMatch.deal_id == Deal.id,
            DealMatch.cleared_at.is_(None),
            DealMatch.customer_id != Deal.customer_id,
            is_registered,
        )
        .scalar_subquery()
    )
    return (
        listed(wanted)
        .add_columns(
            _has_rivals().label("rivals"),
            likely.label("likely"),
        )
        .order_by(Deal.decide_by, Deal.id)
    )


def _has_rivals() -> ColumnElement[bool]:
    """Whether another partner has a live registration of the same customer, family, project."""
    other = aliased(Deal)
    return (
        select(other.id)
        .where(
            other.customer_id == Deal.customer_id,
            other.family_id == Deal.family_id,
            other.partner_id != Deal.partner_id,
            collides_with(other.project_key, Deal.project_key),
            other.status.in_(OPEN),
        )
        .correlate(Deal)
        .exists()
    )


def overdue(
    session: Session,
    *,
    now: datetime,
    channel_manager_id: UUID | None = None,
    asked_of: Asked | None = None,
) -> int:
    """How many decisions are late."""
    wanted = DealFilter(decide_before=now, channel_manager_id=channel_manager_id, asked_of=asked_of)
    return session.scalar(select(func.count(Deal.id)).where(*wanted.criteria())) or 0


@dataclass(frozen=True)
class Slice:
    """A part of the open business: one stage, month, forecast category and currency."""

    stage: Stage
    month: str
    """Of the expected close, such as "2026-12"; what is late counts in the first month."""
    category: ForecastCategory
    currency: str
    minor: int
    count: int

    @property
    def weighted_minor(self) -> int:
        return rounded(self.minor * self.stage.probability)


def board(session: Session, wanted: DealFilter, *, from_on: date) -> list[Slice]:
    """Open business with its sums; the smallest parts that a pipeline is drawn from."""
    held = replace(wanted, statuses=OPEN)
    currency_of, minor_of = Deal.value_currency, Deal.value_minor  # type: ignore[attr-defined]
    key = (Deal.stage, Deal.expected_close_on, Deal.forecast_category, currency_of)
    sums: dict[tuple[Stage, str, ForecastCategory, str], list[int]] = {}
    for stage, close_on, category, currency, minor, count in session.execute(
        select(*key, func.sum(minor_of), func.count()).where(*held.criteria()).group_by(*key)
    ):
        month = month_of(max(close_on or from_on, from_on))
        total = sums.setdefault((stage, month, category, currency), [0, 0])
        total[0] += int(minor)
        total[1] += count
    return [Slice(*key, *total) for key, total in sorted(sums.items())]


def won_between(session: Session, first: date, last: date) -> Sequence[Row]:
    """id, partner_id, value, won_at of every deal won on these days, both inclusive."""
    return session.execute(
        select(Deal.id, Deal.partner_id, Deal.value, Deal.won_at)
        .where(Deal.status == DealStatus.WON, Deal.won_on >= first, Deal.won_on <= last)
        .order_by(Deal.won_at, Deal.id)
    ).all()
