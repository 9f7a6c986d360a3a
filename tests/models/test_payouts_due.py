"""What is due to whom, to the cent and the day; and who is not paid, with the reason."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from models import partners, payouts
from models.commissions.tables import Statement
from models.money import Money
from models.partners import PartnerStatus
from models.partners.destinations import DestinationKind, DestinationStatus, PayoutDestination
from models.payouts import Payout, WhyNot
from models.payouts.due import (
    DueStatement,
    Obstacle,
    dues,
    obstacle,
    open_statements,
    unpaid_currencies,
)
from models.payouts.orders import payer_of
from models.payouts.rails import Order
from models.payouts.terms import PayoutMinimum
from models.people import SYSTEM
from tests.payout_story import RAILS, eur, prepare


@pytest.fixture(autouse=True)
def house(a):
    return a.vendor(minimum_payout_minor=50_00)


def made(a, name, **stated):
    """A partner that is paid by hand, with a statement of so much for each month."""
    partner = a.partner(name=name)
    a.destination_by_hand(partner)
    for month, minor in stated.items():
        a.stated(partner, minor, period=f"2026-{month[1:]}")
    return partner


def as_due(statement):
    return DueStatement(statement.id, statement.number, statement.period, statement.payable_minor)


def left_behind(session, a, partner, minor, now, currency="EUR"):
    """A payout of August, long paid, has left so much: it is on the balance, on no statement."""
    a.stated(partner, 500_00, period="2026-08", currency=currency)
    run = prepare(session, SYSTEM, now, period="2026-08", currency=currency)
    session.execute(
        update(Payout)
        .where(Payout.run_id == run.id)
        .values(left_minor=minor, status="paid", paid_on=now.date())
    )
    run.status = payouts.RunStatus.CLOSED
    session.flush()
    return partner


def statements_of(session, partner):
    asked = select(Statement).where(Statement.partner_id == partner.id, Statement.currency == "EUR")
    return [as_due(row) for row in session.scalars(asked.order_by(Statement.period))]


def test_each_partner_is_due_what_its_statements_up_to_the_month_say(session, a):
    zoe = made(a, "Zoe", m11=70_00, m10=100_00)
    anna = made(a, "Anna", m10=69_99, m09=1)
    a.stated(anna, 99_00, currency="USD", period="2026-10")
    nobody = made(a, "Nobody")
    first, second = dues(session, "EUR", through="2026-10")
    assert (first.partner.name, second.partner.name) == ("Anna", "Zoe")
    assert list(first.statements) == statements_of(session, anna)
    assert first.amount == first.owed == eur(70_00)
    assert first.brought == first.left == eur(0)
    assert first.minimum == eur(50_00)
    assert first.destination.partner_id == anna.id
    assert list(second.statements) == statements_of(session, zoe)[:1]
    assert (second.amount, second.owed) == (eur(100_00), eur(170_00))
    [only] = dues(session, "EUR", through="2026-10", only=iter([nobody.id]))
    assert (only.partner.id, only.statements) == (nobody.id, ())
    assert only.amount == only.owed == only.left == only.brought == eur(0)
    [foreign] = dues(session, "USD", through="2026-10")
    assert (foreign.amount, foreign.minimum) == (Money(99_00, "USD"), Money(0, "USD"))


def test_what_a_payout_has_left_is_due_with_the_next(session, a, now):
    some = left_behind(session, a, made(a, "Some"), 30_00, now)
    a.stated(some, 20_00)
    [due] = dues(session, "EUR", through="2026-10")
    assert (due.amount, due.brought, due.left) == (eur(50_00), eur(30_00), eur(30_00))
    assert list(due.statements) == statements_of(session, some)[1:]
    session.execute(update(Payout).values(left_minor=600_00))
    [due] = dues(session, "EUR", through="2026-10")
    assert (due.owed, due.brought, due.left) == (eur(520_00), eur(500_00), eur(600_00))


def test_who_has_only_a_balance_is_listed_too(session, a):
    partner = a.partner()
    a.stated(partner, -30_00)
    [due] = dues(session, "EUR", through="2026-10")
    assert (due.partner.id, due.statements, due.amount) == (partner.id, (), eur(0))
    assert (due.owed, due.destination) == (eur(-30_00), None)


@pytest.mark.parametrize("day, least", [(31, 0), (32, 50_00)])
def test_from_the_last_day_of_its_contract_a_partner_is_paid_any_amount(
    session, a, day, least, now
):
    partner = a.payable(10_00)
    ended = now.replace(month=10, day=1) + timedelta(days=day - 1)
    by = a.manager().actor()
    partners.end(session, partner, by=by, reason="Closed", now=ended, tail_months=0)
    [due] = dues(session, "EUR", through="2026-10")
    assert due.minimum == eur(least)


def test_a_replaced_destination_is_none(session, a):
    partner = a.payable(100_00)
    session.execute(update(PayoutDestination).values(status=DestinationStatus.REPLACED))
    [due] = dues(session, "EUR", through="2026-10")
    assert (due.partner.id, due.destination) == (partner.id, None)


def test_what_waits_to_be_paid_is_summed_up_by_currency(session, a, now):
    one, two = made(a, "One", m10=100_00, m09=1), made(a, "Two", m10=60_00)
    a.stated(two, 5_00, period="2026-09", asked=0)
    a.stated(one, 7_00, currency="CHF", period="2026-11")
    francs = {"period": "2026-11", "currency": "CHF", "count": 1, "payable_minor": 7_00}
    euros = {"period": "2026-10", "currency": "EUR", "count": 3, "payable_minor": 160_01}
    assert [row._asdict() for row in open_statements(session)] == [francs, euros]
    prepare(session, SYSTEM, now)
    assert [row._asdict() for row in open_statements(session)] == [francs]


def test_currencies_in_which_something_waits(session, a, now):
    def waiting():
        return unpaid_currencies(session, through="2026-10")

    partner = made(a, "One")
    assert waiting() == []
    for currency, month in (("USD", "2026-10"), ("CHF", "2026-11"), ("SEK", "2026-10")):
        a.stated(partner, 1, currency=currency, period=month)
    a.stated(partner, -1_00, currency="NOK")
    assert waiting() == ["SEK", "USD"]
    prepare(session, SYSTEM, now, currency="USD")
    assert waiting() == ["SEK"]


@pytest.mark.parametrize(
    "currency, left, least, waits",
    [
        ("EUR", 50_00, None, True),
        ("EUR", 49_99, None, False),
        ("USD", 1, None, True),
        ("USD", 10_00, 10_00, True),
        ("USD", 9_99, 10_00, False),
        ("USD", 600_00, 500_00, True),
        ("USD", 600_00, 500_01, False),
        ("USD", -60_00, None, False),
        ("HUF", 99, None, False),
        ("HUF", 1_00, None, True),
        ("EUR", -60_00, None, False),
    ],
)
def test_what_was_left_waits_where_it_is_enough_to_be_paid(
    session, a, now, currency, left, least, waits
):
    left_behind(session, a, made(a, "One"), left, now, currency)
    if least:
        session.add(PayoutMinimum(currency=currency, minor=least))
        session.flush()
    assert unpaid_currencies(session, through="2026-10") == [currency] * waits


def test_what_was_left_and_is_no_longer_owed_does_not_wait(session, a, now):
    partner = left_behind(session, a, made(a, "One"), 30_00, now, "USD")
    a.stated(partner, -500_00, currency="USD")
    assert unpaid_currencies(session, through="2026-10") == []


class Ways:
    """A way of paying that remembers what it was asked for."""

    def __init__(self, reason=None):
        self.reason, self.asked = reason, []

    def why_not(self, order, payer):
        self.asked.append((order, payer))
        return self.reason


@pytest.fixture
def due(session, a):
    made(a, "One", m10=100_00)
    return dues(session, "EUR", through="2026-10")[0]


def test_who_can_be_paid_is_paid_and_the_way_was_asked_for_exactly_that(due, house, now):
    way = Ways()
    least = replace(due, minimum=due.amount)
    assert obstacle(least, house, {DestinationKind.BY_HAND: way}, now=now) is None
    tiny = replace(due, amount=eur(1), owed=eur(1), minimum=eur(0))
    assert obstacle(tiny, house, {DestinationKind.BY_HAND: way}, now=now) is None
    [(order, payer), (little, _)] = way.asked
    assert (order.payout_id, order.number, order.amount) == (due.partner.id, "", eur(100_00))
    assert (order.about, order.holder, little.amount) == ("Commission", "One", eur(1))
    assert isinstance(order, Order) and payer == payer_of(house)


def test_who_cannot_be_paid_is_told_why(due, house, now):
    def why(rails=None, **said):
        return obstacle(replace(due, **said), house, RAILS if rails is None else rails, now=now)

    assert why(owed=eur(-1)) == Obstacle(
        WhyNot.NEGATIVE, "Owes us; netted against what it earns next."
    )
    assert why(owed=eur(0), amount=eur(0)) == Obstacle(
        WhyNot.NOTHING_DUE, "No unpaid statement; the balance is carried to the next one."
    )
    assert why(owed=eur(99_99)) == Obstacle(
        WhyNot.TAKEN_BACK,
        "More was taken back since its last unpaid statement; paid with what it earns next.",
    )
    assert why(minimum=eur(100_01)) == Obstacle(
        WhyNot.BELOW_MINIMUM, "Below the minimum; waits for the next run."
    )
    assert why(destination=None) == Obstacle(
        WhyNot.NO_DESTINATION, "No bank details: the partner has not said where to pay."
    )
    assert why(rails={}) == Obstacle(WhyNot.NO_RAIL, "This way of paying is not set up.")
    assert why(rails={DestinationKind.BY_HAND: Ways("Not today.")}) == Obstacle(
        WhyNot.NO_RAIL, "Not today."
    )
    due.destination.held_until = now
    assert why() == Obstacle(
        WhyNot.DESTINATION_HELD,
        "Bank details were changed, and finance has not confirmed them yet.",
    )
    due.destination.held_until = now + timedelta(seconds=1)
    assert why() == Obstacle(
        WhyNot.DESTINATION_HELD,
        "Bank details were changed a short while ago; nothing is paid to them yet.",
    )
    due.partner.status = PartnerStatus.SUSPENDED
    assert why() == Obstacle(WhyNot.PARTNER_SUSPENDED, "The partner is suspended; its money waits.")
