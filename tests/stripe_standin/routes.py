"""Which function answers which operation."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.stripe_standin.world import World


@dataclass
class Call:
    """One request, checked: what stands in the path, and the parameters in their types."""

    method: str
    path: str
    at: dict[str, str] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    account: str | None = None
    """Stripe-Account: the connected account on whose behalf it is asked."""


Answer = Callable[[World, Call], Any]
ANSWERS: dict[tuple[str, str], Answer] = {}


def answers(method: str, path: str) -> Callable[[Answer], Answer]:
    """Marks the function that answers this operation; the path as the SDK writes it."""

    def mark(function: Answer) -> Answer:
        ANSWERS[method, path] = function
        return function

    return mark


def page(rows: list[dict], call: Call, url: str) -> dict[str, Any]:
    """One page of a v1 list whose rows stand latest first."""
    params = call.params
    limit = params.get("limit", 10)
    keys = [row["id"] for row in rows]
    if after := params.get("starting_after"):
        rows = rows[keys.index(after) + 1 :] if after in keys else []
    if before := params.get("ending_before"):
        rows = rows[: keys.index(before)] if before in keys else []
        return {"object": "list", "url": url, "data": rows[-limit:], "has_more": len(rows) > limit}
    return {"object": "list", "url": url, "data": rows[:limit], "has_more": len(rows) > limit}


def created_within(rows: list[dict], call: Call) -> list[dict]:
    """The rows that the parameter `created` lets through."""
    wanted = call.params.get("created")
    if wanted is None:
        return rows
    if isinstance(wanted, int):
        return [row for row in rows if row["created"] == wanted]
    tests = {
        "gt": lambda at, limit: at > limit,
        "gte": lambda at, limit: at >= limit,
        "lt": lambda at, limit: at < limit,
        "lte": lambda at, limit: at <= limit,
    }
    return [
        row
        for row in rows
        if all(tests[word](row["created"], limit) for word, limit in wanted.items())
    ]
