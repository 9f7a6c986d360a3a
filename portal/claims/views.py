"""The pages of claims."""

from portal.claims import answering, deciding, drawing, keeping, listing, looking, mapping, showing
from portal.claims.blueprint import pages

__all__ = [
    "answering", "deciding", "drawing", "keeping", "listing", "looking", "mapping", "pages",
    "showing",
]  # fmt: skip
