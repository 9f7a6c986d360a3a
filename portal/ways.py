"""Where to go on to: only to pages of our own, matched against the URL map and never parsed."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from models.people import Stage


def next_step(stage: Stage, wanted: str) -> str:
    """What comes after the password: the company, the second factor, or the page wanted."""
    if stage is Stage.COMPANY:
        return url_for("signin.companies", next=wanted or None)
    if stage is Stage.FACTOR:
        return url_for("signin.second_factor", next=wanted or None)
    if stage is Stage.ENROL:
        return url_for("account.second_factor", next=wanted or None)
    return after_sign_in(wanted)


def after_sign_in(wanted: str) -> str:
    """The page that `wanted` names, built anew from the URL map; the start page otherwise."""
    return of_ours(wanted, "GET") or url_for("home.index")


def of_ours(wanted: str, method: str) -> str | None:
    """The address of ours that `wanted` names and that answers `method`; None for any other."""
    if not wanted.startswith("/") or any(ord(letter) < 33 for letter in wanted):
        return None
    try:
        path = urlsplit(wanted)
        adapter = current_app.url_map.bind(request.host)
        endpoint, parts = adapter.match(path.path, method=method)
    except (HTTPException, RequestRedirect, ValueError):
        return None
    if path.netloc or path.scheme or endpoint == "static":
        return None
    query = {
        name: values  # all of them: a list is often filtered by several states
        for name, values in parse_qs(path.query).items()
        if name != "endpoint" and not name.startswith("_")  # words of url_for itself
    }
    return url_for(endpoint, **{**query, **parts})
