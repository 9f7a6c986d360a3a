"""Clawback: a refund takes back the same share of everything that the deal earned.  Pure.

Per partner: target = earned times refunded / sold, rounded; what is posted is the
target less what was posted before, so that no refund in parts leaves a stray cent.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from models.commissions.engine.derating import rated_again
from models.commissions.engine.desk import Basis, Desk, Entry
from models.commissions.engine.facts import Code, Line
from models.commissions.engine.holdback import freed_by_refund
from models.commissions.engine.numbers import divided
from models.commissions.engine.plan import Clawback
from models.commissions.engine.state import Bought, Share, Units
from models.commissions.engine.tiers import give_back_volume


def take_back(desk: Desk) -> list[Line]:
    rule, deal = desk.rules.clawback, desk.deal
    if rule is None or deal.first_on is None or not deal.sold:
        return []
    day = (desk.on - date.fromisoformat(deal.first_on)).days
    if day > rule.days:
        return []
    deal.refunded = min(deal.sold, deal.refunded + _counted(desk))
    units = _units_back(desk)
    lines: list[Line] = []
    for share in deal.shares:
        left, before = units.get(share.currency, 0), share.bonus_clawed
        lines += _from_share(desk, rule, share, left, day)
        units[share.currency] = left - (share.bonus_clawed - before)
    give_back_volume(desk, deal.refunded, deal.sold)
    if desk.works.derates is not None:
        lines += rated_again(desk)
    return lines


def count_mixed(desk: Desk, basis: Basis) -> None:
    """Remember how much of the payment counted, where a part of the sale earns nothing."""
    row = desk.deal.mixed.setdefault(desk.sale.key, [0, 0, 0, 0])
    row[0] += basis.amount_minor
    row[1] += basis.minor


def _counted(desk: Desk) -> int:
    """What of the refund takes back: the same share that counted of what was paid."""
    amount, net, part = desk.event.amount_minor, desk.sale.net_minor, desk.part_minor
    if amount is None:
        return desk.deal.sold
    if part == net and not desk.deal.mixed:
        return amount
    row = desk.deal.mixed.setdefault(desk.sale.key, [0, 0, 0, 0])
    paid, counted = (row[0], row[1]) if row[0] else (net, part)
    row[2] += amount
    back = counted if row[2] >= paid else divided(counted * row[2], paid)
    before, row[3] = row[3], back
    return back - before


def _from_share(
    desk: Desk, rule: Clawback, share: Share, units_minor: int, day: int
) -> Iterator[Line]:
    deal = desk.deal
    before = share.clawed
    back = divided(share.earned * deal.refunded, deal.sold) - before
    back_payout = divided(share.earned_payout * deal.refunded, deal.sold) - share.clawed_payout
    bonus, bonus_payout = _bonus_back(desk, rule, share, units_minor)
    share.clawed += back
    share.clawed_payout += back_payout
    share.bonus_clawed += bonus
    share.bonus_clawed_payout += bonus_payout
    total, payout = back + bonus, back_payout + bonus_payout
    if total:
        told = (
            "clawback", share.earned, deal.refunded, deal.sold, before, bonus, day, rule.days,
            -total,
        )  # fmt: skip
        entry = Entry(Code.CLAWBACK, -total, share.currency, told, share.partner)
        yield desk.correction(entry, tuple(share.lines), -payout, share.payout_currency)
    freed = divided(share.held * deal.refunded, deal.sold) - share.freed
    if freed > 0:
        share.freed += freed
        yield from freed_by_refund(desk, share, freed)


def _bonus_back(desk: Desk, rule: Clawback, share: Share, units_minor: int) -> tuple[int, int]:
    """Bonuses go back whole with a full refund; before that, only units that came back."""
    deal = desk.deal
    if deal.refunded >= deal.sold:
        target = share.bonus
    elif rule.bonuses_pro_rata:
        target = divided(share.bonus * deal.refunded, deal.sold)
    else:
        target = min(share.bonus, share.bonus_clawed + units_minor)
    target = max(target, share.bonus_clawed)
    payout = divided(share.bonus_payout * target, share.bonus) if share.bonus else 0
    return target - share.bonus_clawed, payout - share.bonus_clawed_payout


def _units_back(desk: Desk) -> dict[str, int]:
    """What the returned units had earned, by currency; their places are free again."""
    deal = desk.deal
    if not deal.bought:
        return {}
    full = deal.refunded >= deal.sold
    worth = 0
    left = dict(desk.event.units)
    for bought in deal.bought:
        count = bought.count - bought.returned
        if not full:
            count = min(count, left.get(bought.sku, 0))
            left[bought.sku] = left.get(bought.sku, 0) - count
        worth += _return(desk, bought, count)
    return {desk.plan.currency: worth}


def _return(desk: Desk, bought: Bought, count: int) -> int:
    bought.returned += count
    desk.state.get(Units, bought.units_key).value -= count
    return count * bought.per_unit
