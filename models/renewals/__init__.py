"""Renewals: whoever won a deal is asked in time to register its renewal.

120, 90, 60 and 30 days before the renewal date, each once, until a renewal is registered.
"""

from models.renewals.operations import begin, propose_due
from models.renewals.queries import RenewalFilter, due, renewal_begun, renewal_registered
from models.renewals.rules import DAYS_BEFORE, step_on
from models.renewals.tables import Renewal, RenewalProposal

__all__ = [
    "DAYS_BEFORE",
    "Renewal",
    "RenewalFilter",
    "RenewalProposal",
    "begin",
    "due",
    "propose_due",
    "renewal_begun",
    "renewal_registered",
    "step_on",
]
