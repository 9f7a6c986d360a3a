"""The balance and its transactions."""

from typing import Any

from tests.stripe_standin.refusals import no_such
from tests.stripe_standin.routes import Call, answers, created_within, page
from tests.stripe_standin.world import World

DEFAULT_CURRENCY = "usd"


@answers("GET", "/v1/balance")
def balance(world: World, call: Call) -> dict[str, Any]:
    currencies = sorted({DEFAULT_CURRENCY, *world.available, *world.pending})
    return {
        "object": "balance",
        "livemode": False,
        "available": [_amount(one, world.available[one]) for one in currencies],
        "pending": [_amount(one, world.pending[one]) for one in currencies],
    }


@answers("GET", "/v1/balance_transactions")
def transactions(world: World, call: Call) -> dict[str, Any]:
    rows = created_within(world.all("balance_transaction"), call)
    for name in ("currency", "source", "type", "payout"):
        if name in call.params:
            rows = [row for row in rows if row.get(name) == call.params[name]]
    if "data.source" in call.params.get("expand", []):
        rows = [{**row, "source": _whole(world, row["source"])} for row in rows]
    return page(rows, call, "/v1/balance_transactions")


@answers("GET", "/v1/balance_transactions/{id}")
def transaction(world: World, call: Call) -> dict[str, Any]:
    key = call.at["id"]
    found = world.find("balance_transaction", key)
    if found is None:
        raise no_such("balance transaction", key)
    return found


def _whole(world: World, key: str) -> Any:
    """The thing that an id names; things that are not simulated stay ids."""
    kinds = ("transfer", "transfer_reversal", "payout")
    return next((found for kind in kinds if (found := world.find(kind, key))), key)


def _amount(currency: str, amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}
