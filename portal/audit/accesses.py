"""The review of accesses, with the settings that say when a session has run out."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app
from sqlalchemy import Select

from models.insights import access
from portal.clock import now
from portal.settings import Settings


def everybody(*, staff_only: bool = False) -> Select:
    settings: Settings = current_app.extensions["settings"]
    return access.everybody(
        begun_after=now() - timedelta(hours=settings.session_hours),
        used_after=now() - timedelta(minutes=settings.session_idle_minutes),
        staff_only=staff_only,
    )
