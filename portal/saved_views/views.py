"""Keeping a view of a list under a name, and deleting it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug import Response

from models import saved_views
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.permissions import Can, allow
from portal.saving import PAGES, tidy

pages = Blueprint("saved_views", __name__, url_prefix="/saved-views")


@pages.post("")
@allow(Can.SAVE_VIEWS)
def save(person: Actor) -> Response:
    page, query = _page(), tidy(request.form.get("query", ""))
    name, is_shared = request.form.get("name", ""), "shared" in request.form
    saved_views.save(session, page, name, query, is_shared=is_shared, by=person, now=now())
    flash("View saved. Your colleagues find it, too." if is_shared else "View saved.")
    return redirect(url_for(page) + (f"?{query}" if query else ""), 303)


@pages.post("/<uuid:view_id>/deletion")
@allow(Can.SAVE_VIEWS)
def remove(person: Actor, view_id: UUID) -> Response:
    saved_views.remove(session, view_id, by=person)
    flash("View deleted.")
    return redirect(url_for(_page()), 303)


def _page() -> str:
    page = request.form.get("page", "")
    return page if page in PAGES else abort(404)
