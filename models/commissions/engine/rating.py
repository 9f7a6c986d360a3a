"""Rating: one event becomes lines.  Pure but for the memories in `world.state`.

Order: base, uplift, floor and cap, split, monthly cap, override, holdback; bonuses
and looking back stand beside.  A refund takes back; a due hold is released first.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from models.commissions.engine.bonuses import new_logo, spiffs
from models.commissions.engine.bounds import deal_bounds, month_cap, uplift
from models.commissions.engine.clawback import take_back
from models.commissions.engine.desk import Basis, Desk, Entry, World
from models.commissions.engine.facts import BONUS_CODES, Code, Event, EventKind, Line, Sale
from models.commissions.engine.holdback import holdbacks, releases, remember_hold
from models.commissions.engine.parties import overrides, split
from models.commissions.engine.plan import Plan
from models.commissions.engine.portions import basis_of, portions
from models.commissions.engine.trueups import book_true_up, true_ups


def rate(plan: Plan, sale: Sale, event: Event, world: World) -> list[Line]:
    """The lines of one event.  Raises Refused when the plan or a rate does not cover it."""
    if event.kind in (EventKind.WON, EventKind.PAID) and event.kind.value != plan.trigger.value:
        return []
    desk = Desk.set_up(plan, sale, event, world)
    due = list(releases(desk, through=desk.on))
    if event.kind is EventKind.REFUND:
        return due + take_back(desk)
    return due + _earn(desk)


def release_due(plan: Plan, sale: Sale, event: Event, world: World) -> list[Line]:
    """What of a deal was held until the day of `event`, which is only the day itself."""
    desk = Desk.set_up(plan, sale, event, world)
    return list(releases(desk, through=desk.on))


def _earn(desk: Desk) -> list[Line]:
    basis, deal = basis_of(desk), desk.deal
    if not deal.splits:
        deal.splits = [[partner, format(weight, "f")] for partner, weight in desk.sale.shares]
    pool = portions(desk, basis)
    pool += uplift(desk, basis, pool)
    pool += deal_bounds(desk, basis, pool)
    entries = list(chain.from_iterable(split(desk, entry) for entry in pool))
    entries += month_cap(desk, entries)
    entries += overrides(desk, basis, entries)
    held = holdbacks(desk, entries)
    paid = _paid(desk, basis)
    bonuses = new_logo(desk, basis) + spiffs(desk, paid)
    lifted = true_ups(desk, basis)
    lines = [_book(desk, entry) for entry in chain(entries, bonuses) if entry.amount_minor]
    for entry in held:
        lines.append(desk.line(entry))
        remember_hold(desk, lines[-1])
    for true_up in lifted:
        lines.append(desk.line(true_up.entry))
        book_true_up(desk, true_up, lines[-1])
    _remember_sale(desk, basis, lines)
    return lines


def _paid(desk: Desk, basis: Basis) -> int:
    """How much of this sale has been paid, this event included."""
    paid = desk.deal.paid
    paid[desk.sale.key] = paid.get(desk.sale.key, 0) + basis.amount_minor
    return paid[desk.sale.key]


def _book(desk: Desk, entry: Entry) -> Line:
    """The line, added to what its partner has earned on the deal."""
    line = desk.line(entry)
    share = desk.deal.share(line.partner, line.currency, line.payout_currency)
    share.lines.append(line.id)
    if entry.code in BONUS_CODES:
        share.bonus += line.amount_minor
        share.bonus_payout += line.payout_minor
    else:
        share.earned += line.amount_minor
        share.earned_payout += line.payout_minor
    return line


def _remember_sale(desk: Desk, basis: Basis, lines: Iterable[Line]) -> None:
    deal = desk.deal
    deal.sold += basis.minor
    deal.plan, deal.version = desk.plan.id, desk.version.id
    earned = any(line.code is not Code.TRUE_UP for line in lines)
    if deal.first_on is None and earned:
        deal.first_on = desk.on.isoformat()
