"""Every page of conflict cases; importing this hangs them up."""

from portal.conflicts import deciding, listing, own_side
from portal.conflicts.blueprint import pages

__all__ = ["deciding", "listing", "own_side", "pages"]
