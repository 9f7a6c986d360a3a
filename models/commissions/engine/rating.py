"""Rating: one event becomes lines.  Pure but for the memories in `world.state`.

Order: base, uplift, floor and cap, split, monthly cap, override, holdback; bonuses
and looking back stand beside.  A refund takes back; a due hold is released first.
"""

from __future__ import annotations

from models.commissions.engine.bonuses import new_logo, spiffs
from models.commissions.engine.bounds import month_cap
from models.commissions.engine.clawback import count_mixed, take_back
from models.commissions.engine.derating import remember
from models.commissions.engine.desk import Basis, Desk, Entry, World
from models.commissions.engine.facts import BONUS_CODES, Event, EventKind, Line, Sale
from models.commissions.engine.holdback import holdbacks, releases, remember_hold
from models.commissions.engine.parties import split
from models.commissions.engine.plan import Plan
from models.commissions.engine.portions import basis_of
from models.commissions.engine.state import Deal
from models.commissions.engine.trueups import book_true_up, true_ups
from models.commissions.engine.works import Works


def rate(plan: Plan, sale: Sale, event: Event, world: World) -> list[Line]:
    """The lines of one event.  Raises Refused when the plan or a rate does not cover it."""
    if event.kind is not EventKind.REFUND and event.kind.value != plan.trigger.value:
        return []
    return rate_at(set_up(plan, sale, event, world))


def set_up(plan: Plan, sale: Sale, event: Event, world: World) -> Desk:
    """Raises Refused when no version of the plan was in force."""
    return Desk(plan, sale, event, world, Works)


def rate_at(desk: Desk) -> list[Line]:
    """The same for an event whose desk is set up."""
    due = list(releases(desk, desk.on)) if desk.deal.holds else []
    if desk.event.kind is EventKind.REFUND:
        return due + take_back(desk)
    lines = _earn(desk)
    return due + lines if due else lines


def release_due(plan: Plan, sale: Sale, event: Event, world: World) -> list[Line]:
    """What of a deal was held until the day of `event`, which is only the day itself."""
    return release_at(set_up(plan, sale, event, world))


def release_at(desk: Desk) -> list[Line]:
    """The same for a desk that is set up."""
    return list(releases(desk, desk.on))


def _earn(desk: Desk) -> list[Line]:
    basis, works, sale = basis_of(desk), desk.works, desk.sale
    entries = works.base(desk, basis)
    if works.uplift is not None:
        entries += works.uplift(desk, basis, entries)
    if works.bounds is not None:
        entries += works.bounds(desk, basis, entries)
    if sale.splits:
        desk.deal.splits = [[partner, format(weight, "f")] for partner, weight in sale.splits]
        entries = split(desk, entries)
    if works.period_cap:
        entries += month_cap(desk, entries)
    if works.overrides is not None:
        entries += works.overrides(desk, basis, entries)
    held = [] if works.holdback is None else holdbacks(desk, works.holdback, entries)
    if desk.world.counts_customers:
        entries += new_logo(desk, basis)
    if works.spiffs:
        entries += spiffs(desk, basis)
    return _booked(desk, basis, entries, held)


def _booked(desk: Desk, basis: Basis, entries: list[Entry], held: list[Entry]) -> list[Line]:
    works, deal = desk.works, desk.deal
    lifted = [] if works.retro is None else true_ups(desk, basis, works.retro, works.window)
    if works.derates is not None:
        remember(desk, basis)
    lines = [desk.line(entry) for entry in entries if entry.amount_minor]
    for line in lines:
        _book(deal, line)
    for entry in held:
        lines.append(desk.line(entry))
        remember_hold(desk, lines[-1])
    if lines and deal.first_on is None:
        deal.first_on = desk.on.isoformat()
    for true_up in lifted:
        lines.append(desk.line(true_up.entry))
        book_true_up(desk, true_up, lines[-1])
    deal.sold += basis.minor
    if desk.part_minor != desk.sale.net_minor:
        count_mixed(desk, basis)
    deal.plan = desk.plan.id
    return lines


def _book(deal: Deal, line: Line) -> None:
    """Added to what its partner has earned on the deal."""
    share = deal.share(line.partner, line.currency, line.payout_currency)
    share.lines.append(line.id)
    if line.code in BONUS_CODES:
        share.bonus += line.amount_minor
        share.bonus_payout += line.payout_minor
    else:
        share.earned += line.amount_minor
        share.earned_payout += line.payout_minor
