"""Pages about commissions.  Each group stands in its own file."""

from portal.commissions import (
    adjusting,
    closing,
    designing,
    dispute_pages,
    disputes,
    drafting,
    lines,
    missing,
    months,
    plan_importing,
    plans,
    rerating,
    settling,
    simulating,
    statements,
    taken_back,
    what_if,
)
from portal.commissions.blueprint import pages

GROUPS = (
    lines,
    statements,
    disputes,
    dispute_pages,
    missing,
    months,
    closing,
    plans,
    drafting,
    plan_importing,
    taken_back,
    what_if,
    designing,
    simulating,
    adjusting,
    rerating,
    settling,
)

__all__ = ["GROUPS", "pages"]
