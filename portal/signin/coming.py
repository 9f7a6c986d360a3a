"""The last step of coming in: a new session, and a new cookie for it."""

from __future__ import annotations

from typing import Any

import flask
from flask import redirect

from models import factors
from models.people import Person, Stage
from portal import identity
from portal.clock import now
from portal.database import session
from portal.ways import next_step


def come_in(person: Person, wanted: str, stage: Stage | None = None) -> Any:
    """Nothing from before signing in is kept but messages."""
    messages = flask.session.get("_flashes", [])
    flask.session.clear()
    if messages:
        flask.session["_flashes"] = messages
    stage = stage or factors.stage_of(session, person)
    identity.sign_in(session, person, stage=stage, at=now(), proven_at=now())
    return redirect(next_step(stage, wanted), 303)
