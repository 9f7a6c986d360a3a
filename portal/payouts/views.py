"""Pages about payouts.  Each group stands in its own file."""

from portal.payouts import (
    confirming,
    invoicing,
    leaving,
    reports,
    reviewing,
    runs,
    singles,
    stripe_desk,
    stripe_onboarding,
    stripe_pages,
    stripe_webhooks,
)
from portal.payouts.blueprint import pages

GROUPS = (
    confirming,
    invoicing,
    runs,
    reports,
    reviewing,
    singles,
    leaving,
    stripe_desk,
    stripe_onboarding,
    stripe_pages,
    stripe_webhooks,
)

__all__ = ["GROUPS", "pages"]
