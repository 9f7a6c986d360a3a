"""Commissions in the database: events are rated once, months closed once, plans never edited."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DatabaseError

from models import commissions, ledger
from models.commissions import (
    Code,
    CommissionLine,
    MonthClose,
    PlanVersion,
    RatingProblem,
    Statement,
)
from models.errors import Refused
from models.ledger import Account
from models.money import Money
from models.notices import Notice
from models.partners import PartnerRole, Tier
from models.people import SYSTEM
from models.scope import Scope, open_session

DECEMBER = datetime(2026, 12, 1, 12, tzinfo=UTC)


def lines(session, **said):
    wanted = select(CommissionLine).order_by(CommissionLine.id)
    for name, value in said.items():
        wanted = wanted.where(getattr(CommissionLine, name) == value)
    return session.scalars(wanted).all()


def close(session, month="2026-11", now=DECEMBER, **said):
    return commissions.close_month(session, month, by=SYSTEM, now=now, **said)


def test_a_payment_earns_once_however_often_it_is_rated(session, a):
    a.plan()
    a.earned(1_234_50)
    assert a.rate_all() == commissions.Caught(0, 0)
    assert [line.payout for line in lines(session)] == [Money(123_45, "EUR")]


def test_a_partner_may_have_its_own_payment_rated_and_sees_only_its_own_lines(session, engine, a):
    a.plan()
    theirs, others = a.partner(), a.partner()
    invoice = a.invoice(partner_id=theirs.id)
    a.payment(invoice)
    a.earned(partner_id=others.id)
    session.commit()
    with open_session(engine, Scope.partner(theirs.id)) as own:
        commissions.catch_up(own, partner_id=theirs.id, now=a.now)
        assert [line.partner_id for line in lines(own)] == [theirs.id]


def test_a_distributor_sees_its_override_and_not_its_resellers_lines(session, engine, a):
    a.plan({"base": {"type": "flat", "rate": "0.10"}, "override": {"rate": "0.03", "basis": "net"}})
    distributor, reseller = a.distributor(), a.partner()
    a.parent(reseller, distributor)
    a.earned(1_000_00, partner_id=reseller.id)
    session.commit()
    reads = frozenset({reseller.id})
    with open_session(engine, Scope.partner(distributor.id, reads=reads)) as own:
        assert [(line.code, line.amount_minor) for line in lines(own)] == [(Code.OVERRIDE, 30_00)]


def test_without_a_plan_an_event_waits_with_its_reason_and_is_rated_once_there_is_one(session, a):
    plan = a.plan(assigned=False)
    partner = a.partner(name="Alpine Wheels")
    a.payment(a.invoice(partner_id=partner.id))
    assert a.rate_all() == commissions.Caught(0, 1)
    assert a.rate_all() == commissions.Caught(0, 1)
    problem = session.scalars(select(RatingProblem)).one()
    assert "No commission plan is assigned to Alpine Wheels" in problem.reason
    commissions.assign(session, plan, from_on=date(2025, 1, 1), by=SYSTEM, now=a.now)
    assert a.rate_all() == commissions.Caught(1, 0)
    assert session.scalars(select(RatingProblem)).all() == []
    assert len(lines(session)) == 1


def test_an_event_that_cannot_be_rated_leaves_no_trace_in_the_counters(session, a):
    tiers = [["0", "0.05"], ["1000", "0.10"]]
    rules = {"base": {"type": "tier", "mode": "marginal", "window": "month", "tiers": tiers}}
    a.plan(rules, payout_currency="JPY")
    partner = a.partner()
    a.payment(a.invoice(net=1_000_00, partner_id=partner.id))
    assert a.rate_all().problems == 1
    a.rate("EUR", "JPY", "160")
    a.rate_all()
    assert [line.amount_minor for line in lines(session)] == [50_00]


def test_the_most_specific_plan_decides_and_says_why(session, a):
    for name in ("all", "gold", "german gold", "this one"):
        a.plan(name=name, assigned=False)
    plans = {plan.name: plan for plan in session.scalars(select(commissions.Plan))}
    partner = a.partner(name="Alpine Wheels", tier=Tier.GOLD, country="DE", role=PartnerRole.VAR)

    def chosen():
        return commissions.plan_for(session, partner, date(2026, 11, 1))

    def assign(name, **whom):
        commissions.assign(
            session, plans[name], from_on=date(2026, 1, 1), by=SYSTEM, now=a.now, **whom
        )

    assign("all")
    assert "every partner" in chosen().why
    assign("gold", tier=Tier.GOLD)
    assign("german gold", tier=Tier.GOLD, country="DE")
    assert chosen().plan_name == "german gold"
    assert "tier gold and country DE" in chosen().why
    assign("this one", partner_id=partner.id)
    assert chosen().why.startswith("Plan “this one” because it is assigned to Alpine Wheels")


def test_a_new_version_ends_the_one_before_and_never_changes_what_was_won_before(session, a):
    plan = a.plan()
    twelve = {"base": {"type": "flat", "rate": "0.12"}}
    a.version(plan, twelve, date(2026, 11, 10))
    old, new = session.scalars(select(PlanVersion).order_by(PlanVersion.number))
    assert (old.to_on, new.from_on) == (date(2026, 11, 10), date(2026, 11, 10))
    a.earned(1_000_00, issued_on=date(2026, 11, 9))
    a.earned(1_000_00, issued_on=date(2026, 11, 10))
    assert [line.amount_minor for line in lines(session)] == [100_00, 120_00]
    with pytest.raises(Refused, match="would overlap"):
        a.version(plan, twelve, date(2026, 11, 5), to_on=date(2026, 12, 1))


def test_the_database_refuses_to_edit_a_plan_version(session, a):
    a.plan()
    with pytest.raises(DatabaseError, match="never edited"):
        session.execute(update(PlanVersion).values(from_on=date(2024, 1, 1)))


def test_a_bad_plan_is_refused_with_its_path(session, a):
    with pytest.raises(Refused, match=r"rules.base.rate: “ten” is not a number"):
        a.plan({"base": {"type": "flat", "rate": "ten"}})


def test_closing_a_month_states_each_partner_once_and_posts_it_to_the_ledger(session, a):
    a.plan()
    one, other = a.partner(), a.partner()
    a.person(partner=one)
    a.earned(1_000_00, partner_id=one.id)
    a.earned(500_00, partner_id=other.id)
    close(session)
    statement = session.scalars(select(Statement).where(Statement.partner_id == one.id)).one()
    assert (statement.earned_minor, statement.payable_minor, statement.line_count) == (
        100_00, 100_00, 1,
    )  # fmt: skip
    assert ledger.owed_to(session, one.id, "EUR") == Money(100_00, "EUR")
    assert ledger.balance(session, Account.COMMISSION_EXPENSE, "EUR") == Money(150_00, "EUR")
    assert ledger.check(session) == []
    told = session.scalars(select(Notice).where(Notice.kind == "statement-ready")).one()
    assert told.link == f"/statements/{statement.id}"


def test_closing_twice_does_nothing(session, a):
    a.plan()
    a.earned()
    first = close(session)
    before = session.scalar(select(func.count(Statement.id)))
    assert close(session).id == first.id
    assert session.scalar(select(func.count(Statement.id))) == before == 1
    assert session.scalar(select(func.count(MonthClose.id))) == 1


def test_a_close_that_was_interrupted_goes_on_where_it_was(session, a):
    a.plan()
    for _ in range(5):
        a.earned()
    begun = commissions.begin_close(session, "2026-11", by=SYSTEM, now=DECEMBER)
    assert commissions.state_some(session, begun, by=SYSTEM, now=DECEMBER, most=2) == 2
    session.commit()
    finished = close(session, now=DECEMBER + timedelta(hours=1))
    assert finished.finished_at == DECEMBER + timedelta(hours=1)
    assert (finished.partner_count, finished.stated_count) == (5, 5)
    assert session.scalar(select(func.count(Statement.id))) == 5
    assert ledger.balance(session, Account.COMMISSION_EXPENSE, "EUR") == Money(500_00, "EUR")


def test_a_month_that_has_not_ended_is_closed_only_when_that_is_confirmed(session, a):
    a.plan()
    partner = a.partner()
    a.earned(partner_id=partner.id)
    with pytest.raises(Refused, match="confirm that you close it early"):
        close(session, now=a.now)
    assert close(session, now=a.now, early=True).is_early
    a.earned(partner_id=partner.id)
    assert [line.period for line in lines(session)] == ["2026-11", "2026-12"]


def test_a_month_that_has_not_begun_cannot_be_closed(session, a):
    a.plan()
    with pytest.raises(Refused, match="2026-12 has not begun"):
        close(session, "2026-12", now=a.now, early=True)
    with pytest.raises(Refused, match="is not a month"):
        close(session, "soon", now=a.now)


def test_months_are_closed_in_their_order(session, a):
    a.plan()
    october = datetime(2026, 10, 20, tzinfo=UTC)
    a.earned(issued_on=date(2026, 10, 1), paid={"paid_at": october})
    a.earned()
    with pytest.raises(Refused, match="2026-10 is still open"):
        close(session)
    close(session, "2026-10")
    close(session)


def test_a_refund_of_a_closed_month_counts_for_the_open_one_and_is_carried(session, a):
    a.plan()
    invoice = a.earned(1_000_00)
    close(session)
    a.now = DECEMBER
    a.credit_note(invoice, 1_000_00, issued_at=datetime(2026, 11, 28, 12, tzinfo=UTC))
    a.rate_all()
    close(session, "2026-12", now=datetime(2027, 1, 2, tzinfo=UTC))
    statement = session.scalars(select(Statement).where(Statement.period == "2026-12")).one()
    assert (statement.taken_back_minor, statement.payable_minor) == (-100_00, 0)
    assert statement.closing_minor == -100_00
    original, taken = lines(session)
    assert taken.corrects == [str(original.id)]


def test_the_database_refuses_to_touch_a_stated_line_or_to_add_one_to_a_closed_month(session, a):
    a.plan()
    a.earned()
    close(session)
    session.commit()
    for change in (
        update(CommissionLine).values(payout_minor=1),
        delete(CommissionLine),
        update(CommissionLine).values(statement_id=None),
        update(Statement).values(payable_minor=0, closing_minor=Statement.payable_minor),
        delete(Statement),
    ):
        with pytest.raises(DatabaseError, match="never"):
            session.execute(change)
        session.rollback()
    line = lines(session)[0]
    copy = {c.key: getattr(line, c.key) for c in CommissionLine.__table__.columns if c.key != "id"}
    session.add(CommissionLine(**(copy | {"number": "L-LATE", "statement_id": None})))
    with pytest.raises(DatabaseError, match="closed month takes no further line"):
        session.flush()


def test_a_statement_below_the_minimum_is_carried_to_the_next(session, a):
    a.plan({"base": {"type": "flat", "rate": "0.10"}, "min_payout": "50.00"})
    partner = a.partner()
    a.earned(400_00, partner_id=partner.id)
    close(session)
    a.now = DECEMBER
    a.earned(100_00, partner_id=partner.id)
    close(session, "2026-12", now=datetime(2027, 1, 2, tzinfo=UTC))
    first, second = session.scalars(select(Statement).order_by(Statement.period))
    assert (first.payable_minor, first.closing_minor) == (0, 40_00)
    assert (second.opening_minor, second.payable_minor) == (40_00, 50_00)


def test_a_partner_is_paid_in_its_own_currency_at_the_rate_that_the_line_keeps(session, a):
    a.plan()
    a.rate("EUR", "USD", "1.0712", date(2026, 11, 13))
    partner = a.partner(currency="USD")
    a.earned(1_000_00, partner_id=partner.id)
    line = lines(session)[0]
    assert (line.amount, line.payout) == (Money(100_00, "EUR"), Money(107_12, "USD"))
    assert line.working["fx"]["on"] == "2026-11-13"


def test_a_plan_that_earns_when_a_deal_is_won_does_not_wait_for_the_money(session, a):
    a.plan(earning_event=commissions.Trigger.WON)
    deal = a.won(value=10_000_00)
    a.rate_all()
    assert [line.payout_minor for line in lines(session, deal_id=deal.id)] == [1_000_00]
    a.earned(10_000_00, deal=deal)
    assert len(lines(session)) == 1


def test_a_registered_deal_earns_its_uplift(session, a):
    a.plan({"base": {"type": "flat", "rate": "0.10"}, "dealreg_uplift": "0.05"})
    deal = a.won(value=10_000_00)
    a.earned(10_000_00, deal=deal)
    assert [(line.code, line.amount_minor) for line in lines(session)] == [
        (Code.BASE, 1_000_00),
        (Code.UPLIFT, 500_00),
    ]


def test_what_was_held_back_is_paid_with_the_month_its_day_falls_into(session, a):
    a.plan({"base": {"type": "flat", "rate": "0.10"}, "holdback": {"pct": "0.10", "days": 30}})
    a.earned(1_000_00)
    close(session)
    close(session, "2026-12", now=datetime(2027, 1, 2, tzinfo=UTC))
    paid = session.scalars(select(Statement.payable_minor).order_by(Statement.period)).all()
    assert paid == [90_00, 10_00]


def test_a_disputed_amount_is_held_and_the_rest_is_paid(session, a):
    a.plan()
    deal = a.won(value=10_000_00)
    a.earned(10_000_00, deal=deal)
    line = lines(session)[0]
    at = {"by": SYSTEM, "at": a.now, "now": a.now}
    dispute = commissions.open_dispute(session, line, amount=Money(400_00, "EUR"), **at)
    with pytest.raises(Refused, match="open dispute about this deal"):
        commissions.open_dispute(session, line, amount=Money(1_00, "EUR"), **at)
    close(session)
    later = {"by": SYSTEM, "at": DECEMBER, "now": DECEMBER}
    commissions.close_dispute(session, dispute, outcome="accepted", adjustment_minor=50_00, **later)
    with pytest.raises(Refused, match="closed already"):
        commissions.close_dispute(session, dispute, outcome="accepted", **later)
    close(session, "2026-12", now=datetime(2027, 1, 2, tzinfo=UTC))
    paid = session.scalars(select(Statement.payable_minor).order_by(Statement.period)).all()
    assert paid == [600_00, 450_00]
