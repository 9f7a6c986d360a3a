"""Customers: the end customers that partners sell to, one record each, and who is who.

Two spellings of a company are one customer when a strong number, the web domain or the
core of the name says so; what only looks alike goes to a person.

    recognise(details) -> the customer they are of, added when it is new, and its look-alikes
    link(partner, customer) -> the partner may see the record
"""

from models.customers.identifiers import country_code, registrable_domain
from models.customers.industries import industry_fault, industry_name
from models.customers.legal_forms import word_list
from models.customers.names import core_name
from models.customers.operations import (
    CustomerDetails,
    Recognition,
    add,
    add_many,
    correct,
    link,
    recognise,
)
from models.customers.queries import Match, how_many, listed, matches_of
from models.customers.rules import Company, CustomerKind, Finding, Verdict, compare
from models.customers.tables import Customer, CustomerLink

__all__ = [
    "Company",
    "Customer",
    "CustomerDetails",
    "CustomerKind",
    "CustomerLink",
    "Finding",
    "Match",
    "Recognition",
    "Verdict",
    "add",
    "add_many",
    "compare",
    "core_name",
    "correct",
    "country_code",
    "how_many",
    "industry_fault",
    "industry_name",
    "link",
    "listed",
    "matches_of",
    "recognise",
    "registrable_domain",
    "word_list",
]
