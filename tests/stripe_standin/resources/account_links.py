"""Single-use links into the hosted onboarding, of both generations."""

from datetime import timedelta
from typing import Any

from tests.stripe_standin.refusals import invalid
from tests.stripe_standin.resources.accounts import found
from tests.stripe_standin.routes import Call, answers
from tests.stripe_standin.world import World, instant

GOOD_FOR = timedelta(minutes=5)


@answers("POST", "/v1/account_links")
def create(world: World, call: Call) -> dict[str, Any]:
    said = call.params
    for name in ("refresh_url", "return_url"):
        if name not in said:
            raise invalid("parameter_missing", f"Missing required param: {name}.", name)
    link = _keep(world, said["account"], said["refresh_url"], said["return_url"])
    return {
        "object": "account_link",
        "created": world.stamp,
        "expires_at": int(link["expires_at"].timestamp()),
        "url": link["url"],
    }


@answers("POST", "/v2/core/account_links")
def create_v2(world: World, call: Call) -> dict[str, Any]:
    use = call.params["use_case"]
    said = use.get(use["type"])
    if said is None:
        raise invalid("parameter_missing", f"Missing required param: {use['type']}.", "use_case")
    link = _keep(world, call.params["account"], said["refresh_url"], said.get("return_url", ""))
    return {
        "object": "v2.core.account_link",
        "account": call.params["account"],
        "created": instant(world.now),
        "expires_at": instant(link["expires_at"]),
        "livemode": False,
        "url": link["url"],
        "use_case": use,
    }


def _keep(world: World, account: str, refresh_url: str, return_url: str) -> dict[str, Any]:
    found(world, account)
    key = world.new_id("link")
    return world.keep(
        "link",
        {
            "id": key,
            "account": account,
            "refresh_url": refresh_url,
            "return_url": return_url,
            "expires_at": world.now + GOOD_FOR,
            "url": f"{world.url}/onboarding/{key}",
            "seen": False,
        },
    )
