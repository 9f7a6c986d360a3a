"""A month with much left to rate: the worker does it, killed or not; no request waits."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import event, func, select, update

from models.commissions import CommissionLine, MonthClose, RatedEvent, Statement
from models.jobs import Job
from models.scope import ScopedSession
from portal import worker
from tests.months import confirm, propose, work
from tests.portal.test_commissions_killed import Killed

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
RULES = {"base": {"type": "flat", "rate": "0.10"}, "holdback": {"pct": "0.20", "days": 0}}


@pytest.fixture(autouse=True)
def little_is_much(monkeypatch):
    for name in (
        "models.commissions.operations.settling.AT_ONCE",
        "portal.commissions.settling.AT_ONCE",
        "models.commissions.operations.releasing.DEALS",
    ):
        monkeypatch.setattr(name, 1)


@pytest.fixture
def sold(a, session):
    a.plan(RULES)
    for _ in range(5):
        a.payment(a.invoice(net=1_000_00))
    session.commit()


def lines(session):
    session.expire_all()
    return session.scalar(select(func.count(CommissionLine.id)))


@pytest.fixture
def pair(a, sign_in):
    return sign_in(a.finance(email="fay@example.com")), sign_in(a.finance(email="rob@example.com"))


def test_proposing_and_confirming_leave_much_to_the_worker_and_say_how_far_it_is(
    app, a, session, sold, pair
):
    fay, rob = pair
    assert "the worker does it now" in propose(fay).text
    assert lines(session) == 0
    assert "0 of 5 payments, refunds and orders" in fay.get("/months/2026-11").text
    assert "0 of 5 payments" in fay.get("/months/2026-11/preparation").text
    with app.app_context():
        worker.once(app)
    assert "2 of 5 payments" in fay.get("/months/2026-11/preparation").text
    assert session.scalar(select(func.count(Job.id)).where(Job.topic == "settle month")) == 1
    work(app, session)
    done = fay.get("/months/2026-11/preparation")
    assert not done.text and done.headers["HX-Refresh"] == "true"
    assert lines(session) == 15  # each earns, is held back in part, and is released
    assert "Proposed." in propose(fay).text
    for _ in range(2):
        a.payment(a.invoice(net=1_000_00))
    session.commit()
    assert "the worker does it now" in confirm(rob).text
    work(app, session)
    assert session.scalars(select(MonthClose)).all() == []
    assert "no longer holds" in rob.get("/months/2026-11").text


@pytest.mark.parametrize("which", [2, 4, 7])
def test_a_worker_killed_meanwhile_is_followed_by_one_that_goes_on(app, session, sold, pair, which):
    propose(pair[0])
    seen = []

    def die(_session):
        seen.append(1)
        if len(seen) == which:
            raise Killed

    event.listen(ScopedSession, "before_commit", die)
    try:
        with pytest.raises(Killed):
            work(app, session)
    finally:
        event.remove(ScopedSession, "before_commit", die)
    session.rollback()
    session.execute(update(Job).values(lease_until=LONG_AGO))
    work(app, session)
    assert lines(session) == 15
    assert session.scalar(select(func.count(RatedEvent.id))) == 10
    propose(pair[0])
    confirm(pair[1])
    work(app, session)
    assert session.scalar(select(func.count(Statement.id))) == 5
