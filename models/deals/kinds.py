"""The types of registrations: what each asks for, and how much that may be.  Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from models.deals.states import DealType

MOST_REQUIRED = 9
"""A partner gives no more than that before it is protected."""


class Ask(StrEnum):
    """How a type of registration treats one field."""

    HIDDEN = "hidden"
    OPTIONAL = "optional"
    REQUIRED = "required"

    @property
    def words(self) -> str:
        return {"hidden": "Not asked", "optional": "May be left empty"}.get(self, "Required")


ALWAYS = ("customer_name", "customer_country", "lines", "expected_close_on")
"""What no registration can do without."""
ALWAYS_TYPED = 5
"""How many fields of the form that takes: of each product there are two."""

CHOOSABLE = {
    "problem": "Problem to be solved",
    "contact_name": "Contact at the customer",
    "contact_email": "The contact's e-mail address",
    "contact_title": "The contact's role",
    "contact_phone": "The contact's phone",
    "competitors": "Competitors",
    "project": "Project",
    "previous_order": "Earlier order or contract",
    "previous_ends_on": "End of the earlier contract",
    "tender_number": "Number of the tender",
    "tender_published_on": "Publication of the tender",
    "replaces": "Competitor that is replaced",
    "replace_reason": "Why it is replaced",
}
"""The fields that the programme may require, show or leave out, by type."""

NEEDED = {DealType.RFP: ("tender_published_on",)}
"""What a rule of the programme asks about: it is always required."""

REQUIRED_WORDS = {
    "customer_name": "Enter the customer's name.",
    "customer_country": "Choose the customer's country.",
    "lines": "Add at least one product with its quantity and price.",
    "expected_close_on": "Enter the day on which you expect the order.",
    "problem": "Describe the problem that the customer wants solved.",
    "contact_name": "Enter the name of your contact at the customer.",
    "contact_email": "Enter the e-mail address of your contact at the customer.",
    "contact_title": "Enter what your contact does at the customer.",
    "contact_phone": "Enter the phone number of your contact at the customer.",
    "competitors": "Enter who else offers to the customer, or “none known”.",
    "project": "Enter what the customer calls the project.",
    "previous_order": "Enter the number of the earlier order or contract.",
    "previous_ends_on": "Enter the last day of the contract that is renewed.",
    "tender_number": "Enter the number or title of the tender.",
    "tender_published_on": "Enter the day on which the tender is, or will be, published.",
    "replaces": "Enter whose product is taken out.",
    "replace_reason": "Say why the customer replaces it.",
}


@dataclass(frozen=True)
class TypeRules:
    """What one type of registration asks for.  guidance: what the partner reads above it."""

    kind: DealType
    is_offered: bool
    asks: Mapping[str, Ask]
    guidance: str

    @property
    def required(self) -> tuple[str, ...]:
        return (*ALWAYS, *(name for name in CHOOSABLE if self.asks[name] is Ask.REQUIRED))

    @property
    def shown(self) -> frozenset[str]:
        return frozenset(name for name in CHOOSABLE if self.asks[name] is not Ask.HIDDEN)

    @property
    def required_count(self) -> int:
        """How many fields of the form must be filled in."""
        return len(self.required) - len(ALWAYS) + ALWAYS_TYPED


def _usual(kind: DealType, required: str, optional: str, guidance: str) -> TypeRules:
    asks = dict.fromkeys(CHOOSABLE, Ask.HIDDEN)
    asks |= dict.fromkeys(optional.split(), Ask.OPTIONAL)
    asks |= dict.fromkeys(required.split(), Ask.REQUIRED)
    return TypeRules(kind, True, asks, guidance)


CONTACT = "contact_name contact_email"
MORE = "contact_title contact_phone project competitors"
USUAL = {
    rules.kind: rules
    for rules in (
        _usual(
            DealType.NEW_BUSINESS,
            f"problem {CONTACT}",
            MORE,
            "A customer that does not buy this product family from us yet.",
        ),
        _usual(
            DealType.RENEWAL,
            f"previous_order previous_ends_on {CONTACT}",
            f"problem {MORE}",
            "A contract that ends. Whoever holds it is told, may comment, and goes first.",
        ),
        _usual(
            DealType.EXPANSION,
            f"problem previous_order {CONTACT}",
            MORE,
            "More of the same for a customer that has ordered before.",
        ),
        _usual(
            DealType.RFP,
            f"tender_number tender_published_on {CONTACT}",
            f"problem {MORE}",
            "A public tender, registered before it is published.",
        ),
        _usual(
            DealType.TAKE_OUT,
            f"replaces replace_reason {CONTACT}",
            f"problem {MORE}",
            "A customer that leaves a competitor's product for ours.",
        ),
    )
}
"""What each type asks for until the programme says otherwise."""
