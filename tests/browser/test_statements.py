"""A statement can be checked by reading it, on the screen and on paper."""

import io
import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

SELLER = "seller@enterprise-center.example"
MANAGER = "channel.europe@adventure-works.example"
AMOUNT = re.compile(r"([\N{MINUS SIGN}-]?)\D{0,3}([\d,]+\.\d\d)")


def amount(text):
    """€1,978.18 reads 1978.18; the last amount in the text counts."""
    sign, digits = AMOUNT.findall(text)[-1]
    return Decimal(digits.replace(",", "")) * (-1 if sign else 1)


@pytest.fixture
def statement(visit):
    def opened(**how):
        page = visit(SELLER, "/statements", **how)
        page.locator(".table td.main a").first.click()
        expect(page.locator(".equation")).to_be_visible()
        return page

    return opened


def printed(page):
    sheets = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    return [sheet.extract_text() for sheet in sheets]


def test_the_opened_lines_add_up_to_the_total_to_the_minor_unit(statement):
    page = statement()
    rows = page.locator(".table tbody tr[id^=line-]")
    earned = [amount(text) for text in rows.locator(".amount").all_inner_texts()]
    assert sum(earned) == amount(page.locator("tfoot .amount").last.inner_text())
    for summary in page.locator(".working summary").all():
        summary.click()
    for row in rows.all():
        told = [text for text in row.locator(".working dd").all_inner_texts() if text.strip()]
        steps = [amount(text) for text in told]
        assert steps[-1] == amount(row.locator(".amount").inner_text())


def test_a_line_says_its_source_rate_plan_version_rounding_and_day(statement):
    page = statement()
    row = page.locator(".table tbody tr[id^=line-]").first
    row.locator("summary").click()
    expect(row).to_contain_text("INV-")
    expect(row.locator(".working")).to_contain_text(re.compile(r"\d% "))
    for said in ("Plan", "version 1", "rounded", "in force since"):
        expect(row.locator(".working")).to_contain_text(said)
    expect(row).to_contain_text(re.compile(r"[A-Z][a-z]{2} \d+, 20\d\d"))


def test_the_equation_of_a_statement_adds_up(statement):
    *parts, result = statement().locator(".equation dd").all_inner_texts()
    assert sum(map(amount, parts)) == amount(result)


def test_paper_from_a_dark_screen_is_light_and_has_no_buttons(statement):
    page = statement(dark=True)
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    for part in (".bar", ".menu", ".button", ".back", ".toasts"):
        assert not any(piece.is_visible() for piece in page.locator(part).all()), part


def test_paper_has_every_column_the_total_last_and_page_x_of_y(statement):
    page = statement(dark=True)
    total = page.locator("tfoot .amount").last.inner_text()
    [*_, last] = sheets = printed(page)
    text = "\n".join(sheets)
    for heading in ("Source", "Customer", "How it was worked out", "Of", "Commission"):
        assert heading in text
    assert f"Page {len(sheets)} of {len(sheets)}" in last
    amounts = [found.group() for found in AMOUNT.finditer(text)]
    assert amount(amounts[-1]) == amount(total)


def test_a_long_list_repeats_its_head_on_every_sheet(visit):
    sheets = printed(visit(MANAGER, "/deals"))
    assert len(sheets) > 1
    for number, sheet in enumerate(sheets, start=1):
        assert "Customer" in sheet and "Value" in sheet
        assert f"Page {number} of {len(sheets)}" in sheet


def test_the_document_and_the_screen_have_the_same_total(statement):
    page = statement()
    total = page.locator(".equation .result dd").inner_text()
    with page.expect_download() as coming:
        page.get_by_role("link", name="PDF").click()
    text = "".join(sheet.extract_text() for sheet in PdfReader(coming.value.path()).pages)
    assert f"{amount(total):,.2f}" in text
