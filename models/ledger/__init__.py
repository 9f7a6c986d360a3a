"""The ledger: what the vendor owes and why.  Every posting balances; nothing is ever edited.

    earned      Dr commission expense   Cr partner payable
    reserved    Dr partner payable      Cr payout clearing     a payout is released
    sent        Dr payout clearing      Cr bank                it was paid
    given back  Dr payout clearing      Cr partner payable     it failed
    returned    Dr bank                 Cr partner payable     the bank sent it back

A mistake is mended by another posting.  Balances are derived, never stored.
"""

from models.ledger.operations import post, post_all
from models.ledger.queries import balance, check, movement, owed, owed_to
from models.ledger.rules import Account, Entry, Fact, credit, debit
from models.ledger.tables import Posting, PostingLine

__all__ = [
    "Account",
    "Entry",
    "Fact",
    "Posting",
    "PostingLine",
    "balance",
    "check",
    "credit",
    "debit",
    "movement",
    "owed",
    "owed_to",
    "post",
    "post_all",
]
