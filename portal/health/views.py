"""Whether the process lives, and whether it can serve: one word each, for machines."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import select

from models import migrations
from portal.database import engine, session
from portal.permissions import anyone

pages = Blueprint("health", __name__)

PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


@pages.get("/healthz")
@anyone
def alive() -> tuple[str, dict[str, str]]:
    """The process answers."""
    return "ok", PLAIN


@pages.get("/readyz")
@anyone
def ready() -> tuple[str, int, dict[str, str]]:
    """The database answers and is of this release; 503 when it is not."""
    session.execute(select(1))
    current = migrations.standing(engine()) == migrations.newest()
    return (
        ("ok" if current else "the database is of another release"),
        200 if current else 503,
        PLAIN,
    )
