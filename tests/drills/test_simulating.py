"""Row 29: a channel of 24 months by a seed, with a fault every 20th step, 200 seeds.

DRILL_SEEDS=20-39 lives only these: several machines may share them.
"""

import os
from collections import Counter

from tests.models.test_channel import lived

MONTHS = 24
SEEDS = os.environ.get("DRILL_SEEDS", "0-199")


def test_row_29_the_same_seed_has_the_same_books_whatever_fails(databases):
    first, last = map(int, SEEDS.split("-"))
    told: Counter = Counter()
    for seed in range(first, last + 1):
        life, books, wrong = lived(databases, seed, MONTHS, has_faults=True)
        _, undisturbed, _ = lived(databases, seed, MONTHS, has_faults=False)
        assert (seed, wrong) == (seed, [])
        assert books == undisturbed, f"seed {seed}"
        told += Counter(
            lives=1, steps=life.done, faults=life.faults, refused=life.refused,
            lines=books.count("\n") + 1,
        )  # fmt: skip
    print(f"\nrow 29: seeds {SEEDS}, {MONTHS} months each, with faults and without: {dict(told)}")
    assert told["faults"] > 0
