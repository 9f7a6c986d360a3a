"""A partner's administrator sets up being paid through Stripe, on its own page and on Stripe's."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.browser.test_look import OWNER
from tests.stripe_standin import StandIn, World
from tests.stripe_story import ENVIRONMENT, KEY

HERE = "/company/stripe"


@pytest.fixture
def stripe(own_site):
    """The stand-in, which the site takes for Stripe."""
    with StandIn(World(datetime.now(UTC))) as served:
        own_site.app.extensions["settings"] = replace(
            own_site.app.extensions["settings"],
            stripe_secret_key=KEY, stripe_api_base=served.url, stripe_environment=ENVIRONMENT,
        )  # fmt: skip
        yield served
    assert served.world.mistakes == []


def test_from_nothing_to_being_paid_through_stripe(visit, own_site, stripe):
    page = visit(OWNER, HERE)
    page.get_by_role("button", name="Set up with Stripe").click()
    page.get_by_role("link", name="Continue at Stripe").click()
    expect(page.get_by_role("heading", name="Set up your payouts")).to_be_visible()
    page.get_by_role("button", name="Come back later").click()

    expect(page.get_by_text("Not ready yet")).to_be_visible()
    expect(page.get_by_text("Your bank account")).to_be_visible()
    page.get_by_role("button", name="Go on at Stripe").click()
    page.get_by_role("link", name="Continue at Stripe").click()
    page.get_by_role("button", name="Agree and submit").click()

    expect(page.get_by_text("Not ready yet")).to_be_visible()  # coming back proves nothing
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_text("Your account at Stripe is ready")).to_be_visible()
    page.get_by_role("button", name="Be paid through Stripe").click()
    page.wait_for_url("**/company")
    page.goto(HERE)
    expect(page.get_by_text("You are paid through it")).to_be_visible()
    expect(page.get_by_text("nothing is paid to it before")).to_be_visible()
    assert len(stripe.world.things["account"]) == 1
