"""What a registration of one type says beyond every other: the tender, the order before, …"""

from __future__ import annotations

from datetime import date

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column


class Particulars:
    """Columns of the deal.  Which of them a type asks for: models/deals/kinds."""

    came_unasked: Mapped[bool] = mapped_column(default=False)
    """The customer turned to the partner by itself (a passive sale)."""
    project: Mapped[str] = mapped_column(String(120), default="")
    """Which of the customer's projects; empty: whatever it buys of the family."""
    project_key: Mapped[str] = mapped_column(String(120), default="")
    """The project as it is compared; see models/deals/projects."""
    tender_number: Mapped[str] = mapped_column(String(80), default="")
    tender_published_on: Mapped[date | None]
    """When the tender is, or will be, public; None where there is none."""
    previous_order: Mapped[str] = mapped_column(String(80), default="")
    """The order or contract that is renewed or expanded."""
    previous_ends_on: Mapped[date | None]
    """The last day of the contract that is renewed; None where there is none."""
    replaces: Mapped[str] = mapped_column(String(120), default="")
    """The competitor whose product is taken out."""
    replace_reason: Mapped[str] = mapped_column(Text, default="")
