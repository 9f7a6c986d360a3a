"""A lead from the desk of a manager to a partner's phone: one becomes a deal, one comes back."""

from playwright.sync_api import Page, expect

from tests.browser.registering import describe_the_deal
from tests.browser.test_look import MANAGER, SELLER

TAKEN, LEFT = "Sendlinger Hof", "Pasinger Werkstatt"
TOO_SMALL = "They want one bicycle; that is too small for us."


def test_a_lead_is_accepted_on_a_phone_and_becomes_a_deal_and_another_comes_back(visit, own_site):
    manager, seller = visit(MANAGER, "/leads"), visit(SELLER, "/leads/offers", phone=True)
    enter(manager, TAKEN)
    enter(manager, LEFT)
    take(seller)
    decline(seller)
    comes_back(manager)


def enter(page: Page, company: str) -> None:
    page.goto("/leads")
    page.get_by_role("link", name="New lead").click()
    page.get_by_label("Company").fill(company)
    page.get_by_label("Country").select_option("DE")
    page.get_by_label("Postal code").fill("81371")
    page.get_by_role("button", name="Enter the lead").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(company)
    expect(page.get_by_text("Offered to a partner", exact=True)).to_be_visible()
    expect(page.get_by_text("postal code 81…")).to_be_visible()
    offered = page.get_by_role("table", name="Offered to")
    expect(offered).to_contain_text("Enterprise Center")


def take(page: Page) -> None:
    page.reload()
    page.get_by_role("link", name=TAKEN).click()
    page.get_by_role("button", name="Accept the lead").click()
    page.get_by_role("button", name="Register the deal").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TAKEN)
    expect(page.get_by_text("Inside your territory")).to_be_visible()
    describe_the_deal(page)
    page.get_by_role("button", name="Submit registration").click()
    expect(page.get_by_text("provisionally yours")).to_be_visible()


def decline(page: Page) -> None:
    page.goto("/leads/offers")
    page.get_by_role("link", name=LEFT).click()
    page.get_by_role("button", name="Decline the lead").click()
    expect(page.get_by_text("Write why").first).to_be_visible()
    page.get_by_label("Why").fill(TOO_SMALL)
    page.get_by_role("button", name="Decline the lead").click()
    expect(page.get_by_role("row").filter(has_text=LEFT)).to_contain_text("Declined")
    expect(page.get_by_role("row").filter(has_text=TAKEN)).to_contain_text("Registered")


def comes_back(page: Page) -> None:
    page.goto("/leads?state=new")
    page.get_by_role("link", name=LEFT).click()
    expect(page.get_by_text(TOO_SMALL)).to_be_visible()
    expect(page.get_by_role("button", name="Offer the lead")).to_be_visible()
    page.get_by_label("Why").fill("Sold in our own shop.")
    page.get_by_role("button", name="Close the lead").click()
    expect(page.get_by_text("Closed.", exact=True)).to_be_visible()
