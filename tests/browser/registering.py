"""How a partner registers a deal in a browser: two screens, the same with script and without."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page

TODAY = datetime.now(UTC).date()
PROBLEM = "Their couriers lose an hour a day because the old cargo bikes break down in the rain."


def name_the_customer(page: Page, company: str, *, country: str = "DE") -> None:
    """The first screen, from a page that offers to register."""
    page.get_by_label("Company").fill(company)
    page.get_by_label("Country").select_option(country)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Submit registration").wait_for()


def describe_the_deal(page: Page, *, product: int | str = 1, quantity: int = 4000) -> None:
    """The second screen of new business.  product: which of the list, or words of its name."""
    choice = page.get_by_label("Product", exact=True).first
    if isinstance(product, str):
        options = choice.locator("option").all_inner_texts()
        choice.select_option(label=next(option for option in options if product in option))
    else:
        choice.select_option(index=product)
    page.get_by_label("Quantity").first.fill(str(quantity))
    page.get_by_label("What problem").fill(PROBLEM)
    page.get_by_label("Expected order").fill(f"{TODAY + timedelta(days=30)}")
    page.get_by_label("Name", exact=True).fill("Ruth Okafor")
    page.get_by_label("E-mail address").fill("ruth@example.com")


def register(page: Page, company: str, **deal: int | str) -> None:
    name_the_customer(page, company)
    describe_the_deal(page, **deal)
    page.get_by_role("button", name="Submit registration").click()
