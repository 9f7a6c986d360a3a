"""Pages about payouts.  Each group stands in its own file."""

from portal.payouts import runs, singles
from portal.payouts.blueprint import pages

GROUPS = (runs, singles)

__all__ = ["GROUPS", "pages"]
