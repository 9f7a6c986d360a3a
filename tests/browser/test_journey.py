"""A reseller's deal becomes money: the whole way in a browser, and the same without JavaScript."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from xml.etree import ElementTree

import pytest
import time_machine
from playwright.sync_api import Page, expect

from models.calendars import first_day, month_of, next_month
from portal import worker
from portal.demo import PASSWORD
from tests.browser.registering import register as enter_deal
from tests.browser.site import Site
from tests.browser.test_look import MANAGER, SELLER

FINANCE = "finance@adventure-works.example"
SECOND = "finance.second@adventure-works.example"
CUSTOMER = "Velodrom Tegernsee GmbH"
BIKE = "Mountain-100 Silver, 44"
TODAY = datetime.now(UTC).date()
THIS_MONTH = month_of(TODAY)
LATER = datetime.combine(first_day(next_month(THIS_MONTH)), datetime.min.time(), UTC) + timedelta(
    days=2, hours=20
)
"""On the third of the next month, when this one can be closed."""
PAIN = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_resellers_deal_becomes_money(visit, own_site, script):
    def enter(email: str) -> Page:
        page = visit(None, "/sign-in", script=script)
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page).not_to_have_url(f"{own_site.url}/sign-in")
        if page.get_by_role("heading", name="One more step").is_visible():
            page.get_by_role("button", name="Sign in", exact=True).click()
            expect(page).not_to_have_url(f"{own_site.url}/sign-in/second-factor")
        return page

    seller = enter(SELLER)
    deal = register(seller)
    approve(enter(MANAGER), deal)
    win(seller, deal)
    invoice_and_payment(enter(FINANCE), deal)
    with time_machine.travel(LATER):
        finance = enter(FINANCE)
        second = enter(SECOND)
        close_the_month(finance, second, own_site)
        run = prepare(finance)
        release(second, run)
        control_sum = take_the_bank_file(finance, run)
        record_as_paid(finance, run)
        the_seller_reads_the_same(enter(SELLER), deal, control_sum)


def register(page: Page) -> str:
    page.goto("/deals")
    page.get_by_role("link", name="Register a deal").first.click()
    enter_deal(page, CUSTOMER, product=BIKE, quantity=12)
    expect(page.get_by_role("heading", level=1)).to_have_text(CUSTOMER)
    expect(page.get_by_text("Waiting for a decision").first).to_be_visible()
    return page.url


def approve(page: Page, deal: str) -> None:
    page.goto("/deals/queue")
    page.get_by_role("link", name=CUSTOMER).first.click()
    page.locator(".decide").get_by_role("button", name="Approve").click()
    page.goto(deal)
    expect(page.get_by_text("Approved").first).to_be_visible()


def win(page: Page, deal: str) -> None:
    page.goto(deal)
    page.get_by_role("link", name="Record the win").click()
    page.get_by_label("Order number").fill("PO-2211")
    page.get_by_label("Ordered on").fill(f"{_vendors_day()}")
    page.get_by_label("Who supports").fill("Lena Brandt")
    page.get_by_label("Delivery or start").fill(f"{TODAY + timedelta(days=20)}")
    page.get_by_label("There is nothing to renew").check()
    page.get_by_role("button", name="Record the win").click()
    expect(page.get_by_text("Won", exact=True).first).to_be_visible()


def invoice_and_payment(page: Page, deal: str) -> None:
    page.goto(f"{deal}/invoices/new")
    page.get_by_label("Invoice number").fill("INV-2211")
    page.get_by_label("Issued on").fill(f"{_vendors_day()}")
    page.get_by_role("button", name="Record the invoice").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("INV-2211")
    page.get_by_role("link", name="Record a payment").click()
    page.get_by_label("Reference").fill("Bank 4711")
    page.get_by_label("Paid on").fill(f"{_vendors_day()}")
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_text("Bank 4711").first).to_be_visible()
    expect(page.get_by_role("table", name="Commission")).to_contain_text("Enterprise Center")


def close_the_month(page: Page, second: Page, site: Site) -> None:
    """One proposes, another confirms, the worker states the partners."""
    page.goto(f"/months/{THIS_MONTH}")
    page.get_by_role("button", name="Bring up to date").click()
    page.get_by_label("I have looked at the amounts above").check()
    page.get_by_role("button", name="Propose to close").click()
    expect(page.get_by_text("Another person of finance confirms it").first).to_be_visible()
    second.goto(f"/months/{THIS_MONTH}")
    second.get_by_role("button", name="Confirm and close").click()
    expect(second.get_by_role("heading", name="Statements are being made")).to_be_visible()
    with site.app.app_context():
        while worker.once(site.app):
            pass
    second.reload()
    expect(second.get_by_text("have their statements").first).to_be_visible()


def prepare(page: Page) -> str:
    page.goto("/payout-runs")
    page.get_by_label("Month").fill(THIS_MONTH)
    page.get_by_label("Currency").fill("EUR")
    page.get_by_role("button", name="Prepare").click()
    expect(
        page.get_by_text("You prepared this run, so a second person releases it")
    ).to_be_visible()
    expect(page.get_by_role("table", name="Payouts")).to_contain_text("Enterprise Center")
    return page.url


def release(page: Page, run: str) -> None:
    page.goto(run)
    page.get_by_role("button", name="Release").click()
    expect(page.get_by_text("Released").first).to_be_visible()


def take_the_bank_file(page: Page, run: str) -> Decimal:
    page.goto(run)
    with page.expect_download() as coming:
        page.get_by_role("button", name="Bank file").click()
    bank = ElementTree.parse(coming.value.path())
    total = Decimal(bank.findtext(f".//{PAIN}GrpHdr/{PAIN}CtrlSum"))
    page.goto(run)
    expect(page.get_by_text(f"€{total:,}").first).to_be_visible()
    return total


def record_as_paid(page: Page, run: str) -> None:
    page.get_by_role("button", name="Record as paid").first.click()
    dialog = page.locator("#pay-run")
    dialog.get_by_label("Reference").fill("Bank statement 17")
    dialog.get_by_label("Paid on").fill(f"{LATER.date()}")
    dialog.get_by_role("button", name="Record as paid").click()
    expect(page.get_by_text("Bank statement 17").first).to_be_visible()


def the_seller_reads_the_same(page: Page, deal: str, control_sum: Decimal) -> None:
    """The statement's amount is a part of what the bank was told to pay."""
    page.goto("/statements")
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_text(CUSTOMER).first).to_be_visible()
    page.goto("/payouts")
    expect(page.get_by_role("table")).to_contain_text("Paid")
    amount = page.get_by_role("table").locator("td.amount").first.inner_text()
    assert 0 < Decimal(amount.strip("€").replace(",", "")) <= control_sum


def _vendors_day() -> date:
    """Today where the vendor is; it may still be yesterday there."""
    return (datetime.now(UTC) - timedelta(hours=8)).date()
