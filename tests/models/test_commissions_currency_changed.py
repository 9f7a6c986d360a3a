"""A partner's currency changes: what was earned before is released, taken back, paid in its own."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from models import commissions
from models.commissions import CommissionLine, Statement
from models.commissions.engine import Code
from models.people import SYSTEM

DECEMBER = datetime(2026, 12, 10, tzinfo=UTC)
TEN = {"base": {"type": "flat", "rate": "0.10"}}


def close(session, month, now):
    commissions.close_month(session, month, by=SYSTEM, now=now)


def close_november(session):
    close(session, "2026-11", datetime(2026, 12, 1, 12, tzinfo=UTC))


def close_december(session):
    close(session, "2026-12", datetime(2027, 1, 3, tzinfo=UTC))


def earned_in_december(a, partner, net):
    said = {"issued_on": date(2026, 12, 1), "partner_id": partner.id}
    a.earned(net, paid={"paid_at": datetime(2026, 12, 5, tzinfo=UTC)}, **said)


def stated(session, month):
    """{currency: (opening, paid, carried)} in minor units."""
    rows = session.scalars(select(Statement).where(Statement.period == month))
    return {one.currency: (one.opening_minor, one.payable_minor, one.closing_minor) for one in rows}


@pytest.fixture
def yen(session, a):
    """Changes the partner's currency: a euro is 160 yen."""

    def change(partner):
        a.rate("EUR", "JPY", "160", on=date(2026, 1, 1))
        partner.currency = "JPY"
        session.flush()
        a.now = DECEMBER

    return change


def test_what_was_held_or_is_taken_back_stays_in_the_currency_it_was_earned_in(session, a, yen):
    a.plan(TEN | {"holdback": {"pct": "0.20", "days": 20}, "clawback": {"days": 90}})
    partner = a.partner(currency="EUR")
    invoice = a.earned(1000_00, partner_id=partner.id)
    close_november(session)
    yen(partner)
    a.credit_note(invoice, 500_00, issued_at=datetime(2026, 12, 2, 12, tzinfo=UTC))
    a.rate_all()
    close_december(session)
    rows = session.execute(
        select(CommissionLine.code, CommissionLine.payout_minor, CommissionLine.payout_currency)
        .where(CommissionLine.period == "2026-12")
        .order_by(CommissionLine.id)
    ).all()
    assert sorted(tuple(row) for row in rows) == [
        (Code.CLAWBACK, -50_00, "EUR"),
        (Code.HOLDBACK_RELEASE, 10_00, "EUR"),
        (Code.HOLDBACK_RELEASE, 10_00, "EUR"),
    ]
    assert stated(session, "2026-12") == {"EUR": (0, 0, -30_00)}


def test_a_deal_paid_before_and_after_gives_each_part_back_in_its_own(session, a, yen):
    a.plan(TEN | {"clawback": {"days": 90}})
    partner = a.partner(currency="EUR")
    invoice = a.invoice(partner_id=partner.id, net=1000_00)
    a.payment(invoice, 400_00)
    a.rate_all()
    close_november(session)
    yen(partner)
    a.payment(invoice, 600_00, paid_at=datetime(2026, 12, 3, tzinfo=UTC))
    a.credit_note(invoice, 1000_00, issued_at=datetime(2026, 12, 5, tzinfo=UTC))
    a.rate_all()
    rows = session.execute(
        select(CommissionLine.code, CommissionLine.payout_minor, CommissionLine.payout_currency)
    ).all()
    assert sorted(tuple(row) for row in rows) == [
        (Code.BASE, 40_00, "EUR"),
        (Code.BASE, 9600, "JPY"),
        (Code.CLAWBACK, -9600, "JPY"),
        (Code.CLAWBACK, -40_00, "EUR"),
    ]


def test_what_was_carried_is_paid_out_in_the_old_currency_however_little(session, a, yen):
    a.plan(TEN | {"min_payout": "100"})
    partner = a.partner(currency="EUR")
    a.earned(800_00, partner_id=partner.id)
    close_november(session)
    assert stated(session, "2026-11") == {"EUR": (0, 0, 80_00)}
    yen(partner)
    close_december(session)
    assert stated(session, "2026-12") == {"EUR": (80_00, 80_00, 0)}


def test_an_advance_is_recovered_from_what_is_earned_in_the_new_currency(session, a, yen):
    a.plan(TEN | {"draw": {"type": "recoverable", "amount": "1000"}})
    partner = a.partner(currency="EUR")
    close_november(session)
    assert stated(session, "2026-11") == {"EUR": (0, 1000_00, 0)}
    yen(partner)
    earned_in_december(a, partner, 50_000_00)
    close_december(session)
    assert stated(session, "2026-12") == {"JPY": (0, 800_000 - 160_000, 0)}


def test_clawbacks_put_off_are_taken_from_what_is_earned_in_the_new_currency(session, a, yen):
    a.plan(TEN | {"clawback": {"days": 90, "instalments": 2}})
    partner = a.partner(currency="EUR")
    invoice = a.earned(1000_00, partner_id=partner.id)
    a.credit_note(invoice, 1000_00)
    a.rate_all()
    close_november(session)
    assert stated(session, "2026-11") == {"EUR": (0, 50_00, 0)}
    yen(partner)
    earned_in_december(a, partner, 1000_00)
    close_december(session)
    assert stated(session, "2026-12") == {"JPY": (0, 16_000 - 8_000, 0)}
