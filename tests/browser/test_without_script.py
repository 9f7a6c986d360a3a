"""What must be done can be done without script; the way from deal to money: test_journey."""

import pytest
from playwright.sync_api import expect

from portal.demo import PASSWORD
from tests.browser.registering import register

MANAGER = "channel.europe@adventure-works.example"
SELLER = "seller@enterprise-center.example"
REASON = "Sorry: our own people have been\ntalking with them since June — see <DE-17>."


@pytest.fixture
def plain(own_site, visit):
    """visit(…), with script switched off, on data of our own."""
    return lambda *words, **how: visit(*words, script=False, **how)


def test_somebody_signs_in_and_out(plain):
    page = plain(None, "/sign-in")
    page.get_by_label("E-mail").fill(SELLER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Good day")
    page.get_by_role("button", name="Account of").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/deals")
    assert "/sign-in" in page.url


def test_a_rejection_needs_a_reason_and_the_partner_reads_it_word_for_word(plain):
    seller = plain(SELLER, "/deals/new")
    register(seller, "Zephyr Harbour Kuriere GmbH")
    manager = plain(MANAGER, "/deals/queue")
    manager.get_by_role("link", name="Zephyr Harbour Kuriere GmbH").first.click()
    opened = manager.url
    manager.locator(".decide").get_by_role("button", name="Reject").first.click()
    manager.locator("#reject").get_by_role("button", name="Reject this deal").click()
    expect(manager.locator(".error-summary")).to_be_visible()
    manager.goto(opened)
    manager.locator(".decide").get_by_role("button", name="Reject").first.click()
    dialog = manager.locator("#reject")
    dialog.locator("select").select_option("vendor_engaged")
    dialog.locator("textarea").fill(REASON)
    dialog.get_by_role("button", name="Reject this deal").click()
    seller.reload()
    told = seller.locator(".alert", has_text="Sorry").first.inner_text()
    assert " ".join(REASON.split()) in " ".join(told.split())


def test_words_are_searched(plain):
    page = plain(SELLER, "/deals")
    customer = page.locator(".table td.main a").first.inner_text()
    page.get_by_role("link", name="Find anything").click()
    page.get_by_label("Name or number").fill(customer[:-2])
    page.get_by_role("button", name="Search").click()
    expect(page.locator("main").get_by_role("link", name=customer).first).to_be_visible()
