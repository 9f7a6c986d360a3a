"""Partners: the companies that sell for us, and the tier each has earned."""

from models.partners.queries import parent_on, resellers_of
from models.partners.rules import PartnerRole, PartnerStatus, Tier
from models.partners.tables import Partner, PartnerParent

__all__ = [
    "Partner",
    "PartnerParent",
    "PartnerRole",
    "PartnerStatus",
    "Tier",
    "parent_on",
    "resellers_of",
]
