"""Where the pages of conflict cases hang, and how one in an address is found."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, redirect, url_for
from sqlalchemy import select
from werkzeug import Response

from models.deals.conflicts import Conflict, ConflictSide, ConflictStatus, Standing
from models.people import Actor
from portal.database import session

pages = Blueprint("conflicts", __name__, url_prefix="/conflicts")

TONES = {
    ConflictStatus.OPEN: "warn",
    ConflictStatus.APPEALED: "warn",
    ConflictStatus.DECIDED: "info",
    Standing.OPEN: "warn",
    Standing.FAVOURED: "good",
    Standing.FREE: "good",
    Standing.REFUSED: "bad",
}


def conflict_or_404(_person: Actor, conflict_id: UUID) -> Conflict:
    return session.scalar(select(Conflict).where(Conflict.id == conflict_id)) or abort(404)


def side_or_404(_person: Actor, conflict_side_id: UUID) -> ConflictSide:
    """One's own side; another's, and a reseller's, is not there."""
    return session.scalar(select(ConflictSide).where(ConflictSide.id == conflict_side_id)) or abort(
        404
    )


def back_to_case(conflict: Conflict) -> Response:
    return redirect(url_for("conflicts.show", conflict_id=conflict.id), 303)


def back_to_side(side: ConflictSide) -> Response:
    return redirect(url_for("conflicts.side", conflict_side_id=side.id), 303)
