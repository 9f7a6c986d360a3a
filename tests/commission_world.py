"""A world for the commission engine without a database: for its property tests."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from models.commissions import engine
from models.commissions.engine import Event, EventKind, Line, Sale
from models.errors import Refused


def plan(rules: Mapping[str, Any], *, currency: str = "USD", trigger: str = "paid") -> engine.Plan:
    parsed = engine.parse_rules(rules, currency)
    return engine.Plan(
        id="PLAN",
        name="Plan",
        currency=currency,
        payout_currency=currency,
        time_zone="UTC",
        trigger=engine.Trigger(trigger),
        fx_policy=engine.FxPolicy.PAID_DATE,
        versions=(engine.Version("1", None, None, parsed),),
    )


def world(
    state: engine.State | None = None, *, closed: Iterable[str] = (), ids: Any = None
) -> engine.World:
    numbers = count(1)
    shut = frozenset(closed)
    return engine.World(
        state=state or engine.State(),
        rate_on=_no_rate,
        is_closed=shut.__contains__,
        payout_currency=lambda partner, on: "USD",
        new_id=ids or (lambda: str(next(numbers))),
    )


def sale(deal: str = "D1", net: int = 100_000, **more: Any) -> Sale:
    facts: dict[str, Any] = {
        "deal": deal,
        "key": deal,
        "partner": "R1",
        "currency": "USD",
        "net_minor": net,
        "won_at": datetime(2026, 11, 3, 10, tzinfo=UTC),
        "customer": "C1",
    }
    return Sale(**facts | more)


def event(
    kind: str = "paid", *, on: date = date(2026, 11, 10), amount: int | None = None, **more: Any
) -> Event:
    at = datetime(on.year, on.month, on.day, 10, tzinfo=UTC)
    facts: dict[str, Any] = {"id": f"{kind} {on}", "recorded_at": at}
    return Event(kind=EventKind(kind), at=at, amount_minor=amount, **facts | more)


def total(lines: Iterable[Line], *, partner: str | None = None, code: str | None = None) -> int:
    return sum(
        line.amount_minor
        for line in lines
        if (partner is None or line.partner == partner) and (code is None or line.code == code)
    )


def splits(*weights: str) -> tuple[tuple[str, Decimal], ...]:
    return tuple((f"R{index}", Decimal(weight)) for index, weight in enumerate(weights, start=1))


def _no_rate(source: str, target: str, on: date) -> engine.Rate:
    raise Refused(f"There is no rate from {source} to {target} on {on}.")
