"""CSV files that people hand in: what is read, what is refused, and what the person is told."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from models.errors import Refused
from portal.imports import ImportColumn, ImportFile, Problem

COLUMNS = [
    ImportColumn("number", "text", "The number"),
    ImportColumn("amount", "amount", "The amount"),
    ImportColumn("currency", "currency", "Its currency"),
    ImportColumn("quantity", "quantity", "Pieces", required=False),
    ImportColumn("issued_on", "day", "The day", required=False),
    ImportColumn("paid_at", "moment", "The moment", required=False),
    ImportColumn("commissionable", "yes or no", "Whether it earns", required=False),
]
HEADER = ",".join(column.name for column in COLUMNS)
GOOD = "F-1,1250.00,EUR,3,2026-11-03,2026-11-04T10:00:00+02:00,yes"


def read(*lines, separator="\r\n"):
    return list(ImportFile(separator.join(lines).encode(), COLUMNS))


def cell(name, text):
    """What one cell is read as, or the problem."""
    values = dict(zip(HEADER.split(","), GOOD.split(","), strict=True)) | {name: text}
    (row,) = read(HEADER, ",".join(f'"{value}"' for value in values.values()))
    return row.problems[0] if row.problems else row.values[name]


def refusal(content):
    with pytest.raises(Refused) as refused:
        list(ImportFile(content if isinstance(content, bytes) else content.encode(), COLUMNS))
    return str(refused.value)


def test_a_good_row_is_read_exactly():
    (row,) = read(HEADER, GOOD)
    assert row.number == 2
    assert row.values == {
        "number": "F-1",
        "amount": Decimal("1250.00"),
        "currency": "EUR",
        "quantity": 3,
        "issued_on": date(2026, 11, 3),
        "paid_at": datetime(2026, 11, 4, 8, tzinfo=UTC),
        "commissionable": True,
    }


@pytest.mark.parametrize("separator", ["\r\n", "\n", "\r\n\r\n"])
def test_every_line_end_and_blank_lines_are_read(separator):
    assert len(read(HEADER, GOOD, GOOD, separator=separator)) == 2


def test_the_mark_of_utf_8_and_a_semicolon_are_accepted():
    content = f"{HEADER}\r\n{GOOD}".replace(",", ";").encode("utf-8-sig")
    (row,) = ImportFile(content, COLUMNS)
    assert row.values["amount"] == Decimal("1250.00")


def test_columns_may_come_in_any_order_and_optional_ones_may_be_missing():
    (row,) = read("Currency,Number,Amount", "EUR,F-1,5")
    assert (row.values["number"], row.values["issued_on"]) == ("F-1", None)


def test_a_cell_may_hold_separators_quotes_and_line_ends():
    assert cell("number", 'F ""1"", a\r\nb') == 'F "1", a\r\nb'


def test_a_text_is_never_read_as_a_number_nor_cleaned_of_what_an_export_added():
    assert cell("number", "00123") == "00123"
    assert cell("number", "'=1") == "'=1"


def test_rows_are_numbered_as_a_spreadsheet_numbers_them():
    rows = read(HEADER, '"F\r\n1",1,EUR,,,,', "", "F-2,x,EUR,,,,")
    assert [row.number for row in rows] == [2, 4]
    assert rows[1].problems[0].row == 4


def test_every_bad_cell_of_a_row_is_reported():
    (row,) = read(HEADER, ",abc,XXQ,0,31/11/2026,later,maybe")
    assert [problem.column for problem in row.problems] == HEADER.split(",")


@pytest.mark.parametrize("text", ["1,250.00", "1'250.00", "1 250.00", "1,250", "12,345,678"])
def test_thousands_separators_are_refused_with_the_plain_amount_as_remedy(text):
    problem = cell("amount", text)
    plain = "".join(mark for mark in text if mark.isdigit() or mark == ".")
    assert (problem.what, problem.remedy) == (
        f"“{text}” has a thousands separator.",
        f"Write {plain}.",
    )


@pytest.mark.parametrize(
    ("thousands", "text", "read"),
    [(",", "1,250.00", "1250.00"), (",", "-1,234,567", "-1234567"), (",", "400.5", "400.5"),
     (".", "1.250,00", "1250.00"), (".", "12,50", "12.50"), (".", "1.250", "1250")],
)  # fmt: skip
def test_thousands_separators_are_read_when_somebody_said_which(thousands, text, read):
    content = f'number,amount,currency\nF-1,"{text}",EUR'.encode()
    (row,) = ImportFile(content, COLUMNS, thousands=thousands)
    assert row.values["amount"] == Decimal(read)


@pytest.mark.parametrize(
    ("thousands", "text"), [(",", "1.250,00"), (",", "12,50"), (".", "400.00"), (".", "1,250.00")]
)
def test_another_mark_than_the_one_that_was_said_is_refused(thousands, text):
    content = f'number,amount,currency\nF-1,"{text}",EUR'.encode()
    (row,) = ImportFile(content, COLUMNS, thousands=thousands)
    assert "is not written as 1" in row.problems[0].what


def test_a_decimal_comma_is_refused_with_the_point_as_remedy():
    assert cell("amount", "12,50").remedy == "Write 12.50."


@pytest.mark.parametrize("text", ["abc", "EUR 5", "1e3", "NaN", "٣", "1.250,00", "--1", "5€", "1."])
def test_what_is_no_amount_is_refused(text):
    assert "is not an amount" in cell("amount", text).what


def test_an_amount_too_long_to_be_kept_exactly_is_refused():
    assert "too large" in cell("amount", "1" * 16).what


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", "9999999999"])
def test_what_is_no_quantity_is_refused(text):
    assert "is not a quantity" in cell("quantity", text).what


@pytest.mark.parametrize("text", ["31/11/2026", "11/30/26", "20261130", "2026-W47-7", "2026-1-2"])
def test_only_iso_dates_are_read(text):
    problem = cell("issued_on", text)
    assert problem.what == f"“{text}” is not a date as year-month-day."
    assert "2026-11-30" in problem.remedy


def test_a_day_that_does_not_exist_is_refused():
    problem = cell("issued_on", "2026-11-31")
    assert problem == Problem(
        2, "issued_on", "There is no day 2026-11-31.", "Check the month and the day."
    )


def test_a_moment_is_a_day_or_an_instant_with_its_zone():
    assert cell("paid_at", "2026-11-04") == date(2026, 11, 4)
    assert cell("paid_at", "2026-11-04T10:00-05:00").utcoffset() == timedelta(hours=-5)
    for text in ["2026-11-04T10:00", "2026-11-04T25:00Z", "2026-13-04T10:00Z"]:
        assert "is not an instant" in cell("paid_at", text).what


@pytest.mark.parametrize("text", ["eur", "XXQ", "Euro", "€"])
def test_what_is_no_currency_is_refused(text):
    assert "is not a currency" in cell("currency", text).what


def test_a_text_that_a_database_cannot_keep_is_refused():
    assert "control character" in cell("number", "F\x001").what
    assert "characters" in cell("number", "x" * 201).what


def test_a_row_with_too_many_or_too_few_cells_is_refused():
    rows = read(HEADER, "F-1,5", GOOD + ",more", GOOD + ",,")
    assert ["cells" in (row.problems[0].what if row.problems else "") for row in rows] == [
        True,
        True,
        False,
    ]


def test_a_bad_row_still_says_what_it_was_about():
    for line in ["F-1,abc,EUR,,,,", "F-1,5"]:
        (row,) = read(HEADER, line)
        assert row.problems and row.values["number"] == "F-1"


def test_the_total_is_known_before_the_first_row_is_taken():
    assert ImportFile("\n".join([HEADER, GOOD, "", GOOD]).encode(), COLUMNS).total == 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        (GOOD, "must name the columns: number, amount"),
        ("number,amount\nF-1,5", "lacks currency"),
        (HEADER + ",amount\n", "stands twice"),
        ("nummer," + HEADER.replace("number", "x"), "Did you mean number?"),
        (HEADER + ",colour\n", "“colour” in the header is not known"),
        (b"PK\x03\x04rest of a zip file", "is a spreadsheet"),
        (HEADER.encode() + b"\nM\xfcller,5,EUR,,,,\n", "Row 2 holds a character that is not UTF-8"),
        (f'{HEADER}\n{GOOD}\n"open,5,EUR,,,,\n', "cannot be read after row 2"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole_with_its_remedy(content, told):
    assert told in refusal(content)
