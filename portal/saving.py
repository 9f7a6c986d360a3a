"""The saved views of a list, as its page shows them; any list may have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import request, url_for

from models import saved_views
from models.people import Actor
from portal.database import session

PAGES = ("deals.index", "deals.queue")
"""The lists that can be saved, by endpoint."""

NOT_KEPT = ("after", "before", "deal", "csrf_token")
"""Where one stands in a list is no part of a view of it."""


@dataclass(frozen=True)
class Views:
    """page: the endpoint; query: what is filtered now; items: tabs; own: what can be deleted."""

    page: str
    query: str
    items: list[dict[str, Any]]
    own: list[Any]


def views_of(person: Actor) -> Views:
    """Of the page that is being looked at."""
    page = request.endpoint or ""
    query = tidy(request.query_string.decode("utf-8", "replace"))
    rows = saved_views.on_page(session, person, page)
    items = [
        {
            "label": row.name if row.owner_id == person.id else f"{row.name} ({row.owner})",
            "url": url_for(page) + (f"?{row.query}" if row.query else ""),
            "current": row.query == query,
        }
        for row in rows
    ]
    return Views(page, query, items, [row for row in rows if row.owner_id == person.id])


def tidy(query: str) -> str:
    """Only the filters, in an order of their own, so that equal views are equal."""
    pairs = [(name, text) for name, text in parse_qsl(query) if name not in NOT_KEPT]
    return urlencode(sorted(pairs))
