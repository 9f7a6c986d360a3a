"""The rails of this installation: SEPA files, and payments made by hand."""

from __future__ import annotations

from flask import current_app

from models.partners.destinations import DestinationKind
from models.payouts.rails import Errand, Handover, Order, Payer, Rails
from models.sealing import Seal
from portal.payouts.bank_files import SepaRail


class ByHandRail:
    """A person pays, in whatever way the partner agreed to, and writes down the reference."""

    kind = DestinationKind.BY_HAND

    def why_not(self, order: Order, payer: Payer) -> str | None:
        return None

    def carry(self, errand: Errand) -> Handover | None:
        return None


def seal() -> Seal:
    return Seal(current_app.extensions["settings"].sealing_key)


def rails() -> Rails:
    return {DestinationKind.SEPA: SepaRail(seal()), DestinationKind.BY_HAND: ByHandRail()}
