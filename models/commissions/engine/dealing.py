"""What is remembered of one deal: who earned on it, what is held, what came back.  Pure."""

from __future__ import annotations

from typing import Any, ClassVar


class Share:
    """What one partner has earned on one deal in one currency, and given back; apart for each
    currency that it was paid in, because a partner's may change."""

    __slots__ = (
        "bonus", "bonus_clawed", "bonus_clawed_payout", "bonus_payout", "clawed", "clawed_payout",
        "currency", "earned", "earned_payout", "freed", "held", "lines", "partner",
        "payout_currency",
    )  # fmt: skip

    def __init__(
        self,
        partner: str,
        currency: str,
        payout_currency: str,
        lines: list[str] | None = None,
        *amounts: int,
    ) -> None:
        self.partner, self.currency, self.payout_currency = partner, currency, payout_currency
        self.lines = [] if lines is None else lines
        """The lines that a clawback corrects."""
        self.earned = self.earned_payout = self.clawed = self.clawed_payout = 0
        self.bonus = self.bonus_payout = self.bonus_clawed = self.bonus_clawed_payout = 0
        self.held = 0
        self.freed = 0
        """Released because the same share of the sale was refunded."""
        if amounts:
            for name, amount in zip(AMOUNTS, amounts, strict=False):
                setattr(self, name, amount)

    def kept(self) -> list[Any]:
        who = [self.partner, self.currency, self.payout_currency, self.lines, self.earned]
        if self.bonus or self.clawed or self.clawed_payout or self.held or self.bonus_clawed:
            return [*who, *(getattr(self, name) for name in AMOUNTS[1:])]
        return [*who, self.earned_payout]


AMOUNTS = (
    "earned", "earned_payout", "clawed", "clawed_payout", "bonus", "bonus_payout",
    "bonus_clawed", "bonus_clawed_payout", "held", "freed",
)  # fmt: skip


class Hold:
    """What is held back of one event until a day."""

    __slots__ = ("currency", "due_on", "left", "left_payout", "line", "partner", "payout_currency")

    def __init__(
        self,
        partner: str,
        currency: str,
        payout_currency: str,
        due_on: str,
        left: int,
        left_payout: int,
        line: str,
    ) -> None:
        self.partner, self.currency, self.payout_currency = partner, currency, payout_currency
        self.due_on, self.left, self.left_payout, self.line = due_on, left, left_payout, line

    def kept(self) -> list[Any]:
        return [
            self.partner, self.currency, self.payout_currency, self.due_on,
            self.left, self.left_payout, self.line,
        ]  # fmt: skip


class Bought:
    """Units of one SPIFF that a deal has been paid for."""

    __slots__ = ("count", "per_unit", "returned", "sku", "spiff", "units_key")

    def __init__(
        self, spiff: str, sku: str, per_unit: int, count: int, units_key: str, returned: int = 0
    ) -> None:
        self.spiff, self.sku, self.per_unit = spiff, sku, per_unit
        self.count, self.units_key, self.returned = count, units_key, returned

    def kept(self) -> list[Any]:
        return [self.spiff, self.sku, self.per_unit, self.count, self.units_key, self.returned]


class Deal:
    """Everything that later events of a deal depend on."""

    kind: ClassVar[str] = "deal"
    __slots__ = (
        "bought", "bounded", "counted", "first_on", "holds", "mixed", "month", "paid", "plan",
        "raw", "refunded", "shares", "sold", "splits", "units_paid",
    )  # fmt: skip

    def __init__(
        self,
        plan: str = "",
        first_on: str | None = None,
        sold: int = 0,
        refunded: int = 0,
        shares: list[list[Any]] | None = None,
        counted: list[list[Any]] | None = None,
        *rest: Any,
    ) -> None:
        self.month = ""
        self.plan = plan
        self.first_on = first_on
        """The first earning day; None before anything was earned."""
        self.sold = sold
        self.refunded = refunded
        self.shares = [Share(*row) for row in shares] if shares else []
        self.counted: list[list[Any]] = counted or []
        """[counter key, volume, volume taken back]."""
        raw, bounded, splits, paid, units_paid, holds, bought, mixed = (
            (*rest, *NOTHING[len(rest) :]) if rest else NOTHING
        )
        self.raw: int = raw
        """Base and uplift so far, before floor and cap."""
        self.bounded: int = bounded
        """The same after floor and cap."""
        self.splits: list[list[str]] = splits or []
        """[partner, weight]; empty: all to the partner that sold."""
        self.paid: dict[str, int] = paid or {}
        """How much of each sale was paid; only where units are counted."""
        self.units_paid: dict[str, int] = units_paid or {}
        """Units that were due for a SPIFF, paid or above its limit."""
        self.holds = [Hold(*row) for row in holds] if holds else []
        self.bought = [Bought(*row) for row in bought] if bought else []
        self.mixed: dict[str, list[int]] = mixed or {}
        """{sale: [paid, of it counted, refunded, of it counted]}: of what is not all counted."""

    def kept(self) -> list[Any]:
        shares = [share.kept() for share in self.shares]
        first = [self.plan, self.first_on, self.sold, self.refunded, shares, self.counted]
        rest = (self.raw, self.bounded, self.splits, self.paid, self.units_paid)
        if not (self.holds or self.bought or self.mixed or any(rest)):
            return first
        holds = [hold.kept() for hold in self.holds if hold.left]
        last = [self.mixed] if self.mixed else []
        return [*first, *rest, holds, [bought.kept() for bought in self.bought], *last]

    def share(self, partner: str, currency: str, payout_currency: str) -> Share:
        for share in self.shares:
            if (
                share.partner == partner
                and share.currency == currency
                and share.payout_currency == payout_currency
            ):
                return share
        fresh = Share(partner, currency, payout_currency)
        self.shares.append(fresh)
        return fresh

    @property
    def next_release(self) -> str | None:
        """The day on which the next hold is released; None when nothing is held."""
        return min((hold.due_on for hold in self.holds if hold.left), default=None)


NOTHING: tuple[Any, ...] = (0, 0, None, None, None, None, None, None)
