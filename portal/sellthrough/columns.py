"""The columns of a point-of-sale report, and what becomes of a row of it."""

from __future__ import annotations

from models.customers import country_code
from models.sellthrough import Amounts, SaleLine, serials_of
from portal.imports import ImportColumn, ImportRow

COLUMNS = (
    ImportColumn("report_id", "text", "Your name for the report, the same in each row."),
    ImportColumn("distributor_id", "text", "Your number with us, such as P-7HM2KQV, or your own."),
    ImportColumn(
        "reseller_id", "text", "Its number with us, such as P-7HM2KQV, or your own for it.", False
    ),
    ImportColumn("reseller_name", "text", "Who bought from you.", required=False),
    ImportColumn("end_user_name", "text", "Who it is for in the end."),
    ImportColumn("end_user_postal", "text", "Format the column as text.", required=False),
    ImportColumn("end_user_country", "text", "ISO code, such as DE."),
    ImportColumn("sku", "text", "Our article number; format the column as text."),
    ImportColumn("quantity", "number", "Pieces; of a return negative, such as -2."),
    ImportColumn("unit_price", "amount", "What you asked for one, without tax."),
    ImportColumn("currency", "currency", "ISO 4217 code, such as EUR."),
    ImportColumn("invoice_number", "text", "Of your invoice, or of the credit note for a return."),
    ImportColumn("invoice_date", "day", "Day of the invoice, not in the future."),
    ImportColumn("serial_numbers", "list", "Between semicolons.", required=False),
    ImportColumn("deal_registration", "text", "Number of the deal, such as D-4K7QXMP.", False),
    ImportColumn("problem", "text", "Not read: stands in the list of rows to mend.", False),
    ImportColumn("what_to_do", "text", "Not read, either.", required=False),
)
OWN_WORDS = ("problem", "what_to_do")
"""What the list of rows to mend adds, so that it may be mended and handed in as it is."""

THOUSANDS = {Amounts.PLAIN: "", Amounts.COMMA: ",", Amounts.POINT: "."}

SAMPLE = (
    "POS-2026-11,P-7HM2KQV,P-4K7QXMP,Northstar,Acme Inc,94607,US,BK-M82B-44,7,400.00,USD,"
    "INV-70001,2026-11-10,A0001;A0002,\n"
    "POS-2026-11,P-7HM2KQV,,Blue River,Mercy Hospital,02110,US,HL-U509,-1,20.99,USD,"
    "CM-70003,2026-11-25,,\n"
)


def sale_line(row: ImportRow) -> SaleLine:
    """Of a row without problems."""
    said = row.values
    return SaleLine(
        row=row.number,
        report=said["report_id"],
        distributor=said["distributor_id"],
        reseller_ref=said["reseller_id"] or "",
        reseller_name=said["reseller_name"] or "",
        end_user_name=said["end_user_name"],
        end_user_postal=said["end_user_postal"] or "",
        end_user_country=country_code(said["end_user_country"]) or "",
        sku=said["sku"],
        quantity=said["quantity"],
        unit_price=said["unit_price"],
        currency=said["currency"],
        invoice_number=said["invoice_number"],
        sold_on=said["invoice_date"],
        serials=serials_of(said["serial_numbers"] or ""),
        deal_number=said["deal_registration"] or "",
    )
