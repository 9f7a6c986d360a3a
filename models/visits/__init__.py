"""Visits: the vendor's administrator looks at the portal through somebody else's eyes.

begun, for a reason -> over after half an hour at the latest; the partner sees that it was
"""

from models.visits.operations import begin, end
from models.visits.queries import listed
from models.visits.tables import LONGEST, Visit

__all__ = ["LONGEST", "Visit", "begin", "end", "listed"]
