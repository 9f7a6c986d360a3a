"""What a directory asks: filters, order, pages, and which attributes it wants."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from scim2_models import Context, ListResponse, Resource, ResponseParameters, SearchRequest

from portal.provisioning.guard import answer
from portal.provisioning.resources import MOST_RESULTS


def listed(kind: Any, things: list[Any], said: dict[str, Any]) -> Response:
    """A list response: filtered, sorted, cut to its page."""
    wanted: Any = SearchRequest[kind].model_validate(said)
    if wanted.filter:
        things = [thing for thing in things if wanted.filter.match(thing)]
    if wanted.sort_by:
        things = wanted.sort(things)
    start = (wanted.start_index or 1) - 1
    count = MOST_RESULTS if wanted.count is None else min(wanted.count, MOST_RESULTS)
    page = things[start : start + count]
    response = ListResponse[kind](
        total_results=len(things),
        items_per_page=len(page),
        start_index=start + 1,
        resources=page,
    )
    return answer(
        response.model_dump_json(
            scim_ctx=Context.RESOURCE_QUERY_RESPONSE,
            response_parameters=wanted,
        )
    )


def one(thing: Resource, context: Context, status: int = 200) -> Response:
    """One resource, with the attributes that were asked for."""
    kind: Any = type(thing)
    wanted = ResponseParameters[kind].model_validate(request.args.to_dict())
    body = thing.model_dump_json(scim_ctx=context, response_parameters=wanted)
    response = answer(body, status)
    if status == 201 and thing.meta is not None:
        response.headers["Location"] = str(thing.meta.location)
    return response
