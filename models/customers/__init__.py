"""Customers: the end customers that partners sell to, one record each, and who is who.

Two spellings of a company are one customer when a strong number, the web domain or the
core of the name says so; what only looks alike goes to a person.
"""

from models.customers.identifiers import country_code, registrable_domain
from models.customers.legal_forms import word_list

__all__ = ["country_code", "registrable_domain", "word_list"]
