"""Two deals side by side: what is equal, how alike the rest is, and what it means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from models import deals
from models.deals import Deal, DealStatus
from portal.formats import country, day, money

Line = tuple[str, Any, Any, str | None]


@dataclass(frozen=True)
class Comparison:
    """A deal of somebody else beside this one, for the panel and its buttons."""

    deal_id: UUID
    number: str
    title: str
    tone: str
    rows: list[Line]
    match_id: UUID | None
    """None where the customer is the very same: there is nothing to clear."""
    cleared: str | None
    """Who said that it is no duplicate, and why; None while it stands."""


def comparisons(deal: Deal, partner: str, family: str, found: Iterable[Row]) -> list[Comparison]:
    return [_comparison(deal, partner, family, other) for other in found]


def _comparison(deal: Deal, partner: str, family: str, other: Row) -> Comparison:
    is_cleared = other.cleared_at is not None
    title, tone = _title(deal, other)
    return Comparison(
        deal_id=other.id,
        number=other.number,
        title=title,
        tone=tone,
        rows=_rows(deal, partner, family, other),
        match_id=None if other.is_same_customer or is_cleared else other.match_id,
        cleared=f"{other.cleared_by_name}: {other.cleared_reason}" if is_cleared else None,
    )


def _title(deal: Deal, other: Row) -> tuple[str, str]:
    """In words first; the colour only repeats them."""
    if other.cleared_at is not None:
        return "Looked alike, is not a duplicate", "info"
    if other.family_id != deal.family_id:
        return "Same customer, another product family", "info"
    if not deals.collide(other.project_key, deal.project_key):
        return "Same customer, another project", "info"
    kind = "protected deal" if other.status is DealStatus.APPROVED else "waiting deal"
    if other.is_same_customer:
        return f"Same customer as a {kind}", "bad"
    return f"Likely duplicate of a {kind}", "bad" if other.status is DealStatus.APPROVED else "warn"


def _rows(deal: Deal, partner: str, family: str, other: Row) -> list[Line]:
    alike = "same" if other.is_same_customer else f"{other.score_percent}% alike"
    same_family = other.family_id == deal.family_id
    named = bool(deal.project or other.project)
    earlier = other.submitted_at and deal.submitted_at and other.submitted_at < deal.submitted_at
    return [
        ("Customer", deal.customer_name, other.customer, alike),
        _line("Web site", deal.customer_domain or None, other.customer_domain or None),
        _line("Country", country(deal.customer_country), country(other.customer_country)),
        ("Product", family, other.family, "same" if same_family else None),
        *([_line("Project", deal.project or None, other.project or None)] * named),
        ("Value", money(deal.value), money(other.value), None),
        ("Partner", partner, other.partner, None),
        ("State", deal.status.words, other.status.words, None),
        (
            "Submitted",
            day(deal.submitted_at),
            day(other.submitted_at),
            "first" if earlier else None,
        ),
        ("Protected through", None, day(other.protected_through) or None, None),
    ]


def _line(name: str, mine: str | None, theirs: str | None) -> Line:
    return (name, mine, theirs, "same" if mine and mine == theirs else None)
