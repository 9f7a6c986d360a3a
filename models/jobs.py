"""Jobs: work for later, kept in the same transaction as the change that causes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, Row, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import audit, notices
from models.base import Base, lock
from models.people import Actor, Role
from models.scope import VendorOnly

LEASE = timedelta(minutes=5)
"""How long a claimed job may run before its worker is taken for dead."""

MOST_ATTEMPTS = 8
"""Then a person has to look; the last pause before it is about two hours."""


MOST_SHOWN = 200


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


class Job(VendorOnly, Base):
    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_state_run_at", "state", "run_at"),
        Index(
            "ix_job_to_empty",
            "run_at",
            sqlite_where=text("state = 'done' AND emptied_at IS NULL"),
            postgresql_where=text("state = 'done' AND emptied_at IS NULL"),
        ),
    )

    topic: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    """Names the work: the same work is never queued twice."""
    payload: Mapped[dict[str, Any]]
    run_at: Mapped[datetime]
    state: Mapped[JobState] = mapped_column(default=JobState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    """Until when the worker that runs it is believed alive; None while it waits."""
    last_error: Mapped[str] = mapped_column(default="")
    emptied_at: Mapped[datetime | None]
    """When what it was about was taken out, long after it was done; None before."""


def enqueue(
    session: Session, topic: str, key: str, payload: dict[str, Any], *, run_at: datetime
) -> None:
    """Queue work under a key that names it.  The database refuses the same key twice."""
    session.add(Job(topic=topic, key=key, payload=payload, run_at=run_at))


def enqueue_new(
    session: Session, topic: str, wanted: Sequence[tuple[str, dict[str, Any], datetime]]
) -> None:
    """Queue each (key, payload, run_at) whose key is not known yet.  On the vendor's side."""
    keys = [key for key, _payload, _run_at in wanted]
    known = set(session.scalars(select(Job.key).where(Job.key.in_(keys))))
    for key, payload, run_at in wanted:
        if key not in known:
            enqueue(session, topic, key, payload, run_at=run_at)


def claim(session: Session, *, now: datetime) -> Job | None:
    """The next job that is due, marked as running.  None when there is none."""
    due = (Job.state == JobState.WAITING) & (Job.run_at <= now)
    abandoned = (Job.state == JobState.RUNNING) & (Job.lease_until < now)
    next_one = (
        select(Job)
        .where(due | abandoned)
        .order_by(Job.run_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    while (job := session.scalars(next_one).first()) is not None:
        if job.attempts < MOST_ATTEMPTS or job.state is JobState.WAITING:
            job.attempts += 1
            job.state, job.lease_until = JobState.RUNNING, now + LEASE
            return job
        _die(session, job, "Its worker died each time.", now=now)
        session.flush()
    return None


def still_running(session: Session, key: str, *, now: datetime) -> None:
    """Say so of a long job, so that nobody takes its worker for dead."""
    job = session.scalar(select(Job).where(Job.key == key, Job.state == JobState.RUNNING))
    if job is not None:
        job.lease_until = now + LEASE


def is_last_attempt(session: Session, key: str) -> bool:
    """Whether it is given to a person when it fails once more."""
    attempts = session.scalar(select(Job.attempts).where(Job.key == key))
    return attempts is not None and attempts >= MOST_ATTEMPTS


def is_dead(session: Session, key: str) -> bool:
    """Whether nobody tries it again by itself."""
    state = session.scalar(select(Job.state).where(Job.key == key))
    return state is JobState.DEAD


def finish(job: Job) -> None:
    job.state, job.lease_until, job.last_error = JobState.DONE, None, ""


def again(job: Job, run_at: datetime) -> None:
    """It went well so far and has to be looked at again then."""
    job.state, job.run_at, job.lease_until = JobState.WAITING, run_at, None
    job.attempts, job.last_error = 0, ""


def fail(session: Session, job: Job, error: str, *, now: datetime) -> None:
    """Try again after a pause that doubles, or give it to a person."""
    if job.attempts >= MOST_ATTEMPTS:
        _die(session, job, error, now=now)
        return
    job.state, job.lease_until, job.last_error = JobState.WAITING, None, error[:2000]
    job.run_at = now + timedelta(minutes=2 ** (job.attempts - 1))


def dead(session: Session) -> list[Row]:
    """(id, topic, run_at, attempts, last_error) of what a person has to look at, newest first."""
    return list(
        session.execute(
            select(Job.id, Job.topic, Job.run_at, Job.attempts, Job.last_error)
            .where(Job.state == JobState.DEAD)
            .order_by(Job.run_at.desc(), Job.id.desc())
            .limit(MOST_SHOWN)
        )
    )


def revive(session: Session, job: Job, *, by: Actor, now: datetime) -> None:
    """Run a dead job again, as often as a new one.  Harmless when sent twice."""
    lock(session, job)
    if job.state is JobState.DEAD:
        again(job, now)
        audit.record(session, by, "job run again", job, now=now, detail={"topic": job.topic})


def _die(session: Session, job: Job, error: str, *, now: datetime) -> None:
    job.state, job.lease_until, job.last_error = JobState.DEAD, None, error[:2000]
    notices.tell_staff(
        session,
        Role.ADMINISTRATOR,
        "job-died",
        title=f"The worker gave up: {job.topic}",
        body=f"It was tried {job.attempts} times. What was said last: {error[:300]}",
        link="/worker",
        now=now,
    )
