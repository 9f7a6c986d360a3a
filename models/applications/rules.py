"""What is true of applications.  Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from models.moves import Moves
from models.partners import PartnerRole


class ApplicationStatus(StrEnum):
    RECEIVED = "received"
    UNDER_REVIEW = "under_review"
    ACCEPTED = "accepted"
    DECLINED = "declined"


APPLICATION_MOVES = Moves(
    "application",
    review={ApplicationStatus.RECEIVED: ApplicationStatus.UNDER_REVIEW},
    ask={ApplicationStatus.UNDER_REVIEW: ApplicationStatus.UNDER_REVIEW},
    accept={ApplicationStatus.UNDER_REVIEW: ApplicationStatus.ACCEPTED},
    decline={ApplicationStatus.UNDER_REVIEW: ApplicationStatus.DECLINED},
)


@dataclass(frozen=True, slots=True)
class Enquiry:
    """What an applicant says."""

    company: str
    role: PartnerRole
    country: str
    town: str
    domain: str
    contact_name: str
    contact_email: str
    contact_phone: str
    about: str
    """Whom they sell to, and why with us."""


def name_key(company: str) -> str:
    """Names with the same key look like one company: case, accents, signs and form aside."""
    plain = unicodedata.normalize("NFKD", company.casefold())
    words = re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c)))
    kept = [word for word in words if word not in LEGAL_FORMS] or words
    return " ".join(kept)


LEGAL_FORMS = frozenset(
    {"gmbh", "ag", "kg", "inc", "llc", "ltd", "limited", "co", "corp", "corporation", "company",
     "sa", "sas", "sarl", "bv", "nv", "srl", "spa", "pty", "plc", "ab", "as", "oy", "the"}
)  # fmt: skip
