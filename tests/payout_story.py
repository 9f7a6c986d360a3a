"""The steps of a payout run as tests tell them: prepare, release, hand over, pay."""

from sqlalchemy import select

from models import payouts
from models.money import Money
from models.partners.destinations import DestinationKind
from models.payouts import Payout, PayoutRun
from models.payouts.queries import seen_of
from portal.payouts.bank_files import SepaRail
from portal.payouts.rails import ByHandRail
from tests.factories_payouts import SEAL

RAILS = {DestinationKind.SEPA: SepaRail(SEAL), DestinationKind.BY_HAND: ByHandRail()}


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def prepare(session, by, now, period="2026-10", currency="EUR") -> PayoutRun:
    return payouts.prepare(session, period, currency, rails=RAILS, by=by, now=now)


def release(session, run, by, now) -> None:
    payouts.release(session, run, seen=seen_of(session, run), rails=RAILS, by=by, now=now)


def hand_over(session, run, by, now):
    return payouts.hand_over(session, run, RAILS[DestinationKind.SEPA], seal=SEAL, by=by, now=now)


def pay(session, run, by, now, reference="B-1"):
    return payouts.mark_run_paid(
        session, run, reference=reference, paid_on=now.date(), by=by, now=now
    )


def only_payout(session, run) -> Payout:
    return session.scalars(select(Payout).where(Payout.run_id == run.id)).one()
