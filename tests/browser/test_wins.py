"""Recording a win in a browser: on a phone and a desk, in light and dark, with its files."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_journey import TODAY, _vendors_day
from tests.browser.test_look import MANAGER, SELLER, SIDEWAYS, TOO_SMALL, broken_rules

CUSTOMER = "München Trail Tours"


def win_form(page: Page) -> None:
    """From the list to the form of a deal that is won in part."""
    page.goto("/deals?status=approved")
    page.get_by_role("link", name=CUSTOMER).first.click()
    page.get_by_role("link", name="Record another order").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Record the win")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_form_and_the_deals_page_can_be_used_by_everybody(visit, size, dark):
    page = visit(SELLER, "/deals", phone=size is PHONE, dark=dark)
    win_form(page)
    for _ in ("the form", "the deal"):
        assert broken_rules(page) == []
        assert page.evaluate(SIDEWAYS) <= 0
        assert size is DESK or page.evaluate(TOO_SMALL) == []
        page.locator(".back a").click()
        page.wait_for_load_state()


def test_a_win_that_differs_goes_from_the_phone_to_the_manager_and_back(visit, own_site):
    page = visit(SELLER, "/deals", phone=True)
    win_form(page)
    page.get_by_role("button", name="Record the win").click()
    expect(page.get_by_role("alert")).to_contain_text("Ordered on")
    page.get_by_label("Order number").fill("PO-5150")
    page.get_by_label("Ordered on").fill(f"{_vendors_day()}")
    page.get_by_label("Amount of this order").fill("90000")
    order = {"name": "order.txt", "mimeType": "text/plain", "buffer": b"We order ninety bikes."}
    page.get_by_label("Order or contract").set_input_files(order)
    page.get_by_label("Delivery or start").fill(f"{TODAY + timedelta(days=20)}")
    page.get_by_label("Renewal").fill(f"{TODAY + timedelta(days=385)}")
    page.get_by_role("button", name="Record the win").click()
    expect(page.get_by_text("Waits for re-approval").first).to_be_visible()
    expect(page.get_by_role("link", name="order.txt")).to_be_visible()
    manager = visit(MANAGER, "/deals/wins?whose=all")
    manager.get_by_role("link", name=CUSTOMER).click()
    manager.get_by_role("button", name="Approve the win").first.click()
    expect(manager.get_by_text("Won", exact=True).first).to_be_visible()


def test_a_renewal_is_begun_from_the_list_by_one_button(visit, own_site):
    page = visit(SELLER, "/renewals")
    page.locator(".table td.main a").first.click()
    page.get_by_role("button", name="Begin the renewal").click()
    expect(page.get_by_label("Company").or_(page.get_by_label("Customer")).first).not_to_be_empty()
