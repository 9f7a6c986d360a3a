"""Pages about commissions.  Each group stands in its own file."""

from portal.commissions import drafting, lines, months, plan_importing, plans, statements
from portal.commissions.blueprint import pages

GROUPS = (lines, statements, months, plans, drafting, plan_importing)

__all__ = ["GROUPS", "pages"]
