"""What is owed to partners beside their statements, and what is not theirs to net.  Reads only.

A payout leaves what its rail cannot carry (Stripe pays some currencies only in whole steps), a
transfer that was reversed in part is owed again in that part, and a debt that a partner has paid
on an invoice still stands on its statements.  The next payout brings all three; the database can
always tell, so nobody can forget it.  A fee that is invoiced is collected by its invoice alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models import ledger
from models.payouts.invoices import UNPAID, InvoiceKind, InvoiceStatus, PartnerInvoice
from models.payouts.rules import STANDING, PayoutStatus
from models.payouts.tables import Payout

REST = func.sum(Payout.left_minor + Payout.back_minor - Payout.brought_minor)
"""Below zero when a payout has brought what was left of another, and that one failed later."""

DRAFTED = STANDING | {PayoutStatus.DRAFT}


def rests(session: Session, currency: str) -> dict[UUID, int]:
    """{partner: minor units}, what a draft has brought already counted off."""
    return {who: minor for (who, unit), minor in all_rests(session).items() if unit == currency}


def all_rests(session: Session) -> dict[tuple[UUID, str], int]:
    """{(partner, currency): minor units}, where it is not zero."""
    left = session.execute(
        select(Payout.partner_id, Payout.amount_currency, REST)
        .where(Payout.status.in_(DRAFTED))
        .group_by(Payout.partner_id, Payout.amount_currency)
        .having(REST != 0)
    )
    paid = session.execute(
        _invoiced().where(
            PartnerInvoice.kind == InvoiceKind.DEBT, PartnerInvoice.status == InvoiceStatus.PAID
        )
    )
    sums = Counter[tuple[UUID, str]]()
    for who, unit, minor in (*left, *paid):
        sums[who, unit] += int(minor)
    return {key: minor for key, minor in sums.items() if minor}


def brought(left: int, stated: int, owed: int) -> int:
    """Of what is left, what a payout of statements brings: not what was taken back since."""
    return left if left <= 0 else max(0, min(left, owed - stated))


def owed_without_fees(session: Session) -> dict[tuple[UUID, str], int]:
    """What the ledger owes, as if no fee were waiting to be paid; where it is not zero."""
    owed = Counter(ledger.owed(session))
    waiting = session.execute(
        _invoiced().where(PartnerInvoice.kind == InvoiceKind.FEE, PartnerInvoice.status.in_(UNPAID))
    )
    owed.update({(who, unit): int(minor) for who, unit, minor in waiting})
    return {key: minor for key, minor in owed.items() if minor}


def rests_of(session: Session, partner_id: UUID, states: Iterable[PayoutStatus]) -> Counter[str]:
    """One partner's, by currency; of its payouts in these states and of debts that it paid."""
    left = (
        select(Payout.amount_currency, REST)
        .where(Payout.partner_id == partner_id, Payout.status.in_(list(states)))
        .group_by(Payout.amount_currency)
    )
    paid = (
        select(PartnerInvoice.amount_currency, func.sum(PartnerInvoice.amount_minor))
        .where(
            PartnerInvoice.partner_id == partner_id,
            PartnerInvoice.kind == InvoiceKind.DEBT,
            PartnerInvoice.status == InvoiceStatus.PAID,
        )
        .group_by(PartnerInvoice.amount_currency)
    )
    sums = Counter[str]()
    for unit, minor in (*session.execute(left), *session.execute(paid)):
        sums[unit] += int(minor)
    return Counter({unit: minor for unit, minor in sums.items() if minor})


def _invoiced() -> Select:
    return select(
        PartnerInvoice.partner_id,
        PartnerInvoice.amount_currency,
        func.sum(PartnerInvoice.amount_minor),
    ).group_by(PartnerInvoice.partner_id, PartnerInvoice.amount_currency)
