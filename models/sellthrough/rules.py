"""What is true of point-of-sale reports: states, what makes a line good, when one is due.  Pure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from models.calendars import BusinessCalendar
from models.money import Money
from models.partners.profiles import is_country

OLDEST_DAYS = 180
"""What was sold longer ago is looked at by a person before it is handed in."""
LATE_AFTER = 5
"""Business days after the end of what a report covers."""
LONGEST_LOOK = 24
"""Periods back that are looked through for a report that is missing."""
MOST_PIECES, MOST_MINOR = 10_000_000, 2**53
"""Of one line: pieces, and minor units of all of them together."""
PARTNER_NUMBER = re.compile(r"P-[0-9A-Z]{7,12}")


class ReportState(StrEnum):
    READING = "reading"
    DONE = "done"
    REFUSED = "refused"

    @property
    def words(self) -> str:
        return STATE_WORDS[self]


STATE_WORDS = {
    ReportState.READING: "Being read",
    ReportState.DONE: "Taken",
    ReportState.REFUSED: "Not taken",
}


class Amounts(StrEnum):
    """How a file writes its prices."""

    PLAIN = "plain"
    COMMA = "comma"
    POINT = "point"

    @property
    def words(self) -> str:
        return AMOUNT_WORDS[self]


AMOUNT_WORDS = {
    Amounts.PLAIN: "1250.00: a point before the decimals, nothing between thousands",
    Amounts.COMMA: "1,250.00: commas between thousands",
    Amounts.POINT: "1.250,00: points between thousands, a comma before the decimals",
}


class Rhythm(StrEnum):
    WEEKLY = "weekly"
    MONTHLY = "monthly"

    @property
    def words(self) -> str:
        return "Every week" if self is Rhythm.WEEKLY else "Every month"

    def first_day(self, day: date) -> date:
        """Of the week, from Monday, or the month that the day is in."""
        if self is Rhythm.WEEKLY:
            return day - timedelta(days=day.weekday())
        return day.replace(day=1)

    def last_day(self, first: date) -> date:
        return self.first_day(first + timedelta(days=7 if self is Rhythm.WEEKLY else 31)) - DAY

    def ended_before(self, today: date, since: date) -> Iterator[date]:
        """First days of what had ended before today, the latest first, back to `since`."""
        first = self.first_day(self.first_day(today) - DAY)
        for _ in range(LONGEST_LOOK):
            if first < self.first_day(since):
                return
            yield first
            first = self.first_day(first - DAY)


DAY = timedelta(days=1)


def late_from(calendar: BusinessCalendar, last: date) -> date:
    """The first day on which a report of what ended on `last` is late."""
    day = last
    for _ in range(LATE_AFTER):
        day = calendar.next_business_day(day)
    return day + DAY


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a line is not taken.  column "": the whole line."""

    column: str
    what: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleLine:
    """One line of a report, as the file says it."""

    row: int
    report: str
    distributor: str
    reseller_ref: str
    reseller_name: str
    end_user_name: str
    end_user_postal: str
    end_user_country: str
    sku: str
    quantity: int
    """Negative for a return."""
    unit_price: Decimal
    currency: str
    invoice_number: str
    sold_on: date
    serials: tuple[str, ...]
    deal_number: str
    nth: int = 1
    """The how-many-eth of those in its file that say the same."""

    @property
    def unit_minor(self) -> int:
        """Raises ValueError for a part of a minor unit."""
        return Money.of(self.unit_price, self.currency).minor

    @property
    def print(self) -> str:
        """The same for two lines that say the same."""
        return _hash(
            self.reseller_ref, self.reseller_name, self.end_user_name, self.end_user_postal,
            self.end_user_country, self.sku, str(self.quantity), f"{self.unit_price.normalize():f}",
            self.currency, self.invoice_number, self.sold_on.isoformat(),
            *sorted(self.serials), self.deal_number,
        )  # fmt: skip

    @property
    def key(self) -> str:
        """What names the sale: invoice, article and serial numbers; without these, all that it
        says, and the how-many-eth it is of its file."""
        if not self.serials:
            return _hash("line", self.print, str(self.nth))
        return _hash("serials", self.invoice_number, self.sku, *sorted(self.serials))


def _hash(*said: str) -> str:
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()


def numbered(lines: Iterable[SaleLine]) -> list[SaleLine]:
    """Equal lines of one file, told apart by their order: the same file names them the same."""
    seen: Counter[str] = Counter()
    told = []
    for line in lines:
        seen[line.print] += 1
        told.append(replace(line, nth=seen[line.print]))
    return told


def serials_of(text: str) -> tuple[str, ...]:
    """Serial numbers as a cell lists them, between semicolons, commas, bars or spaces."""
    return tuple(each for each in re.split(r"[;,|\s]+", text) if each)


def faults_of(line: SaleLine, *, today: date) -> Iterator[Fault]:
    """What is wrong with a line by itself."""
    if line.quantity == 0:
        yield Fault(
            "quantity", "The quantity is 0.",
            "Write the pieces that were sold; a return is negative, such as -2.",
        )  # fmt: skip
    elif abs(line.quantity) > MOST_PIECES:
        yield Fault("quantity", f"{line.quantity:,} pieces are too many.", "Check the quantity.")
    if line.unit_price < 0:
        yield Fault(
            "unit_price", "The price is negative.",
            "Write what one piece costs; of a return the quantity is negative.",
        )  # fmt: skip
    if not _fits_currency(line):
        yield Fault(
            "unit_price", f"{line.unit_price:f} has more decimals than {line.currency} has.",
            "Round the price of one piece.",
        )  # fmt: skip
    elif abs(line.unit_minor * line.quantity) > MOST_MINOR:
        yield Fault("unit_price", "The price is too large.", "Check it, and its currency.")
    if not is_country(line.end_user_country):
        yield Fault(
            "end_user_country", f"“{line.end_user_country[:40]}” is no country.",
            "Write its ISO code, such as DE.",
        )  # fmt: skip
    yield from _day_faults(line, today)
    yield from _serial_faults(line)
    yield from _length_faults(line)


def _fits_currency(line: SaleLine) -> bool:
    try:
        return line.unit_minor is not None
    except ValueError:
        return False


def _day_faults(line: SaleLine, today: date) -> Iterator[Fault]:
    if line.sold_on > today:
        yield Fault(
            "invoice_date", f"{line.sold_on} is in the future.", "Hand it in when it is invoiced."
        )
    elif line.sold_on < today - timedelta(days=OLDEST_DAYS):
        yield Fault(
            "invoice_date", f"{line.sold_on} is more than {OLDEST_DAYS} days ago.",
            "Check the year; if it is right, write to your channel manager.",
        )  # fmt: skip


def _serial_faults(line: SaleLine) -> Iterator[Fault]:
    if len(set(line.serials)) < len(line.serials):
        yield Fault("serial_numbers", "A serial number stands twice.", "Write each once.")
    elif len(line.serials) > abs(line.quantity) > 0:
        yield Fault(
            "serial_numbers", f"There are more serial numbers than pieces ({line.quantity}).",
            "Correct the quantity, or the serial numbers.",
        )  # fmt: skip


MOST_LETTERS = {
    "reseller_ref": 60, "end_user_postal": 16, "sku": 64, "invoice_number": 60, "deal_number": 40,
    "report": 60,
}  # fmt: skip
COLUMN_OF = {
    "reseller_ref": "reseller_id", "deal_number": "deal_registration", "report": "report_id",
}  # fmt: skip


def _length_faults(line: SaleLine) -> Iterator[Fault]:
    for name, most in MOST_LETTERS.items():
        if len(getattr(line, name)) > most:
            column = COLUMN_OF.get(name, name)
            yield Fault(column, f"It has more than {most} letters.", "Shorten it.")
