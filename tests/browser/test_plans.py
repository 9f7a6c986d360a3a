"""A plan from draft to force through a simulation; a month closed by two, with a late credit."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models import sales
from models.calendars import month_of
from models.commissions import CommissionLine
from models.money import Money
from models.people import SYSTEM
from models.sales import Invoice
from portal import worker
from portal.clock import now
from portal.database import transaction
from tests.browser.site import Site
from tests.browser.test_journey import FINANCE, SECOND

THIS_MONTH = month_of(datetime.now(UTC).date())


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_plan_goes_from_a_draft_through_a_simulation_into_force(visit, own_site, script):
    author = visit(FINANCE, "/plans", script=script)
    author.get_by_role("link", name="Sellers: by category").last.click()
    author.get_by_role("button", name="New version").click()
    design(author, script)
    simulate(author)
    author.get_by_role("button", name="Propose").click()
    expect(author.get_by_text("A second person decides").first).to_be_visible()
    second = visit(SECOND, author.url, script=script)
    expect(second.get_by_role("table", name="What changes")).to_contain_text("10% from $30,000.00")
    second.get_by_role("button", name="Approve").click()
    expect(second.get_by_text("approved by Robin Halter").first).to_be_visible()
    expect(second.get_by_text("Comes").first).to_be_visible()


def design(page: Page, script: bool) -> None:
    """Tiers in place of categories; what they pay stands beside them."""
    page.get_by_label("What the base pays on").select_option("tier")
    page.get_by_label("How tiers count").select_option("deal_marginal")
    for row, (lower, rate) in enumerate([("0", "5"), ("30000", "10")]):
        if page.locator(f"#tiers-{row}-lower").count() == 0:
            page.get_by_role("button", name="Work out the examples").click()
        page.locator(f"#tiers-{row}-lower").fill(lower)
        page.locator(f"#tiers-{row}-rate").fill(rate)
    page.locator("#try_amount").fill("50000")
    if script:
        page.locator("#try_amount").blur()
    else:
        page.get_by_role("button", name="Work out the examples").click()
    expect(page.locator("#examples")).to_contain_text("A deal of $50,000.00 earns $3,500.00")
    page.get_by_role("button", name="Save the draft").click()


def simulate(page: Page) -> None:
    page.get_by_role("link", name="Simulate").click()
    page.get_by_role("button", name="Simulate").click()
    table = page.get_by_role("table", name="By partner")
    expect(table).to_contain_text(re.compile(r"[+−]\d+\.\d%"))
    expect(page.get_by_role("img", name="Partners by how much")).to_be_visible()
    with page.expect_download() as coming:
        page.get_by_role("link", name="CSV").click()
    first = table.locator("td.main").first.inner_text()
    assert first in coming.value.path().read_text()
    page.get_by_role("link", name="Version", exact=True).click()


def test_a_month_is_closed_by_two_with_a_late_credit_note(visit, own_site):
    finance, second = visit(FINANCE), visit(SECOND)
    propose(finance)
    second.goto(f"/months/{THIS_MONTH}")
    expect(second.get_by_role("button", name="Confirm and close")).to_be_visible()
    credit(own_site)
    second.get_by_role("button", name="Confirm and close").click()
    expect(second.get_by_text("so the proposal is void").first).to_be_visible()
    propose(finance)
    second.goto(f"/months/{THIS_MONTH}")
    second.get_by_role("button", name="Confirm and close").click()
    expect(second.get_by_role("heading", name="Statements are being made")).to_be_visible()
    with own_site.app.app_context():
        while worker.once(own_site.app):
            pass
    expect(second.get_by_text("have their statements").first).to_be_visible()
    expect(second.get_by_role("button", name="Propose to close")).to_be_hidden()


def propose(page: Page) -> None:
    page.goto(f"/months/{THIS_MONTH}")
    withdraw = page.get_by_role("button", name="Withdraw the proposal")
    if withdraw.count():
        withdraw.click()
    page.get_by_role("button", name="Bring up to date").click()
    early = page.get_by_label("Close it although it has not ended")
    if early.count():
        early.check()
    page.get_by_label("I have looked at the amounts above").check()
    page.get_by_role("button", name="Propose to close").click()
    expect(page.get_by_text("Another person of finance confirms it").first).to_be_visible()


def credit(site: Site) -> None:
    """A tenth of an invoice whose payment stands in the open month."""
    with site.app.app_context(), transaction() as session:
        invoice = session.scalars(
            select(Invoice)
            .join(CommissionLine, CommissionLine.invoice_id == Invoice.id)
            .where(CommissionLine.period == THIS_MONTH, Invoice.credited_minor == 0)
            .limit(1)
        ).one()
        sales.record_credit_note(
            session, invoice, number="CN-LATE", issued_at=now(),
            amount=Money(invoice.net_minor // 10, invoice.currency), reason="Returned",
            by=SYSTEM, now=now(),
        )  # fmt: skip
