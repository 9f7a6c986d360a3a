"""Closing a month: each partner stated once, posted once, and never changed again."""

from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DatabaseError

from models import commissions, ledger
from models import engine as engines
from models.commissions import (
    CommissionLine,
    MonthClose,
    Statement,
    closes,
    months,
    tallies,
)
from models.errors import Refused
from models.ledger import Account
from models.money import Money
from models.notices import Notice
from models.people import SYSTEM
from models.scope import Scope, open_session

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, 12, tzinfo=UTC)


def lines(session, **said):
    wanted = select(CommissionLine).order_by(CommissionLine.id)
    for name, value in said.items():
        wanted = wanted.where(getattr(CommissionLine, name) == value)
    return session.scalars(wanted).all()


def close(session, month="2026-11", now=DECEMBER, **said):
    return commissions.close_month(session, month, by=SYSTEM, now=now, **said)


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


def test_a_month_in_which_nothing_happened_is_closed_together_with_the_next(session, a):
    """Else what came to it later would be stated beside balances that were paid long ago."""
    a.plan({"base": {"type": "flat", "rate": "0.10"}, "min_payout": "50.00"})
    partner, february = a.partner(), datetime(2027, 2, 2, 12, tzinfo=UTC)
    a.earned(300_00, partner_id=partner.id)
    close(session)
    a.now = datetime(2027, 1, 2, 12, tzinfo=UTC)
    a.earned(100_00, partner_id=partner.id)
    listed = {month.month: month.is_open for month in months.overview(session, now=a.now)}
    assert listed == {"2027-01": True, "2026-11": False}
    with pytest.raises(Refused, match="2027-01 is still open"):
        close(session, "2027-02", now=february, early=True)
    assert months.empty_before(session, "2027-01") == ["2026-12"]
    close(session, "2027-01", now=february)
    a.now = february
    a.earned(400_00, partner_id=partner.id, paid={"paid_at": DECEMBER})
    assert [line.period for line in lines(session)] == ["2026-11", "2027-01", "2027-02"]
    close(session, "2027-02", now=february, early=True)
    stated = session.scalars(select(Statement).order_by(Statement.period)).all()
    assert [(one.period, one.opening_minor, one.payable_minor) for one in stated] == [
        ("2026-11", 0, 0), ("2027-01", 30_00, 0), ("2027-02", 40_00, 80_00),
    ]  # fmt: skip


def test_what_happened_before_the_first_close_counts_for_the_open_month(session, a):
    a.plan()
    a.earned()
    close(session)
    a.now = DECEMBER
    early = {"paid_at": datetime(2026, 10, 20, tzinfo=UTC)}
    a.earned(issued_on=date(2026, 10, 1), paid=early)
    assert [line.period for line in lines(session)] == ["2026-11", "2026-12"]
    with pytest.raises(Refused, match="2026-11 is closed already"):
        close(session, "2026-10")


def test_a_month_with_nothing_but_a_draw_is_to_be_closed_too(session, a):
    a.now = datetime(2026, 10, 5, tzinfo=UTC)
    a.partner()
    a.plan({"base": {"type": "flat", "rate": "0.1"}, "draw": {"type": "guarantee", "amount": "9"}})
    with pytest.raises(Refused, match="2026-10 is still open"):
        close(session)
    close(session, "2026-10")
    assert session.scalars(select(Statement.payable_minor)).all() == [9_00]


def test_a_month_with_many_lines_is_looked_at_as_it_was_added_up(session, a, monkeypatch):
    monkeypatch.setattr(tallies, "MANY", 2)
    a.plan()
    invoice = a.earned()
    a.credit_note(invoice, 500_00)
    a.earned(partner_id=a.partner().id)
    a.rate_all()
    commissions.tally(session, "2026-11", now=NOW)
    kept = tallies.tally_of(session, "2026-11")
    assert kept.seen == closes.seen_of(session, "2026-11")
    shown = [(one.lines, one.partners, one.net, one.taken_back) for one in sums(session)]
    assert shown == [(3, 2, Money(150_00, "EUR"), Money(-50_00, "EUR"))]
    a.earned()
    assert [one.lines for one in sums(session)] == [3]
    assert tallies.is_old(session, "2026-11")
    assert commissions.leave_to_worker(session, "2026-11", now=NOW)
    commissions.tally_months(session, NOW)
    assert [one.lines for one in sums(session)] == [4]
    assert not tallies.is_old(session, "2026-11")
    close(session)
    assert tallies.tally_of(session, "2026-11") is None
    assert [(one.lines, one.net) for one in sums(session)] == [(4, Money(250_00, "EUR"))]


def sums(session):
    return months.month(session, "2026-11").sums


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
    assert taken.corrects == [original.id.hex]


def test_the_database_refuses_to_touch_a_stated_line_or_to_add_one_to_a_closed_month(session, a):
    a.plan()
    a.earned()
    close(session)
    session.commit()
    for change in (
        update(CommissionLine).values(payout_minor=1),
        delete(CommissionLine),
        update(CommissionLine).values(period="2026-12"),
        update(Statement).values(payable_minor=0, closing_minor=Statement.payable_minor),
        delete(Statement),
    ):
        with pytest.raises(DatabaseError, match="never"):
            session.execute(change)
        session.rollback()
    line = lines(session)[0]
    copy = {c.key: getattr(line, c.key) for c in CommissionLine.__table__.columns if c.key != "id"}
    session.add(CommissionLine(**(copy | {"number": "L-LATE"})))
    with pytest.raises(DatabaseError, match="closed month takes no further line"):
        session.flush()


def test_the_database_refuses_a_line_for_whom_is_stated_and_to_open_a_month_again(session, a):
    a.plan()
    for _ in range(2):
        a.earned(partner_id=a.partner().id)
    begun = commissions.begin_close(session, "2026-11", by=SYSTEM, now=DECEMBER)
    commissions.state_some(session, begun, by=SYSTEM, now=DECEMBER, most=1)
    (stated,) = session.scalars(select(Statement.partner_id)).all()
    (line,) = lines(session, partner_id=stated)
    copy = {c.key: getattr(line, c.key) for c in CommissionLine.__table__.columns if c.key != "id"}
    with pytest.raises(DatabaseError, match="takes no further line"), session.begin_nested():
        session.add(CommissionLine(**(copy | {"number": "L-LATE"})))
    close(session)
    for undone in (update(MonthClose).values(finished_at=None), delete(MonthClose)):
        with pytest.raises(DatabaseError, match="stays closed"), session.begin_nested():
            session.execute(undone)


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


def test_what_was_held_back_is_paid_with_the_month_its_day_falls_into(session, a):
    a.plan({"base": {"type": "flat", "rate": "0.10"}, "holdback": {"pct": "0.10", "days": 30}})
    a.earned(1_000_00)
    close(session)
    close(session, "2026-12", now=datetime(2027, 1, 2, tzinfo=UTC))
    paid = session.scalars(select(Statement.payable_minor).order_by(Statement.period)).all()
    assert paid == [90_00, 10_00]


def test_who_rates_while_the_month_is_closed_is_waited_for(session, engine, a):
    """A line that came after the statements would be paid by no month, and shut all later ones."""
    a.plan()
    partner = a.partner()
    session.commit()
    a.earned(1_000_00, partner_id=partner.id)  # rated, not yet committed

    def close_beside() -> None:
        with open_session(engines.for_writing(engine), Scope.vendor()) as own:
            close(own)
            own.commit()

    closing = Thread(target=close_beside)
    closing.start()
    closing.join(timeout=1)
    session.commit()
    closing.join()
    assert [line.statement_id for line in lines(session)] != [None]
    assert session.scalars(select(Statement.earned_minor)).all() == [100_00]
