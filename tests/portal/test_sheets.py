"""Lists as files: what a spreadsheet program makes of them."""

import csv
import io
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from models.money import Money
from models.partners import Partner
from portal.sheets import Column, safe_name, sheet_response

COLUMNS = [
    Column("Name", lambda row: row["name"]),
    Column("Net", lambda row: row["net"], "money"),
    Column("Currency", lambda row: row["net"] and row["net"].currency),
    Column("Issued", lambda row: row["day"], "day"),
    Column("Paid", lambda row: row["at"], "instant"),
    Column("Pieces", lambda row: row["pieces"], "number"),
    Column("Rate", lambda row: row["rate"], "percent"),
]
ROW = {
    "name": "Müller & Söhne, 株式会社",
    "net": Money(-123456789, "EUR"),
    "day": date(2026, 11, 3),
    "at": datetime(2026, 11, 3, 1, 30, tzinfo=timezone(timedelta(hours=2))),
    "pieces": 12,
    "rate": Decimal("0.0525"),
}
NOTHING = dict.fromkeys(ROW)


def body(kind, *rows, columns=COLUMNS):
    return sheet_response("list", columns, rows, kind).get_data()


def as_csv(*rows, columns=COLUMNS):
    text = body("csv", *rows, columns=columns).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def as_xlsx(*rows, columns=COLUMNS):
    return load_workbook(io.BytesIO(body("xlsx", *rows, columns=columns))).active


def text_of(*values):
    return as_csv(*values, columns=[Column("Text", str)])[1:]


def test_a_csv_says_every_kind_of_value_exactly():
    header, row = as_csv(ROW)
    assert header == ["Name", "Net", "Currency", "Issued", "Paid (UTC)", "Pieces", "Rate"]
    assert row == [
        "Müller & Söhne, 株式会社",
        "-1234567.89",
        "EUR",
        "2026-11-03",
        "2026-11-02T23:30:00Z",
        "12",
        "0.0525",
    ]


def test_a_csv_opens_as_utf_8_in_a_spreadsheet_and_ends_its_lines_as_rfc_4180_says():
    content = body("csv", ROW)
    assert content.startswith(b"\xef\xbb\xbfName,")
    assert content.count(b"\r\n") == 2


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(start):
    assert text_of(f'{start}HYPERLINK("http://rival")') == [[f'\'{start}HYPERLINK("http://rival")']]


def test_a_heading_that_a_spreadsheet_would_run_gets_an_apostrophe():
    assert as_csv(columns=[Column("=1+1", str)]) == [["'=1+1"]]


def test_a_harmless_text_is_kept_as_it_is():
    awkward = 'a "quoted", line\r\nand another; with = inside'
    assert text_of(awkward, "0049", "1-2") == [[awkward], ["0049"], ["1-2"]]


def test_negative_amounts_stay_numbers_in_csv():
    assert as_csv(ROW)[1][1].startswith("-")


def test_what_is_missing_is_an_empty_cell_in_both():
    assert as_csv(NOTHING)[1] == [""] * 7
    assert [cell.value for cell in as_xlsx(NOTHING, ROW)[2]] == [None] * 7


@pytest.mark.parametrize(
    ("amount", "text", "number", "pattern"),
    [
        (Money(1234, "USD"), "12.34", 12.34, "#,##0.00"),
        (Money(1234, "JPY"), "1234", 1234, "#,##0"),
        (Money(1234, "KWD"), "1.234", 1.234, "#,##0.000"),
    ],
)
def test_money_has_the_decimals_of_its_currency(amount, text, number, pattern):
    columns = [Column("Net", lambda row: row, "money")]
    assert as_csv(amount, columns=columns)[1] == [text]
    cell = as_xlsx(amount, columns=columns)["A2"]
    assert (cell.value, cell.number_format) == (number, pattern)


def test_a_spreadsheet_holds_numbers_and_dates_not_texts():
    name, net, currency, day, paid, pieces, rate = as_xlsx(ROW)[2]
    assert (name.value, currency.value, pieces.value) == (ROW["name"], "EUR", 12)
    assert (net.data_type, net.value) == ("n", -1234567.89)
    assert (day.is_date, day.value) == (True, datetime(2026, 11, 3))  # noqa: DTZ001
    assert (paid.is_date, paid.value) == (True, datetime(2026, 11, 2, 23, 30))  # noqa: DTZ001
    assert (rate.value, rate.number_format) == (0.0525, "0.00##%")


def test_a_text_is_never_a_formula_or_a_link_in_a_spreadsheet():
    sheet = as_xlsx("=1+1", "{=1+1}", "https://rival.example", columns=[Column("Text", str)])
    cells = [sheet.cell(row, 1) for row in (2, 3, 4)]
    assert [cell.data_type for cell in cells] == ["s", "s", "s"]
    assert [cell.hyperlink for cell in cells] == [None, None, None]
    assert cells[0].value == "=1+1"


def test_the_header_of_a_spreadsheet_stays_in_sight_and_filters():
    sheet = as_xlsx(ROW, ROW)
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:G3")
    assert sheet["A1"].value == "Name"


def test_an_empty_list_is_a_file_with_a_header():
    assert len(as_csv()) == 1
    assert as_xlsx().max_row == 1


def test_a_text_longer_than_a_cell_is_cut_not_lost():
    assert len(as_xlsx("x" * 40_000, columns=[Column("Text", str)])["A2"].value) == 32_767


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_list_too_long_for_memory_comes_whole(kind):
    columns = [Column("Text", str), Column("Number", lambda row: row, "number")]
    response = sheet_response("long", columns, iter(range(60_000)), kind)
    length = response.content_length
    assert len(response.get_data()) == length
    if kind == "csv":
        assert response.get_data().endswith(b"59999,59999\r\n")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_list_that_fails_half_way_is_an_error_not_a_short_file(kind):
    def rows():
        yield ROW
        raise LookupError("the database went away")

    with pytest.raises(LookupError):
        sheet_response("list", COLUMNS, rows(), kind)


def test_a_download_is_named_typed_and_kept_nowhere():
    response = sheet_response("Invoices of Müller & Co\r\nX: y", COLUMNS, [ROW], "csv")
    response.close()
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="invoices-of-muller-co-x-y.csv"'
    )
    assert response.mimetype == "text/csv"
    assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("株式会社", "list"),
        ("S-2026.11", "s-2026.11"),
        ("", "list"),
    ],
)
def test_a_file_name_is_safe_everywhere(name, safe):
    assert safe_name(name) == safe


def test_an_instant_is_written_in_utc_whatever_zone_it_came_in():
    at = datetime(2026, 11, 3, tzinfo=UTC)
    assert as_csv(ROW | {"at": at})[1][4] == "2026-11-03T00:00:00Z"


def test_an_unknown_kind_of_file_is_not_found():
    with pytest.raises(NotFound):
        sheet_response("list", COLUMNS, [ROW], "pdf")


@pytest.mark.parametrize(
    ("kind", "reads"), [("pdf", lambda row: row.name), ("csv", lambda row: row.nothing_of_it)]
)
def test_rows_that_nobody_reads_to_their_end_are_let_go(session, a, kind, reads):
    a.partner(), a.partner()
    rows = session.execute(select(Partner.name).execution_options(yield_per=1))
    with pytest.raises((NotFound, AttributeError)):
        sheet_response("list", [Column("Name", reads)], rows, kind)
    assert rows.closed
