"""Payouts by Stripe as tests tell them: a run is released, the worker sends it, we look."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import stripe
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import payouts
from models.partners.destinations import DestinationKind, PayoutDestination
from models.payouts import Payout, PayoutRun
from models.payouts.queries import seen_of
from models.payouts.transfers import PayoutAttempt
from portal.payouts.stripe_connection import StripeRail
from portal.payouts.stripe_gateway import VERSION, StripeGateway
from portal.payouts.stripe_sending import Sender
from tests.factories import Factories
from tests.payout_story import RAILS
from tests.stripe_standin import StandIn, World

KEY = "sk_test_of_the_tests"
ENVIRONMENT = "test"
WARM: list[bool] = []
"""Once something has been called in this process."""
TIMEOUT = (1, 0.4)
"""Seconds to connect and to read; the stand-in lets who is to time out wait longer."""
WITH_STRIPE = RAILS | {DestinationKind.STRIPE: StripeRail(True)}


@contextmanager
def standin(now) -> Iterator[StandIn]:
    """Funded with a million euros; what the stand-in itself did wrong fails the test."""
    with StandIn(World(now), timeout_seconds=0.6) as served:
        served.world.fund("eur", 1_000_000_00)
        if not WARM:
            _warm(served)
        yield served
    assert served.world.mistakes == []


def _warm(served: StandIn) -> None:
    """The first call of a process reads the SDK's types; nobody's time is to run out for it."""
    patient = StripeGateway(KEY, served.url)
    list(patient.found("nothing"))
    patient.transfer({"amount": 1, "currency": "eur", "destination": "acct_of_nobody"}, "warm")
    served.world.calls.clear()
    WARM.append(True)


def sdk(served: StandIn) -> stripe.StripeClient:
    return stripe.StripeClient(
        KEY,
        base_addresses={"api": served.url},
        stripe_version=VERSION,
        http_client=stripe.RequestsClient(timeout=TIMEOUT),
        max_network_retries=0,
    )


@dataclass
class Story:
    """A released run of so many payouts by Stripe, and what may happen to it."""

    session: Session
    app: Flask
    served: StandIn
    a: Factories
    run: PayoutRun | None = None
    batch: int = 25
    forgotten: set[str] = field(default_factory=set)
    """Keys of calls whose attempts are gone because a backup was restored."""
    is_whole: bool = True
    """False when something was done at Stripe that our books do not know yet."""
    topped_up: int = 0
    """What our books know of the balance having been topped up."""
    currency: str = "EUR"

    @property
    def world(self) -> World:
        return self.served.world

    def released(self, *amounts: int, period: str = "2026-10") -> "Story":
        """A run that pays these, each to a partner with an active account."""
        for minor in amounts:
            self.partner(minor, period=period)
        return self.release(period)

    def partner(self, minor: int, period: str = "2026-10", account: str | None = None) -> Any:
        partner = self.a.partner()
        self.a.destination_at_stripe(partner, account or self.world.active_account())
        self.a.stated(partner, minor, period=period, currency=self.currency)
        return partner

    def account(self, partner: Any) -> str:
        return str(
            self.session.scalar(
                select(PayoutDestination.account_id).where(
                    PayoutDestination.partner_id == partner.id
                )
            )
        )

    def release(self, period: str = "2026-10") -> "Story":
        now = self.world.now
        by, other = self.a.finance().actor(), self.a.finance().actor()
        self.run = payouts.prepare(
            self.session, period, self.currency, rails=WITH_STRIPE, by=by, now=now
        )
        seen = seen_of(self.session, self.run)
        payouts.release(self.session, self.run, seen=seen, rails=WITH_STRIPE, by=other, now=now)
        self.session.commit()
        return self

    def sender(self) -> Sender:
        return Sender(self.gateway(), ENVIRONMENT, lambda: self.world.now, self.batch)

    def gateway(self) -> StripeGateway:
        return StripeGateway(KEY, self.served.url, timeout=TIMEOUT)

    def send(self) -> Any:
        """What a worker does once; when it wants to come again."""
        assert self.run is not None
        self.session.rollback()
        run_id = self.run.id
        self.session.rollback()
        with self.app.app_context():
            again_at = self.sender().send_run(run_id)
        self.session.expire_all()
        return again_at

    def drain(self, most: int = 40) -> None:
        """As worker after worker would, until nothing is left to do."""
        for _ in range(most):
            again_at = self.send()
            if again_at is None:
                return
            if again_at > self.world.now:
                self.world.now = again_at
        raise AssertionError(f"not settled after {most} goes: {self.states()}")

    def states(self) -> list[str]:
        rows = select(Payout.status).where(Payout.run_id == self.run.id).order_by(Payout.id)
        return [status.value for status in self.session.scalars(rows)]

    def run_status(self) -> str:
        assert self.run is not None
        status = select(PayoutRun.status).where(PayoutRun.id == self.run.id)
        return self.session.scalars(status).one().value

    def payouts(self) -> list[Payout]:
        rows = select(Payout).where(Payout.run_id == self.run.id).order_by(Payout.id)
        return list(self.session.scalars(rows))

    def attempts(self) -> list[PayoutAttempt]:
        return list(self.session.scalars(select(PayoutAttempt).order_by(PayoutAttempt.id)))

    def sent(self) -> list[tuple[str, int]]:
        """(account, minor units) of each transfer at Stripe that was not reversed."""
        return sorted(
            (one["destination"], one["amount"])
            for one in self.world.transfers()
            if not one["reversed"]
        )

    def calls(self) -> int:
        """How often a transfer was asked for."""
        return sum(call[:2] == ("POST", "/v1/transfers") for call in self.world.calls)
