"""Events: snapshots (v1) and thin ones (v2)."""

from typing import Any

from tests.stripe_standin.refusals import no_such
from tests.stripe_standin.routes import Call, answers, created_within, page
from tests.stripe_standin.world import World


@answers("GET", "/v1/events")
def index(world: World, call: Call) -> dict[str, Any]:
    rows = created_within(world.all("event"), call)
    wanted = call.params.get("types") or [call.params.get("type")]
    if wanted != [None]:
        rows = [row for row in rows if row["type"] in wanted]
    return page(rows, call, "/v1/events")


@answers("GET", "/v1/events/{id}")
def show(world: World, call: Call) -> dict[str, Any]:
    return _found(world, "event", call.at["id"])


@answers("GET", "/v2/core/events")
def index_v2(world: World, call: Call) -> dict[str, Any]:
    rows = world.all("v2.core.event")
    related = call.params.get("object_id")
    if related:
        rows = [row for row in rows if row["related_object"]["id"] == related]
    limit = int(call.params.get("limit", 20))
    return {"data": [_full(row) for row in rows[:limit]], "next_page_url": None,
            "previous_page_url": None}  # fmt: skip


@answers("GET", "/v2/core/events/{id}")
def show_v2(world: World, call: Call) -> dict[str, Any]:
    return _full(_found(world, "v2.core.event", call.at["id"]))


def _full(event: dict[str, Any]) -> dict[str, Any]:
    more = {"changes": None, "context": None, "reason": None, "snapshot_event": None}
    if "capability" in event["type"]:
        more["data"] = {"updated_capability": "stripe_balance.stripe_transfers"}
    return {**event, **more}


def _found(world: World, kind: str, key: str) -> dict[str, Any]:
    found = world.find(kind, key)
    if found is None:
        raise no_such("event", key)
    return found
