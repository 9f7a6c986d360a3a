"""A partner disputes a line on its phone; finance decides; the next statement has it."""

from playwright.sync_api import Page, expect

from models.calendars import month_of
from portal import worker
from portal.clock import now
from tests.browser.site import Site
from tests.browser.test_journey import FINANCE, SECOND
from tests.browser.test_statements import amount

SELLER = "seller@enterprise-center.example"


def test_a_line_is_disputed_on_the_phone_decided_and_put_right_on_the_next_statement(
    visit, own_site
):
    phone = visit(SELLER, "/statements", phone=True)
    number = dispute_a_line(phone)
    finance = visit(FINANCE, "/disputes")
    finance.get_by_role("row").filter(has_text=number).get_by_role("link").first.click()
    decide(finance)
    close_the_month(finance, visit(SECOND), own_site)
    phone.reload()
    expect(phone.get_by_role("heading", name="The decision")).to_be_visible()
    expect(phone.get_by_text("We had promised it.").first).to_be_visible()
    table = phone.get_by_role("table", name="What it did to the statements")
    expect(table.locator("tbody tr")).to_have_count(3)
    table.get_by_role("link", name="ST-").last.click()
    expect(phone.get_by_role("table", name="Lines of the statement")).to_contain_text("Adjustment")
    for about in ("Held in dispute", "Dispute released", "Adjustment"):
        expect(phone.locator(".working summary").filter(has_text=about).first).to_be_visible()
    the_opened_lines_sum_to_the_total(phone)


def dispute_a_line(page: Page) -> str:
    page.locator(".table td.main a").first.click()
    lines = page.locator("tr[id^=line-]").filter(has=page.locator("a[href$='/dispute']"))
    line = lines.filter(has_not=page.locator(".badge")).last
    line.locator("summary").click()
    line.get_by_role("link", name="Dispute this line").click()
    page.get_by_label("What is wrong?").select_option(label="The rate is wrong")
    page.get_by_label("Say it in your words").fill("You promised two points more.")
    was = page.get_by_label("Amount in question").input_value()
    page.get_by_label("What the line should be").fill(f"{float(was) + 10:.2f}")
    page.get_by_label("Evidence").set_input_files(
        {"name": "mail.txt", "mimeType": "text/plain", "buffer": b"Two points more."}
    )
    page.get_by_role("button", name="Send it to finance").click()
    expect(page.get_by_text("are held, the rest is paid")).to_be_visible()
    expect(page.get_by_role("link", name="mail.txt")).to_be_visible()
    return page.locator(".over").inner_text().partition(",")[0]


def decide(page: Page) -> None:
    page.get_by_label("Accept: the partner is right").check()
    page.get_by_label("What the partner reads").fill("We had promised it.")
    page.get_by_role("button", name="Decide", exact=True).click()
    expect(page.get_by_text("Added: €10.00")).to_be_visible()


def close_the_month(page: Page, second: Page, site: Site) -> None:
    """Before it has ended: one proposes, another confirms, the worker states the partners."""
    month = month_of(now().date())
    page.goto(f"/months/{month}")
    page.get_by_label("Close it although it has not ended").check()
    page.get_by_label("I have looked at the amounts above").check()
    page.get_by_role("button", name="Propose to close").click()
    expect(page.get_by_text("Another person of finance confirms it").first).to_be_visible()
    second.goto(f"/months/{month}")
    second.get_by_role("button", name="Confirm and close").click()
    expect(second.get_by_role("heading", name="Statements are being made")).to_be_visible()
    with site.app.app_context():
        while worker.once(site.app):
            pass


def the_opened_lines_sum_to_the_total(page: Page) -> None:
    rows = page.locator("tr[id^=line-]")
    earned = [amount(text) for text in rows.locator(".amount").all_inner_texts()]
    assert sum(earned) == amount(page.locator("tfoot .amount").last.inner_text())
