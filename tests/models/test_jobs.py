"""Jobs: done once, tried again after a failure, given to a person in the end."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models import jobs
from models.jobs import LEASE, MOST_ATTEMPTS, JobState
from models.notices import Notice


@pytest.fixture
def queued(session, now):
    jobs.enqueue(session, "mail", "mail 1", {"to": "x"}, run_at=now)
    session.flush()


def test_a_job_is_claimed_once(session, now, queued):
    assert jobs.claim(session, now=now).topic == "mail"
    assert jobs.claim(session, now=now) is None


def test_a_job_waits_for_its_time(session, now, queued):
    assert jobs.claim(session, now=now - timedelta(seconds=1)) is None


def test_the_same_work_is_not_queued_twice(session, now, queued):
    jobs.enqueue(session, "mail", "mail 1", {}, run_at=now)
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_job_of_a_dead_worker_is_taken_over(session, now, queued):
    first = jobs.claim(session, now=now)
    assert jobs.claim(session, now=now + LEASE) is None
    assert jobs.claim(session, now=now + LEASE + timedelta(seconds=1)) is first


def test_a_failed_job_is_tried_again_later(session, now, queued):
    job = jobs.claim(session, now=now)
    jobs.fail(session, job, "no route", now=now)
    assert jobs.claim(session, now=now) is None
    assert jobs.claim(session, now=now + timedelta(minutes=1)).last_error == "no route"


def test_a_job_that_never_works_is_left_for_a_person(session, now, queued):
    for _ in range(MOST_ATTEMPTS):
        now += timedelta(hours=3)
        jobs.fail(session, jobs.claim(session, now=now), "no", now=now)
    assert jobs.claim(session, now=now + timedelta(days=9)) is None


def test_a_finished_job_is_not_done_again(session, now, queued):
    job = jobs.claim(session, now=now)
    jobs.finish(job)
    assert job.state is JobState.DONE
    assert jobs.claim(session, now=now + timedelta(days=1)) is None


def test_a_job_that_ends_its_worker_each_time_dies_and_administrators_hear_of_it(
    a, session, now, queued
):
    kim = a.administrator()
    for _ in range(MOST_ATTEMPTS):
        assert jobs.claim(session, now=now) is not None
        now += LEASE + timedelta(seconds=1)
    assert jobs.claim(session, now=now) is None
    (dead,) = jobs.dead(session)
    assert (dead.topic, dead.attempts) == ("mail", MOST_ATTEMPTS)
    told = session.scalars(select(Notice).where(Notice.kind == "job-died")).one()
    assert told.person_id == kim.id and "mail" in told.title
