"""Papers as PDF: what they say, in which order, and that they are always made."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pypdf
import pytest

from portal import documents
from portal.documents import Paper, Party, SettledStatement, StatementLine, Step, Term, Total

NOW = datetime(2026, 11, 15, 9, 30, tzinfo=UTC)

LINE = StatementLine(
    source="INV-88163",
    source_detail="D-4K7QXMP, 11 Oct 2026",
    about="Cobalt Mining Pty",
    base="$131,250.00",
    amount="$16,687.50",
    working=[
        Step("First $100,000.00 at 12 %", "$12,000.00"),
        Step("Next $31,250.00 at 15 %", "$4,687.50"),
        Step("Plan “FY26 Gold”, version 3, in force since 1 Feb 2026"),
    ],
)

STATEMENT = Paper(
    title="Commission statement, October 2026",
    number="S-7Q2M4KD",
    vendor=Party("Adventure Works Cycles", ["1 Main Street", "Bothell WA 98011", "United States"]),
    partner=Party("Łukasz Ærø & Søn #1 *GmbH*", ["Hauptstraße 5", "10115 Berlin", "Germany"]),
    facts=[("Period", "October 2026"), ("Currency", "US dollar (USD)"), ("Plan", "FY26 Gold")],
    equation=[
        Term("Carried from September", "$0.00"),
        Term("Earned", "$24,675.25", "+"),
        Term("Taken back", "$984.00", "−"),
        Term("Payable", "$23,691.25", "="),
    ],
    lines=[LINE],
    total=Total("Payable", "$23,691.25"),
    notes=["Amounts are without tax."],
)

REMITTANCE = Paper(
    title="Remittance advice",
    number="PO-3M7X9QD",
    vendor=STATEMENT.vendor,
    partner=STATEMENT.partner,
    facts=[("Paid on", "15 Nov 2026"), ("To", "account ending 3000")],
    equation=[Term("October 2026", "€1,190.00"), Term("Paid", "€1,190.00", "=")],
    lines=[SettledStatement("S-7Q2M4KD", "2026-10", "€0.00", "€1,200.00", "−€10.00", "€1,190.00")],
    total=Total("Paid", "€1,190.00"),
)


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(BytesIO(pdf))


def text(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in read(pdf).pages)


def test_a_statement_shows_the_equation_the_working_and_the_total_last():
    said = text(documents.statement(STATEMENT, now=NOW))
    for words in ("Carried from September", "First $100,000.00 at 12 %", "$16,687.50", "10115"):
        assert words in said
    assert said.rindex("$23,691.25") > said.rindex("$16,687.50")


def test_names_are_words_and_never_markup():
    assert "Łukasz Ærø & Søn #1 *GmbH*" in text(documents.statement(STATEMENT, now=NOW))


def test_a_long_statement_repeats_its_head_counts_its_pages_and_totals_once():
    pdf = documents.statement(replace(STATEMENT, lines=[LINE] * 60), now=NOW)
    pages = [page.extract_text() for page in read(pdf).pages]
    assert len(pages) > 3
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
        assert "Commission" in page
    assert [("$23,691.25" in page) for page in pages[1:]] == [False] * (len(pages) - 2) + [True]


def test_a_statement_without_lines_says_so():
    assert "Nothing was earned" in text(documents.statement(replace(STATEMENT, lines=[]), now=NOW))


def test_a_remittance_advice_names_each_statement_and_the_sum():
    said = text(documents.remittance(REMITTANCE, now=NOW))
    for words in ("S-7Q2M4KD", "account ending 3000", "−€10.00", "Paid"):
        assert words in said


@pytest.mark.parametrize(
    "make, paper", [(documents.statement, STATEMENT), (documents.remittance, REMITTANCE)]
)
def test_every_paper_is_tagged_titled_and_speaks_a_language(make, paper):
    catalog = read(make(paper, now=NOW)).trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"].startswith("en")
    assert b"pdfuaid" in catalog["/Metadata"].get_object().get_data()


def test_a_name_no_font_can_write_does_not_stop_the_paper(caplog):
    strange = replace(STATEMENT, partner=Party("Acme \U00012345\ue123"))
    said = text(documents.statement(strange, now=NOW))
    assert "$23,691.25" in said
    assert "without PDF/UA" in caplog.text


def test_the_same_paper_at_the_same_time_is_the_same_file():
    assert documents.statement(STATEMENT, now=NOW) == documents.statement(STATEMENT, now=NOW)
