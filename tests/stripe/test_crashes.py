"""Killed anywhere, started again: each payout is one transfer, and the books say so.

By default every few boundaries are tried; all of them, and all with each fault, with

    pytest tests/stripe/test_crashes.py --every-crash [--database=postgresql]
"""

import copy

import pytest

from tests.stripe.crashing import BROKE, FINISHED, Boundaries, connect, in_a_process
from tests.stripe.crashing import work_until_done as work
from tests.stripe.provider import check_against_stripe
from tests.stripe_standin import Kind

STRIDE, STRIDE_WITH_FAULT = 24, 120
"""Without --every-crash."""
FAULTS = [kind for kind in Kind if kind is not Kind.HOLD]


@pytest.fixture
def released(story, restore):
    """A run of three released payouts, to which each try returns."""
    story.batch = 2
    story.released(100_00, 70_00, 60_00)
    story.session.close()
    return restore.keep()


@pytest.fixture
def is_every(request) -> bool:
    return request.config.getoption("--every-crash")


def crash_and_recover(story, die_at: int) -> int:
    """How the first worker ended; the second ends by itself, and everything agrees."""
    boundaries = Boundaries(die_at)
    ended = in_a_process(lambda: work(story), story, boundaries)
    assert ended != BROKE
    work(story)
    story.session.expire_all()
    assert check_against_stripe(story) == [], f"died at boundary {die_at}"
    assert story.states() == ["paid"] * 3, f"died at boundary {die_at}"
    assert len(story.sent()) == 3
    assert story.run_status() == "closed"
    return ended


def all_along(story, restore, released, begin, stride, fault=None) -> int:
    """Crash at every stride-th boundary from `begin` until the worker outlives it; how often."""
    things, funds = copy.deepcopy(story.world.things), copy.copy(story.world.available)
    start, tried, die_at = story.world.now, 0, begin
    while True:
        story.session.close()
        restore.bring_back(released, keep=True)
        story.world.things, story.world.available = copy.deepcopy(things), copy.copy(funds)
        story.world.now, story.served.keys = start, type(story.served.keys)()
        story.world.calls.clear()
        story.served.faults.clear()
        if fault:
            story.served.faults.add(fault, "POST", "/v1/transfers", call=2)
        connect(story)
        tried += 1
        if crash_and_recover(story, die_at) == FINISHED:
            return tried
        die_at += stride


def test_a_worker_killed_at_any_boundary_is_followed_by_one_that_pays_the_rest_once(
    story, restore, released, is_every
):
    stride = 1 if is_every else STRIDE
    tried = all_along(story, restore, released, 1, stride)
    print(f"{tried} crashes")
    assert tried * stride > 100


@pytest.mark.parametrize("fault", FAULTS)
def test_a_worker_killed_while_stripe_fails_too_is_followed_by_one_that_pays_once(
    story, restore, released, is_every, fault
):
    stride = 1 if is_every else STRIDE_WITH_FAULT
    tried = all_along(story, restore, released, 1 + FAULTS.index(fault), stride, fault)
    print(f"{tried} crashes with {fault}")
    assert tried > 1
