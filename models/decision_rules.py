"""What the programme promises about decisions: columns of the vendor's row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column


class DecisionRules:
    """How fast, by whom, for how long: every number that a partner can rely on."""

    decision_business_days: Mapped[int]

    decision_days_by_tier: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Business days by tier; a tier that is absent has those of the programme."""
    clock_warn_percent: Mapped[int] = mapped_column(default=75)
    """Of the clock, after which the deal's managers are reminded."""
    clock_escalate_percent: Mapped[int] = mapped_column(default=150)
    """Of the clock, after which the next manager is called; at 100 the deal's own are."""
    holiday_subdivision: Mapped[str] = mapped_column(String(6), default="")
    """ISO 3166-2 without the country, such as BY: whose public holidays are free too."""
    closed_days: Mapped[list[Any] | None] = mapped_column(JSON)
    """Further days on which nobody decides, as ISO dates."""
    appeal_business_days: Mapped[int] = mapped_column(default=10)
    material_change_percent: Mapped[int] = mapped_column(default=25)
    """A change of an approved deal's value by more than this needs another approval."""
    stale_days: Mapped[int] = mapped_column(default=30)
    """So long without a word from its partner, and an approved deal is warned."""
    stale_grace_days: Mapped[int] = mapped_column(default=14)
    """So long after the warning it may be revoked."""
    participants_may_approve: Mapped[bool] = mapped_column(default=True)
    """Whether staff who take part in a deal may approve it."""

    def decision_days(self, tier: str) -> int:
        """In how many business days a partner of that tier is answered."""
        by_tier: Mapping[str, int] = self.decision_days_by_tier or {}
        return by_tier.get(tier) or self.decision_business_days

    @property
    def free_days(self) -> frozenset[date]:
        return frozenset(date.fromisoformat(day) for day in self.closed_days or ())
