"""The pages of leads."""

from portal.leads import entering, offers
from portal.leads.blueprint import pages

__all__ = ["entering", "offers", "pages"]
