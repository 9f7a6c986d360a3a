"""When a contract ends: the tail earns as agreed, the rest is stated and paid, debts are listed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from models import commissions, partners, payouts
from models.commissions.tables import CommissionLine, Statement
from models.errors import Refused
from models.notices import Notice
from models.partners.endings import ending_of, tail_end
from models.payouts.leavers import leavers, leaving_of, owing
from models.people import SYSTEM, Role
from tests.payout_story import hand_over, only_payout, pay, prepare, release


@pytest.fixture(autouse=True)
def books(session):
    yield
    assert payouts.check_books(session) == []


def test_a_tail_ends_on_the_same_day_of_a_later_month_or_on_its_last():
    assert tail_end(date(2026, 11, 18), 0) == date(2026, 11, 18)
    assert tail_end(date(2026, 11, 18), 3) == date(2027, 2, 18)
    assert tail_end(date(2026, 11, 30), 3) == date(2027, 2, 28)


def end(session, a, partner, now, tail=0):
    by = a.manager().actor()
    partners.end(session, partner, by=by, reason="Closed", now=now, tail_months=tail)


def test_the_end_keeps_its_day_its_tail_and_who_said_so(session, a, now):
    a.vendor()
    partner = a.partner()
    end(session, a, partner, now, tail=3)
    ending = ending_of(session, partner.id)
    assert (ending.ended_on, ending.tail_through) == (date(2026, 11, 18), date(2027, 2, 18))
    with pytest.raises(Refused):
        end(session, a, partner, now)


OCTOBER = datetime(2026, 10, 20, 12, tzinfo=UTC)


def earned_by(session, partner) -> list[int]:
    lines = select(CommissionLine.payout_minor).where(CommissionLine.partner_id == partner.id)
    return list(session.scalars(lines.order_by(CommissionLine.id)))


@pytest.mark.parametrize("tail, minor", [(0, []), (1, [100_00])])
def test_payments_of_its_customers_earn_until_the_tail_is_over(session, a, tail, minor):
    a.plan()
    partner = a.partner()
    end(session, a, partner, OCTOBER, tail=tail)
    a.earned(1_000_00, partner_id=partner.id)  # paid on 18 November
    assert earned_by(session, partner) == minor
    assert a.rate_all().rated == 0  # it is not asked about again


def test_what_is_refunded_after_the_tail_is_taken_back_all_the_same(session, a, now):
    a.plan({"base": {"type": "flat", "rate": "0.10"}, "clawback": {"days": 90}})
    partner = a.partner()
    invoice = a.earned(1_000_00, partner_id=partner.id)
    end(session, a, partner, now - timedelta(days=1))
    a.credit_note(invoice, 1_000_00)
    a.rate_all()
    assert sum(earned_by(session, partner)) == 0


def test_a_distributor_that_has_left_gets_no_override_any_more(session, a):
    a.plan({"base": {"type": "flat", "rate": "0.10"}, "override": {"rate": "0.03", "basis": "net"}})
    reseller, gone = a.partner(), a.distributor()
    a.parent(reseller, gone)
    end(session, a, gone, OCTOBER)
    a.earned(1_000_00, partner_id=reseller.id)
    assert (earned_by(session, reseller), earned_by(session, gone)) == ([100_00], [])


def test_what_was_carried_below_the_minimum_is_stated_at_the_end_and_paid(session, a, now):
    """In a month in which it earned nothing, by a statement without a line."""
    a.plan({"base": {"type": "flat", "rate": "0.10"}, "min_payout": "500.00"})
    partner = a.partner()
    a.destination(partner)
    a.earned(1_000_00, partner_id=partner.id)
    december, january = (
        datetime(2026, 12, 1, 12, tzinfo=UTC),
        datetime(2027, 1, 4, 12, tzinfo=UTC),
    )
    commissions.close_month(session, "2026-11", by=SYSTEM, now=december)
    end(session, a, partner, december)
    for _ in range(2):
        commissions.close_month(session, "2026-12", by=SYSTEM, now=january)
    carried, final = session.scalars(select(Statement).order_by(Statement.period))
    assert (carried.payable_minor, carried.closing_minor) == (0, 100_00)
    assert (final.opening_minor, final.payable_minor, final.closing_minor) == (100_00, 100_00, 0)
    assert final.line_count == 0
    run = prepare(session, a.finance().actor(), january, period="2026-12")
    assert only_payout(session, run).amount_minor == 100_00


def test_what_was_stated_is_paid_after_the_end_and_told_by_letter(session, a, now):
    a.vendor()
    partner = a.payable(100_00)
    head = a.person(partner=partner, role=Role.PARTNER_ADMINISTRATOR)
    end(session, a, partner, now)
    petra, rita = a.finance().actor(), a.finance().actor()
    run = prepare(session, petra, now)
    release(session, run, rita, now)
    hand_over(session, run, petra, now)
    pay(session, run, petra, now)
    letter = session.scalars(select(Notice).where(Notice.kind == "payout-paid")).one()
    assert (letter.person_id, letter.email) == (None, head.email)
    assert "Remittance advice PO-" in letter.body and "100.00 EUR" in letter.body


def test_the_advice_of_a_payment_lists_what_it_settles(session, a, now):
    a.vendor()
    partner = a.partner()
    a.destination(partner)
    a.person(partner=partner, role=Role.PARTNER_ADMINISTRATOR)
    statements = [
        a.stated(partner, minor, period=p) for minor, p in ((40_00, "2026-09"), (60_00, "2026-10"))
    ]
    petra, rita = a.finance().actor(), a.finance().actor()
    run = prepare(session, petra, now)
    release(session, run, rita, now)
    hand_over(session, run, petra, now)
    pay(session, run, petra, now, reference="B-77")
    told = session.scalars(select(Notice).where(Notice.kind == "payout-paid")).one()
    assert all(statement.number in told.body for statement in statements)
    assert "B-77" in told.body and "•••• 2051" in told.body


def test_after_the_tail_even_less_than_the_minimum_is_paid(session, a, now):
    vendor = a.vendor()
    partner = a.payable(vendor.minimum_payout_minor - 1)
    end(session, a, partner, datetime(2026, 10, 20, 12, tzinfo=UTC))
    assert only_payout(session, prepare(session, a.finance().actor(), now)).partner_id == partner.id


def test_in_the_tail_the_minimum_holds(session, a, now):
    vendor = a.vendor()
    partner = a.payable(vendor.minimum_payout_minor - 1)
    end(session, a, partner, datetime(2026, 10, 20, 12, tzinfo=UTC), tail=3)
    with pytest.raises(Refused, match="Below the minimum"):
        prepare(session, a.finance().actor(), now)


def test_who_owes_us_is_listed_with_the_amount(session, a, now):
    a.vendor()
    partner = a.payable(-30_00, name="Nordwind")
    a.payable(100_00)
    [row] = session.execute(owing())
    assert (row.id, row.minor, row.currency, row.ended_on) == (partner.id, -30_00, "EUR", None)


def test_the_checklist_of_a_leaver_says_what_is_left(session, a, now):
    a.vendor()
    partner = a.payable(100_00)
    end(session, a, partner, now, tail=2)
    waiting = {
        step.label: step.hint
        for step in leaving_of(session, partner, now=now).steps
        if not step.done
    }
    assert waiting == {
        "The tail is over": "Payments of its customers earn until 2027-01-18.",
        "Every statement is paid": "1 to be paid.",
        "Its balance is zero": "What is left is stated at the next close, or brought by the next "
        "payout, and paid.",
    }
    assert [row.id for row in session.execute(leavers())] == [partner.id]
    prepare(session, a.finance().actor(), now)
    [paid] = [step for step in leaving_of(session, partner, now=now).steps if "paid" in step.label]
    assert (paid.done, paid.hint) == (False, "1 in a run that is under way.")


def test_the_checklist_is_done_when_all_is_paid_and_the_tail_is_over(session, a, now):
    a.vendor()
    partner = a.payable(100_00)
    end(session, a, partner, now)
    petra, rita = a.finance().actor(), a.finance().actor()
    run = prepare(session, petra, now)
    release(session, run, rita, now)
    hand_over(session, run, petra, now)
    pay(session, run, petra, now)
    assert leaving_of(session, partner, now=now + timedelta(days=1)).is_settled


def test_a_leaver_who_owes_us_is_not_settled(session, a, now):
    a.vendor()
    partner = a.payable(-30_00)
    end(session, a, partner, now)
    leaving = leaving_of(session, partner, now=now + timedelta(days=1))
    assert not leaving.is_settled
    assert leaving.steps[-1].hint == "It owes us: ask for the money."
