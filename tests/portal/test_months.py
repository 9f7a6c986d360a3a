"""Closing a month in the portal: looked at, proposed by one, confirmed by another, then stated."""

import json
import re
from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from models import commissions, ledger
from models.audit import AuditEntry
from models.commissions import (
    CloseProposal,
    MonthClose,
    ProposalState,
    Statement,
    closes,
)
from models.errors import Refused
from models.ledger import Account
from models.money import Money
from models.notices import Notice
from models.people import Role
from portal.command_line import portal
from tests.months import close_by_two, confirm, propose, seen_on, work


@pytest.fixture
def finance(a, sign_in):
    a.programme()
    return sign_in(a.finance(name="Fay Finance"))


@pytest.fixture
def second(a, sign_in):
    return sign_in(a.finance(name="Sam Second"))


def run(app, *words):
    with app.app_context():
        return CliRunner().invoke(portal, ["commissions", *map(str, words)])


def proposals(session):
    return session.scalars(select(CloseProposal.state).order_by(CloseProposal.proposed_at)).all()


def test_one_proposes_another_confirms_and_the_worker_states(a, app, session, finance, second):
    a.plan()
    a.earned()
    assert "Proposed." in propose(finance).text
    assert "Confirm and close" not in finance.get("/months/2026-11").text
    page = confirm(second)
    assert "0 of 1 partners have theirs" in page.text
    assert session.scalars(select(Statement)).all() == []
    work(app, session)
    page = second.get("/months/2026-11").text
    assert "1 partner has its statement" in page
    assert "proposed by Fay Finance, confirmed by Sam Second" in page
    assert len(session.scalars(select(Statement)).all()) == 1
    assert ledger.balance(session, Account.COMMISSION_EXPENSE, "EUR") == Money(100_00, "EUR")
    assert "Proposed" not in propose_again(finance)


def propose_again(browser):
    sent = {"sure": "y", "early": "y", "seen": "x"}
    return browser.post("/months/2026-11/proposal", data=sent, follow_redirects=True).text


def test_who_proposed_does_not_confirm(a, session, finance):
    a.plan()
    a.earned()
    propose(finance)
    proposal = session.scalars(select(CloseProposal)).one()
    finance.post(f"/close-proposals/{proposal.id}/confirmation", data={"seen": proposal.seen})
    assert session.scalars(select(MonthClose)).all() == []
    with pytest.raises(DatabaseError, match="confirmed_by_another"), session.begin_nested():
        session.execute(
            update(CloseProposal).values(state="confirmed", confirmed_by_id=proposal.proposed_by_id)
        )


def test_a_late_credit_note_voids_the_proposal_and_the_page_says_so(
    a, app, session, finance, second
):
    a.plan()
    invoice = a.earned()
    propose(finance)
    seen = seen_on(second.get("/months/2026-11").text)
    proposal = session.scalars(select(CloseProposal)).one()
    a.credit_note(invoice, 100_00)
    page = second.post(
        f"/close-proposals/{proposal.id}/confirmation", data={"seen": seen}, follow_redirects=True
    ).text
    assert "so the proposal is void" in page and "Proposals that count no longer" in page
    assert proposals(session) == [ProposalState.VOID]
    assert session.scalars(select(MonthClose)).all() == []
    close_by_two(app, finance, second)
    statement = session.scalars(select(Statement)).one()
    assert (statement.earned_minor, statement.taken_back_minor) == (100_00, -10_00)


def test_amounts_that_changed_after_looking_are_not_proposed(a, session, finance):
    a.plan()
    a.earned()
    seen = seen_on(finance.get("/months/2026-11").text)
    a.earned()
    sent = {"sure": "y", "early": "y", "seen": seen}
    page = finance.post("/months/2026-11/proposal", data=sent, follow_redirects=True).text
    assert "no longer what you looked at" in page
    assert proposals(session) == []


@pytest.mark.parametrize("left_out", ["sure", "early"])
def test_a_month_is_proposed_only_by_who_says_it_was_looked_at(a, session, finance, left_out):
    a.plan()
    a.earned()
    sent = {"sure": "y", "early": "y", "seen": seen_on(finance.get("/months/2026-11").text)}
    del sent[left_out]
    finance.post("/months/2026-11/proposal", data=sent)
    assert proposals(session) == []


def test_the_list_says_what_is_left_and_whether_it_blocks(a, session, finance):
    a.plan(assigned=False)
    a.payment(a.invoice(partner_id=a.partner(name="Alpenrad GmbH").id))
    a.rate_all()
    found = {one.item.value: (one.count, one.blocks) for one in _checks(a, session)}
    assert found["plans"] == (1, True) and found["partners"] == (1, False)
    assert found["invoices"] == (1, False) and found["rates"] == (0, True)
    page = finance.get("/months/2026-11").text
    assert "Blocks the close" in page and "Does not block" in page and "Alpenrad GmbH" in page
    said = propose(finance).text
    assert "Payments wait for a plan" in said
    assert proposals(session) == []


def _checks(a, session):
    return closes.checks(session, "2026-11", now=a.now, early=True)


def test_a_missing_rate_blocks_until_it_is_there(a, session, finance, second):
    a.plan()
    partner = a.partner(currency="JPY")
    a.payment(a.invoice(net=1_000_00, partner_id=partner.id))
    propose(finance)
    found = {one.item.value: one.count for one in _checks(a, session)}
    assert (found["rates"], proposals(session)) == (1, [])
    a.rate("EUR", "JPY", "163.2", date(2026, 11, 1))
    assert "Proposed." in propose(finance).text


def test_the_preview_shows_the_largest_changes_and_who_is_out_of_line(a, session):
    a.plan()
    steady, jumps, drops = (a.partner(name=name) for name in ("Steady", "Jumps", "Drops"))
    sales = {steady: (100, 100, 100, 120), jumps: (100, 120, 90, 300), drops: (100, 90, 80, 10)}
    for partner, nets in sales.items():
        for month, net in zip((8, 9, 10, 11), nets, strict=True):
            paid = {"paid_at": datetime(2026, month, 12, 12, tzinfo=UTC)}
            a.earned(net * 100, partner_id=partner.id, issued_on=date(2026, month, 2), paid=paid)
    assert [row.name for row in closes.outliers(session, "2026-11")] == ["Jumps", "Drops"]
    changes = closes.largest_changes(session, "2026-11")
    assert [(row.name, row.minor - row.before_1) for row in changes] == [
        ("Jumps", 21_00), ("Drops", -7_00), ("Steady", 2_00),
    ]  # fmt: skip


def test_a_proposal_is_withdrawn_and_another_is_made(a, session, finance, second):
    a.plan()
    a.earned()
    propose(finance)
    proposal = session.scalars(select(CloseProposal)).one()
    second.post(f"/close-proposals/{proposal.id}/withdrawal")
    assert "Withdrawn by Sam Second" in finance.get("/months/2026-11").text
    assert "Proposed." in propose(second).text
    assert proposals(session) == [ProposalState.WITHDRAWN, ProposalState.OPEN]


def test_the_worker_goes_on_where_it_was_killed(a, app, session, finance, second):
    a.plan()
    for _ in range(3):
        a.earned()
    propose(finance)
    confirm(second)
    close = session.scalars(select(MonthClose)).one()
    commissions.state_some(session, close, by=a.actor(role=Role.FINANCE), now=a.now, most=2)
    assert "2 of 3 partners have theirs" in finance.get("/months/2026-11/progress").text
    work(app, session)
    assert len(session.scalars(select(Statement)).all()) == 3
    told = session.scalars(select(Notice).where(Notice.kind == "close-proposed")).all()
    assert [one.link for one in told] == ["/months/2026-11"]


def test_a_close_that_waits_for_a_rate_says_so_and_goes_on_when_it_is_there(
    a, app, session, finance, second
):
    a.plan({"base": {"type": "flat", "rate": "0.10"}, "min_payout": "1.00"})
    partner = a.partner(currency="JPY")
    a.earned(1_000_00, currency="JPY", partner_id=partner.id)
    propose(finance)
    confirm(second)
    work(app, session)
    page = finance.get("/months/2026-11").text
    assert "It could not go on" in page and "no exchange rate from EUR to JPY" in page
    a.rate("EUR", "JPY", "163.2", date(2026, 11, 1))
    assert finance.post("/months/2026-11/progress").status_code == 303
    work(app, session)
    assert "1 partner has its statement" in finance.get("/months/2026-11").text


def test_a_person_cannot_begin_a_close_past_the_second_one(a, session):
    a.plan()
    a.earned()
    with pytest.raises(Refused, match="Two people close a month"):
        commissions.close_month(
            session, "2026-11", by=a.actor(role=Role.FINANCE), now=a.now, early=True
        )


def test_the_command_closes_only_what_two_have_agreed_on_or_who_is_named(a, app, session):
    a.plan()
    a.earned()
    a.finance(email="fay@example.com", name="Fay Finance")
    a.administrator(email="ann@example.com")
    session.commit()
    said = ["close", "2026-11", "--early"]
    why = ["--reason", "the portal is down"]
    assert "Nobody has confirmed" in run(app, *said).output
    assert "Say with --reason" in run(app, *said, "--confirmed-by", "fay@example.com").output
    wrong = run(app, *said, "--confirmed-by", "ann@example.com", *why)
    assert (wrong.exit_code, "has not the finance role" in wrong.output) == (1, True)
    first = run(app, *said, "--json", "--confirmed-by", "fay@example.com", *why)
    assert json.loads(first.output)["statements_for_partners"] == 1
    assert run(app, "close", "2026-11").exit_code == 0
    session.expire_all()
    assert len(session.scalars(select(Statement)).all()) == 1
    (proposal,) = session.scalars(select(CloseProposal))
    assert (proposal.proposed_by_id, proposal.reason) == (None, "the portal is down")
    kept = session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "close proposed"))
    assert kept.one()["why"] == "the portal is down"


def test_the_command_finishes_what_was_confirmed_in_the_portal(a, app, session, finance, second):
    a.plan()
    a.earned()
    propose(finance)
    confirm(second)
    session.commit()
    assert "2026-11 is closed; 1 partners are stated." in run(app, "close", "2026-11").output
    work(app, session)
    assert len(session.scalars(select(Statement)).all()) == 1


def test_the_next_month_shows_the_one_before_beside_it(a, app, session, finance, second):
    a.plan()
    partner = a.partner()
    a.earned(1_000_00, partner_id=partner.id)
    close_by_two(app, finance, second)
    a.earned(3_000_00, partner_id=partner.id)
    page = finance.get("/months/2026-12").text
    assert re.search(r"€300\.00", page) and "€200.00" in page
