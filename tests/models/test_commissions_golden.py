"""The golden cases of commissions, through the real operations in a real database."""

import json
from pathlib import Path

import pytest

from models.commissions.replay import replay

GOLDEN = Path(__file__).parents[1] / "golden" / "commissions.json"
CASES = json.loads(GOLDEN.read_text())["cases"]


def line_key(line):
    return json.dumps(line, sort_keys=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_golden_case_is_rated_to_the_cent(session, case):
    answer = replay(session, case)
    expected = case["expected"]
    assert sorted(answer["lines"], key=line_key) == sorted(expected["lines"], key=line_key)
    assert answer["statements"] == expected["statements"]
    assert answer["totals"] == expected["totals"]
