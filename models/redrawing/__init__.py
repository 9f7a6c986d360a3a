"""Redrawing: what would change if the territories were drawn otherwise.  Changes nothing.

The deals and customers of the last twelve months are asked twice, under the territories as
they stand and under those that somebody thinks of, on one and the same day.  Who would win
and lose business, what nobody would own and what two would own stands in the answer.

    simulate(session, rules, instead=False, today=…) -> the Redrawing
    gaps_of(session, redrawing, today=…) -> the ties and holes of the territories as they stand
"""

from models.redrawing.gaps import Gaps, Hole, Tie, gaps_of
from models.redrawing.queries import Book, Rates, book_of, simulate
from models.redrawing.rules import Balance, CustomerMove, DealMove, Redrawing, Standing

__all__ = [
    "Balance",
    "Book",
    "CustomerMove",
    "DealMove",
    "Gaps",
    "Hole",
    "Rates",
    "Redrawing",
    "Standing",
    "Tie",
    "book_of",
    "gaps_of",
    "simulate",
]
