"""What can happen to point-of-sale reports: handed in, read, corrected, asked for."""

from models.sellthrough.operations.finishing import finish, refuse
from models.sellthrough.operations.handing import (
    GAVE_UP,
    TOPIC,
    hand_in,
    nothing_sold,
    waits_for_another,
)
from models.sellthrough.operations.judging import judge
from models.sellthrough.operations.keeping import expect, remind
from models.sellthrough.operations.taking import take, withdraw

__all__ = [
    "GAVE_UP",
    "TOPIC",
    "expect",
    "finish",
    "hand_in",
    "judge",
    "nothing_sold",
    "refuse",
    "remind",
    "take",
    "waits_for_another",
    "withdraw",
]
