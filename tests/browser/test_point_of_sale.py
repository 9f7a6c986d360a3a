"""A distributor reports what it sold, mends a row, and a manager reads whose business it is."""

from playwright.sync_api import Page, expect

from portal import worker
from portal.clock import now
from tests.browser.test_look import ADMINISTRATOR, DISTRIBUTOR

HEADER = (
    "report_id,distributor_id,end_user_name,end_user_postal,end_user_country,sku,quantity,"
    "unit_price,currency,invoice_number,invoice_date"
)
SHOP = "Puget Pedals"


def report(second_sku: str) -> dict:
    rows = [
        f"POS-LIVE,OURS,{SHOP},98101,US,{sku},2,20.00,USD,GB-{number},{now():%Y-%m-%d}"
        for number, sku in enumerate(("HL-U509", second_sku), start=1)
    ]
    content = "\n".join([HEADER, *rows]).encode()
    return {"name": "live.csv", "mimeType": "text/csv", "buffer": content}


def test_a_report_is_handed_in_on_a_phone_mended_and_routed_with_a_reason(visit, own_site):
    seller = visit(DISTRIBUTOR, "/point-of-sale", phone=True)
    hand_in(seller, report("HL-U50"))
    expect(seller.get_by_text("It waits for its turn.")).to_be_visible()
    read(own_site)
    mend = seller.get_by_role("table", name="Rows to mend")
    expect(mend).to_contain_text("“HL-U50” is no article of ours.")
    expect(mend).to_contain_text("Did you mean HL-U509")
    hand_in(seller, report("HL-U509-R"))
    read(own_site)
    expect(seller.get_by_text("every row was good")).to_be_visible()
    manager = visit(ADMINISTRATOR, f"/point-of-sale/lines?q={SHOP}")
    manager.get_by_role("link", name=SHOP).first.click()
    expect(manager.get_by_role("heading", name="Who has it")).to_be_visible()
    expect(manager.get_by_text("Channel manager", exact=True)).to_be_visible()


def hand_in(page: Page, file: dict) -> None:
    page.goto("/point-of-sale")
    page.get_by_role("link", name="Hand in a report").click()
    page.get_by_label("File").set_input_files(files=[file])
    page.get_by_role("button", name="Hand it in").click()


def read(site) -> None:
    with site.app.app_context():
        while worker.once(site.app):
            pass
