"""Statements as partners see them: kept as they were sent, few questions, and who sees what."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import event, select

from models import commissions
from models.commissions import Code, CommissionLine, MonthClose, Statement
from models.commissions.papers import StatementPaper
from models.money import Money
from models.partners import Partner
from models.people import SYSTEM
from portal.commissions import papers, statements
from portal.commissions.filing import file_statements
from tests.leaks import text_of
from tests.models.test_wins_shared import shared

DOCS = Path(__file__).parents[2] / "docs" / "commissions.md"
FORMATS = ("document.pdf", "export?as=csv", "export?as=xlsx")


@pytest.fixture
def seller(a):
    return a.seller(a.partner(name="Alpenrad GmbH", currency="EUR"))


def closed(session, a, month="2026-11"):
    commissions.close_month(session, month, by=SYSTEM, now=a.now, early=True)
    return session.scalars(select(Statement).order_by(Statement.period, Statement.id)).all()


def test_a_statement_stays_byte_for_byte_as_the_worker_kept_it_after_the_close(
    a, app, session, sign_in, seller
):
    a.plan()
    a.earned(1_234_56, partner_id=seller.partner_id)
    [statement] = closed(session, a)
    session.commit()
    browser, path = sign_in(seller), f"/statements/{statement.id}"
    sent = browser.get(f"{path}/document.pdf").data  # before the worker comes to it
    payload = {"close": str(session.scalars(select(MonthClose.id)).one())}
    session.commit()
    with app.app_context():
        while file_statements(payload):
            pass
    kept = dict(session.execute(select(StatementPaper.kind, StatementPaper.content)).all())
    session.commit()
    first = [kept[kind] for kind in ("pdf", "csv", "xlsx")]
    assert first[0] == sent
    assert "3 of 3 files" in sign_in(a.finance()).get("/months/2026-11").text
    partner = session.get_one(Partner, seller.partner_id)
    partner.name, partner.legal_name = "Renamed AG", "Renamed AG"
    seller.locale = "de_DE"
    session.commit()
    for who in (seller, a.finance(locale="fr_FR")):
        assert [sign_in(who).get(f"{path}/{name}").data for name in FORMATS] == first
    assert len(session.scalars(select(StatementPaper.sha256)).all()) == 3
    assert browser.get(f"{path}/export?as=doc").status_code == 404


def test_a_long_statement_loses_no_line_and_no_cent(a, session, sign_in, seller, monkeypatch):
    monkeypatch.setattr(statements, "LINES", 2)
    monkeypatch.setattr(papers, "MOST", 2)
    a.plan()
    for net in (1_000_00, 2_000_00, 3_000_00):
        a.earned(net, partner_id=seller.partner_id)
    [statement] = closed(session, a)
    browser, path = sign_in(seller), f"/statements/{statement.id}"
    page = browser.get(path).text
    assert page.count("data-minor=") == 2 and "Sum of all 3 lines" in page and "€600.00" in page
    following = re.search(r'href="([^"]*after=[^"]*)"', page)[1]
    assert browser.get(following.replace("&amp;", "&")).text.count("data-minor=") == 1
    paper = text_of(browser.get(f"{path}/document.pdf"))
    assert "3 lines" in paper and "too many for a paper" in paper and "600.00" in paper
    file = browser.get(f"{path}/export?as=csv").data.decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(file)))) == 3


def test_a_statement_says_the_same_on_its_page_its_pdf_and_its_two_sheets(
    a, session, sign_in, seller
):
    a.plan()
    for net in (1_234_56, 77_77, 9_999_99):
        a.earned(net, partner_id=seller.partner_id)
    [statement] = closed(session, a)
    browser, path = sign_in(seller), f"/statements/{statement.id}"
    total = Money(statement.payable_minor, "EUR").major
    assert total == Decimal("1131.24")
    file = browser.get(f"{path}/export?as=csv").text.removeprefix("\ufeff")
    assert sum(Decimal(row["Commission"]) for row in csv.DictReader(io.StringIO(file))) == total
    book = load_workbook(io.BytesIO(browser.get(f"{path}/export?as=xlsx").data))
    head, *rows = book.active.values
    assert round(sum(row[head.index("Commission")] for row in rows), 2) == float(total)
    for answer in (browser.get(path), browser.get(f"{path}/document.pdf")):
        assert f"{total:,}" in text_of(answer)


def test_a_name_in_a_script_without_a_font_does_not_stop_its_paper(a, session, sign_in):
    a.plan()
    seller = a.seller(a.partner(name="ᚠᚢᚦ " + "Sehr lange Firma " * 9, currency="EUR"))
    a.earned(1_000_00, partner_id=seller.partner_id)
    [statement] = closed(session, a)
    answer = sign_in(seller).get(f"/statements/{statement.id}/document.pdf")
    assert answer.data.startswith(b"%PDF") and "100.00" in text_of(answer)


def test_the_sum_says_what_was_released_apart_from_what_was_earned(a, session, sign_in, seller):
    a.plan({"base": {"type": "flat", "rate": "0.10"}, "holdback": {"pct": "0.10", "days": 5}})
    a.earned(1_000_00, partner_id=seller.partner_id)
    commissions.release_due(session, through=a.now.date() + timedelta(days=5), now=a.now)
    [statement] = closed(session, a)
    page = sign_in(seller).get(f"/statements/{statement.id}").text
    sums = re.findall(r"<dt>([^<]+)</dt><dd>(?:<span[^>]*>[^<]*</span> )?([^<]+)</dd>", page)
    assert sums[:5] == [
        ("Carried from before", "€0.00"),
        ("Earned", "€100.00"),
        ("Taken back or held", "€10.00"),
        ("Released", "€10.00"),
        ("To be paid", "€100.00"),
    ]


def test_three_hundred_lines_take_at_most_twelve_questions(a, session, sign_in, app, seller):
    a.plan()
    october = datetime(2026, 10, 14, 9, tzinfo=UTC)
    before = a.earned(1_000_00, partner_id=seller.partner_id, paid={"paid_at": october})
    commissions.close_month(session, "2026-10", by=SYSTEM, now=a.now)
    a.credit_note(before, 500_00)
    a.earned(1_000_00, partner_id=seller.partner_id)
    line = session.scalars(select(CommissionLine).where(CommissionLine.code == Code.BASE)).all()[-1]
    columns = {c.key: getattr(line, c.key) for c in CommissionLine.__table__.columns}
    for number in range(298):
        session.add(CommissionLine(**(columns | {"id": None, "number": f"L-{number}"})))
    statement = closed(session, a)[-1]
    browser = sign_in(seller)
    browser.get("/")  # whoever is asked for the first time is looked up
    asked = []
    engine = app.extensions["engine"]
    event.listen(engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    page = browser.get(f"/statements/{statement.id}").text
    assert page.count("data-minor=") == 300
    assert "Corrects" in page and "What changed since October" in page
    questions = [sql for sql in asked if not sql.startswith(("BEGIN", "SELECT set_config("))]
    assert len(questions) <= 12, "\n".join(questions)


@pytest.fixture
def channel(a, session):
    """A deal that two share, sold through a distributor: {column of the table: a person}."""
    rules = {"base": {"type": "flat", "rate": "0.10"}, "override": {"rate": "0.03", "basis": "net"}}
    a.plan(rules)
    deal, other = shared(session, a, "60")
    above = a.distributor(name="Oberhaus KG")
    a.parent(session.get_one(Partner, deal.partner_id), above)
    a.order(deal)
    a.earned(deal.value.minor, deal=deal)
    closed(session, a)
    people = {
        "Its own partner": deal.partner_id,
        "A partner that shares the sale": other.id,
        "Its distributor": above.id,
        "A rival": a.partner().id,
    }
    told = {who: a.seller(session.get_one(Partner, one)) for who, one in people.items()}
    return deal, told | {"Finance": a.finance()}


def test_who_sees_what_is_what_the_table_in_the_docs_says(a, session, sign_in, channel):
    deal, people = channel
    value = deal.value.major
    own = session.scalars(
        select(CommissionLine).where(
            CommissionLine.partner_id == deal.partner_id, CommissionLine.code == Code.BASE
        )
    ).one()
    words = {
        "the amount that the rate is applied to": f"{value:,.2f}",
        "the rate, the tier and the plan of the sale": " at 10%",
        "what the sale earns in all": f"{value / 10:,.2f}",
        "the share of who registered it": f"{own.payout.major:,.2f}",
        "the share of who shares it": f"{value / 10 * 4 / 10:,.2f}",
        "the override": f"{value * 3 / 100:,.2f}",
        "the distributor's rate": "3% of net value",
    }
    table = who_sees_what()
    assert table.keys() == words.keys()
    seen = {who: everything(session, sign_in, person) for who, person in people.items()}
    told = {
        what: {who for who, text in seen.items() if sign in text} for what, sign in words.items()
    }
    assert told == table


def everything(session, sign_in, person) -> str:
    """Lines, statements and their files, as this person gets them."""
    browser = sign_in(person)
    texts = [browser.get("/commissions?view=all").text]
    texts.append(text_of(browser.get("/commissions/export?view=all&as=csv")))
    for statement_id in session.scalars(select(Statement.id)):
        texts += [
            text_of(browser.get(f"/statements/{statement_id}{name}"))
            for name in ("", "/document.pdf", "/export?as=csv")
        ]
    return re.sub(r"\s+", " ", "\n".join(texts))


def who_sees_what() -> dict[str, set[str]]:
    """{what: who sees it}, from the table in the docs."""
    part = DOCS.read_text().partition("## Who sees what")[2].partition("\n## ")[0]
    head, _line, *rows = [
        [cell.strip() for cell in row.strip("|").split("|")]
        for row in re.findall(r"^\|.*\|$", part, re.M)
    ]
    return {
        row[0]: {who for who, cell in zip(head[1:], row[1:], strict=True) if cell == "yes"}
        for row in rows
    }
