"""A payout that goes wrong, in a browser: refused to one, failed, mended by the partner, paid."""

from datetime import UTC, datetime, timedelta

import time_machine
from playwright.sync_api import Page, expect

from models.calendars import month_of, next_month
from tests.browser.test_journey import FINANCE, SECOND, take_the_bank_file
from tests.browser.test_look import OWNER, SELLER

NOW = datetime.now(UTC)
PAID_MONTH = next_month(month_of(NOW.date()), -1)
AFTER_THE_HOLD = (NOW + timedelta(days=4)).replace(hour=20)
PARTNER = "Enterprise Center"
NEW_IBAN = "DE89 3704 0044 0532 0130 00"


def test_a_payout_fails_is_mended_by_the_partner_and_paid_again(visit, own_site):
    finance = visit(FINANCE, f"/payout-runs?period={PAID_MONTH}")
    run = prepare(finance)
    the_preparer_is_refused(finance)
    second = visit(SECOND, run)
    released_in_two_tabs(second, run)
    second.close()  # or its progress asks on, after its session has ended
    take_the_bank_file(finance, run)
    one_fails(finance, run)
    paid_in_two_tabs(finance, run)
    finance.close()
    the_partner_mends_it(visit(OWNER, "/payouts"))
    with time_machine.travel(AFTER_THE_HOLD):
        finance = visit(FINANCE, "/payout-destinations")
        the_change_is_confirmed(finance)
        finance.goto(run)
        finance.get_by_role("button", name="Retry what failed").click()
        expect(finance).not_to_have_url(run)
        further = finance.url
        expect(finance.get_by_role("table", name="Payouts")).to_contain_text("First payout")
        release(visit(SECOND, further))
        take_the_bank_file(finance, further)
        pay(finance, further)
        the_partner_is_paid(visit(SELLER, "/payouts"))


def the_change_is_confirmed(page: Page) -> None:
    changed = page.get_by_role("row").filter(has_text=PARTNER)
    expect(changed).to_contain_text("Hold is over")
    changed.get_by_role("button", name="Confirm").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("How did you make sure?").fill("Called the number in the contract.")
    dialog.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("status", name="Messages")).to_contain_text("Confirmed: ")


def prepare(page: Page) -> str:
    expect(page.get_by_label("Month")).to_have_value(PAID_MONTH)
    page.get_by_label("Currency").fill("EUR")
    page.get_by_role("button", name="Prepare", exact=True).click()
    expect(page.get_by_role("table", name="Payouts")).to_contain_text(PARTNER)
    return page.url


def the_preparer_is_refused(page: Page) -> None:
    page.get_by_role("button", name="Release €").click()
    expect(page.get_by_role("status", name="Messages")).to_contain_text(
        "You prepared this run, so a second person must release it. Ask Robin Halter."
    )
    expect(page.get_by_text("To be released")).to_be_visible()


def release(page: Page) -> None:
    page.get_by_role("button", name="Release €").click()
    expect(page.get_by_text("payouts are settled").first).to_be_visible()


def released_in_two_tabs(page: Page, run: str) -> None:
    """Both were opened before: the second is told, and nothing is promised twice."""
    other = page.context.new_page()
    other.goto(run)
    release(page)
    other.get_by_role("button", name="Release €").click()
    expect(other.get_by_role("status", name="Messages")).to_contain_text("is already released")
    other.close()


def paid_in_two_tabs(page: Page, run: str) -> None:
    other = page.context.new_page()
    other.goto(run)
    pay(page, run)
    record_as_paid(other)
    expect(other.get_by_text("Settled").first).to_be_visible()
    other.close()


def one_fails(page: Page, run: str) -> None:
    page.goto(run)
    page.get_by_role("link", name=PARTNER).click()
    page.get_by_role("button", name="It did not arrive").or_(
        page.get_by_role("button", name="Record as failed")
    ).first.click()
    dialog = page.locator("#failed")
    dialog.get_by_label("What the bank says").select_option("AC04")
    dialog.get_by_role("button", name="Record as failed").click()
    expect(page.get_by_text("The account is closed.").first).to_be_visible()


def pay(page: Page, run: str) -> None:
    page.goto(run)
    record_as_paid(page)
    expect(page.get_by_text("Settled").first).to_be_visible()


def record_as_paid(page: Page) -> None:
    page.get_by_role("button", name="Record as paid").first.click()
    dialog = page.locator("#pay-run")
    dialog.get_by_label("Reference").fill("Bank statement 17")
    dialog.get_by_role("button", name="Record as paid").click()


def the_partner_mends_it(page: Page) -> None:
    expect(page.get_by_role("table")).to_contain_text("Failed")
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_text("The account is closed.").first).to_be_visible()
    page.get_by_role("link", name="Check your bank details").click()
    page.get_by_role("link", name="Change", exact=True).click()
    page.get_by_label("IBAN").fill(NEW_IBAN)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Nothing is paid to it before")).to_be_visible()


def the_partner_is_paid(page: Page) -> None:
    expect(page.get_by_role("table").locator("tbody tr").first).to_contain_text("Paid")
    page.get_by_role("table").get_by_role("link").first.click()
    page.get_by_role("link", name="Trace").click()
    expect(page.get_by_role("table", name="Trace")).to_contain_text("Bank statement 17")
    expect(page.get_by_role("table", name="Trace")).not_to_contain_text("Robin Halter")
