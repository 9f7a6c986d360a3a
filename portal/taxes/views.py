"""Pages about taxes.  Each group stands in its own file."""

from portal.taxes import finance, own
from portal.taxes.blueprint import pages

GROUPS = (finance, own)

__all__ = ["GROUPS", "pages"]
