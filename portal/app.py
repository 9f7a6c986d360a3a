"""Puts the portal together.  The only file that knows every feature."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g
from flask_compress import Compress
from sqlalchemy import select

from models.vendor import Vendor
from portal import database, errors, formats, identity, security
from portal.navigation import menu
from portal.settings import Settings

ROOT = Path(__file__).parent.parent

FEATURES: list[Any] = []
"""The pages of each feature."""


def create_app(settings: Settings, **engine_options: Any) -> Flask:
    app = Flask("portal", root_path=str(ROOT))
    app.extensions["settings"] = settings
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    security.protect(app, settings)
    database.connect(app, settings.database_url, **engine_options)
    identity.remember_people(app)
    formats.install(app)
    errors.install(app)
    Compress(app)
    app.context_processor(_on_every_page)
    app.url_defaults(_with_fingerprint)
    for feature in FEATURES:
        app.register_blueprint(feature)
    return app


def _on_every_page() -> dict[str, Any]:
    asking = identity.asking()
    frame: dict[str, Any] = {
        "accent": current_app.extensions["settings"].accent,
        "person": None,
        "vendor": _vendor_name(),
    }
    if asking is not None:
        frame |= {
            "person": asking.actor,
            "partner_name": g.get("partner_name"),
            "menu": menu(asking.actor),
            "unread": asking.unread,
        }
    return frame


def _vendor_name() -> str:
    """The vendor's name; it hardly ever changes, so it is read once a process."""
    known = current_app.extensions
    if not known.get("vendor_name"):
        with database.reading() as session:
            known["vendor_name"] = session.scalar(select(Vendor.name).limit(1)) or ""
    return known["vendor_name"] or "Counterpart"


def _with_fingerprint(endpoint: str, values: dict[str, Any]) -> None:
    """Static addresses carry a hash of the content, so that they may be cached for a year."""
    if endpoint == "static" and "v" not in values:
        values["v"] = _fingerprint(values["filename"])


@cache
def _fingerprint(filename: str) -> str:
    file = ROOT / "static" / filename
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.is_file() else "0"
