"""What pages and releases ask about events and differences."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.payouts.provider.tables import Comparison, ProviderDifference, ProviderEvent


def open_differences(session: Session) -> list[ProviderDifference]:
    """Not explained yet, oldest first."""
    asked = select(ProviderDifference).where(ProviderDifference.resolved_at.is_(None))
    return list(session.scalars(asked.order_by(ProviderDifference.happened_at)))


def last_comparison(session: Session) -> Comparison | None:
    """None when the books were never compared."""
    asked = select(Comparison).order_by(Comparison.made_at.desc(), Comparison.id.desc())
    return session.scalars(asked.limit(1)).first()


def events() -> Select:
    """Everything that Stripe has told."""
    return select(
        ProviderEvent.id,
        ProviderEvent.event_id,
        ProviderEvent.kind,
        ProviderEvent.about_id,
        ProviderEvent.account,
        ProviderEvent.happened_at,
        ProviderEvent.received_at,
        ProviderEvent.handled_at,
        ProviderEvent.outcome,
    )
