"""Whether an installation is connected to Stripe, and when it refuses to start."""

from dataclasses import replace

import pytest
import stripe
from sqlalchemy import select

from models import payouts
from models.errors import Refused
from models.jobs import Job, JobState
from models.notices import Notice
from models.partners.destinations import DestinationKind
from models.payouts.transfers import StripeBalance
from models.payouts.transfers.rules import READ_BALANCE
from portal import worker
from portal.app import create_app
from portal.payouts.rails import rails
from portal.payouts.stripe_connection import keep_reading
from portal.payouts.stripe_gateway import VERSION
from portal.settings import BadSetting
from tests.payout_story import RAILS
from tests.stripe.crashing import connect


def settings_of(app, **said):
    return replace(app.extensions["settings"], **said)


@pytest.mark.parametrize("key", ["sk_live_1", "rk_live_1"])
def test_a_live_key_does_not_start_the_demonstration(app, key):
    settings = settings_of(app, stripe_secret_key=key, demo=True)
    with pytest.raises(BadSetting, match="real money to invented partners"):
        settings.check()


def test_a_live_key_does_not_start_on_a_database_with_invented_people(app, a, session):
    a.finance(email="finance@adventure-works.example")
    session.commit()
    with pytest.raises(BadSetting, match="STRIPE_SECRET_KEY"):
        create_app(settings_of(app, stripe_secret_key="sk_live_1"))
    create_app(settings_of(app, stripe_secret_key="sk_test_1"))


@pytest.mark.parametrize(
    "said, name",
    [
        ({"stripe_secret_key": "whsec_1"}, "STRIPE_SECRET_KEY"),
        ({"stripe_api_base": "api.stripe.com"}, "STRIPE_API_BASE"),
        ({"stripe_environment": "Main Street"}, "STRIPE_ENVIRONMENT"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(app, said, name):
    with pytest.raises(BadSetting, match=name):
        settings_of(app, **said).check()


def test_two_webhook_secrets_are_good_while_they_are_changed(app):
    settings = settings_of(app, stripe_webhook_secret="whsec_old, whsec_new")
    assert settings.stripe_webhook_secrets == ("whsec_old", "whsec_new")


def test_without_a_key_stripe_is_not_connected_and_the_other_rails_work(app, session, a, now):
    a.vendor()
    by_stripe = a.partner(name="By Stripe")
    a.destination_at_stripe(by_stripe, "acct_1")
    a.stated(by_stripe, 100_00)
    by = a.finance().actor()
    with app.app_context():
        with pytest.raises(Refused, match="By Stripe: Stripe is not connected"):
            payouts.prepare(session, "2026-10", "EUR", rails=rails(), by=by, now=now)
        a.payable(50_00)
        run = payouts.prepare(session, "2026-10", "EUR", rails=rails(), by=by, now=now)
    [payout] = session.scalars(select(payouts.Payout).where(payouts.Payout.run_id == run.id))
    assert payout.rail is DestinationKind.SEPA
    assert DestinationKind.STRIPE not in RAILS


def test_the_version_is_pinned_and_nothing_is_told_that_was_not_asked(story):
    assert stripe.api_version == VERSION
    assert stripe.enable_telemetry is False


def test_the_worker_reads_the_balance_again_and_again(story, session):
    connect(story)
    session.commit()
    with story.app.app_context():
        with worker.transaction() as own:
            keep_reading(own, story.world.now)
        with worker.transaction() as own:
            keep_reading(own, story.world.now)
        worker.once(story.app)
    session.rollback()
    session.expire_all()
    read = session.scalars(select(StripeBalance).where(StripeBalance.currency == "EUR")).one()
    assert read.available_minor == 1_000_000_00
    [job] = session.scalars(select(Job).where(Job.topic == READ_BALANCE))
    assert (job.state, job.attempts) == (JobState.WAITING, 0)
    assert job.run_at > story.world.now


def test_a_wrong_key_moves_nothing_and_calls_for_a_person(story):
    story.released(100_00)
    gateway = story.gateway
    story.gateway = lambda: type(gateway())("sk_live_wrong", story.served.url)
    assert story.send() is not None
    story.gateway = gateway
    assert story.calls() == 0
    told = select(Notice.title).where(Notice.kind == "payout-alarm").distinct()
    assert story.session.scalars(told).all() == ["Stripe refuses our key"]
    story.drain()
