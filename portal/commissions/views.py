"""Pages about commissions.  Each group stands in its own file."""

from portal.commissions import lines, months, plans, statements
from portal.commissions.blueprint import pages

GROUPS = (lines, statements, months, plans)

__all__ = ["GROUPS", "pages"]
