"""The taxes of payouts: worked out when a run is prepared, asked again when it is released."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models import taxes
from models.money import Money
from models.payouts.due import Due, Obstacle
from models.payouts.rails import Rail
from models.payouts.rules import WhyNot
from models.payouts.tables import Payout
from models.taxes import Facts, Treatment
from models.vendor import Vendor


@dataclass(frozen=True, slots=True)
class Taxed:
    """What a partner is paid: the commission, with value added tax, less what is withheld."""

    commission: Money
    vat: Money
    withheld: Money
    words: str
    """Why, fit to show; empty when nothing applies."""

    @property
    def amount(self) -> Money:
        return self.commission + self.vat - self.withheld


def tax_facts(session: Session, house: Vendor, dues: Iterable[Due], now: datetime) -> Facts:
    partners = [due.partner.id for due in dues]
    return taxes.facts_of(session, house, partners, on=house.calendar.day_of(now))


def taxed(commission: Money, treatment: Treatment) -> Taxed:
    return Taxed(
        commission,
        treatment.vat_on(commission),
        treatment.withheld_from(commission),
        treatment.words,
    )


def taxed_part(asked: Money, treatment: Treatment, rail: Rail) -> Taxed:
    """As much of the commission as makes an amount that the rail can carry; perhaps nothing.

    Taxes are rounded, so an amount may be one that no commission makes; then it is the next less.
    """
    sums = taxed(asked, treatment)
    while (wanted := rail.payable_part(sums.amount)) != sums.amount:
        sums = _at_most(wanted, sums.commission, treatment)
    return sums


def _at_most(amount: Money, commission: Money, treatment: Treatment) -> Taxed:
    """The largest part of a commission that comes to no more than an amount."""
    low, high = 0, commission.minor
    while low < high:
        middle = (low + high + 1) // 2
        if taxed(Money(middle, amount.currency), treatment).amount <= amount:
            low = middle
        else:
            high = middle - 1
    return taxed(Money(low, amount.currency), treatment)


def tax_obstacle(treatment: Treatment) -> Obstacle | None:
    """Why a partner cannot be paid before it has said how it is taxed."""
    return Obstacle(WhyNot.NO_TAX_FORM, treatment.blocks) if treatment.blocks else None


def taxed_otherwise(payout: Payout, treatment: Treatment) -> str | None:
    """What has changed about the taxes of a payout since it was prepared."""
    if treatment.blocks:
        return treatment.blocks
    if taxed(payout.commission, treatment).amount != payout.amount:
        return "Its taxes have changed since the run was prepared."
    return None
