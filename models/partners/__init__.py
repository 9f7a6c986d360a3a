"""Partners: the companies that sell for us, and the tier each has earned.

onboarding -> active -> suspended -> active …, and ended for good

Activation needs a complete checklist.  A reseller buys through one distributor at a time.
"""

from models.partners.endings import PartnerEnding, ending_of
from models.partners.leaving import end
from models.partners.operations import (
    activate,
    create,
    edit_profile,
    edit_terms,
    invite_administrator,
    record_agreement,
    resume,
    suspend,
)
from models.partners.parents import buy_through, may_buy_through
from models.partners.payment import confirm_destination, pay_by_hand, pay_to_account
from models.partners.profiles import Profile
from models.partners.queries import (
    Filter,
    counted,
    distributor_named,
    distributors,
    listed,
    namesakes,
    parent_on,
    parents_of,
    resellers_of,
    standing_of,
)
from models.partners.rules import (
    PARTNER_MOVES,
    PartnerRole,
    PartnerStatus,
    Tier,
    checklist,
    must_be_active,
)
from models.partners.tables import Partner, PartnerParent
from models.partners.terms import PartnerTerms

__all__ = [
    "PARTNER_MOVES",
    "Filter",
    "Partner",
    "PartnerEnding",
    "PartnerParent",
    "PartnerRole",
    "PartnerStatus",
    "PartnerTerms",
    "Profile",
    "Tier",
    "activate",
    "buy_through",
    "checklist",
    "confirm_destination",
    "counted",
    "create",
    "distributor_named",
    "distributors",
    "edit_profile",
    "edit_terms",
    "end",
    "ending_of",
    "invite_administrator",
    "listed",
    "may_buy_through",
    "must_be_active",
    "namesakes",
    "parent_on",
    "parents_of",
    "pay_by_hand",
    "pay_to_account",
    "record_agreement",
    "resellers_of",
    "resume",
    "standing_of",
    "suspend",
]
