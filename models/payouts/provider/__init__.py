"""What Stripe tells and what it holds: events are kept once and only cause another look;
every movement of the balance there is compared with our books, and a difference is shown
until it is explained.
"""

from models.payouts.provider.comparing import compare, explain
from models.payouts.provider.events import event_of, handle, receive
from models.payouts.provider.queries import last_comparison, open_differences
from models.payouts.provider.rules import Move, Told
from models.payouts.provider.tables import Comparison, ProviderDifference, ProviderEvent

__all__ = [
    "Comparison",
    "Move",
    "ProviderDifference",
    "ProviderEvent",
    "Told",
    "compare",
    "event_of",
    "explain",
    "handle",
    "last_comparison",
    "open_differences",
    "receive",
]
