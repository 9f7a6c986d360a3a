"""Transfers to connected accounts, and their reversals."""

import re
from typing import Any

from tests.stripe_standin.refusals import invalid, no_such
from tests.stripe_standin.routes import Call, answers, created_within, page
from tests.stripe_standin.world import World

MOST = 99_999_999
HUNDREDS = {"isk", "ugx"}
TENS = {"bhd", "jod", "kwd", "omr", "tnd"}
SUPPORTED = re.compile(r"[a-z]{3}")


@answers("POST", "/v1/transfers")
def create(world: World, call: Call) -> dict[str, Any]:
    said = call.params
    amount, currency = said.get("amount"), said["currency"].lower()
    _must_be_an_amount(amount, currency)
    _must_receive(world, said["destination"])
    if world.available[currency] < amount:
        raise invalid(
            "balance_insufficient",
            "You have insufficient available funds in your Stripe account.",
        )
    key = world.new_id("tr")
    made = {
        "id": key,
        "object": "transfer",
        "amount": amount,
        "amount_reversed": 0,
        "balance_transaction": world.move("transfer", -amount, currency, key),
        "created": world.stamp,
        "currency": currency,
        "description": said.get("description"),
        "destination": said["destination"],
        "destination_payment": world.new_id("py"),
        "livemode": False,
        "metadata": said.get("metadata") or {},
        "reversals": _reversals(key, []),
        "reversed": False,
        "source_transaction": said.get("source_transaction"),
        "source_type": said.get("source_type", "card"),
        "transfer_group": said.get("transfer_group"),
    }
    world.keep("transfer", made)
    world.happened("transfer.created", made)
    return made


@answers("GET", "/v1/transfers")
def index(world: World, call: Call) -> dict[str, Any]:
    rows = created_within(world.all("transfer"), call)
    for name in ("transfer_group", "destination"):
        if name in call.params:
            rows = [row for row in rows if row[name] == call.params[name]]
    return page(rows, call, "/v1/transfers")


@answers("GET", "/v1/transfers/{transfer}")
def show(world: World, call: Call) -> dict[str, Any]:
    return _found(world, call.at["transfer"])


@answers("POST", "/v1/transfers/{id}/reversals")
def reverse(world: World, call: Call) -> dict[str, Any]:
    made = _found(world, call.at["id"])
    left = made["amount"] - made["amount_reversed"]
    amount = call.params.get("amount", left)
    if left == 0:
        raise invalid(
            "transfer_already_reversed", f"Transfer {made['id']} has already been reversed."
        )
    if not 0 < amount <= left:
        raise invalid("parameter_invalid", f"Reversal amount must be at most {left}.", "amount")
    key = world.new_id("trr")
    reversal = {
        "id": key,
        "object": "transfer_reversal",
        "amount": amount,
        "balance_transaction": world.move("transfer_refund", amount, made["currency"], key),
        "created": world.stamp,
        "currency": made["currency"],
        "destination_payment_refund": world.new_id("pyr"),
        "metadata": call.params.get("metadata") or {},
        "source_refund": None,
        "transfer": made["id"],
    }
    made["amount_reversed"] += amount
    made["reversed"] = made["amount_reversed"] == made["amount"]
    made["reversals"] = _reversals(made["id"], [reversal, *made["reversals"]["data"]])
    world.keep("transfer_reversal", reversal)
    world.happened("transfer.reversed", made)
    return reversal


@answers("GET", "/v1/transfers/{id}/reversals")
def reversals(world: World, call: Call) -> dict[str, Any]:
    made = _found(world, call.at["id"])
    return page(made["reversals"]["data"], call, f"/v1/transfers/{made['id']}/reversals")


def _reversals(key: str, rows: list[dict]) -> dict[str, Any]:
    url = f"/v1/transfers/{key}/reversals"
    return {"object": "list", "url": url, "has_more": False, "total_count": len(rows), "data": rows}


def _found(world: World, key: str) -> dict[str, Any]:
    made = world.find("transfer", key)
    if made is None:
        raise no_such("transfer", key)
    return made


def _must_be_an_amount(amount: int | None, currency: str) -> None:
    if amount is None:
        raise invalid("parameter_missing", "Missing required param: amount.", "amount")
    if not SUPPORTED.fullmatch(currency):
        raise invalid("parameter_invalid", f"Invalid currency: {currency}", "currency")
    if amount < 1:
        raise invalid("parameter_invalid_integer", "Invalid positive integer", "amount")
    if amount > MOST:
        raise invalid("amount_too_large", "Amount must be no more than 99999999", "amount")
    if (currency in HUNDREDS and amount % 100) or (currency in TENS and amount % 10):
        raise invalid("parameter_invalid", f"Invalid amount in {currency}: {amount}", "amount")


def _must_receive(world: World, key: str) -> None:
    account = world.find("account", key)
    if account is None:
        raise no_such("destination", key, "destination", status=400)
    if account["status"] == "closed":
        raise invalid("account_closed", f"The account {key} has been closed.", "destination")
    if account["status"] != "active":
        raise invalid(
            "insufficient_capabilities_for_transfer",
            "Your destination account needs to have at least one of the following capabilities "
            "enabled: transfers, crypto_transfers, legacy_payments",
        )
