"""Deals by how they were decided, and by the size of who registered them: parts of a filter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased

from models.deals.decisions import DealDecision
from models.deals.states import RejectReason
from models.deals.tables import Deal
from models.partners import Partner, Tier


@dataclass(frozen=True, kw_only=True)
class Decided:
    """By a deal's latest decision that stands; every part that is said must hold."""

    since: datetime | None = None
    before: datetime | None = None
    verb: str | None = None
    by_id: UUID | None = None
    tier: Tier | None = None
    code: RejectReason | None = None
    is_late: bool | None = None
    had_conflict: bool | None = None

    def decisions(self) -> list[ColumnElement[bool]]:
        held: list[ColumnElement[bool]] = [DealDecision.counts.is_(True)]
        equal = {
            DealDecision.verb: self.verb,
            DealDecision.by_id: self.by_id,
            DealDecision.tier: self.tier,
            DealDecision.code: self.code,
            DealDecision.is_late: self.is_late,
            DealDecision.had_conflict: self.had_conflict,
        }
        held += [column == wanted for column, wanted in equal.items() if wanted is not None]
        if self.since is not None:
            held.append(DealDecision.at >= self.since)
        if self.before is not None:
            held.append(DealDecision.at < self.before)
        return held

    def criterion(self) -> ColumnElement[bool]:
        return Deal.id.in_(select(DealDecision.deal_id).where(*self.decisions()))


@dataclass(frozen=True, kw_only=True)
class PartnerSize:
    """Partners by how many deals they registered in a span of time: large from so many on."""

    large_from: int
    since: datetime
    before: datetime
    is_large: bool = True

    @classmethod
    def in_the_year(
        cls, before: datetime, *, large_from: int, is_large: bool = True
    ) -> PartnerSize:
        """By the 365 days before that instant."""
        since = before - timedelta(days=365)
        return cls(large_from=large_from, since=since, before=before, is_large=is_large)

    def large(self) -> Select:
        """The ids of the large ones: of each partner no more is read than makes it large."""
        registered = aliased(Deal, name="registered")
        last_needed = (
            select(registered.submitted_at)
            .where(
                registered.partner_id == Partner.id,
                registered.submitted_at >= self.since,
                registered.submitted_at < self.before,
            )
            .order_by(registered.submitted_at)
            .offset(self.large_from - 1)
            .limit(1)
        )
        return select(Partner.id).where(last_needed.scalar_subquery().is_not(None))

    def criterion(self) -> ColumnElement[bool]:
        of_large = Deal.partner_id.in_(self.large())
        return of_large if self.is_large else ~of_large
