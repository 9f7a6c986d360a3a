"""Whether and how this installation is connected to Stripe, and what its worker does there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from models import jobs
from models.jobs import Job
from models.money import Money
from models.partners.destinations import DestinationKind
from models.payouts import transfers
from models.payouts.rails import Errand, Handover, Order, Payer
from models.payouts.transfers.rules import LOOK, READ_BALANCE, REVERSE, SEND
from models.payouts.transfers.units import payable_part
from models.people import Person
from portal.clock import now
from portal.database import engine, reading, transaction
from portal.payouts.stripe_gateway import StripeGateway, StripeIsAway
from portal.payouts.stripe_reversing import reverse
from portal.payouts.stripe_sending import Sender
from portal.settings import LIVE_KEY_AND_DEMO, BadSetting, Settings

BALANCE_EVERY = timedelta(minutes=10)
INVENTED = ".example"
"""Nobody real has an address that ends so; everybody in the demonstration has."""


class StripeRail:
    """Transfers to the partners' accounts at Stripe, made by the worker one by one."""

    kind = DestinationKind.STRIPE

    def __init__(self, connected: bool) -> None:
        self._connected = connected

    def why_not(self, order: Order, payer: Payer) -> str | None:
        if not self._connected:
            return "Stripe is not connected."
        if not order.account_id:
            return "It has no account at Stripe yet."
        return None

    def payable_part(self, amount: Money) -> Money:
        return payable_part(amount)

    def carry(self, errand: Errand) -> Handover | None:
        return None


def is_connected() -> bool:
    return bool(_settings().stripe_secret_key)


def gateway() -> StripeGateway:
    """The connection of this process, made at its first use."""
    assert is_connected()
    if "stripe" not in current_app.extensions:
        settings = _settings()
        current_app.extensions["stripe"] = StripeGateway(
            settings.stripe_secret_key, settings.stripe_api_base
        )
    return current_app.extensions["stripe"]


def sender() -> Sender:
    return Sender(gateway(), _settings().stripe_environment, now)


def send_run(payload: dict[str, Any]) -> datetime | None:
    if not is_connected():
        return now() + BALANCE_EVERY
    return sender().send_run(UUID(payload["run"]))


def look_at_run(payload: dict[str, Any]) -> datetime | None:
    if not is_connected():
        return now() + BALANCE_EVERY
    return sender().look(UUID(payload["run"]))


def reverse_one(payload: dict[str, Any]) -> datetime | None:
    if not is_connected():
        return now() + BALANCE_EVERY
    return reverse(gateway(), UUID(payload["reversal"]), now)


def read_balance(_payload: dict[str, Any]) -> datetime | None:
    if not is_connected():
        return None
    try:
        read = gateway().balances()
    except StripeIsAway:
        return now() + BALANCE_EVERY
    with transaction() as session:
        transfers.record_balances(session, read, now=now())
    return now() + BALANCE_EVERY


ERRANDS = {
    SEND: send_run,
    LOOK: look_at_run,
    REVERSE: reverse_one,
    READ_BALANCE: read_balance,
}
"""Work that calls Stripe, and therefore holds no transaction while it does."""


def keep_reading(session: Session, at: datetime) -> None:
    """See that the balance is read again and again as long as Stripe is connected."""
    if is_connected():
        ask_balance(session, at)


def ask_balance(session: Session, at: datetime) -> None:
    """Read the balance soon: now, or when it is about to be read anyway."""
    job = session.scalars(select(Job).where(Job.key == READ_BALANCE).with_for_update()).first()
    if job is None:
        jobs.enqueue(session, READ_BALANCE, READ_BALANCE, {}, run_at=at)
    elif job.state in (jobs.JobState.DONE, jobs.JobState.DEAD):
        jobs.again(job, at)


def must_not_pay_the_demonstration(app: Flask, settings: Settings) -> None:
    """Raises BadSetting when a live key meets a database with invented people."""
    if not settings.is_stripe_live:
        return
    with app.app_context():
        if not inspect(engine()).has_table(Person.__tablename__):
            return
        with reading() as session:
            invented = select(Person.id).where(Person.email.endswith(INVENTED)).limit(1)
            is_invented = session.scalar(invented) is not None
        if is_invented:
            engine().dispose()  # nobody is going to use it
            raise BadSetting(LIVE_KEY_AND_DEMO)


def _settings() -> Settings:
    return current_app.extensions["settings"]
