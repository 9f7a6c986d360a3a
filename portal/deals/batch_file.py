"""The file of many registrations: its columns, what each means, and how its lines are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from models.deals import DealType, Entry, Line, Registration
from models.errors import Refused
from models.money import Money
from portal.deals.writing import Desk
from portal.fields import country_choices
from portal.imports import ImportColumn, ImportFile, ImportRow

COLUMNS = (
    ImportColumn(
        "reference", "text",
        "Your own name for the deal. Lines with the same one are one deal with several products.",
        required=False,
    ),
    ImportColumn(
        "kind", "text",
        f"One of {', '.join(DealType)}. Empty: {DealType.NEW_BUSINESS}.", required=False,
    ),
    ImportColumn("customer", "text", "Name of the customer."),
    ImportColumn("country", "text", "ISO code of its country, such as DE."),
    ImportColumn("website", "text", "Its web site.", required=False),
    ImportColumn("town", "text", "Its town.", required=False),
    ImportColumn("postal_code", "text", "Its postal code.", required=False),
    ImportColumn("state", "text", "Its state or province, such as US-WA.", required=False),
    ImportColumn("vat_number", "text", "Its VAT number.", required=False),
    ImportColumn("project", "text", "Which of its projects, if it has several.", required=False),
    ImportColumn("sku", "text", "Article number of the product, as in the catalogue."),
    ImportColumn("quantity", "quantity", "How many."),
    ImportColumn(
        "unit_price", "amount", "Price of one in your currency. Empty: your list price.",
        required=False,
    ),
    ImportColumn("expected_order", "day", "When you expect the order."),
    ImportColumn("problem", "text", "What the customer wants solved.", required=False),
    ImportColumn("contact_name", "text", "Your contact at the customer.", required=False),
    ImportColumn("contact_email", "text", "The contact's e-mail address.", required=False),
    ImportColumn("contact_role", "text", "The contact's role.", required=False),
    ImportColumn("contact_phone", "text", "The contact's phone.", required=False),
    ImportColumn("competitors", "text", "Who else offers to the customer.", required=False),
    ImportColumn("tender_number", "text", "Number or title of the tender.", required=False),
    ImportColumn("tender_published", "day", "When it is, or will be, public.", required=False),
    ImportColumn("previous_order", "text", "The earlier order or contract.", required=False),
    ImportColumn("previous_end", "day", "When the earlier contract ends.", required=False),
    ImportColumn("replaces", "text", "Whose product is replaced.", required=False),
    ImportColumn("replace_reason", "text", "Why it is replaced.", required=False),
    ImportColumn(
        "customer_came_to_us", "yes or no", "yes: by itself, without our having asked. Empty: no.",
        required=False,
    ),
    ImportColumn("why", "text", "Not read: why the line was refused before.", required=False),
)  # fmt: skip

NAMES = tuple(column.name for column in COLUMNS)
ALIKE = tuple(name for name in NAMES if name not in ("sku", "quantity", "unit_price", "why"))
"""What the lines of one deal must say alike."""

HEADER = ",".join(name for name in NAMES if name != "why")
SAMPLE = """\
A-1,,Kestrel Foods GmbH,DE,kestrelfoods.example,Hamburg,20095,,,,HL-U509-B,60,,2027-02-28,\
Couriers lose an hour a day because the old cargo bikes break down.,Ruth Okafor,\
ruth@kestrelfoods.example,,,,,,,,,,
A-1,,Kestrel Foods GmbH,DE,kestrelfoods.example,Hamburg,20095,,,,BK-M82B-44,12,,2027-02-28,\
Couriers lose an hour a day because the old cargo bikes break down.,Ruth Okafor,\
ruth@kestrelfoods.example,,,,,,,,,,
B-7,renewal,Harbour Tours Ltd,GB,,,,,,Depot South,BK-M82B-44,30,1750.00,2027-03-31,,Ann Beebe,\
ann@harbourtours.example,,,,,,C-1182,2027-03-31,,,
"""
TEXTS = {
    "customer": "customer_name",
    "country": "customer_country",
    "website": "customer_domain",
    "town": "customer_town",
    "postal_code": "customer_postal_code",
    "state": "customer_subdivision",
    "vat_number": "customer_vat_id",
    "project": "project",
    "problem": "problem",
    "contact_name": "contact_name",
    "contact_email": "contact_email",
    "contact_role": "contact_title",
    "contact_phone": "contact_phone",
    "competitors": "competitors",
    "tender_number": "tender_number",
    "previous_order": "previous_order",
    "replaces": "replaces",
    "replace_reason": "replace_reason",
}
LONGEST = {"project": 120, "town": 80, "postal_code": 16, "state": 6, "vat_number": 20,
           "contact_role": 120, "contact_phone": 40, "tender_number": 80, "previous_order": 80,
           "replaces": 120}  # fmt: skip
"""Characters, where it is less than a file's text may have anyway."""


class BadLine(Refused):
    """What is wrong with one line, and how to mend it."""


def entries(content: bytes, desk: Desk) -> Iterator[Entry]:
    """Each registration of the file.  Raises Refused when it cannot be read as a whole."""
    by_sku = {product.sku: product for product in desk.products}
    for rows in _deals(ImportFile(content, COLUMNS)):
        first = rows[0]
        cells = [{name: cell for name, cell in row.cells.items() if cell} for row in rows]
        customer = first.values.get("customer") or ""
        try:
            written, fault = _registration(rows, by_sku, desk.currency), ""
        except Refused as bad:
            written, fault = None, str(bad)
        yield Entry(first.number, customer, cells, written, fault)


def _deals(file: ImportFile) -> Iterable[list[ImportRow]]:
    """Lines with the same reference together, in the order of the first."""
    found: dict[str, list[ImportRow]] = {}
    for row in file:
        reference = row.values.get("reference")
        found.setdefault(f"named {reference}" if reference else f"row {row.number}", []).append(row)
    return found.values()


def _registration(rows: list[ImportRow], by_sku: dict[str, Any], currency: str) -> Registration:
    for row in rows:
        for problem in row.problems:
            where = f"{problem.column}: " if problem.column else ""
            raise BadLine(f"Row {problem.row}, {where}{problem.what} {problem.remedy}")
        _must_fit(row)
    first = rows[0].values
    for row in rows[1:]:
        for name in ALIKE:
            if row.values[name] != first[name]:
                raise BadLine(
                    f"Rows {rows[0].number} and {row.number} have the same reference and another "
                    f"{name.replace('_', ' ')}. Write the same, or another reference."
                )
    return Registration(
        kind=DealType(first["kind"] or DealType.NEW_BUSINESS),
        expected_close_on=first["expected_order"],
        tender_published_on=first["tender_published"],
        previous_ends_on=first["previous_end"],
        came_unasked=bool(first["customer_came_to_us"]),
        lines=tuple(_line(row, by_sku, currency) for row in rows),
        **{field: first[name] or "" for name, field in TEXTS.items()},
    )


def _must_fit(row: ImportRow) -> None:
    values, where = row.values, f"Row {row.number}, "
    if values["kind"] and values["kind"] not in set(DealType):
        raise BadLine(f"{where}kind: write one of {', '.join(DealType)}, or nothing.")
    if values["country"] not in country_choices():
        raise BadLine(f"{where}country: write its ISO code in capitals, such as DE.")
    for name, most in LONGEST.items():
        if len(values[name] or "") > most:
            raise BadLine(f"{where}{name}: shorten it to {most} characters.")


def _line(row: ImportRow, by_sku: dict[str, Any], currency: str) -> Line:
    values, where = row.values, f"Row {row.number}, "
    product = by_sku.get(values["sku"])
    if product is None:
        raise BadLine(f"{where}sku: “{values['sku']}” is not offered; look it up in the catalogue.")
    if values["unit_price"] is None:
        if product.unit_minor is None:
            raise BadLine(f"{where}unit_price: it has no list price; write a price.")
        return Line(product.id, values["quantity"], product.unit_minor)
    try:
        unit = Money.of(values["unit_price"], currency)
    except ValueError:
        raise BadLine(f"{where}unit_price: {currency} has fewer decimals.") from None
    if unit.minor < 0:
        raise BadLine(f"{where}unit_price: write an amount of 0 or more.")
    return Line(product.id, values["quantity"], unit.minor)
