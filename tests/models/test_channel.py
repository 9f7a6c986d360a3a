"""A channel of months by a seed, with a fault every 20th step: the books are the same as without.

Three months of one seed; `pytest tests/drills --drills -k row_29` lives 200 seeds of 24 months.
"""

import pytest

from models import engine as engines
from models.scope import Scope, open_session
from tests.channel import Channel, script
from tests.channel_books import as_text, faults


def lived(databases, seed, months, *, has_faults):
    """(the life, its books as text, what is wrong with them)."""
    url = databases.fresh()
    engine = engines.connect(url)
    try:
        life = Channel(engine, seed, has_faults=has_faults)
        for _ in life.live(script(seed, months)):
            pass
        with open_session(engine, Scope.vendor()) as session:
            return life, as_text(session), faults(session)
    finally:
        engine.dispose()
        databases.drop(url)


@pytest.mark.parametrize("seed", [7])
def test_a_channel_with_faults_has_the_same_books_as_one_without(databases, seed):
    life, books, wrong = lived(databases, seed, 3, has_faults=True)
    _, undisturbed, _ = lived(databases, seed, 3, has_faults=False)
    assert wrong == []
    assert books == undisturbed
    assert life.faults >= 3 and "payout" in books and "commission" in books
