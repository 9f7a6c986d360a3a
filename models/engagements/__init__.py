"""Engagements: where the vendor's own sales people are at work, because it is bound too.

A touch is a call, a visit, a mail, a quote or a direct opportunity of the vendor's own
people at a customer for a product family.  `engaged` says whether they are at work there.
What a touch means for a partner that is protected there is told by `models.deals`.
"""

from models.engagements.operations import Recorded, close, record
from models.engagements.queries import (
    TouchFilter,
    engaged,
    engaged_among,
    how_many,
    listed,
    of_customer,
    open_direct,
)
from models.engagements.rules import ENGAGED_DAYS, TouchDetails, TouchKind, told
from models.engagements.tables import Touch

__all__ = [
    "ENGAGED_DAYS",
    "Recorded",
    "Touch",
    "TouchDetails",
    "TouchFilter",
    "TouchKind",
    "close",
    "engaged",
    "engaged_among",
    "how_many",
    "listed",
    "of_customer",
    "open_direct",
    "record",
    "told",
]
