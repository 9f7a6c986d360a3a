"""Connected accounts as the first generation of the API shows them, and what moves them."""

from typing import Any

from tests.stripe_standin.refusals import invalid, no_such
from tests.stripe_standin.routes import Call, answers
from tests.stripe_standin.world import World

DUE = ("business_profile.url", "external_account", "tos_acceptance.date")


@answers("POST", "/v1/accounts")
def create(world: World, call: Call) -> dict[str, Any]:
    wanted = (call.params.get("capabilities") or {}).get("transfers") or {}
    if not wanted.get("requested"):
        raise invalid("parameter_missing", "Missing required param: capabilities.", "capabilities")
    account = world.keep(
        "account",
        {
            "id": world.new_id("acct"),
            "country": call.params.get("country", "US"),
            "status": "restricted",
            "v": 1,
            "due": list(DUE),
            "given": call.params,
            "created": world.now,
        },
    )
    return shown(account)


@answers("GET", "/v1/accounts/{account}")
def show(world: World, call: Call) -> dict[str, Any]:
    return shown(found(world, call.at["account"]))


@answers("DELETE", "/v1/accounts/{account}")
def delete(world: World, call: Call) -> dict[str, Any]:
    account = found(world, call.at["account"])
    account["status"] = "closed"
    return {"id": account["id"], "object": "account", "deleted": True}


def found(world: World, key: str) -> dict[str, Any]:
    account = world.find("account", key)
    if account is None:
        raise no_such("account", key)
    return account


def shown(account: dict[str, Any]) -> dict[str, Any]:
    given, is_active = account["given"], account["status"] == "active"
    due = account["due"]
    return {
        "id": account["id"],
        "object": "account",
        "capabilities": {"transfers": "active" if is_active else "inactive"},
        "charges_enabled": False,
        "country": account["country"],
        "created": int(account["created"].timestamp()),
        "default_currency": given.get("default_currency"),
        "details_submitted": is_active,
        "email": given.get("email"),
        "metadata": given.get("metadata") or {},
        "payouts_enabled": is_active,
        "requirements": {
            "alternatives": [],
            "current_deadline": None,
            "currently_due": due,
            "disabled_reason": None if is_active else "requirements.past_due",
            "errors": [],
            "eventually_due": due,
            "past_due": due,
            "pending_verification": [],
        },
        "type": given.get("type", "none"),
    }


def become(world: World, key: str, status: str, *, due: tuple[str, ...] = ()) -> None:
    """Move an account to active, restricted or closed, and tell of it."""
    with world.lock:
        account = found(world, key)
        account["status"], account["due"] = status, list(due)
        world.happened("account.updated", shown(account), key)
        if account["v"] == 2:
            related = {"id": key, "type": "v2.core.account", "url": f"/v2/core/accounts/{key}"}
            for kind in (
                "v2.core.account[configuration.recipient].capability_status_updated",
                "v2.core.account[requirements].updated",
            ):
                world.happened_thin(kind, related)
