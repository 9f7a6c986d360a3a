"""Payouts of connected accounts to their banks; our platform's own go by hand."""

from typing import Any

from tests.stripe_standin.refusals import invalid, no_such
from tests.stripe_standin.routes import Call, answers, created_within, page
from tests.stripe_standin.world import World


@answers("POST", "/v1/payouts")
def create(world: World, call: Call) -> dict[str, Any]:
    amount, currency = call.params["amount"], call.params["currency"].lower()
    if call.account is None and world.available[currency] < amount:
        raise invalid(
            "balance_insufficient",
            "You have insufficient funds in your Stripe account for this transfer.",
        )
    return make(world, amount, currency, call.account, call.params.get("metadata") or {})


@answers("GET", "/v1/payouts")
def index(world: World, call: Call) -> dict[str, Any]:
    rows = [row for row in world.all("payout") if world.payout_of[row["id"]] == call.account]
    if "status" in call.params:
        rows = [row for row in rows if row["status"] == call.params["status"]]
    return page(created_within(rows, call), call, "/v1/payouts")


@answers("GET", "/v1/payouts/{payout}")
def show(world: World, call: Call) -> dict[str, Any]:
    found = world.find("payout", call.at["payout"])
    if found is None or world.payout_of[found["id"]] != call.account:
        raise no_such("payout", call.at["payout"])
    return found


def make(world: World, amount: int, currency: str, account: str | None, metadata: dict) -> dict:
    """A payout on its way: of the platform when no account is named."""
    key = world.new_id("po")
    moved = world.move("payout", -amount, currency, key) if account is None else None
    made = {
        "id": key,
        "object": "payout",
        "amount": amount,
        "arrival_date": world.stamp,
        "automatic": account is not None,
        "balance_transaction": moved,
        "created": world.stamp,
        "currency": currency,
        "description": None,
        "destination": world.new_id("ba"),
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": metadata,
        "method": "standard",
        "reconciliation_status": "not_applicable",
        "source_type": "card",
        "statement_descriptor": None,
        "status": "in_transit",
        "type": "bank_account",
    }
    world.payout_of[key] = account
    world.keep("payout", made)
    world.happened("payout.created", made, account)
    return made


def settle(world: World, key: str, failure: str | None = None) -> dict[str, Any]:
    """It arrived, or the bank sent it back (which may also happen after it was paid)."""
    with world.lock:
        made = world.things["payout"][key]
        made["status"] = "failed" if failure else "paid"
        made["failure_code"] = failure
        made["failure_message"] = failure and "The bank account has been closed."
        world.happened(f"payout.{made['status']}", made, world.payout_of[key])
        return made
