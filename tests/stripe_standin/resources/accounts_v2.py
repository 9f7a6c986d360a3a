"""Connected accounts as the second generation shows them; what is not included is null."""

from typing import Any

from tests.stripe_standin.refusals import invalid
from tests.stripe_standin.resources.accounts import DUE, become, found
from tests.stripe_standin.routes import Call, answers
from tests.stripe_standin.world import World, instant

CAPABILITY = "stripe_balance.stripe_transfers"


@answers("POST", "/v2/core/accounts")
def create(world: World, call: Call) -> dict[str, Any]:
    given = call.params
    recipient = (given.get("configuration") or {}).get("recipient") or {}
    balance = (recipient.get("capabilities") or {}).get("stripe_balance") or {}
    if not (balance.get("stripe_transfers") or {}).get("requested"):
        raise invalid(
            "parameter_missing", "Missing required param: configuration.", "configuration"
        )
    country = (given.get("identity") or {}).get("country")
    if not country:
        raise invalid("parameter_missing", "Missing required param: identity.country.", "identity")
    key = world.new_id("acct")
    account = world.keep(
        "account",
        {
            "id": key,
            "country": country.upper(),
            "status": "restricted",
            "v": 2,
            "due": list(DUE),
            "given": given,
            "created": world.now,
        },
    )
    related = {"id": key, "type": "v2.core.account", "url": f"/v2/core/accounts/{key}"}
    world.happened_thin("v2.core.account.created", related)
    return shown(account, given.get("include") or [])


@answers("GET", "/v2/core/accounts/{id}")
def show(world: World, call: Call) -> dict[str, Any]:
    return shown(found(world, call.at["id"]), call.params.get("include") or [])


@answers("POST", "/v2/core/accounts/{id}")
def update(world: World, call: Call) -> dict[str, Any]:
    account = found(world, call.at["id"])
    account["given"] = account["given"] | call.params
    return shown(account, call.params.get("include") or [])


@answers("POST", "/v2/core/accounts/{id}/close")
def close(world: World, call: Call) -> dict[str, Any]:
    become(world, call.at["id"], "closed")
    return shown(found(world, call.at["id"]), [])


def shown(account: dict[str, Any], include: list[str]) -> dict[str, Any]:
    given = account["given"]
    return {
        "id": account["id"],
        "object": "v2.core.account",
        "applied_configurations": ["recipient"],
        "closed": account["status"] == "closed",
        "configuration": _configuration(account) if _has(include, "configuration") else None,
        "contact_email": given.get("contact_email"),
        "created": instant(account["created"]),
        "dashboard": given.get("dashboard", "express"),
        "defaults": _defaults(given) if "defaults" in include else None,
        "display_name": given.get("display_name"),
        "future_requirements": None,
        "identity": {"country": account["country"]} if "identity" in include else None,
        "livemode": False,
        "metadata": given.get("metadata") or {},
        "requirements": _requirements(account) if "requirements" in include else None,
    }


def _has(include: list[str], word: str) -> bool:
    return any(one.split(".")[0] == word for one in include)


def _configuration(account: dict[str, Any]) -> dict[str, Any]:
    status = {"closed": "unsupported"}.get(account["status"], account["status"])
    reasons = (
        []
        if status == "active"
        else [{"code": "requirements_past_due", "resolution": "provide_info"}]
    )
    transfers = {"status": status, "status_details": reasons}
    return {
        "customer": None,
        "merchant": None,
        "recipient": {
            "applied": True,
            "capabilities": {"stripe_balance": {"stripe_transfers": transfers}},
        },
    }


def _requirements(account: dict[str, Any]) -> dict[str, Any]:
    return {
        "entries": [_entry(name) for name in account["due"]],
        "summary": {"minimum_deadline": {"status": "currently_due", "time": None}}
        if account["due"]
        else None,
    }


def _entry(name: str) -> dict[str, Any]:
    return {
        "awaiting_action_from": "user",
        "description": name,
        "errors": [],
        "impact": {
            "restricts_capabilities": [
                {
                    "capability": CAPABILITY,
                    "configuration": "recipient",
                    "deadline": {"status": "currently_due"},
                }
            ]
        },
        "minimum_deadline": {"status": "currently_due"},
        "requested_reasons": [{"code": "routine_onboarding"}],
    }


def _defaults(given: dict[str, Any]) -> dict[str, Any]:
    said = given.get("defaults") or {}
    responsibilities = said.get("responsibilities") or {}
    return {
        "currency": said.get("currency"),
        "responsibilities": {
            "fees_collector": responsibilities.get("fees_collector"),
            "losses_collector": responsibilities.get("losses_collector"),
            "requirements_collector": "stripe",
        },
    }
