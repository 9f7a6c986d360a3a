"""Customers: the end customers that partners sell to, one record each, and who is who.

Two spellings of a company are one customer when a strong number, the web domain or the
core of the name says so; what only looks alike goes to a person.

    recognise(details) -> the customer they are of, added when it is new, and its look-alikes
    link(partner, customer) -> the partner may see the record
    merge(survivor, merged) -> two records are one from now on; undo(merge) takes it back
"""

from models.customers.duplicates import Pair, possible_duplicates
from models.customers.identifiers import country_code, registrable_domain
from models.customers.industries import industry_fault, industry_name
from models.customers.legal_forms import word_list
from models.customers.merging import (
    Pointing,
    hold,
    hold_survivor,
    merge,
    merges_of,
    preview,
    set_apart,
    undo,
)
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
from models.customers.queries import (
    Match,
    called_like,
    how_many,
    listed,
    matches_of,
    named,
    survivor_of,
)
from models.customers.rules import Company, CustomerKind, Finding, Verdict, compare
from models.customers.tables import Customer, CustomerLink, CustomerMerge

__all__ = [
    "Company",
    "Customer",
    "CustomerDetails",
    "CustomerKind",
    "CustomerLink",
    "CustomerMerge",
    "Finding",
    "Match",
    "Pair",
    "Pointing",
    "Recognition",
    "Verdict",
    "add",
    "add_many",
    "called_like",
    "compare",
    "core_name",
    "correct",
    "country_code",
    "hold",
    "hold_survivor",
    "how_many",
    "industry_fault",
    "industry_name",
    "link",
    "listed",
    "matches_of",
    "merge",
    "merges_of",
    "named",
    "possible_duplicates",
    "preview",
    "recognise",
    "registrable_domain",
    "set_apart",
    "survivor_of",
    "undo",
    "word_list",
]
