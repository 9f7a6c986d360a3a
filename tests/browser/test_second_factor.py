"""A second factor in a real browser: a passkey, an app's codes, the proof before money moves."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pyotp
import pytest
import time_machine
from playwright.sync_api import Page, expect
from sqlalchemy import update

from models.people import UserSession
from portal import database
from portal.clock import now
from portal.demo import PASSWORD
from tests.browser.test_look import ADMINISTRATOR, MANAGER, OWNER

IBAN = "DE02 1203 0000 0000 2020 51"


@pytest.fixture
def door(visit):
    """Somebody at the sign-in page who types name and password."""

    def door(email: str) -> Page:
        page = visit(None, "/sign-in")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        return page

    return door


def give_key(page: Page) -> None:
    """A security key that always agrees, by Chromium's own virtual authenticator."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }  # fmt: skip
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@contextmanager
def a_code_later(codes: int) -> Iterator[datetime]:
    """When a code so many after the present one has just begun: it does not run out meanwhile."""
    began = datetime.fromtimestamp(now().timestamp() // 30 * 30 + 30 * codes, tz=now().tzinfo)
    with time_machine.travel(began, tick=True):
        yield began


def test_a_passkey_is_added_and_lets_its_owner_in(own_site, visit):
    page = visit(MANAGER, "/account")
    give_key(page)
    page.get_by_role("link", name="Second factor").click()
    page.get_by_label("What you call it").fill("work laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Write these down")).to_be_visible()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("table", name="Passkeys")).to_contain_text("work laptop")
    page.get_by_role("button", name="Account of").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("E-mail address").fill(MANAGER)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.goto("/deals")
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Deals")


def test_an_app_is_set_up_and_its_code_lets_its_owner_in(own_site, visit, door):
    page = visit(MANAGER, "/account/second-factor")
    page.get_by_role("link", name="Set up an app").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    codes = pyotp.TOTP(page.locator(".code").inner_text().replace(" ", ""))
    with a_code_later(1) as at:
        page.get_by_label("The code it shows").fill(codes.at(at))
        page.get_by_role("button", name="Set up").click()
        expect(page.locator("ol li").first).to_be_visible()
    recovery = page.locator("ol li").first.inner_text()
    assert re.fullmatch(r"\w{4}(-\w{4}){6}", recovery)
    other = door(MANAGER)
    other.get_by_label("Code").fill("000000")
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other.locator(".error-summary")).to_be_focused()
    with a_code_later(2) as at:
        other.get_by_label("Code").fill(codes.at(at))
        other.get_by_role("button", name="Sign in", exact=True).click()
        expect(other.get_by_role("heading", level=1)).to_contain_text("Good day")
    third = door(MANAGER)
    third.get_by_label("Code").fill(recovery)
    third.get_by_role("button", name="Sign in", exact=True).click()
    expect(third.get_by_role("heading", level=1)).to_contain_text("Good day")


def test_in_the_demonstration_the_code_is_filled_in_and_one_press_leads_in(own_site, door):
    with a_code_later(1):
        page = door(ADMINISTRATOR)
        expect(page.get_by_text("This is a demonstration")).to_be_visible()
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Good day")


def test_a_new_bank_account_needs_a_fresh_proof_keeps_what_was_typed_and_is_held(own_site, visit):
    page = visit(OWNER, "/company/payout-destination")
    with own_site.app.app_context(), database.transaction() as session:
        session.execute(update(UserSession).values(proven_at=now() - timedelta(minutes=6)))
    page.get_by_label("IBAN").fill(IBAN)
    with a_code_later(1):
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
        page.get_by_role("button", name="Confirm").click()
        expect(page.get_by_text("Nothing is paid to it before")).to_be_visible()
        expect(page.get_by_text("•••• 2051").first).to_be_visible()
