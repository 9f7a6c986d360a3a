"""Pages about payouts.  Each group stands in its own file."""

from portal.payouts import leaving, reports, reviewing, runs, singles
from portal.payouts.blueprint import pages

GROUPS = (runs, reports, reviewing, singles, leaving)

__all__ = ["GROUPS", "pages"]
