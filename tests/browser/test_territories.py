"""Other territories, from the first idea to the day they hold, as an administrator lives it."""

from playwright.sync_api import Page, expect

from tests.browser.test_look import ADMINISTRATOR

NAME = "A partner for the northwest"


def test_other_territories_are_drafted_looked_at_published_and_found_on_the_map(visit, own_site):
    page = visit(ADMINISTRATOR, "/territory-drafts")
    draft(page)
    look_first(page)
    publish(page)
    narrow_the_map(page)


def draft(page: Page) -> None:
    page.get_by_label("Name").fill(NAME)
    page.get_by_role("button", name="Begin the draft").click()
    page.get_by_label("Name").fill("Northwest")
    page.get_by_role("button", name="Look for it").click()
    page.get_by_role("link", name="Change", exact=True).click()
    page.locator("#owner").fill("Enterprise Center")
    page.get_by_role("button", name="Save the territory").click()
    expect(page.get_by_text("Northwest is in the draft")).to_be_visible()


def look_first(page: Page) -> None:
    page.get_by_role("link", name="What it would change").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(NAME)
    expect(page.get_by_text("Enterprise Center").first).to_be_visible()
    page.get_by_role("link", name=NAME).click()


def publish(page: Page) -> None:
    today = page.evaluate("new Date().toISOString().slice(0, 10)")
    page.get_by_label("From this day on").fill(today)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Published. Won deals stay where they are")).to_be_visible()
    expect(page.get_by_role("link", name="as it was of Northwest")).to_be_visible()


def narrow_the_map(page: Page) -> None:
    """By a click, and by the keyboard in the table that says the same."""
    page.goto("/territories/map?of=US")
    listed = page.locator("#listed")
    expect(listed.get_by_role("link", name="Southwest", exact=True)).to_be_visible()
    page.locator("svg.areas a[aria-label^='Washington:']").click()
    expect(listed.get_by_role("link", name="Northwest", exact=True)).to_be_visible()
    expect(listed.get_by_text("Enterprise Center")).to_be_visible()
    expect(listed.get_by_role("link", name="Southwest", exact=True)).to_have_count(0)
    page.locator(".map-table").get_by_role("link", name="California").focus()
    page.keyboard.press("Enter")
    expect(listed.get_by_role("link", name="Southwest", exact=True)).to_be_visible()
    expect(listed.get_by_role("link", name="Northwest", exact=True)).to_have_count(0)
