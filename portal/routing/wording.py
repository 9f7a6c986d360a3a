"""What the pages of routing call things, and the columns of its list as a file."""

from __future__ import annotations

from typing import Any

from models.customers import Customer
from models.partners import Partner
from models.routing import KINDS
from portal.sheets import Column

RULES = {
    "account": "Named account", "postal": "Postal code", "subdivision": "State or province",
    "country": "Country", "region": "Region", "global": "Worldwide", "person": "A person",
    "default": "Default managers",
}  # fmt: skip
NAMED: dict[str, Any] = {"partner": Partner, "account": Customer}
FACT_WORDS = {
    "on": "Day", "subdivision": "State or province", "postal": "Postal code",
    "domain": "Web address", "account": "Customer", "naics": "Industry",
    "product": "Product family", "came_unasked": "Came by itself",
}  # fmt: skip
COLUMNS = [
    Column("When", lambda row: row.at, "instant"),
    Column("What", lambda row: KINDS.get(row.about_kind, row.about_kind)),
    Column("Of whom", lambda row: row.what),
    Column("Number", lambda row: row.number),
    Column("Channel manager", lambda row: row.channel_manager),
    Column("Sales manager", lambda row: row.sales_manager),
    Column("Territory", lambda row: row.territory),
    Column("Decided by", lambda row: RULES.get(row.rule, row.rule)),
    Column("Why", lambda row: row.why),
]
