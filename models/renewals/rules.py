"""When a renewal is proposed.  Pure."""

from __future__ import annotations

from datetime import date

DAYS_BEFORE = (120, 90, 60, 30)


def step_on(today: date, renews_on: date) -> int | None:
    """The last proposal that is due by now, in days before; None when it is too early or over.

    Whoever comes late, as after a long stop of the worker, proposes once and not four times.
    """
    left = (renews_on - today).days
    if left < 0:
        return None
    return min((days for days in DAYS_BEFORE if left <= days), default=None)
