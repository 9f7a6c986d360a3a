"""How deals are decided: each figure leads to exactly its deals, the file equals the screen."""

import csv
import io
import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest

from models import deals
from models.deals import RejectReason
from models.partners import Tier
from tests.queries import counting

FIGURE = re.compile(r'<a href="(/deals[^"]*)" data-deals="(\d+)">([^<]*)</a>')
PAGE = "/insights/registration"


@pytest.fixture
def rosa(a, sign_in):
    """The channel manager's browser."""
    return sign_in(a.decider().email)


@pytest.fixture
def story(a, session, now):
    """Decisions of two managers, in time and late, yes and no, for a large and small partners."""
    tom, large = a.manager(name="Tom").actor(), a.partner(tier=Tier.GOLD)
    for at in range(4):
        deal = a.submitted(partner=large, value=(at + 1) * 10_000_00)
        decide(session, deal, a.decider(), now + timedelta(hours=at + 1))
    for at, partner in enumerate((a.partner(tier=Tier.SILVER), a.partner(currency="USD"))):
        deal = a.submitted(partner=partner)
        decide(session, deal, tom, deal.decide_by + timedelta(hours=at + 1), yes=False)
    rival = a.submitted(customer_name=deal.customer_name)
    decide(session, rival, tom, now + timedelta(hours=2))
    deals.lose(session, rival, reason="Too dear.", by=a.registrant(rival), now=now)
    late = a.submitted(partner=large)
    late.decide_by = now - timedelta(minutes=1)
    session.commit()


def decide(session, deal, by, at, *, yes=True):
    if yes:
        deals.approve(session, deal, by=by, now=at)
    else:
        deals.reject(
            session, deal, code=RejectReason.NOT_QUALIFIED, text="Too early.", by=by, now=at
        )
    session.flush()


def page_of(browser, query="?to=2026-12-31&large=4"):
    page = browser.get(PAGE + query)
    assert page.status_code == 200
    return page.text


def cells(page, caption):
    """The rows of the table of that caption, as text."""
    table = page[page.index(f">{caption}") :].partition("</table>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", table.partition("<tbody>")[2], re.S)
    return [
        [" ".join(unescape(re.sub(r"<[^>]+>", "", cell)).split()) for cell in found]
        for found in (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in rows)
    ]


def test_each_figure_leads_to_exactly_its_deals(rosa, story):
    figures = FIGURE.findall(page_of(rosa))
    assert len(figures) > 60
    for href, count, _shown in set(figures):
        query = urlsplit(unescape(href)).query
        rows = rosa.get(f"/deals/export?{query}&as=csv").text.strip().splitlines()
        assert len(rows) - 1 == int(count), href


def test_managers_are_measured_by_what_they_decided(rosa, story):
    rows = {row[0]: row[1:] for row in cells(page_of(rosa), "By manager")}
    assert rows["Rosa Kim"][:3] == ["4", "4", "100%"]
    assert rows["Rosa Kim"][4:8] == ["2.5 h", "4 h", "100%", "0"]
    assert rows["Rosa Kim"][-1] == "1"
    assert rows["Tom"][:3] == ["3", "1", "33.3%"]
    assert rows["Tom"][6:10] == ["33.3%", "2", "0", "0%"]


def test_small_and_large_partners_stand_side_by_side(rosa, story):
    page = page_of(rosa)
    rows = {row[0]: row[1:] for row in cells(page, "Fairness: large and small partners")}
    assert rows["Large"][:3] == ["4", "4", "100%"] and rows["Small"][:3] == ["3", "1", "33.3%"]
    assert "registered at least 4 deals in the 365 days through Dec 31, 2026" in page


def test_a_rate_of_nothing_is_a_dash(rosa, a):
    a.programme()
    page = page_of(rosa, "")
    rows = cells(page, "Fairness: large and small partners")
    assert rows[0] == ["Large", "0", "0", *["–"] * 5, "0", "0", "–"]
    assert "No deal was rejected in these days." in page


def test_reasons_and_states_are_counted_with_their_money(rosa, story, a):
    page = page_of(rosa)
    reasons = cells(page, "Why deals were rejected")
    assert reasons == [["The opportunity is not qualified yet", "2", "100%"]]
    states = cells(page, "Deals registered, by state")
    assert ["Approved", "4", "EUR", "€100,000.00", "€100,000.00", "Dec 31, 2026"] in states
    rejected = [row for row in states if row[:1] == ["Rejected"]]
    assert {row[2] for row in rejected} == {"EUR", "USD"}
    assert next(row for row in rejected if row[2] == "USD")[4] == "–"  # no rate is kept


@pytest.mark.parametrize("part", ["managers", "tiers", "sizes", "reasons", "states"])
def test_a_file_equals_the_screen(rosa, story, part):
    page = page_of(rosa)
    section = page[page.index(f'id="{part}"') :].partition("</section>")[0]
    shown = cells(section, "")
    answer = rosa.get(f"{PAGE}/{part}?to=2026-12-31&large=4&as=csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))[1:]
    assert [[plain(cell) for cell in row] for row in shown] == [
        [as_shown(cell) for cell in row] for row in rows
    ]
    assert rosa.get(f"{PAGE}/{part}?as=xlsx").status_code == 200


def plain(shown):
    """4.5 h reads 4.5, 33.3% reads 0.333, €1,000.00 reads 1000.00."""
    if shown == "–":
        return ""
    if re.fullmatch(r"[€$]?[\d,]+(\.\d+)?( h|%)?", shown):
        value = float(re.sub("[€$,h% ]", "", shown))
        return f"{round(value / 100, 3) if '%' in shown else value:g}"
    return "day" if re.fullmatch(r"\w{3} \d+, \d{4}", shown) else shown


def as_shown(cell):
    if re.fullmatch(r"\d{4}-\d\d-\d\d", cell):
        return "day"
    if re.fullmatch(r"-?\d+(\.\d+)?", cell):
        return f"{float(cell):g}"
    return cell


def test_a_decision_taken_back_is_in_no_figure(rosa, a, session, now):
    deal = a.submitted()
    deals.approve(session, deal, by=a.decider(), now=now)
    assert cells(page_of(rosa), "By manager")[0][1] == "1"
    deals.undo(session, deal, by=a.decider(), now=now)
    assert "No deal was decided in these days." in page_of(rosa)


def test_only_what_was_decided_in_these_days_counts(rosa, story):
    page = page_of(rosa, "?from=2026-11-18&to=2026-11-18")
    assert {row[0]: row[1] for row in cells(page, "By manager")}["Tom"] == "1"
    assert "No deal was decided" in page_of(rosa, "?from=2026-01-01&to=2026-01-31")


@pytest.mark.parametrize("query", ["?from=x&to=9999-99-99&large=no", "?from=2027-01-01&large=0"])
def test_what_cannot_be_read_is_the_usual(rosa, story, query):
    assert rosa.get(PAGE + query).status_code == 200


def test_partners_and_finance_do_not_see_it(sign_in, a):
    deal = a.submitted()
    for email in (a.registrant(deal).email, a.finance().email):
        browser = sign_in(email)
        assert browser.get(PAGE).status_code == 403
        assert browser.get(f"{PAGE}/managers").status_code == 403
    theirs = sign_in(a.registrant(deal).email)
    assert deal.number in theirs.get("/deals?decided=approve&overdue=yes").text


def test_the_page_asks_few_questions(app, rosa, story):
    rosa.get(PAGE)
    with counting(app) as asked:
        rosa.get(PAGE)
    assert len(asked) <= 14, asked
