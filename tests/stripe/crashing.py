"""A worker that dies at a boundary: before or after an SQL statement, a commit, an HTTP call.

The worker is a real process (a fork of this one, with connections of its own) and dies by
os._exit, so nothing of it is tidied up.
"""

import os
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import stripe
import time_machine
from sqlalchemy import event, select

from models.jobs import Job, JobState
from models.scope import ScopedSession
from portal import worker
from portal.database import reading
from tests.stripe_story import ENVIRONMENT, KEY, Story

MOMENT = timedelta(seconds=1)
DIED, FINISHED, BROKE = 9, 0, 1


class Boundaries:
    """Counts what the worker does, and ends it at the one that was asked for."""

    def __init__(self, die_at: int) -> None:
        self.die_at, self.passed = die_at, 0

    def reach(self, *_: object) -> None:
        self.passed += 1
        if self.passed == self.die_at:
            os._exit(DIED)

    def watch(self, engine) -> None:
        for name in ("before_cursor_execute", "after_cursor_execute"):
            event.listen(engine, name, lambda *_: self.reach())
        event.listen(engine, "commit", self.reach)
        event.listen(ScopedSession, "after_commit", self.reach)
        call = stripe.RequestsClient.request

        def watched(client, *arguments, **more):
            self.reach()
            answer = call(client, *arguments, **more)
            self.reach()
            return answer

        stripe.RequestsClient.request = watched


def connect(story: Story) -> None:
    """Let the portal's own worker reach the stand-in."""
    extensions = story.app.extensions
    extensions.pop("stripe", None)
    extensions["settings"] = replace(
        extensions["settings"],
        stripe_secret_key=KEY,
        stripe_api_base=story.served.url,
        stripe_environment=ENVIRONMENT,
    )


def in_a_process(work: Callable[[], None], story: Story, watch: Boundaries | None = None) -> int:
    """Run it in a process of its own; how that ended."""
    story.app.extensions["engine"].dispose()
    child = os.fork()
    if child == 0:
        ended = BROKE
        try:
            if watch:
                watch.watch(story.app.extensions["engine"])
            work()
            ended = FINISHED
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(ended)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def work_until_done(story: Story, most: int = 200) -> None:
    """What `portal worker` does, with a clock that moves on to whatever is due next."""
    clock = story.world.now
    for _ in range(most):
        with time_machine.travel(clock, tick=False), story.app.app_context():
            busy = worker.once(story.app)
            due_at = None if busy else _next_due()
        if not busy:
            if due_at is None:
                return
            clock = story.world.now = max(clock, due_at)
    raise AssertionError("the worker never came to an end")


def _next_due() -> datetime | None:
    """Asked with the portal's own connections: a fork must not speak through its parent's."""
    with reading() as session:
        jobs = session.execute(
            select(Job.state, Job.run_at, Job.lease_until).where(
                Job.state.in_([JobState.WAITING, JobState.RUNNING])
            )
        ).all()
    return min(
        (job.run_at if job.state is JobState.WAITING else job.lease_until + MOMENT for job in jobs),
        default=None,
    )
