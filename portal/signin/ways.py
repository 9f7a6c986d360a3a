"""Where to go after signing in: only to pages of our own, matched and never parsed."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect


def after_sign_in(wanted: str) -> str:
    """The page that `wanted` names, built anew from the URL map; the start page otherwise."""
    home = url_for("home.index")
    if not wanted.startswith("/") or any(ord(letter) < 33 for letter in wanted):
        return home
    try:
        path = urlsplit(wanted)
        adapter = current_app.url_map.bind(request.host)
        endpoint, parts = adapter.match(path.path, method="GET")
    except (HTTPException, RequestRedirect, ValueError):
        return home
    if path.netloc or path.scheme or endpoint == "static":
        return home
    query = {
        name: value
        for name, value in parse_qsl(path.query)
        if name != "endpoint" and not name.startswith("_")  # words of url_for itself
    }
    return url_for(endpoint, **{**query, **parts})
