"""The worker: jobs whose time has come, what the clock alone causes, and the mails.

Any number of workers may run; each job and each mail is taken by one of them.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session

from models import jobs
from models.jobs import Job
from portal import mail
from portal.clock import now
from portal.database import transaction

log = logging.getLogger("counterpart.worker")

PAUSE_SECONDS = 2.0

Handler = Callable[[Session, dict[str, Any], datetime], None]
Round = Callable[[Session, datetime], object]

HANDLERS: dict[str, Handler] = {}
"""What does the work of each topic; filled by portal/app.py."""

Errand = Callable[[dict[str, Any]], datetime | None]

ERRANDS: dict[str, Errand] = {}
"""Topics that talk to others: each opens its own transactions, none while it calls.
It says when it wants to be run again; None when its work is done.  Filled by portal/app.py."""

ROUNDS: list[tuple[timedelta, Round]] = []
"""What is done again and again, and how often; each must be safe to run twice."""


def run(app: Flask, stop: threading.Event) -> None:
    """Work until told to stop."""
    due = {work: datetime.min.replace(tzinfo=now().tzinfo) for _, work in ROUNDS}
    while not stop.is_set():
        with app.app_context():
            busy = _quietly(once, app)
            for every, work in ROUNDS:
                if now() >= due[work]:
                    due[work] = now() + every
                    _quietly(_go_round, work)
        if not busy:
            stop.wait(PAUSE_SECONDS)


def once(app: Flask) -> int:
    """Do one due job and one batch of mails; how much was done."""
    return _one_job() + mail.send_waiting(app)


def _one_job() -> int:
    with transaction() as session:
        job = jobs.claim(session, now=now())
        if job is None:
            return 0
        job_id, topic, payload = job.id, job.topic, job.payload
    try:
        if topic in ERRANDS:
            _finish(job_id, ERRANDS[topic](payload))
        else:
            with transaction() as session:
                HANDLERS[topic](session, payload, now())
                jobs.finish(session.get_one(Job, job_id, with_for_update=True))
    except Exception as error:
        log.exception("job %s failed", topic)
        with transaction() as session:
            held = session.get_one(Job, job_id, with_for_update=True)
            jobs.fail(session, held, f"{type(error).__name__}: {error}", now=now())
    return 1


def _finish(job_id: UUID, again_at: datetime | None) -> None:
    with transaction() as session:
        job = session.get_one(Job, job_id, with_for_update=True)
        if again_at is None:
            jobs.finish(job)
        else:
            jobs.again(job, again_at)


def _go_round(work: Round) -> None:
    with transaction() as session:
        work(session, now())


def _quietly(work: Callable[[Any], Any], what: Any) -> Any:
    """Do it; a failure is logged and tried again in the next round."""
    try:
        return work(what)
    except Exception:
        log.exception("the worker stumbled")
        return 0
