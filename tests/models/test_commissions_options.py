"""Choices that a vendor may want otherwise: each is an option of the plan, with its default."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update

from models import commissions
from models.commissions import CommissionLine, PlanAssignment, Statement, engine
from models.commissions.engine import Code, Registration
from models.errors import Refused
from models.people import SYSTEM
from tests.commission_world import event, plan, sale, splits, total, world

FLAT = {"base": {"type": "flat", "rate": "0.12"}}
OVERRIDES = {"override": [{"rate": "0.03", "basis": "net"}, {"rate": "0.02", "basis": "net"}]}


def rated(rules, **said):
    """What each gets on a sale of 1,000.00 through two tiers of distribution."""
    sold = sale(net=1_000_00, distributors=("near", "far"), **said)
    lines = engine.rate(plan(rules), sold, event(), world())
    return {name: total(lines, partner=name) for name in ("R1", "R2", "near", "far")}, lines


def test_an_override_is_on_top_unless_it_is_paid_out_of_the_commission():
    on_top, _ = rated(FLAT | OVERRIDES)
    inside, lines = rated(FLAT | OVERRIDES | {"override_from": "commission"})
    assert on_top == {"R1": 120_00, "R2": 0, "near": 30_00, "far": 20_00}
    assert inside == {"R1": 70_00, "R2": 0, "near": 30_00, "far": 20_00}
    assert total(lines, code=Code.OVERRIDE_SHARE) == -50_00


def test_those_who_share_a_deal_share_what_the_distributors_take():
    inside, _ = rated(FLAT | OVERRIDES | {"override_from": "commission"}, splits=splits("60", "40"))
    assert inside == {"R1": 42_00, "R2": 28_00, "near": 30_00, "far": 20_00}


def test_a_plan_whose_tiers_can_get_more_than_its_pool_is_refused():
    with pytest.raises(Refused, match=r"override_pool: .* could get 17%, more than the pool of"):
        plan(FLAT | OVERRIDES | {"override_pool": "0.16"})
    plan(FLAT | OVERRIDES | {"override_pool": "0.17"})


def test_rating_holds_all_tiers_to_the_pool_from_the_farthest_inwards():
    rules = FLAT | OVERRIDES | {"override_pool": "0.17", "deal_floor": "145.00"}
    told, lines = rated(rules)
    assert told == {"R1": 145_00, "R2": 0, "near": 25_00, "far": 0}
    assert total(lines, code=Code.CAP) == -25_00


def test_an_uplift_may_be_only_for_whoever_fulfils_what_it_registered():
    rules = FLAT | {"dealreg_uplift": "0.05"}
    said = {"registration": Registration(date(2026, 11, 1), 90), "splits": splits("60", "40")}
    for chosen, uplift in (({}, 50_00), ({"uplift_for": "fulfilling"}, 0)):
        _, lines = rated(rules | chosen, **said)
        assert total(lines, code=Code.UPLIFT) == uplift
    alone = {"registration": said["registration"]}
    assert total(rated(rules | {"uplift_for": "fulfilling"}, **alone)[1], code=Code.UPLIFT) == 50_00


def test_the_version_of_the_day_a_registration_was_approved_may_rate():
    def versions(chosen):
        old, new = (
            engine.parse_rules({"base": {"type": "flat", "rate": rate}} | chosen, "USD")
            for rate in ("0.10", "0.20")
        )
        change = date(2026, 11, 2)
        told = (engine.Version("1", None, change, old), engine.Version("2", change, None, new))
        return engine.Plan(
            "PLAN", "Plan", "USD", "USD", "UTC", engine.Trigger.PAID,
            engine.FxPolicy.PAID_DATE, told,
        )  # fmt: skip

    sold = sale(net=1_000_00, registration=Registration(date(2026, 11, 1), 90))
    for chosen, amount in (({}, 200_00), ({"rating_date": "registered"}, 100_00)):
        assert total(engine.rate(versions(chosen), sold, event(), world())) == amount


@pytest.mark.parametrize(
    ("rule", "stated", "left"),
    [
        ({}, [-300_00, 100_00, 100_00], 0),
        ({"instalments": 3}, [-100_00, 0, 0], 0),
        ({"most": "0.50"}, [0, 50_00, 50_00], 200_00),
    ],
)
def test_what_is_taken_back_can_be_spread_over_statements(session, a, rule, stated, left):
    """3,000.00 sold and stated; all of it comes back; then 1,000.00 is sold in each month."""
    a.plan({"base": {"type": "flat", "rate": "0.10"}, "clawback": {"days": 90} | rule})
    partner = a.partner()
    invoice = a.earned(3_000_00, partner_id=partner.id)
    close(session, a, 2026, 11)
    a.credit_note(invoice, 3_000_00)
    a.rate_all()
    close(session, a, 2026, 12)
    for month in (1, 2):
        a.earned(1_000_00, partner_id=partner.id, paid={"paid_at": a.now})
        close(session, a, 2027, month)
    statements = session.scalars(select(Statement).order_by(Statement.period)).all()[1:]
    assert [statement.net_minor for statement in statements] == stated
    codes = (Code.CLAWBACK, Code.CLAWBACK_DEFERRED, Code.CLAWBACK_INSTALMENT)
    lines = session.scalars(select(CommissionLine).where(CommissionLine.code.in_(codes))).all()
    assert sum(line.payout_minor for line in lines) == left - 300_00


def test_whoever_has_no_plan_any_more_gives_back_what_was_put_off_at_once(session, a):
    rule = {"days": 90, "instalments": 3}
    a.plan({"base": {"type": "flat", "rate": "0.10"}, "clawback": rule})
    partner = a.partner()
    invoice = a.earned(3_000_00, partner_id=partner.id)
    close(session, a, 2026, 11)
    a.credit_note(invoice, 3_000_00)
    a.rate_all()
    close(session, a, 2026, 12)
    session.execute(update(PlanAssignment).values(to_on=date(2027, 1, 15)))
    for month in (1, 2):
        close(session, a, 2027, month)
    statements = session.scalars(select(Statement).order_by(Statement.period)).all()
    assert [one.net_minor for one in statements] == [300_00, -100_00, -200_00]


@pytest.mark.parametrize("has_plan", [True, False])
def test_an_advance_is_recovered_although_its_draw_is_over(session, a, has_plan):
    """2,000.00 were advanced in November; 1,500.00 are earned in December, 1,000.00 in January."""
    flat = {"base": {"type": "flat", "rate": "0.10"}}
    made = a.plan(
        flat | {"draw": {"type": "recoverable", "amount": "2000", "periods": ["2026-11"]}}
    )
    partner = a.partner()
    close(session, a, 2026, 11)
    a.version(made, flat, from_on=date(2026, 12, 1))
    for month, net in ((12, 15_000_00), (1, 10_000_00)):
        a.earned(net, partner_id=partner.id, paid={"paid_at": a.now})
        if not has_plan:
            session.execute(update(PlanAssignment).values(to_on=date(2026, 12, 20)))
        close(session, a, 2026 + (month == 1), month)
    told = session.scalars(select(Statement).order_by(Statement.period)).all()
    months = 3 if has_plan else 2  # without a plan nothing is earned in January
    assert [one.net_minor for one in told] == [2_000_00, 0, 500_00][:months]
    assert [one.draw_balance_minor for one in told] == [2_000_00, 500_00, 0][:months]


def test_an_advance_is_recovered_from_what_exceeds_the_guarantee_that_follows_it(session, a):
    """1,000.00 were advanced in November; from December on 500.00 are guaranteed."""
    flat = {"base": {"type": "flat", "rate": "0.10"}}
    made = a.plan(flat | {"draw": {"type": "recoverable", "amount": "1000"}})
    partner = a.partner()
    close(session, a, 2026, 11)
    a.version(
        made, flat | {"draw": {"type": "guarantee", "amount": "500"}}, from_on=date(2026, 12, 1)
    )
    for month, net in ((12, 12_000_00), (1, 1_000_00), (2, 20_000_00)):
        a.earned(net, partner_id=partner.id, paid={"paid_at": a.now})
        close(session, a, 2026 + (month < 12), month)
    told = session.scalars(select(Statement).order_by(Statement.period)).all()
    assert [one.net_minor for one in told] == [1_000_00, 500_00, 500_00, 1_700_00]
    assert [one.draw_balance_minor for one in told] == [1_000_00, 300_00, 300_00, 0]


def close(session, a, year, month):
    """Close the month on the first day of the next, from where the story goes on."""
    ends = datetime(year + month // 12, month % 12 + 1, 1, 12, tzinfo=UTC)
    a.now = ends
    commissions.close_month(session, f"{year}-{month:02}", by=SYSTEM, now=ends)
