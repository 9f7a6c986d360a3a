"""How lines and statements read: their sources, workings, states.  Nothing is decided here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from models.commissions import Code, words
from models.commissions.telling import VersionName, is_of_others, versions_of
from models.money import Money
from models.payouts import PayoutStatus
from portal.formats import day, money

TONES = {
    Code.CLAWBACK: "bad",
    Code.DISPUTE_HOLD: "warn",
    Code.HOLDBACK: "warn",
    Code.DRAW_RECOVERY: "warn",
}


@dataclass(frozen=True)
class ShownLine:
    """One commission line as the page, the PDF and the sheet tell it."""

    row: Any
    name: str
    rule: str
    tone: str
    source: str
    """The invoice, the deal, or what else caused it."""
    source_detail: str
    about: str
    """The customer, or what the line concerns when it is no customer."""
    basis: Money | None
    amount: Money
    """What it adds to the statement."""
    steps: list[tuple[str, str]]
    footnote: str

    @property
    def id(self) -> Any:
        return self.row.id


def shown(
    row: Any, versions: Mapping[UUID, VersionName] | None = None, *, for_staff: bool = False
) -> ShownLine:
    """Of somebody else's sale a partner sees its own share, not the rate, the tier or the sum.

    versions: of telling.versions_of; None where nobody reads which plan it was.
    """
    code, working = Code(row.code), row.working
    amount = Money(row.amount_minor, row.currency)
    payout = Money(row.payout_minor, row.payout_currency)
    name = words.name_of(code)
    is_hidden = not for_staff and is_of_others(row)
    if is_hidden and code is not Code.OVERRIDE:
        working = words.only_the_share(working)
    version = None if is_hidden or versions is None else versions[row.plan_version_id]
    steps = words.steps(code, working, amount, payout, money)
    return ShownLine(
        row=row,
        name=name,
        rule=words.rule_of(code, working, row.currency, money),
        tone=TONES.get(code, "plain"),
        source=row.invoice_number or row.deal_number or "–",
        source_detail=", ".join(filter(None, [_deal_beside(row), day(row.on)])),
        about=row.customer_name or row.deal_customer or name,
        basis=_basis(working, row.currency),
        amount=payout,
        steps=[(step.label, money(step.amount)) for step in steps],
        footnote=words.footnote(row.working, version),
    )


def all_shown(session: Session, rows: Sequence[Any], *, for_staff: bool = False) -> list[ShownLine]:
    versions = versions_of(session, rows)
    return [shown(row, versions, for_staff=for_staff) for row in rows]


PAID = {
    PayoutStatus.APPROVED: "Released for payment",
    PayoutStatus.SENDING: "On its way",
    PayoutStatus.PAID: "Paid",
}
RELEASED = (Code.HOLDBACK_RELEASE, Code.DISPUTE_RELEASE)


def equation(
    statement: Any, sums: Mapping[Code, tuple[int, int]], said: str
) -> tuple[list[tuple[str, str, Money]], tuple[str, Money]]:
    """opening + earned − taken back + released − carried = `said`, in reading order.

    sums: of queries.by_code.
    """
    unit = statement.currency
    released = Money(sum(sums[code][1] for code in RELEASED if code in sums), unit)
    parts = [
        ("", "Carried from before", Money(statement.opening_minor, unit)),
        ("+", "Earned", Money(statement.earned_minor, unit) - released),
        ("−", "Taken back or held", Money(-statement.taken_back_minor, unit)),
    ]
    if released:
        parts.append(("+", "Released", released))
    if statement.closing_minor:
        parts.append(("−", "Carried to next month", Money(statement.closing_minor, unit)))
    return parts, (said, Money(statement.payable_minor, unit))


def standing_of(statement: Any, payment: Any) -> str:
    """What has become of the amount; payment: its payout, None while there is none."""
    if not statement.payable_minor:
        return "Nothing to be paid"
    return PAID.get(payment.status, "To be paid") if payment else "To be paid"


def changes(
    now: dict[Code, tuple[int, int]], before: dict[Code, tuple[int, int]], *, unit: str
) -> list[dict[str, Any]]:
    """What differs from the month before, by kind of line, the largest change first."""
    told = []
    for code in {**now, **before}:
        count, minor = now.get(code, (0, 0))
        count_before, minor_before = before.get(code, (0, 0))
        if minor != minor_before:
            told.append(
                {
                    "name": words.name_of(code),
                    "now": Money(minor, unit),
                    "before": Money(minor_before, unit),
                    "difference": Money(minor - minor_before, unit),
                    "why": _why(count, count_before),
                }
            )
    return sorted(told, key=lambda change: -abs(change["difference"].minor))


def _why(count: int, before: int) -> str:
    if not before:
        return "None the month before"
    if not count:
        return f"{before} the month before, none now"
    if count == before:
        return "As many lines, other amounts"
    return f"{count} {'line' if count == 1 else 'lines'} instead of {before}"


def _deal_beside(row: Any) -> str:
    return row.deal_number if row.invoice_number and row.deal_number else ""


def _basis(working: dict[str, Any], currency: str) -> Money | None:
    """What the rate was applied to; of a clawback, what was refunded."""
    if "refunded_minor" in working:
        return Money(-working["refunded_minor"], currency)
    minor = working.get("basis_minor")
    return None if minor is None else Money(minor, currency)
