"""Pages about deals, all of them; importing each module hangs its pages on the blueprint."""

from portal.deals import (
    attaching,
    batching,
    deciding,
    explaining,
    following,
    listing,
    prechecking,
    queue,
    registering,
    renewing,
    sharing,
    showing,
    together,
    winning,
)
from portal.deals.blueprint import pages

__all__ = [
    "attaching",
    "batching",
    "deciding",
    "explaining",
    "following",
    "listing",
    "pages",
    "prechecking",
    "queue",
    "registering",
    "renewing",
    "sharing",
    "showing",
    "together",
    "winning",
]
