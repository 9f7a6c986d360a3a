"""What can happen to what a partner owes when its currency changes: it follows into the new one.

Clawbacks that were put off and advances are taken from what is earned, which from now on comes in
another currency; they are converted once, at the rate of the last day of the month being closed.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from models.commissions.engine.state import Advance, Deferred
from models.commissions.engine.statements import in_currency
from models.commissions.operations.desk import Ratings
from models.commissions.operations.drawing import advance_key


def follow(
    ratings: Ratings,
    partner_id: UUID,
    month: str,
    own: str,
    owed: Iterable[str],
    lent: Iterable[str],
) -> tuple[list[str], list[str]]:
    """The two as they stand afterwards.  own: the currency that the partner is paid in now;
    owed, lent: as deferring.owing tells them.  Raises Refused without an exchange rate."""
    for currency in owed:
        if currency != own:
            _clawbacks(ratings, partner_id, month, currency, own)
    for plan_id, currency in (each.split("|") for each in lent):
        if currency != own:
            _advance(ratings, partner_id, month, plan_id, currency, own)
    lent_now = dict.fromkeys(f"{each.split('|')[0]}|{own}" for each in lent)
    return [own] if owed else [], list(lent_now)


def _clawbacks(ratings: Ratings, partner_id: UUID, month: str, before: str, own: str) -> None:
    get = ratings.memories.state.get
    old = get(Deferred, f"{partner_id.hex}|{before}")
    new = get(Deferred, f"{partner_id.hex}|{own}")
    new.left += in_currency(old.left, before, own, month, ratings.rate_on)
    new.parts = max(new.parts, old.parts)
    old.left = old.parts = 0
    old.month = new.month = month


def _advance(
    ratings: Ratings, partner_id: UUID, month: str, plan_id: str, before: str, own: str
) -> None:
    get = ratings.memories.state.get
    old = get(Advance, advance_key(partner_id, plan_id, before))
    new = get(Advance, advance_key(partner_id, plan_id, own))
    new.value += in_currency(old.value, before, own, month, ratings.rate_on)
    old.value = 0
    old.month = new.month = month
