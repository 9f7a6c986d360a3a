"""How people read our values: money, days, instants, states.  In their language and time zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError, dates, numbers
from flask import Flask, g, has_request_context

from models.calendars import first_day
from models.money import Money, exponent
from portal import clock
from portal.identity import asking
from portal.paging import COUNTED_UP_TO

MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"


def money(amount: Money | int | None, currency: str | None = None) -> str:
    """Such as $1,250.00; also from minor units and a currency.  Nothing for None."""
    if amount is None:
        return ""
    if not isinstance(amount, Money):
        amount = Money(int(amount), currency or "")
    return _money(amount.minor, amount.currency, _locale())


def plain_money(amount: Money) -> str:
    """Such as 1250.00: what a form field or a file holds."""
    return f"{amount.major:.{exponent(amount.currency)}f}"


def has_decimal_comma() -> bool:
    """Whether the reader's pages write 12,50."""
    return numbers.get_decimal_symbol(_locale()) == ","


def short_money(amount: Money | None) -> str:
    """Such as $23.7k, for charts and tiles where cents would be noise."""
    if amount is None:
        return ""
    return numbers.format_compact_currency(
        amount.major, amount.currency, locale=_locale(), fraction_digits=1
    )


def number(value: int | Decimal | None, digits: int = 0) -> str:
    if value is None:
        return ""
    return numbers.format_decimal(round(Decimal(value), digits), locale=_locale())


def tally(count: int, *, short: bool = False) -> str:
    """How long a list is; more than is counted reads "more than 1,000", on tabs "1,000+"."""
    if count <= COUNTED_UP_TO:
        return number(count)
    return f"{number(COUNTED_UP_TO)}+" if short else f"more than {number(COUNTED_UP_TO)}"


def percent(value: Decimal | None) -> str:
    """0.125 reads 12.5%; all digits are shown, none is made up."""
    if value is None:
        return ""
    return numbers.format_percent(value, locale=_locale(), decimal_quantization=False)


def day(value: date | datetime | None) -> str:
    """Such as Nov 22, 2026, as the reader's language writes it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(_time_zone())).date()
    return dates.format_date(value, format="medium", locale=_locale())


def instant(value: datetime | None) -> str:
    """Day and time in the reader's time zone, which is named."""
    if value is None:
        return ""
    local = value.astimezone(ZoneInfo(_time_zone()))
    time = dates.format_time(local, "short", locale=_locale())
    return f"{dates.format_date(local, 'medium', locale=_locale())}, {time} {local.tzname()}"


def month(value: str | None) -> str:
    """2026-10 reads October 2026."""
    if not value:
        return ""
    return dates.format_skeleton("yMMMM", first_day(value), locale=_locale())


def short_month(value: str) -> str:
    """2026-10 reads Oct, for charts."""
    return dates.format_date(first_day(value), "MMM", locale=_locale())


def ago(value: datetime | None) -> str:
    """Such as 9 hours ago."""
    if value is None:
        return ""
    if abs(clock.now() - value) < timedelta(minutes=1):
        return "just now"
    return dates.format_timedelta(
        value - clock.now(), add_direction=True, format="long", locale=_locale()
    )


def left(value: datetime | None) -> str:
    """Such as “in 15 h” or “2 h overdue”: how long until a clock runs out."""
    if value is None:
        return ""
    rest = value - clock.now()
    return f"{_duration(-rest)} overdue" if rest < timedelta() else f"in {_duration(rest)}"


def words(state: StrEnum | str | None) -> str:
    """info_requested reads Info requested."""
    return str(state or "").replace("_", " ").replace("-", " ").capitalize()


def country(code: str | None) -> str:
    return _locale().territories.get(code, code) if code else ""


def install(app: Flask) -> None:
    for reader in (
        money, plain_money, short_money, number, percent, day, instant, month, ago, left, words,
        country, short_month, tally,
    ):  # fmt: skip
        app.add_template_filter(reader)


@lru_cache(maxsize=4096)
def _money(minor: int, currency: str, locale: Locale) -> str:
    digits = exponent(currency)  # ISO's; Babel's differ for some currencies
    pattern = numbers.parse_pattern(locale.currency_formats["standard"].pattern)
    pattern.frac_prec = (digits, digits)
    amount = Decimal(abs(minor)).scaleb(-digits)
    text = pattern.apply(amount, locale, currency=currency, currency_digits=False)
    text = re.sub(r"(?<=[A-Za-z])(?=\d)", NO_BREAK, text)  # CHF 5.00, but $5.00
    return f"{MINUS}{text}" if minor < 0 else text


def _duration(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // (24 * 60)} days"


@contextmanager
def for_everybody(time_zone: str) -> Iterator[None]:
    """In here values read the same whoever asks: in English, in this time zone."""
    before = g.get("for_everybody")
    g.for_everybody = time_zone
    try:
        yield
    finally:
        g.for_everybody = before


def _locale() -> Locale:
    if g and g.get("for_everybody"):
        return _parsed("en_US")
    here = asking() if has_request_context() else None
    return _parsed(here.actor.locale if here else "en_US")


@lru_cache(maxsize=50)
def _parsed(name: str) -> Locale:
    try:
        return Locale.parse(name)
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_US")


def _time_zone() -> str:
    if g and g.get("for_everybody"):
        return g.for_everybody
    here = asking() if has_request_context() else None
    return here.actor.time_zone if here else g.get("time_zone", "UTC") if g else "UTC"
