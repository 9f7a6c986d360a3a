"""What is kept in the base currency, so that it stays; what keeps its digits when it changes."""

from __future__ import annotations

from sqlalchemy import Select, or_, select

from models.approvals import ApprovalRule
from models.deals import Deal
from models.errors import Refused
from models.ledger import Posting
from models.money import Money
from models.sales import Invoice
from models.territories import Territory, TerritoryDrawing
from models.vendor import Vendor
from portal.database import session
from portal.formats import money

KEPT_FOR_GOOD: tuple[tuple[str, Select], ...] = (
    ("deals", select(Deal.id)),
    ("invoices", select(Invoice.id)),
    ("postings of the ledger", select(Posting.id)),
)
"""Reports, limits and approvals of the past were counted in it."""

TAKEN_OUT_BY_HAND: tuple[tuple[str, Select], ...] = (
    ("amounts of approval rules", select(ApprovalRule.id).where(
        or_(ApprovalRule.from_minor > 0, ApprovalRule.to_minor.is_not(None))
    )),
    ("quotas and minimums of territories", select(Territory.id).where(
        or_(Territory.quota_minor.is_not(None), Territory.minimum_minor.is_not(None))
    )),
    ("drafts of territories", select(TerritoryDrawing.id)),
)  # fmt: skip
"""They would keep their digits: 1,000 euros would be 1,000 yen with two decimals cut."""


def must_be_free(programme: Vendor) -> None:
    """Raises Refused while anything is kept in the base currency, saying what and how to go on."""
    now = programme.base_currency
    if found := _found(KEPT_FOR_GOOD):
        raise Refused(
            f"The base currency stays {now}: {found} are counted in it. Partners may have"
            " currencies of their own; for another base currency set up another portal."
        )
    if found := _found(TAKEN_OUT_BY_HAND):
        raise Refused(
            f"These are kept in {now} and would keep their digits: {found}. Take them out, change"
            " the base currency, then enter them anew."
        )


def to_look_at(programme: Vendor) -> str:
    """After a change: the three limits that every programme has, as they read now."""
    limits = {
        "the smallest deal": programme.minimum_deal_minor,
        "the smallest payout": programme.minimum_payout_minor,
        "what one person adjusts alone": programme.adjustment_limit_minor,
    }
    told = [
        f"{what} {money(Money(minor, programme.base_currency))}" for what, minor in limits.items()
    ]
    return f"These limits kept their digits, enter them anew: {', '.join(told)}."


def _found(kinds: tuple[tuple[str, Select], ...]) -> str:
    return ", ".join(
        what for what, rows in kinds if session.scalar(rows.limit(1)) is not None
    )  # fmt: skip
