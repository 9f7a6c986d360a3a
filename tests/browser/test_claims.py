"""A territory from the claim on a phone to the deals inside and outside, as its people live it."""

from playwright.sync_api import Page, expect

from tests.browser.registering import describe_the_deal
from tests.browser.test_look import MANAGER, OWNER, SALES, SELLER

SECOND = "channel@adventure-works.example"
NAME, WHY = "Frankfurt and around", "Yes, if you commit to 12,000 each quarter."
PLAN = "Two of our people visit every hire station between Main and Taunus in the first half year."


def test_a_claim_from_a_phone_becomes_a_territory_that_routes(visit, own_site):
    owner = visit(OWNER, "/claims", phone=True)
    claim = draw_up(owner)
    counter_offer(visit(MANAGER), claim)
    accept(owner, claim)
    confirm(visit(SECOND), claim)
    owner.reload()
    expect(owner.get_by_text("Minimum, quarter by quarter").first).to_be_visible()
    seller = visit(SELLER, "/deals", phone=True)
    register(seller, "Paulskirche Radverleih", "60311")
    register(seller, "Domplatz Kurierdienst", "50667")
    told_why(visit(SALES))


def draw_up(page: Page) -> str:
    page.get_by_role("link", name="Claim a territory").click()
    page.get_by_label("What you call it").fill(NAME)
    page.get_by_label("Places").fill("60*, 61*")
    page.get_by_label("Exclusive").check()
    page.get_by_label("Business plan").fill(PLAN)
    expect(page.get_by_text("Nobody else holds this area alone")).to_be_visible()
    expect(page.get_by_text("Customers with nobody")).to_be_visible()
    page.get_by_role("button", name="Submit the claim").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    expect(page.get_by_text("Waiting for a decision")).to_be_visible()
    return page.url


def counter_offer(page: Page, claim: str) -> None:
    page.goto("/claims?only=waiting")
    page.get_by_role("table").get_by_role("link", name=NAME).click()
    expect(page).to_have_url(claim)
    expect(page.get_by_role("heading", name="Record of Enterprise Center")).to_be_visible()
    page.get_by_role("link", name="Counter-offer").click()
    page.get_by_label("Minimum each quarter").fill("12000")
    page.get_by_label("Why").fill(WHY)
    page.get_by_role("button", name="Make a counter-offer").click()
    expect(page.get_by_text("Counter-offer made")).to_be_visible()


def accept(page: Page, claim: str) -> None:
    page.goto(claim)
    expect(page.get_by_text(WHY).first).to_be_visible()
    page.get_by_role("button", name="Accept the offer").click()
    expect(page.get_by_text("Waiting for a second approval")).to_be_visible()


def confirm(page: Page, claim: str) -> None:
    page.goto(claim)
    page.get_by_role("button", name="Confirm as the second person").click()
    expect(page.get_by_text("It is a territory now")).to_be_visible()


def register(page: Page, customer: str, postal_code: str) -> None:
    page.goto("/deals/new")
    page.get_by_label("Company").fill(customer)
    page.get_by_label("Country").select_option("DE")
    page.get_by_text("How you met, address, VAT number").click()
    page.get_by_label("Postal code").fill(postal_code)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Submit registration").wait_for()
    describe_the_deal(page)
    page.get_by_role("button", name="Submit registration").click()
    expect(page.get_by_text("provisionally yours")).to_be_visible()


def told_why(page: Page) -> None:
    page.get_by_role("link", name="Routed to you, and why").click()
    rows = page.get_by_role("table").get_by_role("row")
    inside = rows.filter(has_text="Paulskirche Radverleih")
    outside = rows.filter(has_text="Domplatz Kurierdienst")
    expect(inside).to_contain_text(f"Germany, {NAME}: postal code 60…")
    expect(outside).to_contain_text("the country rule")
    expect(outside).not_to_contain_text(NAME)
    inside.get_by_role("link", name="Everything").click()
    expect(page.get_by_role("table", name="Territories that held")).to_contain_text(NAME)
