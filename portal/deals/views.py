"""Pages about deals, all of them; importing each module hangs its pages on the blueprint."""

from portal.deals import deciding, following, listing, registering, showing
from portal.deals.blueprint import pages

__all__ = ["deciding", "following", "listing", "pages", "registering", "showing"]
