"""No odd value is answered by a crash: paths, questions, forms and files, as every role.

`make fuzz` knocks often enough to send 10,000 requests; the suite itself a few hundred.
"""

from itertools import count

import hypothesis
import pytest

from tests.fuzzing import Fuzzer
from tests.fuzzing_values import ODD

pytestmark = pytest.mark.demo

PEOPLE = [
    "administrator@adventure-works.example",
    "finance@adventure-works.example",
    "channel.europe@adventure-works.example",
    "rachel.valdez@adventure-works.example",
    "seller@enterprise-center.example",
    "administrator@enterprise-center.example",
    "seller@global-bike-retailers.example",
]
FEW = 120
"""Requests of a run of the suite."""
STEP = 89
"""Between two routes that are knocked at one after the other, so that few are of many features."""


def test_no_odd_value_ends_in_a_crash(app, session, sign_in, request):
    wanted = request.config.getoption("--fuzz") or FEW
    part = request.config.getoption("--fuzz-part")
    fuzzer, places = Fuzzer(app, session, sign_in, PEOPLE), count(part * wanted // 2)

    @hypothesis.seed(wanted + part)
    @hypothesis.settings(
        max_examples=wanted,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(ODD)
    def knock(odd):
        if fuzzer.count < wanted:
            fuzzer.knock(fuzzer.doors[next(places) * STEP % len(fuzzer.doors)], odd)

    knock()
    print(f"\n{fuzzer.count} requests to {len(fuzzer.reached)} addresses: {dict(fuzzer.told)}")
    print(f"slowest: {fuzzer.slowest[0]:.1f} s of processor time, {fuzzer.slowest[1]}")
    assert fuzzer.count >= wanted
    assert fuzzer.bad == []
