"""An auditor's afternoon: what was done, one entry of it, the file, and who can get in."""

from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.test_look import ADMINISTRATOR, broken_rules


def test_an_auditor_narrows_opens_exports_and_reviews_accesses(own_site, visit):
    page = visit(ADMINISTRATOR, "/people")
    page.get_by_role("link", name="Cleo Marsh").first.click()
    page.get_by_role("button", name="End all sessions").click()
    expect(page.get_by_text("signed out everywhere").first).to_be_visible()
    page.goto("/audit")
    page.get_by_label("Did").fill("sessions ended")
    page.get_by_role("button", name="Filter").click()
    rows = page.get_by_role("table", name="Entries").locator("tbody tr")
    expect(rows).to_have_count(1)
    with page.expect_download() as coming:
        page.get_by_role("link", name="CSV").click()
    assert coming.value.path().read_text().strip().count("\n") == 1
    rows.get_by_role("link", name="sessions ended").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("sessions ended")
    expect(page.get_by_text("Kim Ralls").first).to_be_visible()
    page.set_viewport_size(PHONE)
    assert broken_rules(page) == []
    page.get_by_role("link", name="Audit", exact=True).last.click()  # the way back of the page
    page.get_by_role("navigation", name="Audit").get_by_role("link", name="Accesses").click()
    expect(page.get_by_role("table")).to_contain_text("Cleo Marsh")


def test_somebody_of_two_companies_chooses_one_at_the_sign_in(visit):
    page = visit("cleo@marsh-consulting.example", "/account")
    page.get_by_role("link", name="Change the company").click()
    for size in (PHONE, {"width": 1280, "height": 850}):
        page.set_viewport_size(size)
        assert broken_rules(page) == []
    expect(page.get_by_role("heading", level=1)).to_be_visible()
