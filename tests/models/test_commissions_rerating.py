"""An open month is rated anew after a plan was changed; closed months stay as they were."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from models import commissions
from models.commissions import CommissionLine, Dispute, RatedEvent, reratings
from models.commissions.disputes import Decision, DisputeReason, Objection
from models.commissions.operations import looking, rerating_parts
from models.commissions.rated import RatingState
from models.errors import Refused
from models.money import Money
from models.partners import Partner
from models.people import SYSTEM

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, 12, tzinfo=UTC)
TIERS = [["0", "0.05"], ["1000", "0.08"], ["3000", "0.10"]]
EVERYTHING = {
    "base": {"type": "tier", "mode": "slab_retro", "window": "quarter", "tiers": TIERS},
    "dealreg_uplift": "0.02",
    "override": {"rate": "0.03", "basis": "net"},
    "holdback": {"pct": "0.10", "days": 10},
    "clawback": {"days": 90, "derate": True},
}


def told(session):
    """Everything of each line but when it was recorded."""
    columns = [c for c in CommissionLine.__table__.columns if c.name != "recorded_at"]
    rows = session.execute(select(*columns).order_by(CommissionLine.id)).all()
    return [tuple(row) for row in rows]


def remembered(session):
    """What the engine remembers of each deal, and beside deals."""
    rows = session.execute(
        select(RatedEvent.sale_id, RatedEvent.memory, RatedEvent.due_on)
        .where(RatedEvent.memory.is_not(None))
        .order_by(RatedEvent.sale_id, RatedEvent.nth)
    )
    deals = {row.sale_id: (row.memory, row.due_on) for row in rows}
    states = session.execute(select(RatingState.kind, RatingState.key, RatingState.value)).all()
    return deals, sorted(tuple(row) for row in states)


def history(a, rules=EVERYTHING):
    """Two partners with a distributor: payments in parts, refunds; each as it is recorded."""
    plan = a.plan(rules)
    distributor = a.partner(name="Distributor")
    for partner in (a.partner(), a.partner()):
        a.parent(partner, distributor)
        for day in (2, 6, 10):
            invoice = a.invoice(net=1_000_00, partner_id=partner.id, issued_on=date(2026, 11, 1))
            a.payment(invoice, 400_00, paid_at=at(day))
            a.rate_all()
            a.payment(invoice, 600_00, paid_at=at(day + 2))
            a.rate_all()
        a.credit_note(invoice, 250_00, issued_at=at(17))
        a.rate_all()
    return plan


def looked_at(session, month, now=DECEMBER):
    looked = commissions.look(session, month, by=SYSTEM, now=now)
    rows = session.execute(reratings.changes(looked.id).order_by(Partner.name)).all()
    return looked, [row.difference_minor for row in rows]


def rated_anew(session, month, now=DECEMBER):
    asked = commissions.ask_rerate(session, looked_at(session, month, now)[0], by=SYSTEM, now=now)
    while commissions.rerate_some(session, asked, now=now):
        pass
    session.expire_all()
    return asked


def at(day):
    return datetime(2026, 11, day, 12, tzinfo=UTC)


def test_rating_anew_by_the_same_plan_changes_nothing(session, a):
    history(a)
    before, memories = told(session), remembered(session)
    assert looked_at(session, "2026-11")[1] == []
    assert (told(session), remembered(session)) == (before, memories)
    assert rated_anew(session, "2026-11").event_count == 14
    assert (told(session), remembered(session)) == (before, memories)


def test_rated_anew_in_parts_it_comes_to_the_same_as_in_one_go(session, a, monkeypatch):
    plan = history(a)
    dearer = {"base": EVERYTHING["base"] | {"tiers": [["0", "0.06"], ["1000", "0.09"]]}}
    override = {"override": {"rate": "0.05", "basis": "net"}}
    a.version(plan, EVERYTHING | dearer | override, from_on=date(2026, 11, 1))
    in_one_go = looked_at(session, "2026-11")[1]
    monkeypatch.setattr(rerating_parts, "AT_ONCE", 1)
    monkeypatch.setattr(looking, "PART", 1)
    looked, shown = looked_at(session, "2026-11")
    assert shown == in_one_go and len(shown) == 3
    before = sums(session)
    asked = commissions.ask_rerate(session, looked, by=SYSTEM, now=DECEMBER)
    with pytest.raises(Refused, match="is being rated anew"):
        commissions.ask_rerate(session, looked, by=SYSTEM, now=DECEMBER)
    parts = 0
    while commissions.rerate_some(session, asked, now=DECEMBER):
        parts += 1
    assert (parts, asked.state, asked.changed_count) == (2 + 1 + 2, "done", 3)
    assert [after - minor for after, minor in zip(sums(session), before, strict=True)] == shown
    in_parts = told(session), remembered(session)
    monkeypatch.undo()
    rated_anew(session, "2026-11")
    assert (told(session), remembered(session)) == in_parts


def sums(session):
    """Of each partner, by name."""
    asked = select(func.sum(CommissionLine.payout_minor)).join(
        Partner, Partner.id == CommissionLine.partner_id
    )
    return session.scalars(asked.group_by(Partner.name).order_by(Partner.name)).all()


def test_a_look_says_too_who_gains_by_what_was_not_rated_yet(session, a):
    a.plan()
    a.payment(a.invoice(net=1_000_00))
    assert looked_at(session, "2026-11")[1] == [100_00]


@pytest.mark.parametrize(("rate", "left"), [("0.08", 80_00), ("0", 0)])
def test_a_month_with_a_disputed_line_is_rated_anew_and_the_dispute_keeps_its_line(
    session, a, rate, left
):
    plan = a.plan({"base": {"type": "flat", "rate": "0.10"}})
    a.earned(1_000_00)
    line = session.scalars(select(CommissionLine)).one()
    objection = Objection(DisputeReason.RATE, "We agreed on more.", Money(30_00, "EUR"))
    seller = a.actor(partner_id=line.partner_id)
    dispute_id = commissions.open_dispute(session, line.id, objection, by=seller, at=NOW, now=NOW)
    a.version(plan, {"base": {"type": "flat", "rate": rate}}, from_on=date(2026, 11, 1))
    rated_anew(session, "2026-11", NOW)
    session.commit()
    session.expire_all()
    assert session.get_one(CommissionLine, line.id).payout_minor == left
    decision = Decision("deny", "It is right as it is.")
    dispute = session.get_one(Dispute, dispute_id)
    commissions.decide_dispute(session, dispute, decision, by=SYSTEM, at=NOW, now=NOW)
    session.commit()
    sums = select(func.sum(CommissionLine.payout_minor))
    assert session.scalar(sums) == left


def test_a_changed_plan_is_shown_before_it_is_rated_and_lines_keep_their_names(session, a):
    plan = history(a, {"base": {"type": "flat", "rate": "0.10"}, "clawback": {"days": 90}})
    before = told(session)
    a.version(plan, {"base": {"type": "flat", "rate": "0.12"}}, from_on=date(2026, 11, 1))
    assert looked_at(session, "2026-11")[1] == [85_00, 85_00]
    assert told(session) == before
    rated_anew(session, "2026-11")
    lines = session.scalars(select(CommissionLine)).all()
    assert sum(line.payout_minor for line in lines) == 2 * 3 * 120_00
    assert {line.id for line in lines} < {row[0] for row in before}


@pytest.mark.parametrize("derate", [False, True])
def test_what_was_released_in_a_closed_month_stays_though_its_deal_was_lifted_after_it(
    session, a, derate
):
    """Held until 28 November; lifted on 3 December; November is closed on the 6th."""
    clawback = {"days": 90, "derate": True} if derate else {"days": 90}
    holdback = {"pct": "0.20", "days": 26}
    a.plan({"base": EVERYTHING["base"], "holdback": holdback, "clawback": clawback})
    seller = {"partner_id": a.partner().id}
    a.earned(900_00, issued_on=date(2026, 11, 1), paid={"paid_at": at(2)}, **seller)
    a.now = datetime(2026, 12, 3, 12, tzinfo=UTC)
    a.earned(2_000_00, issued_on=date(2026, 12, 1), paid={"paid_at": a.now}, **seller)
    sixth = datetime(2026, 12, 6, 12, tzinfo=UTC)
    commissions.close_month(session, "2026-11", by=SYSTEM, now=sixth)
    before = sums(session)
    assert looked_at(session, "2026-12", sixth)[1] == []
    rated_anew(session, "2026-12", sixth)
    assert sums(session) == before
    later = datetime(2027, 1, 10, 12, tzinfo=UTC)
    commissions.release_due(session, through=date(2027, 1, 5), now=later)
    rated_anew(session, "2026-12", later)
    assert sums(session) == [232_00]


def test_a_hold_that_was_over_before_a_refund_of_the_open_month_stays_released(session, a):
    holdback = {"pct": "0.20", "days": 26}
    a.plan({"base": EVERYTHING["base"], "holdback": holdback, "clawback": {"days": 90}})
    invoice = a.earned(900_00, issued_on=date(2026, 11, 1), paid={"paid_at": at(2)})
    a.now = datetime(2026, 12, 3, 12, tzinfo=UTC)
    a.credit_note(invoice, 450_00, issued_at=a.now)
    a.rate_all()
    sixth = datetime(2026, 12, 6, 12, tzinfo=UTC)
    commissions.close_month(session, "2026-11", by=SYSTEM, now=sixth)
    released = select(CommissionLine.period).where(CommissionLine.code == "holdback_release")
    assert "2026-11" in session.scalars(released).all()
    before, memories = told(session), remembered(session)
    assert looked_at(session, "2026-12", sixth)[1] == []
    for _ in range(2):
        rated_anew(session, "2026-12", sixth)
        assert (told(session), remembered(session)) == (before, memories)


def test_what_a_closed_month_has_earned_stays_and_still_counts(session, a):
    quarter = {"base": {"type": "tier", "mode": "marginal", "window": "quarter", "tiers": TIERS}}
    plan = a.plan(quarter | {"clawback": {"days": 90}})
    partner = a.partner()
    a.earned(2_000_00, partner_id=partner.id, paid={"paid_at": at(3)})
    commissions.close_month(session, "2026-11", by=SYSTEM, now=DECEMBER)
    a.now = datetime(2026, 12, 5, 12, tzinfo=UTC)
    invoice = a.earned(2_000_00, partner_id=partner.id, paid={"paid_at": a.now})
    a.credit_note(invoice, 500_00, issued_at=a.now)
    a.rate_all()
    before, memories = told(session), remembered(session)
    with pytest.raises(Refused, match="2026-11 is closed, and closed months are never"):
        rated_anew(session, "2026-11", a.now)
    rated_anew(session, "2026-12", a.now)
    assert (told(session), remembered(session)) == (before, memories)
    a.version(plan, {"base": {"type": "flat", "rate": "0.50"}}, from_on=date(2025, 6, 1))
    rated_anew(session, "2026-12", a.now)
    assert [line for line in told(session) if line[3] == "2026-11"] == [
        line for line in before if line[3] == "2026-11"
    ]
