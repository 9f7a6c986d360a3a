"""Forecasts: what comes through partners by category, how that changed, and what lies still.

The sales managers set a deal's category (commit, best case, pipeline); once a week all of it
is kept as it stands, and each of them gets a letter about it.
"""

from models.forecasts.operations import take_snapshot, weekly
from models.forecasts.queries import (
    QUIET_DAYS,
    Coverage,
    Standing,
    by_partner,
    coverage,
    history,
    standing,
)
from models.forecasts.tables import ForecastSnapshot

__all__ = [
    "QUIET_DAYS",
    "Coverage",
    "ForecastSnapshot",
    "Standing",
    "by_partner",
    "coverage",
    "history",
    "standing",
    "take_snapshot",
    "weekly",
]
