"""What is true of postings.  Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from models.money import Money

PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


class Account(StrEnum):
    COMMISSION_EXPENSE = "commission_expense"
    PARTNER_PAYABLE = "partner_payable"
    PAYOUT_CLEARING = "payout_clearing"
    """Promised to partners and on its way: what is here is in flight."""
    BANK = "bank"
    STRIPE_BALANCE = "stripe_balance"
    FEES = "fees"
    PROGRAMME_FEES = "programme_fees"
    """What partners pay for taking part."""
    INPUT_VAT = "input_vat"
    """Value added tax on invoices that we write for partners; the tax office gives it back."""
    TAX_WITHHELD = "tax_withheld"
    """Kept back from payouts, and owed to the tax office."""
    EXCHANGE_CLEARING = "exchange_clearing"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a posting: a debit is positive, a credit negative."""

    account: Account
    money: Money
    partner_id: UUID | None = None
    """Whose account; needed on partner payable, allowed elsewhere."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What is to be posted: `key` names it for ever, `period` is its month, "YYYY-MM"."""

    key: str
    kind: str
    period: str
    entries: Sequence[Entry]


def debit(account: Account, money: Money, partner_id: UUID | None = None) -> Entry:
    return Entry(account, money, partner_id)


def credit(account: Account, money: Money, partner_id: UUID | None = None) -> Entry:
    return Entry(account, -money, partner_id)


def must_balance(key: str, entries: Sequence[Entry]) -> None:
    """An unbalanced posting is our mistake, not a person's: an assert, not a refusal."""
    sums: Counter[str] = Counter()
    for entry in entries:
        assert entry.money, f"{key}: an entry of nothing on {entry.account}"
        assert entry.partner_id or entry.account is not Account.PARTNER_PAYABLE, f"{key}: whose?"
        sums[entry.money.currency] += entry.money.minor
    assert sums, f"{key}: a posting without entries"
    assert not any(sums.values()), f"{key}: does not balance: {dict(sums)}"
