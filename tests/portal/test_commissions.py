"""Commissions in the portal: what partners and finance see, and that every total is the same."""

import csv
import io
import json
import re
from datetime import date
from pathlib import Path
from uuid import uuid4

import pypdf
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from sqlalchemy import select

from models.commissions import CommissionLine, MonthClose, Statement
from models.money import Money
from portal.command_line import portal
from tests.months import close_by_two

ANYBODY = {"partner": "", "tier": "", "role": "", "country": ""}
GOLDEN = Path(__file__).parents[1] / "golden" / "commissions.json"


@pytest.fixture
def finance(a, sign_in):
    a.programme()
    return sign_in(a.finance(name="Fay Finance"))


@pytest.fixture
def second(a, sign_in):
    return sign_in(a.finance(name="Sam Second"))


@pytest.fixture
def statement(a, app, session, finance, second):
    """Of November: two lines, one of them taken back in part."""
    a.plan()
    partner = a.partner(name="Alpenrad GmbH")
    invoice = a.earned(12_345_67, partner_id=partner.id)
    a.earned(1_000_00, partner_id=partner.id)
    a.credit_note(invoice, 2_000_00)
    a.rate_all()
    close_by_two(app, finance, second)
    return session.scalars(select(Statement)).one()


def run(app, *words):
    with app.app_context():
        return CliRunner().invoke(portal, ["commissions", *map(str, words)])


def test_a_line_is_on_the_partners_page_as_soon_as_its_payment_is_recorded(a, sign_in, finance):
    a.plan()
    seller = a.seller()
    invoice = a.invoice(net=1_000_00, partner_id=seller.partner_id)
    sent = {"reference": "bank 1", "paid_at": "2026-11-18", "amount": "1000.00"}
    assert finance.post(f"/invoices/{invoice.id}/payments", data=sent).status_code == 303
    page = sign_in(seller).get("/commissions").text
    assert "€100.00" in page and "€1,000.00 at 10%" in page
    assert "Plan “Plan" in page and "version 1, in force since 1 Jan 2025" in page


def test_a_rival_finds_neither_line_nor_statement_nor_file(a, sign_in, session, statement):
    rival = sign_in(a.seller())
    line = session.scalars(select(CommissionLine)).first()
    for path in (
        f"/commissions/{line.id}",
        f"/statements/{statement.id}",
        f"/statements/{statement.id}/document.pdf",
        f"/statements/{statement.id}/export?as=csv",
        f"/statements/{uuid4()}",
    ):
        assert rival.get(path).status_code == 404, path
    for path in ("/commissions?view=all", "/statements", "/commissions/export?view=all"):
        assert "Alpenrad" not in rival.get(path).text
        assert line.number not in rival.get(path).text


def test_a_distributor_does_not_open_its_resellers_statement(a, sign_in, session, statement):
    distributor = a.distributor()
    a.parent(a.session.get_one(type(distributor), statement.partner_id), distributor)
    browser = sign_in(a.seller(distributor))
    assert browser.get(f"/statements/{statement.id}").status_code == 404
    assert "Alpenrad" not in browser.get("/commissions?view=all").text


@pytest.mark.parametrize("path", ["/months", "/months/2026-11", "/plans", "/plans/new"])
def test_a_partner_closes_no_month_and_reads_no_plan(a, sign_in, path):
    assert sign_in(a.seller()).get(path).status_code == 403


def test_a_channel_manager_looks_but_does_not_close(a, sign_in, session):
    a.programme()
    browser = sign_in(a.manager())
    assert browser.get("/months/2026-11").status_code == 200
    assert browser.post("/months/2026-11/proposal", data={"sure": "y"}).status_code == 403
    assert session.scalars(select(MonthClose)).all() == []


def test_the_opened_lines_the_page_and_its_three_files_have_one_total(a, sign_in, statement):
    browser = sign_in(a.seller(a.session.get_one(type(a.partner()), statement.partner_id)))
    page = browser.get(f"/statements/{statement.id}").text
    on_page = sum(int(minor) for minor in re.findall(r'data-minor="(-?\d+)"', page))
    assert on_page == statement.net_minor == 123_457 + 10_000 - 20_000
    shown = "€1,134.57"
    assert page.count(shown) >= 2
    rows = list(csv.DictReader(io.StringIO(_text(browser, statement, "csv"))))
    assert round(sum(float(row["Commission"]) for row in rows) * 100) == on_page
    sheet = load_workbook(io.BytesIO(_file(browser, statement, "xlsx"))).active
    head = [cell.value for cell in sheet[1]]
    cells = [row[head.index("Commission")].value for row in sheet.iter_rows(min_row=2)]
    assert round(sum(cells) * 100) == on_page
    pdf = browser.get(f"/statements/{statement.id}/document.pdf").data
    text = " ".join(part.extract_text() for part in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    assert shown in text and statement.number in text


def test_a_statement_is_an_equation_and_says_what_it_corrects(a, sign_in, finance, statement):
    page = finance.get(f"/statements/{statement.id}").text
    for words in ("Carried from before", "Earned", "Taken back or held", "To be paid"):
        assert words in page
    assert "Refunded €2,000.00 of €12,345.67 on day 0" in page
    assert "Corrects" in page


def test_an_event_that_cannot_be_rated_is_listed_with_its_reason_and_tried_again(
    a, session, finance
):
    plan = a.plan(assigned=False)
    a.payment(a.invoice(partner_id=a.partner(name="Alpenrad GmbH").id))
    a.rate_all()
    assert "No commission plan is assigned to Alpenrad GmbH" in finance.get("/months").text
    sent = ANYBODY | {"from_on": "2025-01-01"}
    assert finance.post(f"/plans/{plan.id}/assignments", data=sent).status_code == 303
    finance.post("/months/events/rating")
    assert len(session.scalars(select(CommissionLine)).all()) == 1
    assert "No commission plan" not in finance.get("/months").text


def test_the_replay_command_answers_the_golden_cases(app, tmp_path):
    told = json.loads(GOLDEN.read_text())
    answer = run(app, "replay", GOLDEN)
    assert answer.exit_code == 0, answer.output
    answers = json.loads(answer.output)
    for case in told["cases"]:
        expected, got = case["expected"], answers[case["id"]]
        assert _sorted(got["lines"]) == _sorted(expected["lines"]), case["id"]
        assert got["statements"] == expected["statements"], case["id"]
        assert got["totals"] == expected["totals"], case["id"]
    alone = tmp_path / "one.json"
    alone.write_text(json.dumps(told["cases"][0]))
    assert json.loads(run(app, "replay", alone).output)["totals"] == {"R1": "1234.57"}


def test_an_unknown_component_is_answered_by_its_name_and_never_by_numbers(app, tmp_path):
    case = json.loads(GOLDEN.read_text())["cases"][0]
    case["plan"]["rules"]["lottery"] = {"prize": "1000.00"}
    file = tmp_path / "odd.json"
    file.write_text(json.dumps({"cases": [case]}))
    answer = run(app, "replay", file)
    assert answer.exit_code == 1
    told = json.loads(answer.output)["C01"]
    assert list(told) == ["error"] and "“lottery”" in told["error"]


def test_the_replay_keeps_nothing(app, session):
    run(app, "replay", GOLDEN)
    assert session.scalars(select(CommissionLine)).all() == []


def test_a_line_is_explained_by_command(app, a, session):
    a.plan()
    a.rate("EUR", "USD", "1.0712", date(2026, 11, 13))
    a.earned(1_000_00, partner_id=a.partner(currency="USD").id)
    session.commit()
    line = session.scalars(select(CommissionLine)).one()
    told = run(app, "explain", line.number).output
    assert "1000.00 EUR at 10%" in told and "107.12 USD" in told and "1.0712" in told
    kept = json.loads(run(app, "explain", line.number, "--json").output)
    assert kept["working"]["rate"] == "0.10"
    assert run(app, "explain", "L-NOBODY").exit_code == 1
    assert line.payout == Money(107_12, "USD")


def _sorted(lines):
    return sorted(lines, key=lambda line: json.dumps(line, sort_keys=True))


def _file(browser, statement, kind):
    return browser.get(f"/statements/{statement.id}/export?as={kind}").data


def _text(browser, statement, kind):
    return _file(browser, statement, kind).decode("utf-8-sig")
