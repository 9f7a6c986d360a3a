"""A close that is killed at any commit is finished by the next one, as if nothing had been.

The suite kills a few of them; `--every-crash` kills before and after each.
"""

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy import event, func, select

from models import commissions, ledger
from models import engine as engines
from models.commissions import CommissionLine, RatedEvent, Statement
from models.ledger import Posting, PostingLine
from models.partners import Partner
from models.people import SYSTEM
from models.scope import Scope, ScopedSession, open_session
from portal.command_line import portal
from tests.factories import Factories

DECEMBER = datetime(2026, 12, 1, 12, tzinfo=UTC)
RULES = {
    "base": {
        "type": "tier",
        "mode": "marginal",
        "window": "month",
        "tiers": [["0", "0.05"], ["600", "0.08"]],
    },
    "override": {"rate": "0.03", "basis": "net"},
    "clawback": {"days": 90},
    "holdback": {"pct": "0.10", "days": 0},
}
FEW, MANY = 6, 50
AGREED = ["--confirmed-by", "fay@example.com", "--reason", "The month has ended."]
SOME_KILLS = [("before_commit", 1), ("after_commit", 2), ("before_commit", 3), ("after_commit", 4)]
EVERY_KILL = [(moment, n) for n in range(1, 35) for moment in ("before_commit", "after_commit")]


class Killed(BaseException):
    """What no code of ours catches."""


def pytest_generate_tests(metafunc):
    if "kill" in metafunc.fixturenames:
        every = metafunc.config.getoption("--every-crash")
        metafunc.parametrize("kill", EVERY_KILL if every else SOME_KILLS, ids=str)


@pytest.fixture
def partners(request):
    return MANY if request.config.getoption("--every-crash") else FEW


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr("models.bulk.BESIDE", 1)  # else nobody knows which commit is the third
    monkeypatch.setattr("portal.commissions.rating.AT_ONCE", 10)
    monkeypatch.setattr("models.commissions.operations.releasing.DEALS", 5)
    monkeypatch.setattr("models.commissions.operations.closing.BATCH", 4)


def sold(a, partners):
    """Some partners through one distributor: paid in parts, every third partly refunded."""
    a.plan(RULES)
    distributor = a.partner(name="Distributor")
    for number in range(partners):
        partner = a.partner(name=f"Reseller {number:02}")
        a.parent(partner, distributor)
        invoice = a.invoice(net=1_000_00 + number, partner_id=partner.id)
        a.payment(invoice, 400_00)
        a.payment(invoice)
        if number % 3 == 0:
            a.credit_note(invoice, 333_33)


def told(session):
    """What was rated, stated and posted, by the partners' names."""
    name = Partner.name
    lines = session.execute(
        select(
            name, CommissionLine.period, CommissionLine.code, CommissionLine.payout_minor,
            CommissionLine.working,
        ).join(Partner, Partner.id == CommissionLine.partner_id)
    )  # fmt: skip
    statements = session.execute(
        select(
            name, Statement.earned_minor, Statement.taken_back_minor, Statement.payable_minor,
            Statement.line_count,
        ).join(Partner, Partner.id == Statement.partner_id)
    )  # fmt: skip
    entries = session.execute(
        select(name, PostingLine.account, PostingLine.amount_minor).join(
            Partner, Partner.id == PostingLine.partner_id
        )
    )
    return (
        sorted(map(str, lines)),
        sorted(map(str, statements)),
        sorted(map(str, entries)),
        session.scalar(select(func.count(RatedEvent.id))),
        session.scalar(select(func.count(Posting.id))),
    )


@pytest.fixture
def undisturbed(databases, now, partners):
    """The same month closed in one go, in a database of its own."""
    url = databases.fresh()
    engine = engines.connect(url)
    with open_session(engines.for_writing(engine), Scope.vendor()) as session:
        sold(Factories(session, now), partners)
        commissions.close_month(session, "2026-11", by=SYSTEM, now=DECEMBER, early=True)
        answer = told(session)
    engine.dispose()
    databases.drop(url)
    return answer


def close(app):
    with app.app_context():
        return CliRunner().invoke(portal, ["commissions", "close", "2026-11", "--early", *AGREED])


def test_a_close_killed_at_any_commit_is_finished_by_the_next(
    app, a, session, partners, small_batches, undisturbed, kill
):
    sold(a, partners)
    a.finance(email="fay@example.com")
    session.commit()
    moment, which = kill
    seen = []

    def die(_session):
        seen.append(moment)
        if len(seen) == which:
            raise Killed

    def stay_dead(_session):
        """A server is given the next part by a thread that has not heard of it yet."""
        if len(seen) >= which:
            raise Killed

    event.listen(ScopedSession, "before_commit", stay_dead)
    event.listen(ScopedSession, moment, die)
    try:
        close(app)
    except Killed:
        pass
    finally:
        event.remove(ScopedSession, moment, die)
        event.remove(ScopedSession, "before_commit", stay_dead)
    assert len(seen) == which, f"there are only {len(seen)} commits to be killed at"
    assert "is closed" in close(app).output
    session.expire_all()
    assert told(session) == undisturbed
    assert ledger.check(session) == []
    session.rollback()
    again = close(app)
    assert "is closed" in again.output
    assert told(session) == undisturbed
