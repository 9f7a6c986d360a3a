"""The ACH rail: a NACHA file of credits to companies (CCD) that a person takes to the bank.

Records of 94 characters: 1 file, 5 batch, 6 entry, 7 addenda, 8 batch control, 9 file
control, filled with nines to blocks of ten.  Written here: the libraries that write such
files have not been kept for years and take their time from the clock (docs/decisions).
"""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_uppercase, digits

from models.errors import Refused
from models.money import Money
from models.partners.destinations import DestinationKind
from models.payouts.rails import Errand, Handover, Order, Payer
from models.sealing import Seal
from portal.payouts.bank_files import sepa_text

CURRENCY = "USD"
WIDTH, BLOCK = 94, 10
CREDITS_ONLY, COMPANY = "220", "CCD"
CHECKING, SAVINGS = "22", "32"
PAYMENT_ADDENDA = "05"
LARGEST_MINOR = 99_999_999_99
"""Ten digits: what the amount of one entry holds."""

MOST_TOTAL_MINOR = 9_999_999_999_99
"""Twelve digits: what the control records hold."""

MOST_FILES_A_DAY = ascii_uppercase + digits
"""The file modifier tells the files of one day apart."""


class AchRail:
    """Credits in US dollars, all of a run in one file."""

    kind = DestinationKind.ACH
    currency = CURRENCY
    media_type = "text/plain"

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    def why_not(self, order: Order, payer: Payer) -> str | None:
        if order.amount.currency != CURRENCY:
            return f"ACH pays US dollars only, not {order.amount.currency}."
        if not (payer.ach_routing_number and payer.ach_company_id):
            return "Our own bank in the United States is not entered yet."
        if order.account_sealed is None or not order.routing_number:
            return "The account or routing number is missing."
        if not _text(order.holder, 22).strip():
            return "The account holder's name cannot be written in a bank's letters."
        if order.amount.minor > LARGEST_MINOR:
            return "ACH carries at most 99,999,999.99 in one payment."
        return None

    def payable_part(self, amount: Money) -> Money:
        return amount

    def carry(self, errand: Errand) -> Handover | None:
        if not errand.orders:
            return None
        for order in errand.orders:
            if reason := self.why_not(order, errand.payer):
                raise Refused(f"{order.number}: {reason}")
        total = Money.total((order.amount for order in errand.orders), CURRENCY)
        if total.minor > MOST_TOTAL_MINOR:
            raise Refused("The run is larger than one ACH file can say; split it.")
        return Handover(
            file_name=f"{errand.key}.ach",
            content=self._file(errand, total).encode("ascii"),
            count=len(errand.orders),
            total=total,
        )

    def _file(self, errand: Errand, total: Money) -> str:
        payer, orders = errand.payer, errand.orders
        entries = [self._entry(order, payer, n) for n, order in enumerate(orders, start=1)]
        records = [
            _file_header(errand),
            _batch_header(errand),
            *(record for pair in entries for record in pair),
            _batch_control(orders, payer, total),
        ]
        blocks = -(-(len(records) + 1) // BLOCK)
        records.append(_file_control(orders, total, blocks))
        records += ["9" * WIDTH] * (blocks * BLOCK - len(records))
        assert {len(record) for record in records} == {WIDTH}
        return "".join(f"{record}\n" for record in records)

    def _entry(self, order: Order, payer: Payer, nth: int) -> tuple[str, str]:
        assert order.account_sealed is not None
        entry = (
            "6"
            + (SAVINGS if order.is_savings else CHECKING)
            + order.routing_number
            + self._seal.open(order.account_sealed).ljust(17)
            + _digits(order.amount.minor, 10)
            + _text(order.number, 15)
            + _text(order.holder, 22)
            + "  "
            + "1"  # an addenda follows
            + _trace(payer, nth)
        )
        words = _text(f"{order.number} {order.about}", 80)
        return entry, f"7{PAYMENT_ADDENDA}{words}{_digits(1, 4)}{_digits(nth, 7)}"


def _file_header(errand: Errand) -> str:
    payer = errand.payer
    if errand.nth_today > len(MOST_FILES_A_DAY):
        raise Refused(f"A bank takes at most {len(MOST_FILES_A_DAY)} files a day; wait a day.")
    return (
        "101"
        + f" {payer.ach_routing_number}"
        + payer.ach_company_id.rjust(10)
        + f"{errand.made_at:%y%m%d%H%M}"
        + MOST_FILES_A_DAY[errand.nth_today - 1]
        + "094101"
        + _text(payer.ach_bank_name, 23)
        + _text(payer.name, 23)
        + _text(errand.key[:8], 8)
    )


def _batch_header(errand: Errand) -> str:
    payer = errand.payer
    return (
        "5"
        + CREDITS_ONLY
        + _text(payer.name, 16)
        + _text(errand.key, 20)
        + payer.ach_company_id.rjust(10)
        + COMPANY
        + _text("COMMISSION", 10)
        + f"{errand.made_at:%y%m%d}"
        + f"{errand.execute_on:%y%m%d}"
        + "   1"  # three blanks for the settlement date; status 1 is the originator's
        + payer.ach_routing_number[:8]
        + _digits(1, 7)
    )


def _batch_control(orders: Sequence[Order], payer: Payer, total: Money) -> str:
    return (
        "8"
        + CREDITS_ONLY
        + _digits(len(orders) * 2, 6)
        + entry_hash(orders)
        + _digits(0, 12)
        + _digits(total.minor, 12)
        + payer.ach_company_id.rjust(10)
        + " " * 25
        + payer.ach_routing_number[:8]
        + _digits(1, 7)
    )


def _file_control(orders: Sequence[Order], total: Money, blocks: int) -> str:
    counts = _digits(1, 6) + _digits(blocks, 6) + _digits(len(orders) * 2, 8)
    return f"9{counts}{entry_hash(orders)}{_digits(0, 12)}{_digits(total.minor, 12)}{' ' * 39}"


def entry_hash(orders: Sequence[Order]) -> str:
    """The sum of the first eight digits of the routing numbers; its last ten digits."""
    return _digits(sum(int(order.routing_number[:8]) for order in orders) % 10**10, 10)


def _trace(payer: Payer, nth: int) -> str:
    return payer.ach_routing_number[:8] + _digits(nth, 7)


def _digits(number: int, width: int) -> str:
    return str(number).rjust(width, "0")


def _text(text: str, width: int) -> str:
    return sepa_text(text, width).upper().ljust(width)
