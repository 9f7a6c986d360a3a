"""Row 30: payments at the edges of every month, in three time zones, each in one period alone."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import requests
from sqlalchemy import func, select

from models import commissions
from models.calendars import local_day, month_bounds, month_of, next_month
from models.commissions import CommissionLine, Statement
from models.people import SYSTEM
from tests.drills.served import PEOPLE, serve
from tests.factories import Factories

MONTHS = [f"2028-{number:02}" for number in range(1, 13)]
"""A leap year: its February has 29 days."""
EDGES = [timedelta(hours=-1), timedelta(seconds=-1), timedelta(), timedelta(hours=1)]
TURNS = {
    "Europe/Berlin": ("2028-03-26T01:00", "2028-10-29T01:00"),
    "America/New_York": ("2028-03-12T07:00", "2028-11-05T06:00"),
    "Australia/Sydney": ("2028-10-01T16:00", "2028-04-01T16:00"),
}
"""When the clocks are put on and back, in UTC."""


def instants(zone):
    for month in MONTHS:
        for edge in EDGES:
            yield month_bounds(month, zone)[1] + edge
    leap = datetime(2028, 2, 29, 12, tzinfo=UTC)
    yield leap
    for turn in TURNS[zone]:
        for edge in EDGES:
            yield datetime.fromisoformat(turn).replace(tzinfo=UTC) + edge


@pytest.mark.parametrize("zone", TURNS)
def test_row_30_every_payment_is_in_exactly_one_month(session, now, zone):
    a = Factories(session, datetime(2027, 12, 1, tzinfo=UTC))
    a.vendor(time_zone=zone)
    a.plan(time_zone=zone)
    partner, expected = a.partner(), {}
    for number, at in enumerate(sorted(instants(zone))):
        a.now = at
        day = local_day(at, zone)
        invoice = a.invoice(
            net=1_000_00, number=f"INV-{number}", partner_id=partner.id, issued_on=day
        )
        a.payment(invoice, paid_at=at)
        a.now = at - timedelta(hours=1)  # the clock was put back
        expected[invoice.id] = month_of(day)
    done = datetime(2029, 3, 1, tzinfo=UTC)
    commissions.catch_up(session, now=done)
    for month in [*MONTHS, "2029-01"]:
        commissions.close_month(session, month, by=SYSTEM, now=done)
    kept = session.execute(select(CommissionLine.invoice_id, CommissionLine.period)).all()
    assert dict(map(tuple, kept)) == expected and len(kept) == len(expected)
    stated = select(Statement.period, Statement.earned_minor)
    lines = select(CommissionLine.period, func.sum(CommissionLine.payout_minor))
    assert dict(map(tuple, session.execute(stated))) == dict(
        map(tuple, session.execute(lines.group_by(CommissionLine.period)))
    )
    for month, following in pairwise(MONTHS):
        assert month_bounds(month, zone)[1] == month_bounds(following, zone)[0]
        assert next_month(month) == following
    print(f"\nrow 30, {zone}: {len(kept)} payments, each in one month, each month its lines")


def sign_in(url):
    browser = requests.Session()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(f"{url}/sign-in").text)
    sent = {"email": PEOPLE[4], "password": "uphill both ways", "csrf_token": token[1]}
    return browser, browser.post(f"{url}/sign-in", data=sent)


def test_row_30_the_portal_lives_through_leap_day_and_a_clock_put_back(tmp_path):
    told = []
    for clock in ("@2028-02-29 23:59:40", "@2028-02-29 22:59:40"):
        with serve(tmp_path, before=("faketime", "-f", clock)) as served:
            browser, answer = sign_in(served.site.url)
            pages = [browser.get(served.site.url + path) for path in ("/", "/deals", "/healthz")]
            told.append([answer.status_code, *(page.status_code for page in pages)])
            assert "Sign out" in pages[0].text
    print(f"\nrow 30, faketime: leap day, and the clock put back an hour: {told}")
    assert told == [[200] * 4] * 2
