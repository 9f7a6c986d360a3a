"""Partners whose contract has ended, and partners who owe us: what is still to be settled.

Reads only; asked on the vendor's side.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Row, Select, cast, func, select
from sqlalchemy.orm import Session

from models import vendor
from models.commissions import disputes
from models.commissions.memory import last_hold_of
from models.commissions.queries import is_open
from models.commissions.rated import RatedEvent
from models.commissions.tables import CommissionLine, Statement
from models.commissions.taken_back import advances
from models.ledger import Account, PostingLine
from models.money import Money
from models.partners import Partner, PartnerEnding, PartnerStatus, ending_of
from models.payouts.due import in_live_payout
from models.payouts.rules import IN_FLIGHT, PayoutStatus
from models.payouts.tables import Payout
from models.sales import EarningEvent

"""Deals and invoices of one partner that are asked about at once."""


def _owed():
    return -func.sum(PostingLine.amount_minor)


def _balances() -> Select:
    return (
        select(
            PostingLine.partner_id,
            PostingLine.amount_currency.label("currency"),
            cast(_owed(), BigInteger).label("minor"),
        )
        .where(PostingLine.account == Account.PARTNER_PAYABLE)
        .group_by(PostingLine.partner_id, PostingLine.amount_currency)
        .having(_owed() != 0)
    )


DEBTS = _balances().having(_owed() < 0).subquery()
"""Negative balances, by partner and currency."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of what must be true before all is settled."""

    label: str
    done: bool
    hint: str
    """What it waits for; empty when it is done."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """Where a partner that has left stands."""

    ending: PartnerEnding | None
    """None for those who left before this was kept: their tail has no end."""
    steps: list[Step]
    balances: list[Money]
    """By the ledger, where it is not zero; negative: it owes us."""
    advances: list[Money]
    """Of recoverable draws, not recovered: no statement pays them, and none takes them back."""
    last_statement_id: UUID | None
    last_statement: str
    """Its number; empty when there never was one."""

    @property
    def is_settled(self) -> bool:
        return all(step.done for step in self.steps)


def leaving_of(session: Session, partner: Partner, *, now: datetime) -> Leaving:
    ending = ending_of(session, partner.id)
    today = vendor.settings(session).calendar.day_of(now)
    balances = balances_of(session, partner.id)
    last = _last_statement(session, partner.id)
    return Leaving(
        ending,
        [
            _contract(partner),
            _tail(ending, today),
            _rated(session, partner.id),
            _holds(session, partner.id),
            _disputes(session, partner.id),
            _stated(session, partner.id),
            _paid(session, partner.id),
            _balanced(balances),
        ],
        balances,
        _advances(session, partner.id),
        last.id if last else None,
        last.number if last else "",
    )


def balances_of(session: Session, partner_id: UUID) -> list[Money]:
    rows = session.execute(
        _balances()
        .where(PostingLine.partner_id == partner_id)
        .order_by(PostingLine.amount_currency)
    )
    return [Money(int(row.minor), row.currency) for row in rows]


def _advances(session: Session, partner_id: UUID) -> list[Money]:
    given = advances(session, partner_id)
    return [Money(minor, currency) for (_, currency), minor in sorted(given.items())]


def owing() -> Select:
    """Partners who owe us, by currency, with where they stand; without an order."""
    return (
        select(
            Partner.id,
            Partner.name,
            Partner.number,
            Partner.status,
            DEBTS.c.currency,
            DEBTS.c.minor,
            PartnerEnding.ended_on,
            PartnerEnding.tail_through,
        )
        .join(DEBTS, DEBTS.c.partner_id == Partner.id)
        .outerjoin(PartnerEnding, PartnerEnding.partner_id == Partner.id)
    )


def leavers() -> Select:
    """Every partner whose contract has ended; without an order."""
    return (
        select(
            Partner.id,
            Partner.name,
            Partner.number,
            PartnerEnding.ended_on,
            PartnerEnding.tail_through,
        )
        .outerjoin(PartnerEnding, PartnerEnding.partner_id == Partner.id)
        .where(Partner.status == PartnerStatus.ENDED)
    )


def _contract(partner: Partner) -> Step:
    done = partner.status is PartnerStatus.ENDED
    return Step("The contract has ended", done, "" if done else "End it on the partner's page.")


def _tail(ending: PartnerEnding | None, today: date) -> Step:
    if ending is None:
        return Step("The tail is over", True, "")
    done = ending.tail_through < today
    until = f"Payments of its customers earn until {ending.tail_through:%Y-%m-%d}."
    return Step("The tail is over", done, "" if done else until)


def _rated(session: Session, partner_id: UUID) -> Step:
    waiting = session.scalar(
        select(func.count(EarningEvent.id))
        .outerjoin(RatedEvent, RatedEvent.id == EarningEvent.id)
        .where(EarningEvent.partner_id == partner_id, RatedEvent.id.is_(None))
    )
    return Step(
        "Every payment and refund is rated",
        not waiting,
        f"{waiting} could not be rated yet; the months say why." if waiting else "",
    )


def _holds(session: Session, partner_id: UUID) -> Step:
    until = last_hold_of(session, partner_id)
    return Step(
        "Nothing is held back",
        until is None,
        f"The last hold is released on {until:%Y-%m-%d}." if until else "",
    )


def _disputes(session: Session, partner_id: UUID) -> Step:
    count = disputes.open_count(session, partner_id)
    return Step("No dispute is open", not count, f"{count} open." if count else "")


def _stated(session: Session, partner_id: UUID) -> Step:
    open_month = session.scalar(
        select(func.min(CommissionLine.period)).where(
            CommissionLine.partner_id == partner_id, is_open()
        )
    )
    return Step(
        "The final statement is made",
        open_month is None,
        f"It has lines in {open_month}, which is not closed." if open_month else "",
    )


def _paid(session: Session, partner_id: UUID) -> Step:
    unpaid = session.scalar(
        select(func.count(Statement.id)).where(
            Statement.partner_id == partner_id, Statement.payable_minor > 0, ~in_live_payout()
        )
    )
    under_way = session.scalar(
        select(func.count(Payout.id)).where(
            Payout.partner_id == partner_id, Payout.status.in_(IN_FLIGHT | {PayoutStatus.DRAFT})
        )
    )
    hints = [f"{unpaid} to be paid."] if unpaid else []
    hints += [f"{under_way} in a run that is under way."] if under_way else []
    return Step("Every statement is paid", not hints, " ".join(hints))


def _balanced(balances: list[Money]) -> Step:
    if any(balance.minor < 0 for balance in balances):
        hint = "It owes us: ask for the money."
    else:
        hint = "What is left is stated at the next close, or brought by the next payout, and paid."
    return Step("Its balance is zero", not balances, hint if balances else "")


def _last_statement(session: Session, partner_id: UUID) -> Row | None:
    return session.execute(
        select(Statement.id, Statement.number)
        .where(Statement.partner_id == partner_id)
        .order_by(Statement.period.desc(), Statement.id.desc())
        .limit(1)
    ).first()
