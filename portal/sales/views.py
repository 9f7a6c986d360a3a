"""Pages about sales, all of them; importing each module hangs its pages on the blueprint."""

from portal.sales import importing, invoicing, paying, showing
from portal.sales.blueprint import pages

__all__ = ["importing", "invoicing", "pages", "paying", "showing"]
