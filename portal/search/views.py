"""The search page: what its words find, and the pages of the menu that are called so."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for

from models.insights import search
from models.insights.search import Hit
from models.people import STAFF, Actor
from portal.database import session
from portal.navigation import menu
from portal.permissions import Can, allow

pages = Blueprint("search", __name__)

LONGEST = 100

GROUPS = {
    "deal": ("Deals", "deals.show", "deal_id"),
    "partner": ("Partners", "partners.show", "partner_id"),
    "customer": ("Customers", "customers.show", "customer_id"),
    "statement": ("Statements", "commissions.statement", "statement_id"),
}


@pages.get("/search")
@allow(Can.SEE_HOME)
def index(person: Actor) -> str:
    words = request.args.get("q", "").replace("\x00", "")[:LONGEST].strip()
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for item in menu(person):
        if words and words.lower() in item.label.lower():
            groups.setdefault("Pages", []).append((item.url, item.label, ""))
    for hit in search.find(session, words):
        if hit.kind != "partner" or person.role in STAFF:
            groups.setdefault(GROUPS[hit.kind][0], []).append(_shown(hit))
    return render_template("search/index.html", words=words, groups=groups)


def _shown(hit: Hit) -> tuple[str, str, str]:
    _, endpoint, name = GROUPS[hit.kind]
    key: dict[str, Any] = {name: hit.id}
    return url_for(endpoint, **key), hit.label, hit.detail
