"""Between preparation and payment, in the portal: approved, prepared again, watched, retried."""

import re
from csv import DictReader
from io import StringIO

import pytest
from sqlalchemy import func, select

from models import ledger, payouts
from models.ledger import Posting
from models.money import Money
from models.partners.destinations import DestinationStatus, PayoutDestination
from models.payouts import Failure, Payout, PayoutRun, RunStatus
from models.payouts.tables import PayoutSkip
from models.people import SYSTEM, Role
from portal.payouts.rounds import by_the_calendar
from tests.payout_story import RAILS, hand_over, pay, prepare, release
from tests.queries import counting

MOST_QUERIES = 36


@pytest.fixture(autouse=True)
def books(session):
    yield
    session.rollback()
    assert payouts.check_books(session) == []


@pytest.fixture
def petra(a):
    return a.finance(name="Petra Prepares")


@pytest.fixture
def rita(a):
    return a.finance(name="Rita Releases")


def due(a, name, minor, **said):
    partner = a.partner(name=name, **said)
    a.destination(partner)
    a.stated(partner, minor)
    return partner


@pytest.fixture
def run(a, session, petra, rita, now) -> PayoutRun:
    """Prepared by nobody, for two partners; a third cannot be paid."""
    a.vendor()
    due(a, "Alpenrad GmbH", 1_190_00)
    due(a, "Zweirad Süd KG", 810_00)
    a.stated(a.partner(name="Ohne Konto AG"), 500_00)
    return prepare(session, SYSTEM, now)


def seen_on(client, run) -> str:
    return re.search(r'name="seen" value="([0-9a-f]{64})"', client.get(path(run)).text)[1]


def path(run, more="") -> str:
    return f"/payout-runs/{run.id}{more}"


def press(client, run, verb):
    return client.post(path(run, f"/{verb}"), data={"seen": seen_on(client, run)})


def flashed(client) -> str:
    return client.get("/notices").text


def test_a_run_of_the_calendar_is_approved_by_one_and_released_by_another(
    run, petra, rita, sign_in, session
):
    one, other = sign_in(petra), sign_in(rita)
    assert "two people let it go" in one.get(path(run)).text
    press(one, run, "release")
    assert "one approves it, another releases it" in flashed(one)
    for _ in range(2):
        assert press(one, run, "approval").status_code == 303
    press(one, run, "release")
    assert "You approved this run, so a second person must release it" in flashed(one)
    assert "Approved by Petra Prepares" in other.get(path(run)).text
    assert press(other, run, "release").status_code == 303
    session.expire_all()
    assert session.get_one(PayoutRun, run.id).released_by_id == rita.id
    reserved = select(func.count(Posting.id)).where(Posting.kind == "payout reserved")
    assert session.scalar(reserved) == 2


def test_what_changed_is_listed_and_one_press_prepares_the_run_again(
    run, a, petra, sign_in, session
):
    client = sign_in(petra)
    assert "Prepare again" not in client.get(path(run)).text
    partner = session.scalars(select(Payout.partner_id).order_by(Payout.amount_minor)).first()
    zweirad = session.get_one(type(a.partner()), partner)
    a.stated(zweirad, -50_00, period="2026-11")
    session.commit()
    page = client.get(path(run)).text
    assert "1 payout has changed since this run was prepared" in page
    assert "The ledger owes it less than this payout." in page
    answer = client.post(path(run, "/preparation"))
    fresh = session.scalars(select(PayoutRun).where(PayoutRun.id != run.id)).one()
    assert answer.location.endswith(str(fresh.id))
    assert fresh.prepared_by_id == petra.id
    session.expire_all()
    assert session.get_one(PayoutRun, run.id).status is RunStatus.CANCELLED


def test_who_differs_most_stands_first_and_the_export_is_in_the_same_order(
    run, petra, sign_in, session
):
    client = sign_in(petra)
    page = client.get(path(run)).text
    assert page.index("Alpenrad GmbH") < page.index("Zweirad Süd KG")
    assert page.count("First payout") == 2
    for sort, first in (("", "Alpenrad GmbH"), ("difference", "Zweirad Süd KG")):
        page = client.get(path(run), query_string={"sort": sort}).text
        rows = DictReader(
            StringIO(client.get(path(run, "/export"), query_string={"sort": sort}).text)
        )
        names = [row["Partner"] for row in rows]
        assert names[0] == first
        assert [page.index(name) for name in names] == sorted(page.index(n) for n in names)


@pytest.mark.parametrize("sort", ["partner", "-partner", "amount", "-difference", "-change", "odd"])
def test_a_run_is_leafed_through_in_every_order(run, petra, sign_in, session, sort, monkeypatch):
    monkeypatch.setattr("portal.payouts.lists.PAGE_OF_RUN", 1)
    client = sign_in(petra)
    first = client.get(path(run), query_string={"sort": sort}).text
    next_page = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    second = client.get(next_page).text
    shown = [
        {name for name in ("Alpenrad GmbH", "Zweirad Süd KG") if f">{name}</a>" in page}
        for page in (first, second)
    ]
    assert sorted(map(len, shown)) == [1, 1] and shown[0] != shown[1]


def test_a_new_account_since_the_last_payout_is_pointed_at(a, session, petra, rita, sign_in, now):
    a.vendor()
    partner = a.partner(name="Alpenrad GmbH")
    home = a.destination(partner)
    a.stated(partner, 100_00, period="2026-09")
    before = prepare(session, petra.actor(), now, period="2026-09")
    release(session, before, rita.actor(), now)
    a.stated(partner, 150_00)
    home.status = "replaced"
    session.flush()
    a.destination(partner, iban="DE89370400440532013000")
    run = prepare(session, petra.actor(), now)
    page = sign_in(petra).get(path(run)).text
    assert "New account" in page and "First payout" not in page
    assert "50%" in page


def test_who_is_not_paid_is_listed_by_reason_and_as_a_file(run, petra, sign_in, session):
    client = sign_in(petra)
    page = client.get(path(run)).text
    assert "Have not said where to pay" in page and "Ohne Konto AG" in page
    why = session.scalars(select(PayoutSkip.why)).one().value
    for query in ({}, {"why": why}, {"why": "odd"}):
        assert "Ohne Konto AG" in client.get(path(run, "/not-paid"), query_string=query).text
    assert "Ohne Konto AG" not in client.get(path(run, "/not-paid?why=negative")).text
    [row] = DictReader(StringIO(client.get(path(run, "/not-paid/export")).text.lstrip("\ufeff")))
    assert (row["Partner"], row["Balance"]) == ("Ohne Konto AG", "500.00")


def test_who_a_person_left_out_has_a_page(run, petra, sign_in, session):
    client, one = sign_in(petra), session.scalars(select(Payout)).first()
    client.post(f"/payouts/{one.id}/exclusion", data={"reason": "under review"})
    assert "under review" in client.get(path(run, "/left-out")).text


def test_how_far_a_run_is_can_be_asked_for_and_is_asked_no_more_when_it_is_done(
    run, petra, rita, sign_in, session, now
):
    client = sign_in(petra)
    payouts.approve(session, run, seen=seen_on(client, run), by=petra.actor(), now=now)
    release(session, run, rita.actor(), now)
    session.commit()
    part = client.get(path(run, "/progress")).text
    assert "0 of 2 payouts are settled" in part and "hx-trigger" in part
    assert "<html" not in part and part.strip() in client.get(path(run)).text
    hand_over(session, run, petra.actor(), now)
    pay(session, run, petra.actor(), now)
    session.commit()
    part = client.get(path(run, "/progress")).text
    assert "2 of 2 payouts are settled" in part and "hx-trigger" not in part


def test_a_part_that_is_asked_for_after_the_session_ended_is_no_sign_in_page(run, client):
    answer = client.get(path(run, "/progress"), headers={"HX-Request": "true"})
    assert (answer.status_code, answer.data) == (401, b"")


def test_what_failed_is_paid_by_a_further_run(a, session, petra, rita, sign_in, now):
    a.vendor()
    partner = a.partner(name="Alpenrad GmbH")
    a.destination_by_hand(partner)
    a.stated(partner, 100_00)
    run = prepare(session, petra.actor(), now)
    release(session, run, rita.actor(), now)
    payout = session.scalars(select(Payout)).one()
    payouts.fail(session, payout, why=Failure.NO_FUNDS, note="", by=petra.actor(), now=now)
    session.commit()
    client = sign_in(petra)
    assert "Retry what failed" in client.get(path(run)).text
    client.post(path(run, "/retry"))
    further = session.scalars(select(PayoutRun).where(PayoutRun.seq == 2)).one()
    assert press(sign_in(rita), further, "release").status_code == 303
    client.post(path(further, "/payment"), data={"reference": "B-2", "paid_on": "2026-11-18"})
    assert ledger.owed_to(session, partner.id, "EUR") == Money(0, "EUR")


def test_runs_are_chosen_by_state_and_currency_and_exported(run, petra, sign_in):
    client = sign_in(petra)
    for query, there in (("status=draft", 1), ("currency=USD", 0), ("status=odd", 1)):
        assert client.get(f"/payout-runs?{query}").text.count(run.number) == there
        [*rows] = DictReader(StringIO(client.get(f"/payout-runs/export?{query}").text))
        assert len(rows) == there


def test_a_closed_month_leads_to_its_run_and_proposes_it(run, petra, sign_in, a):
    client = sign_in(petra)
    assert "/payout-runs?period=2026-10#prepare" in client.get("/months/2026-10").text
    assert 'value="2026-08"' in client.get("/payout-runs?period=2026-08").text
    other = sign_in(a.manager())
    assert "/payout-runs" not in other.get("/months/2026-10").text


def test_partners_see_the_next_pay_day_and_nothing_else_of_the_calendar(a, sign_in, now):
    a.vendor()
    page = sign_in(a.seller(a.partner())).get("/payouts").text
    assert "Next pay day" in page and "Release by" not in page


def test_the_worker_goes_its_round_also_before_the_portal_is_set_up(app, a, session, petra, now):
    with app.app_context():
        by_the_calendar(session, now)
        a.vendor()
        due(a, "Alpenrad GmbH", 100_00)
        for _ in range(2):
            by_the_calendar(session, now)
    assert session.scalars(select(PayoutRun.prepared_by_id)).all() == [None]


def test_a_page_of_many_payouts_asks_few_questions(run, a, app, petra, sign_in, session, now):
    client = sign_in(petra)
    asked = []
    for more in (0, 20):
        for number in range(more):
            due(a, f"Rad {number} GmbH", 100_00 + number)
        fresh = payouts.prepare_again(session, run, rails=RAILS, by=petra.actor(), now=now)
        run = fresh
        session.commit()
        with counting(app) as sql:
            assert client.get(path(run)).status_code == 200
        asked.append(len(sql))
    assert asked[0] == asked[1] <= MOST_QUERIES


def test_only_finance_reviews_runs(run, a, sign_in):
    for role in (Role.ADMINISTRATOR, Role.CHANNEL_MANAGER):
        client = sign_in(a.person(role=role))
        for verb in ("approval", "preparation", "retry"):
            assert client.post(path(run, f"/{verb}")).status_code == 403


def test_a_changed_account_is_listed_and_paid_once_finance_has_confirmed_it(
    a, session, petra, sign_in, now
):
    a.vendor()
    partner = due(a, "Alpenrad GmbH", 1_190_00)
    old = a.session.scalars(select(PayoutDestination)).one()
    old.status, old.replaced_at = DestinationStatus.REPLACED, now
    session.flush()
    changed = a.destination(partner, iban="DE89370400440532013000", held_until=now)
    session.commit()
    finance = sign_in(petra)
    assert "Changed accounts (1)" in finance.get("/payout-runs").text
    page = finance.get("/payout-destinations").text
    assert "Alpenrad GmbH" in page and old.summary in page and changed.summary in page
    url = f"/payout-destinations/{changed.id}/confirmation"
    assert "DE •••• 3000" in page and url in page
    assert finance.post(url, data={"how": ""}).status_code == 422
    assert finance.post(url, data={"how": "Called Rosa."}).status_code == 303
    assert "confirmed already" in finance.post(url, data={"how": "Again."}).text
    assert "No change waits" in finance.get("/payout-destinations").text
    assert prepare(session, petra.actor(), now).status is RunStatus.DRAFT
