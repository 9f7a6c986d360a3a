"""An open month is rated anew by the worker, after looking; what is stopped blocks nothing."""

from datetime import date

import pytest
from sqlalchemy import select, update

from models import commissions
from models.commissions import CommissionLine, reratings
from models.commissions.operations import looking
from models.jobs import MOST_ATTEMPTS, Job
from tests.factories_commissions import TWELVE_PERCENT
from tests.months import seen_on, work


@pytest.fixture
def finance(a, sign_in):
    a.programme()
    return sign_in(a.finance(name="Fay Finance"))


def test_rating_anew_that_is_stopped_or_fails_for_good_blocks_no_close(
    a, app, session, finance, monkeypatch
):
    a.plan()
    a.earned(1_000_00)
    blocked = "It goes on; wait until it is done."

    def ask():
        finance.post("/months/2026-11/rerating/preview")
        seen = reratings.latest_look(session, "2026-11").seen
        finance.post("/months/2026-11/rerating", data={"seen": seen})
        assert blocked in finance.get("/months/2026-11").text

    ask()
    finance.post("/months/2026-11/rerating/stop")
    page = finance.get("/months/2026-11").text
    assert "has stopped it" in page and blocked not in page

    def fail(*_words, **_said):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(commissions, "rerate_some", fail)
    ask()
    session.execute(update(Job).where(Job.state == "waiting").values(attempts=MOST_ATTEMPTS - 1))
    session.commit()
    work(app, session)
    page = finance.get("/months/2026-11").text
    assert "the last time with: the disk is full" in page and blocked not in page


def test_an_open_month_is_rated_anew_by_the_worker_after_looking_at_who_gains_and_loses(
    a, app, session, finance
):
    plan = a.plan()
    partner = a.partner(name="Alpenrad GmbH")
    a.earned(1_000_00, partner_id=partner.id, issued_on=date(2026, 11, 12))
    a.version(plan, TWELVE_PERCENT, date(2026, 11, 10))
    assert "Rate anew" in finance.get("/months/2026-11").text
    page = looked(finance)
    assert "Alpenrad GmbH" in page and "€120.00" in page and "€20.00" in page
    assert session.scalars(select(CommissionLine.payout_minor)).all() == [100_00]
    sent = {"seen": seen_on(page)}
    a.earned(10_00, partner_id=partner.id, issued_on=date(2026, 11, 12))
    finance.post("/months/2026-11/rerating", data=sent)
    work(app, session)
    assert "something has changed since it was looked at" in finance.get("/months/2026-11").text
    finance.post("/months/2026-11/rerating", data=sent)
    assert "Look again at who would gain" in finance.get("/months").text
    assert session.scalars(select(CommissionLine.payout_minor)).all() == [100_00, 1_20]
    sent = {"seen": seen_on(looked(finance))}
    finance.post("/months/2026-11/rerating", data={"seen": "x"})
    assert "It was looked at again meanwhile." in finance.get("/months").text
    assert finance.post("/months/2026-11/rerating", data=sent).status_code == 303
    finance.post("/months/2026-11/rerating", data=sent)  # sent twice: it is asked once
    page = finance.get("/months/2026-11").text
    assert "0 of 2 payments" in page and "It goes on; wait until it is done." in page
    assert "nothing may have changed" in finance.get("/months/2026-11/rerating").text
    work(app, session)
    assert finance.get("/months/2026-11/rerating").headers["HX-Refresh"] == "true"
    assert "Rated anew: 1 partner has another amount." in finance.get("/months/2026-11").text
    assert session.scalars(select(CommissionLine.payout_minor)).all() == [120_00, 1_20]
    assert "Nobody: the open month" in looked(finance)


def test_a_large_month_is_looked_at_by_the_worker_and_says_how_far_it_is(
    a, app, session, finance, monkeypatch
):
    monkeypatch.setattr(looking, "AT_ONCE", 1)
    plan = a.plan()
    for name in ("Alpenrad GmbH", "Bergauf AG"):
        a.earned(1_000_00, partner_id=a.partner(name=name).id, issued_on=date(2026, 11, 12))
    a.version(plan, TWELVE_PERCENT, date(2026, 11, 10))
    assert "0 of 2 payments, refunds and orders are tried" in looked(finance)
    assert "are tried" in finance.get("/months/2026-11/rerating/preview/progress").text
    work(app, session)
    progress = finance.get("/months/2026-11/rerating/preview/progress")
    assert progress.headers["HX-Refresh"] == "true"
    file = finance.get("/months/2026-11/rerating/preview/export?as=csv").text
    assert file.count("100.00,120.00,20.00,EUR") == 2
    assert session.scalars(select(CommissionLine.payout_minor)).all() == [100_00, 100_00]


def looked(browser):
    return browser.post("/months/2026-11/rerating/preview", follow_redirects=True).text
