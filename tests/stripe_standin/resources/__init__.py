"""What the stand-in simulates, a module a resource; naming it here puts it to work."""

from tests.stripe_standin.resources import (
    account_links,
    accounts,
    accounts_v2,
    balances,
    events,
    invoices,
    payouts,
    transfers,
)

__all__ = [
    "account_links",
    "accounts",
    "accounts_v2",
    "balances",
    "events",
    "invoices",
    "payouts",
    "transfers",
]
