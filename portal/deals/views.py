"""Pages about deals, all of them; importing each module hangs its pages on the blueprint."""

from portal.deals import (
    attaching,
    deciding,
    explaining,
    following,
    listing,
    registering,
    renewing,
    sharing,
    showing,
    winning,
)
from portal.deals.blueprint import pages

__all__ = [
    "attaching",
    "deciding",
    "explaining",
    "following",
    "listing",
    "pages",
    "registering",
    "renewing",
    "sharing",
    "showing",
    "winning",
]
