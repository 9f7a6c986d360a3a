"""A seller registers a deal on a phone, is called away, and finishes it later."""

from playwright.sync_api import Page, expect

from tests.browser.registering import describe_the_deal, name_the_customer
from tests.browser.test_look import SELLER, SIDEWAYS, TOO_SMALL, broken_rules

CUSTOMER = "Velodrom Schliersee GmbH"
EMPTY_AND_REQUIRED = """() => [...document.querySelectorAll("main :required")]
  .filter(field => !field.value).length"""


def test_a_deal_is_registered_on_a_phone_with_a_draft_left_and_resumed(own_site, visit):
    page = visit(SELLER, "/deals/new", phone=True)
    expect(page.get_by_role("button", name="Continue")).to_be_in_viewport()
    required = page.evaluate(EMPTY_AND_REQUIRED)
    fits_a_thumb(page)
    name_the_customer(page, CUSTOMER)
    required += page.evaluate(EMPTY_AND_REQUIRED)
    assert required <= 9
    fits_a_thumb(page)
    page.get_by_label("Product", exact=True).select_option(index=1)
    page.get_by_label("Quantity").fill("40")
    page.get_by_label("Name", exact=True).fill("Josef Huber")
    page.get_by_label("Name", exact=True).blur()
    expect(page.get_by_text("Draft saved")).to_be_visible()
    expect(page.get_by_text("You could earn")).to_be_visible()

    page.goto("/deals")  # called away
    page.get_by_role("link", name=CUSTOMER).first.click()
    page.get_by_role("link", name="Continue the draft").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Josef Huber")
    expect(page.get_by_label("Quantity")).to_have_value("40")
    describe_the_deal(page, quantity=4000)
    page.get_by_role("button", name="Submit registration").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(CUSTOMER)
    expect(page.get_by_text("Waiting for a decision").first).to_be_visible()


def test_the_kind_of_deal_decides_what_is_asked(own_site, visit):
    page = visit(SELLER, "/deals/how-it-works", phone=True)
    page.get_by_role("link", name="Take-out of a competitor").click()
    name_the_customer(page, CUSTOMER)
    expect(page.get_by_label("Whose product is replaced?")).to_be_visible()
    expect(page.get_by_label("What problem")).to_be_hidden()
    page.get_by_label("Quantity").press("Enter")  # saves, and adds no product
    expect(page.get_by_text("Draft saved. Nobody sees it").first).to_be_visible()
    expect(page.get_by_label("Quantity")).to_have_count(1)
    page.get_by_role("button", name="Submit registration").click()
    expect(page.locator(".error-summary")).to_be_focused()
    fits_a_thumb(page)


def fits_a_thumb(page: Page) -> None:
    assert page.evaluate(SIDEWAYS) <= 0
    assert page.evaluate(TOO_SMALL) == []
    assert broken_rules(page) == []
