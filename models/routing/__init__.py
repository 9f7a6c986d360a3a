"""Routing as people live with it: what came to whom and why, and who takes over a leaver's work.

Who gets what is decided by `models.territories`; here it is asked about across all features,
and given to somebody else when a manager leaves.
"""

from models.routing.operations import Handed, hand_work_over
from models.routing.queries import KINDS, RoutedFilter, how_many, one, routed, work_of

__all__ = [
    "KINDS",
    "Handed",
    "RoutedFilter",
    "hand_work_over",
    "how_many",
    "one",
    "routed",
    "work_of",
]
