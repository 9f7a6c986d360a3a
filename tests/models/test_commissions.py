"""Commissions in the database: events are rated once, plans never edited, each sees its own."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from models import commissions
from models.commissions import (
    Code,
    CommissionLine,
    PlanVersion,
    RatingProblem,
)
from models.errors import Refused
from models.money import Money
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


def test_what_could_not_be_rated_leaves_the_next_payment_of_its_deal_as_if_it_were_alone(
    session, a
):
    rules = {"base": {"type": "flat", "rate": "0.10"}, "clawback": {"days": 90}}
    a.plan(rules, payout_currency="JPY")
    a.rate("EUR", "JPY", "160", a.now.date() - timedelta(days=2))
    invoice = a.invoice(net=1_000_00)
    for days in (4, 1):
        a.payment(invoice, 500_00, paid_at=a.now - timedelta(days=days))
    assert a.rate_all() == commissions.Caught(rated=1, problems=1)
    a.credit_note(invoice, 500_00)
    a.rate_all()
    assert [line.amount_minor for line in lines(session)] == [50_00, -50_00]


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


def test_a_credit_note_dated_before_the_payment_takes_back_when_both_are_rated_together(session, a):
    a.plan()
    invoice = a.invoice(net=1_000_00)
    a.payment(invoice)
    a.credit_note(invoice, 1_000_00, issued_at=a.now - timedelta(days=2))
    a.rate_all()
    assert [line.amount_minor for line in lines(session)] == [100_00, -100_00]


def test_a_late_part_payment_moves_no_refund_out_of_the_clawback_window(session, a):
    """Paid 600 and, 40 days later, 400; a credit note of 800 of the fifth day, entered last."""
    a.plan({"base": {"type": "flat", "rate": "0.10"}, "clawback": {"days": 30}})
    first = a.now - timedelta(days=45)
    invoice = a.invoice(net=1_000_00, issued_on=first.date())
    a.payment(invoice, 600_00, paid_at=first)
    a.payment(invoice, 400_00, paid_at=first + timedelta(days=40))
    a.credit_note(invoice, 800_00, issued_at=first + timedelta(days=5))
    a.rate_all()
    assert [line.amount_minor for line in lines(session)] == [60_00, 40_00, -80_00]
