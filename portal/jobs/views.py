"""Jobs that died: what they were, what was said last, and running one again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from werkzeug import Response

from models import audit, jobs
from models.jobs import Job
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.permissions import Can, allow

pages = Blueprint("jobs", __name__, url_prefix="/worker")


def job_or_404(_person: Actor, job_id: UUID) -> Job:
    return session.get(Job, job_id) or abort(404)


@pages.get("")
@allow(Can.EDIT_PROGRAMME)
def index(_person: Actor) -> Any:
    backs_up = bool(current_app.extensions["settings"].backup_folder)
    return render_template(
        "jobs/index.html",
        jobs=jobs.dead(session),
        backs_up=backs_up,
        last_backup=audit.last_backup(session) if backs_up else None,
    )


@pages.post("/<uuid:job_id>/revival")
@allow(Can.EDIT_PROGRAMME, find=job_or_404)
def revive(person: Actor, job: Job) -> Response:
    jobs.revive(session, job, by=person, now=now())
    flash("It is tried again now.")
    return redirect(url_for("jobs.index"), 303)
