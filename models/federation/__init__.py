"""Federation: people come in through their own company's identity provider.

A provider belongs to the vendor's staff or to one partner, by verified mail domains.  Who
comes for the first time is taken in with the least role, or the one its group maps to.
"""

from models.federation.operations import (
    Told,
    add_domain,
    arrange,
    come_in,
    follow_groups,
    forget,
    prove,
    remove_domain,
    shut,
)
from models.federation.queries import comes_from_outside, listed, must_use_provider, provider_for
from models.federation.rules import LEAST, mappable
from models.federation.tables import IdentityProvider, OutsideLogin, ProviderDomain

__all__ = [
    "LEAST",
    "IdentityProvider",
    "OutsideLogin",
    "ProviderDomain",
    "Told",
    "add_domain",
    "arrange",
    "come_in",
    "comes_from_outside",
    "follow_groups",
    "forget",
    "listed",
    "mappable",
    "must_use_provider",
    "prove",
    "provider_for",
    "remove_domain",
    "shut",
]
