"""Holdback: a share of each percent line kept until the risk of a refund has passed.  Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from models.commissions.engine.desk import Desk, Entry
from models.commissions.engine.facts import PERCENT_CODES, Code, Line
from models.commissions.engine.numbers import RATE_ONE, divided, scaled
from models.commissions.engine.state import Hold


def holdbacks(desk: Desk, entries: list[Entry]) -> list[Entry]:
    """One for each partner and currency that earned on this event."""
    rule = desk.rules.holdback
    if rule is None:
        return []
    totals: dict[tuple[str, str], int] = {}
    for entry in entries:
        if entry.code in PERCENT_CODES:
            place = (entry.partner, entry.currency)
            totals[place] = totals.get(place, 0) + entry.amount_minor
    due_on = desk.on + timedelta(days=rule.days)
    held = []
    for (partner, currency), total in totals.items():
        amount = divided(total * scaled(rule.share), RATE_ONE, half_even=desk.rules.half_even)
        working = {
            "rule": "holdback",
            "basis_minor": total,
            "rate": format(rule.share, "f"),
            "release_on": due_on.isoformat(),
            "pool_minor": -amount,
        }
        if amount > 0:
            held.append(Entry(Code.HOLDBACK, -amount, currency, working, partner))
    return held


def remember_hold(desk: Desk, line: Line) -> None:
    desk.deal.holds.append(
        Hold(
            partner=line.partner,
            currency=line.currency,
            payout_currency=line.payout_currency,
            due_on=line.working["release_on"],
            left=-line.amount_minor,
            left_payout=-line.payout_minor,
            line=line.id,
        )
    )
    share = desk.deal.share(line.partner, line.currency, line.payout_currency)
    share.held -= line.amount_minor


def releases(desk: Desk, through: date) -> Iterator[Line]:
    """What was held until `through` or an earlier day, paid out on its own day's month."""
    for hold in desk.deal.holds:
        due_on = date.fromisoformat(hold.due_on)
        if hold.left and due_on <= through:
            yield _release(desk, hold, due_on)


def _release(desk: Desk, hold: Hold, due_on: date) -> Line:
    entry = Entry(
        Code.HOLDBACK_RELEASE,
        hold.left,
        hold.currency,
        {"rule": "holdback_release", "release_on": hold.due_on, "pool_minor": hold.left},
        hold.partner,
    )
    payout = hold.left_payout
    hold.left = hold.left_payout = 0
    return desk.line(entry, corrects=(hold.line,), as_before=payout, on=due_on)


def freed_by_refund(desk: Desk, partner: str, currency: str, amount: int) -> Iterator[Line]:
    """The share of what is still held that belongs to the part of the sale that came back."""
    for hold in desk.deal.holds:
        if (hold.partner, hold.currency) != (partner, currency) or not hold.left or not amount:
            continue
        freed = min(amount, hold.left)
        payout = divided(hold.left_payout * freed, hold.left)
        hold.left, hold.left_payout = hold.left - freed, hold.left_payout - payout
        amount -= freed
        working = {"rule": "holdback_freed", "release_on": hold.due_on, "pool_minor": freed}
        entry = Entry(Code.HOLDBACK_RELEASE, freed, currency, working, partner)
        yield desk.line(entry, corrects=(hold.line,), as_before=payout)
