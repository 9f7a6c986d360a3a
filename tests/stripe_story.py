"""The stand-in for Stripe as tests use it: a client of the real SDK, and ready accounts."""

from collections.abc import Iterator
from contextlib import contextmanager

import stripe

from tests.stripe_standin import StandIn, World

VERSION = "2026-10-28.endive"
KEY = "sk_test_of_the_tests"


@contextmanager
def standin(now) -> Iterator[StandIn]:
    """Funded with a million euros; what the stand-in itself did wrong fails the test."""
    with StandIn(World(now), timeout_seconds=0.5) as served:
        served.world.fund("eur", 1_000_000_00)
        yield served
    assert served.world.mistakes == []


def sdk(served: StandIn) -> stripe.StripeClient:
    stripe.enable_telemetry = False
    return stripe.StripeClient(
        KEY,
        base_addresses={"api": served.url},
        stripe_version=VERSION,
        http_client=stripe.RequestsClient(timeout=(1, 0.3)),
        max_network_retries=0,
    )
