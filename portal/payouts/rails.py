"""The rails of this installation: SEPA and ACH files, Stripe, and payments made by hand."""

from __future__ import annotations

from models.money import Money
from models.partners.destinations import DestinationKind
from models.payouts.rails import Errand, Handover, Order, Payer, Rail, Rails
from portal.payouts.ach_files import AchRail
from portal.payouts.bank_files import SepaRail
from portal.payouts.stripe_connection import StripeRail, is_connected
from portal.sealing import seal


class ByHandRail:
    """A person pays, in whatever way the partner agreed to, and writes down the reference."""

    kind = DestinationKind.BY_HAND

    def why_not(self, order: Order, payer: Payer) -> str | None:
        return None

    def payable_part(self, amount: Money) -> Money:
        return amount

    def carry(self, errand: Errand) -> Handover | None:
        return None


def rails() -> Rails:
    every: list[Rail] = [
        SepaRail(seal()),
        AchRail(seal()),
        StripeRail(is_connected()),
        ByHandRail(),
    ]
    return {rail.kind: rail for rail in every}


def rail_of_files(currency: str) -> SepaRail | AchRail:
    """The one that makes the bank's file for a run in this currency."""
    return AchRail(seal()) if currency == AchRail.currency else SepaRail(seal())
