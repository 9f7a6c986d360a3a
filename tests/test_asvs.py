"""docs/asvs.md, held against the list of requirements and against what it names."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "asvs.md").read_text()
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([123]) \| (\S+) \| (.+?) \|(?: `(.+)`)? \|$", re.M)
STATES = ("held", "partly", "deployer", "n/a", "no")


def test_every_requirement_stands_there_once_with_its_level_and_a_state():
    asked = (ROOT / "tests" / "golden" / "asvs_5.0.txt").read_text().split("\n")[:-1]
    assert [f"{number} {level}" for number, level, *_ in ROW.findall(PAGE)] == asked
    assert {state for _, _, state, *_ in ROW.findall(PAGE)} <= set(STATES)


def test_the_sums_are_those_of_the_rows():
    counted = Counter((level, state) for _, level, state, *_ in ROW.findall(PAGE))
    for level, *numbers in re.findall(r"^\| ([123]) " + r"\| (\d+) " * 5 + r"\|$", PAGE, re.M):
        assert [int(number) for number in numbers] == [counted[level, one] for one in STATES]


def test_what_is_held_has_a_proof_and_each_proof_is_there():
    missing = []
    for number, _, state, _, proof in ROW.findall(PAGE):
        path, _, test = proof.partition("::")
        if state == "held" and not proof:
            missing.append(number)
        if proof and not (ROOT / path).exists():
            missing.append((number, path))
        elif test and f"def {test}(" not in (ROOT / path).read_text():
            missing.append((number, proof))
    assert missing == []
