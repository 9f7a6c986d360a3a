"""Rating by command: what was not rated yet, in parts, and open months anew."""

from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from models import commissions
from models.commissions import CommissionLine, Statement
from models.partners import Partner
from models.people import SYSTEM
from portal.command_line import portal
from tests.queries import counting


@pytest.fixture
def run(app, session):
    def said(*words):
        session.commit()
        with app.app_context():
            answer = CliRunner().invoke(portal, ["commissions", *words], catch_exceptions=False)
        session.expire_all()
        return answer

    return said


def paid(a, count):
    for _ in range(count):
        a.payment(a.invoice(net=1_000_00))


def lines(session):
    return session.scalar(select(func.count(CommissionLine.id)))


def test_processes_side_by_side_rate_disjoint_partners(run, a, session, monkeypatch):
    monkeypatch.setattr("portal.commissions.rating.AT_ONCE", 1)
    a.plan()
    paid(a, 5)
    assert run("catch-up", "--part", "1/2").output.startswith("Rated 2; 0")
    assert lines(session) == 2
    assert run("catch-up", "--part", "2/2").output.startswith("Rated 3; 0")
    assert run("catch-up").output.startswith("Rated 0; 0")
    assert "write it as 2/4" in run("catch-up", "--part", "half").output


def test_where_a_plan_remembers_across_partners_the_first_process_rates_them_all(run, a, session):
    a.plan({"base": {"type": "flat", "rate": "0.10"}, "period_cap": "150.00"})
    paid(a, 2)
    assert "part 1 rates everybody" in run("catch-up", "--part", "2/2").output
    assert lines(session) == 0
    assert run("catch-up", "--part", "1/2").output.startswith("Rated 2; 0")


def test_a_month_is_rated_anew_by_command_and_shown_first(run, a, session):
    plan = a.plan()
    paid(a, 2)
    run("catch-up")
    a.version(plan, {"base": {"type": "flat", "rate": "0.15"}}, from_on=date(2026, 1, 1))
    shown = run("rerate", "2026-11", "--preview").output
    assert "100.00 to" in shown
    assert "2 partners would have another amount" in shown
    assert "Rated 2 anew; 2 partners" in run("rerate", "2026-11").output
    paid_now = session.scalars(select(CommissionLine.payout_minor)).all()
    assert paid_now == [150_00, 150_00]


def test_closing_rates_in_parts_what_is_left(run, a, session, monkeypatch):
    monkeypatch.setattr("portal.commissions.rating.AT_ONCE", 1)
    a.plan()
    paid(a, 3)
    a.finance(email="fay@example.com")
    agreed = ("--confirmed-by", "fay@example.com", "--reason", "The month has ended.")
    assert "3 partners are stated" in run("close", "2026-11", "--early", *agreed).output
    assert session.scalar(select(func.count(Statement.id))) == 3


def test_a_statement_of_300_lines_is_read_with_few_questions(app, a, sign_in, session):
    a.plan({"base": {"type": "by_category", "rates": {"bikes": "0.10"}}})
    lines = [
        a.line(f"BIKE-{n}", 100_00 + n, category="bikes", commissionable=True) for n in range(300)
    ]
    invoice = a.earned(sum(line.amount_minor for line in lines), lines=lines)
    commissions.close_month(session, "2026-11", by=SYSTEM, now=a.now, early=True)
    statement = session.scalars(select(Statement)).one()
    assert statement.line_count == 300
    seller = sign_in(a.seller(session.get_one(Partner, invoice.partner_id)))
    with counting(app) as asked:
        page = seller.get(f"/statements/{statement.id}").text
    assert page.count('id="line-') == 300
    assert len(asked) <= 12, asked
