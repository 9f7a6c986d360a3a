"""Holdback: a share of each percent line kept until the risk of a refund has passed.  Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from models.commissions.engine.desk import Desk, Entry
from models.commissions.engine.facts import PERCENT_CODES, Code, Line
from models.commissions.engine.numbers import divided, iso, points, times
from models.commissions.engine.plan import Holdback
from models.commissions.engine.state import Hold, Share


def holdbacks(desk: Desk, rule: Holdback, entries: list[Entry]) -> list[Entry]:
    """One for each partner and currency that earned on this event."""
    totals: dict[tuple[str, str], int] = {}
    for entry in entries:
        if entry.code in PERCENT_CODES:
            place = (entry.partner, entry.currency)
            totals[place] = totals.get(place, 0) + entry.amount_minor
    due_on, share = iso(desk.on + timedelta(days=rule.days)), points(rule.share)
    held = []
    for (partner, currency), total in totals.items():
        amount = times(total, share, 1, desk.half_even)
        if amount > 0:
            told = ("holdback", total, share.text, due_on, -amount)
            held.append(Entry(Code.HOLDBACK, -amount, currency, told, partner))
    return held


def remember_hold(desk: Desk, line: Line) -> None:
    hold = Hold(
        line.partner, line.currency, line.payout_currency,
        line.told[3], -line.amount_minor, -line.payout_minor, line.id,
    )  # fmt: skip
    desk.deal.holds.append(hold)
    share = desk.deal.share(line.partner, line.currency, line.payout_currency)
    share.held -= line.amount_minor


def releases(desk: Desk, through: date) -> Iterator[Line]:
    """What was held until `through` or an earlier day, paid out on its own day's month."""
    last = through.isoformat()
    for hold in desk.deal.holds:
        if hold.left and hold.due_on <= last:
            yield _release(desk, hold)


def _release(desk: Desk, hold: Hold) -> Line:
    told = ("holdback_release", hold.due_on, hold.left)
    entry = Entry(Code.HOLDBACK_RELEASE, hold.left, hold.currency, told, hold.partner)
    payout = hold.left_payout
    hold.left = hold.left_payout = 0
    on = date.fromisoformat(hold.due_on)
    return desk.correction(entry, (hold.line,), payout, hold.payout_currency, on)


def freed_by_refund(desk: Desk, share: Share, amount: int) -> Iterator[Line]:
    """The share of what is still held that belongs to the part of the sale that came back."""
    whose = (share.partner, share.currency, share.payout_currency)
    for hold in desk.deal.holds:
        is_theirs = (hold.partner, hold.currency, hold.payout_currency) == whose
        if not (is_theirs and hold.left and amount):
            continue
        freed = min(amount, hold.left)
        payout = divided(hold.left_payout * freed, hold.left)
        hold.left, hold.left_payout = hold.left - freed, hold.left_payout - payout
        amount -= freed
        told = ("holdback_freed", hold.due_on, freed)
        entry = Entry(Code.HOLDBACK_RELEASE, freed, hold.currency, told, hold.partner)
        yield desk.correction(entry, (hold.line,), payout, hold.payout_currency)
