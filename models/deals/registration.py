"""What a partner writes to register a deal, and when it is complete.  Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from models.deals.kinds import CHOOSABLE, REQUIRED_WORDS, USUAL, TypeRules
from models.deals.states import DealType


@dataclass(frozen=True)
class Line:
    """One product of a registration; unit_minor in the deal's currency."""

    product_id: UUID
    quantity: int
    unit_minor: int

    @property
    def amount_minor(self) -> int:
        return self.quantity * self.unit_minor


@dataclass(frozen=True, kw_only=True)
class Registration:
    """What a partner writes about an opportunity; a draft may lack anything."""

    kind: DealType = DealType.NEW_BUSINESS
    customer_name: str = ""
    customer_domain: str = ""
    customer_country: str = ""
    customer_subdivision: str = ""
    customer_postal_code: str = ""
    customer_town: str = ""
    customer_vat_id: str = ""
    came_unasked: bool = False
    expected_close_on: date | None = None
    problem: str = ""
    competitors: str = ""
    contact_name: str = ""
    contact_title: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    project: str = ""
    tender_number: str = ""
    tender_published_on: date | None = None
    previous_order: str = ""
    previous_ends_on: date | None = None
    replaces: str = ""
    replace_reason: str = ""
    lines: tuple[Line, ...] = ()

    @property
    def value_minor(self) -> int:
        return sum(line.amount_minor for line in self.lines)


class Question(StrEnum):
    """What a manager may ask about; only the fields behind it open again."""

    CUSTOMER = "customer"
    PRODUCTS = "products"
    CLOSE = "expected_close"
    PROBLEM = "problem"
    COMPETITORS = "competitors"
    PROJECT = "project"
    PARTICULARS = "particulars"
    FILES = "files"
    CONTACT = "contact"

    @property
    def words(self) -> str:
        return QUESTION_WORDS[self]


QUESTION_WORDS = {
    Question.CUSTOMER: "Customer",
    Question.PRODUCTS: "Products, quantities and prices",
    Question.CLOSE: "Expected close",
    Question.PROBLEM: "Problem to be solved",
    Question.COMPETITORS: "Kind of deal and competitors",
    Question.PROJECT: "Project",
    Question.PARTICULARS: "Tender, earlier order, or product replaced",
    Question.FILES: "Attachments",
    Question.CONTACT: "Contact at the customer",
}
BEHIND: dict[Question, tuple[str, ...]] = {
    Question.FILES: (),
    Question.PRODUCTS: ("lines",),
    Question.CLOSE: ("expected_close_on",),
    Question.PROBLEM: ("problem",),
    Question.COMPETITORS: ("kind", "competitors"),
    Question.PROJECT: ("project",),
    Question.PARTICULARS: (
        "tender_number",
        "tender_published_on",
        "previous_order",
        "previous_ends_on",
        "replaces",
        "replace_reason",
    ),
    Question.CONTACT: ("contact_name", "contact_title", "contact_email", "contact_phone"),
}
REGISTRATION_FIELDS = tuple(field.name for field in fields(Registration))
BEHIND[Question.CUSTOMER] = (
    *(f for f in REGISTRATION_FIELDS if f.startswith("customer_")),
    "came_unasked",
)

PROBLEM_CHARACTERS = 50


def fields_open(questions: Iterable[Question]) -> set[str]:
    return {name for question in questions for name in BEHIND[question]}


def changed(before: Registration, after: Registration) -> set[str]:
    return {f for f in REGISTRATION_FIELDS if getattr(before, f) != getattr(after, f)}


def fitting(registration: Registration, rules: TypeRules) -> Registration:
    """The registration without what its type does not ask for."""
    usual = Registration()
    hidden = {name: getattr(usual, name) for name in CHOOSABLE if name not in rules.shown}
    return replace(registration, **hidden)


def what_is_missing(
    registration: Registration, *, today: date, rules: TypeRules | None = None
) -> dict[str, str]:
    """What a complete submission still lacks: field to a sentence that says how to mend it.

    rules: of the registration's type; the usual ones when none are given.
    """
    required = (rules or USUAL[registration.kind]).required
    missing = {
        field: REQUIRED_WORDS[field] for field in required if not getattr(registration, field)
    }
    written = len(registration.problem.strip())
    if "problem" in required and 0 < written < PROBLEM_CHARACTERS:
        short = PROBLEM_CHARACTERS - written
        missing["problem"] = (
            f"Say a little more about the problem: at least {PROBLEM_CHARACTERS} characters, "
            f"{short} to go."
        )
    email = registration.contact_email
    if email and "@" not in email.strip("@"):
        missing["contact_email"] = "Enter an e-mail address such as name@company.com."
    if registration.expected_close_on and registration.expected_close_on < today:
        missing["expected_close_on"] = "Enter an expected close that is today or later."
    if any(line.quantity < 1 for line in registration.lines):
        missing["lines"] = "Enter a quantity of at least 1 for each product."
    elif registration.lines and registration.value_minor <= 0:
        missing["lines"] = "Enter the price of at least one product."
    return missing
