"""Applications: companies that want to become partners, and what we answered.

received -> under review -> accepted (a partner in onboarding, its administrator invited)
                         -> declined
"""

from models.applications.operations import accept, ask, begin_review, decline, submit
from models.applications.queries import Filter, counted, listed, lookalikes, timeline
from models.applications.rules import APPLICATION_MOVES, ApplicationStatus, Enquiry
from models.applications.tables import Application, ApplicationEvent

__all__ = [
    "APPLICATION_MOVES",
    "Application",
    "ApplicationEvent",
    "ApplicationStatus",
    "Enquiry",
    "Filter",
    "accept",
    "ask",
    "begin_review",
    "counted",
    "decline",
    "listed",
    "lookalikes",
    "submit",
    "timeline",
]
