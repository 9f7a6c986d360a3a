"""Privacy: how long data is kept, what we know of a person, and erasing one.

Whatever is past its time goes by itself, every night by some hundred rows of each kind (`sweep`).
A person gets all that is about them (`about`), and is erased by two administrators (`erasing`).
"""

from models.privacy import erasing
from models.privacy.operations import keep_for
from models.privacy.rules import FOR_GOOD, PERIODS, ErasureState, Kept, days_of, nowhere
from models.privacy.sweeping import BATCH, sweep
from models.privacy.tables import Erasure
from models.privacy.telling import about

__all__ = [
    "BATCH",
    "FOR_GOOD",
    "PERIODS",
    "Erasure",
    "ErasureState",
    "Kept",
    "about",
    "days_of",
    "erasing",
    "keep_for",
    "nowhere",
    "sweep",
]
