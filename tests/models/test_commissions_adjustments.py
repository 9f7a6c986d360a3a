"""Adjustments: a line with a reason, at once up to a limit, by two people above it."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from models import commissions, files, vendor
from models.commissions import Adjustment, AdjustmentState, Code, CommissionLine, adjustments
from models.errors import Refused
from models.files import Upload
from models.money import Money
from models.notices import Notice
from models.people import SYSTEM, Role

LETTER = Upload("letter.pdf", b"%PDF-1.7\n% a letter\n%%EOF\n")


@pytest.fixture
def fay(a):
    a.plan()
    return a.actor(role=Role.FINANCE, name="Fay Finance")


@pytest.fixture
def sam(a):
    return a.actor(role=Role.FINANCE, name="Sam Second")


def adjust(session, a, partner, minor, by, **said):
    usual = {"reason": "The wrong rate was agreed on the phone.", "now": a.now}
    amount = Money(minor, partner.currency)
    return commissions.adjust(session, partner, amount=amount, by=by, **(usual | said))


def lines(session):
    wanted = select(CommissionLine).where(CommissionLine.code == Code.ADJUSTMENT)
    return session.scalars(wanted).all()


def test_up_to_the_limit_it_is_a_line_of_the_open_month_at_once(session, a, fay):
    partner = a.partner()
    a.person(partner=partner)
    made = adjust(session, a, partner, -120_00, fay, evidence=[LETTER])
    (line,) = lines(session)
    assert (line.period, line.payout_minor) == ("2026-11", -120_00)
    assert line.working["why"] == made.reason
    assert (made.state, made.line_id) == (AdjustmentState.POSTED, line.id)
    (evidence,) = files.attached(session, adjustments.KIND, made.id)
    assert (evidence.name, evidence.partner_id) == ("letter.pdf", None)
    told = session.scalars(select(Notice).where(Notice.kind == "commission-adjusted")).one()
    assert told.partner_id == partner.id and "120.00 EUR taken from" in told.title


def test_a_closed_month_is_left_alone(session, a, fay):
    partner = a.partner()
    a.earned(partner_id=partner.id)
    commissions.close_month(session, "2026-11", by=SYSTEM, now=a.now, early=True)
    adjust(session, a, partner, 10_00, fay)
    assert [line.period for line in lines(session)] == ["2026-12"]


def test_above_the_limit_a_second_person_decides(session, a, fay, sam):
    made = adjust(session, a, a.partner(), 500_01, fay)
    assert (made.state, lines(session)) == (AdjustmentState.WAITING, [])
    with pytest.raises(Refused, match="a second person must decide"):
        commissions.approve_adjustment(session, made, by=fay, now=a.now)
    commissions.approve_adjustment(session, made, by=sam, now=a.now)
    assert [line.payout_minor for line in lines(session)] == [500_01]
    with pytest.raises(Refused, match="cannot approve"):
        commissions.approve_adjustment(session, made, by=sam, now=a.now)


def test_many_small_ones_of_one_person_count_together(session, a, fay, sam):
    partner = a.partner()
    adjust(session, a, partner, 300_00, fay)
    assert adjust(session, a, partner, -300_00, fay).state is AdjustmentState.WAITING
    assert adjust(session, a, partner, 300_00, sam).state is AdjustmentState.POSTED
    assert adjust(session, a, a.partner(), 300_00, fay).state is AdjustmentState.POSTED


def test_another_currency_is_measured_in_the_base_one_and_without_a_rate_by_two(session, a, fay):
    partner = a.partner(currency="USD")
    assert adjust(session, a, partner, 10_00, fay).needs_second
    a.rate("EUR", "USD", "1.25", a.now.date())
    other = a.partner(currency="USD")
    assert not adjust(session, a, other, 600_00, fay).needs_second
    assert adjust(session, a, other, 100_00, fay).needs_second


def test_it_is_refused_with_a_reason_that_whoever_asked_reads(session, a, fay, sam):
    made = adjust(session, a, a.partner(), 900_00, fay)
    with pytest.raises(Refused, match="Say why"):
        commissions.refuse_adjustment(session, made, reason="", by=sam, now=a.now)
    commissions.refuse_adjustment(session, made, reason="No evidence.", by=sam, now=a.now)
    assert (made.state, made.note, lines(session)) == (AdjustmentState.REFUSED, "No evidence.", [])
    told = session.scalars(select(Notice).where(Notice.kind == "adjustment-decided")).one()
    assert (told.person_id, told.body) == (fay.id, "No evidence.")


def test_the_database_refuses_a_decision_by_who_asked(session, a, fay):
    made = adjust(session, a, a.partner(), 900_00, fay)
    with pytest.raises(DatabaseError, match="needs_a_second_person"), session.begin_nested():
        session.execute(update(Adjustment).values(decided_by_id=fay.id))
    other = adjust(session, a, a.partner(), 10_00, fay)
    with pytest.raises(DatabaseError, match="decided_above_the_limit"), session.begin_nested():
        session.execute(
            update(Adjustment).where(Adjustment.id == other.id).values(needs_second=True)
        )
    assert made.state is AdjustmentState.WAITING


def test_without_a_reason_or_a_plan_there_is_none(session, a, fay, sam):
    with pytest.raises(Refused, match="Say why"):
        adjust(session, a, a.partner(), 10_00, fay, reason=" ")
    with pytest.raises(Refused, match="Enter an amount in EUR"):
        adjust(session, a, a.partner(), 0, fay)


def test_the_limit_is_the_programmes(session, a, fay):
    by = a.actor(role=Role.ADMINISTRATOR)
    commissions.set_limit(session, Money(5_00, "EUR"), by=by, now=a.now)
    assert vendor.settings(session).adjustment_limit_minor == 5_00
    assert adjust(session, a, a.partner(), 5_01, fay).needs_second
