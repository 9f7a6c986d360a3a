"""A stand-in for Stripe: a stateful HTTP server that the real SDK talks to, for tests only.

    with StandIn() as stripe:                 # stripe.url goes into STRIPE_API_BASE
        stripe.world.fund("eur", 1_000_00)
        account = stripe.world.active_account()
        stripe.faults.add(Kind.DROP_AFTER, "POST", "/v1/transfers", call=2)

It refuses what the installed SDK does not know, and answers 501 to what it does not simulate:
never a false 200.  A further resource is one module in `resources/` with functions marked
`@answers(method, path)`, named in `resources/__init__.py`.
"""

from tests.stripe_standin.faults import Faults, Kind
from tests.stripe_standin.server import StandIn
from tests.stripe_standin.webhooks import Webhooks
from tests.stripe_standin.world import World

__all__ = ["Faults", "Kind", "StandIn", "Webhooks", "World"]
