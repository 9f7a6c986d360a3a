"""What the parts of the story share: the session, today, and who and what was made so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models.catalog import Product
from models.partners import Partner
from models.payouts import Rails
from models.people import Actor
from models.sealing import Seal
from portal.demo.reading import Shift

ZONE = ZoneInfo("America/Los_Angeles")
Tick = Callable[[str], None]


@dataclass
class Story:
    session: Session
    now: datetime
    seal: Seal
    rails: Rails
    tick: Tick = lambda _what: None
    password_hash: str = ""
    """Of the one password that everybody has here; made once, because that is slow by design."""
    code_secret_sealed: str = ""
    """Of the one secret that every code app has here."""
    staff: dict[str, Actor] = field(default_factory=dict)
    """By employee key, and by the words of the log-ins, such as "finance"."""
    partners: dict[str, Partner] = field(default_factory=dict)
    """By reseller key."""
    sellers: dict[str, Actor] = field(default_factory=dict)
    """By reseller key."""
    products: dict[str, Product] = field(default_factory=dict)
    """By article number."""
    prices: dict[tuple[str, str], int] = field(default_factory=dict)
    """By currency and article number, in minor units, for every tier."""
    towns: dict[str, dict[str, str]] = field(default_factory=dict)
    """The row of the reseller file, by reseller key."""

    @property
    def today(self) -> date:
        return self.now.astimezone(ZONE).date()

    @property
    def shift(self) -> Shift:
        return Shift(self.today)

    def at(self, day: date, hour: int = 10) -> datetime:
        """That hour of the vendor's day; never later than now."""
        instant = datetime.combine(day, time(hour), ZONE).astimezone(self.now.tzinfo)
        return min(instant, self.now - timedelta(minutes=5))

    def product_id(self, sku: str) -> UUID:
        return self.products[sku].id
