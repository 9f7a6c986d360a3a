"""The payout run in the portal: two people, one press, one payment; a partner sees its own."""

import re
from io import BytesIO

import pypdf
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from sqlalchemy import func, select

from models import ledger, payouts
from models.audit import AuditEntry
from models.ledger import Account, Posting
from models.money import Money
from models.payouts import Payout, PayoutFile, PayoutRun, PayoutStatus, RunStatus
from models.sealing import Seal
from portal.command_line import portal
from portal.payouts.bank_files import orders_in

KEY = "sealing key of the tests, never of a server"


@pytest.fixture(autouse=True)
def books(session):
    yield
    session.rollback()
    assert payouts.check_books(session) == []


@pytest.fixture
def due(a, session):
    """Two partners who are paid, one who has not said where."""
    a.vendor()
    partners = []
    for name, minor in (("Alpenrad GmbH", 1_190_00), ("Zweirad Süd KG", 810_00)):
        partner = a.partner(name=name)
        a.destination(partner, seal=Seal(KEY))
        a.stated(partner, minor)
        partners.append(partner)
    homeless = a.partner(name="Ohne Konto AG")
    a.stated(homeless, 500_00)
    return partners


@pytest.fixture
def petra(a, sign_in):
    return sign_in(a.finance(name="Petra Prepares"))


@pytest.fixture
def rita(a, sign_in):
    return sign_in(a.finance(name="Rita Releases"))


@pytest.fixture
def run(due, petra, session):
    answer = petra.post("/payout-runs", data={"period": "2026-10", "currency": "EUR"})
    assert answer.status_code == 303
    return session.scalars(select(PayoutRun)).one()


@pytest.fixture
def released(run, rita):
    assert release(rita, run).status_code == 303
    return run


@pytest.fixture
def paid(released, petra):
    petra.post(f"/payout-runs/{released.id}/bank-file")
    answer = petra.post(f"/payout-runs/{released.id}/payment", data=PAYMENT)
    assert answer.status_code == 303
    return released


PAYMENT = {"reference": "B-2026-77", "paid_on": "2026-11-18"}


def release(client, run):
    page = client.get(f"/payout-runs/{run.id}").text
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', page)[1]
    return client.post(f"/payout-runs/{run.id}/release", data={"seen": seen})


def flashed(client) -> str:
    return client.get("/notices").text


def test_the_preview_says_who_gets_what_and_who_does_not_and_why(run, rita):
    page = rita.get(f"/payout-runs/{run.id}").text
    for words in ("Alpenrad GmbH", "€1,190.00", "€2,000.00", "DE •••• 2051"):
        assert words in page
    assert "Ohne Konto AG" in page and "has not said where to pay" in page


def test_the_preparer_is_refused_with_an_explanation_and_nothing_is_released(run, petra, session):
    assert release(petra, run).status_code == 303
    assert "a second person must release it" in flashed(petra)
    assert session.scalars(select(PayoutRun)).one().status is RunStatus.DRAFT


def test_pressing_release_twice_releases_once(run, rita, session):
    page = rita.get(f"/payout-runs/{run.id}").text
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', page)[1]
    for _ in range(2):
        rita.post(f"/payout-runs/{run.id}/release", data={"seen": seen})
    assert "already released, by Rita Releases" in flashed(rita)
    kinds = session.execute(select(Posting.kind, func.count()).group_by(Posting.kind)).all()
    assert dict(map(tuple, kinds))["payout reserved"] == 2


def test_the_bank_file_the_run_the_statements_and_the_ledger_agree(released, petra, session):
    answer = petra.post(f"/payout-runs/{released.id}/bank-file")
    orders = orders_in(answer.data)
    assert Money.total((amount for _, amount in orders), "EUR") == Money(2_000_00, "EUR")
    assert "<CtrlSum>2000.00</CtrlSum>" in answer.text
    petra.post(f"/payout-runs/{released.id}/payment", data=PAYMENT)
    assert ledger.balance(session, Account.BANK, "EUR") == Money(-2_000_00, "EUR")
    sheet = load_workbook(BytesIO(petra.get(f"/payout-runs/{released.id}/export?as=xlsx").data))
    head, *rows = sheet.active.values
    assert round(100 * sum(row[head.index("Amount")] for row in rows)) == 2_000_00
    assert {row[head.index("Payout")] for row in rows} == {number for number, _ in orders}


def test_the_bank_file_is_the_same_each_time_and_each_taking_is_written_down(
    released, petra, rita, session
):
    taken = [who.post(f"/payout-runs/{released.id}/bank-file").data for who in (petra, rita)]
    assert taken[0] == taken[1]
    assert session.scalar(select(func.count(PayoutFile.id))) == 1
    uses = select(AuditEntry.actor_name).where(AuditEntry.action == "payout file taken")
    assert set(session.scalars(uses)) == {"Petra Prepares", "Rita Releases"}


def test_pressing_paid_twice_pays_once(paid, petra, session):
    petra.post(f"/payout-runs/{paid.id}/payment", data=PAYMENT)
    assert "already paid" in flashed(petra)
    assert ledger.balance(session, Account.BANK, "EUR") == Money(-2_000_00, "EUR")
    assert session.get_one(PayoutRun, paid.id).status is RunStatus.CLOSED


def test_a_payment_without_a_reference_is_shown_again_with_what_was_typed(released, petra):
    petra.post(f"/payout-runs/{released.id}/bank-file")
    answer = petra.post(
        f"/payout-runs/{released.id}/payment", data={"reference": "", "paid_on": "2026-11-18"}
    )
    assert answer.status_code == 422
    assert "Enter the reference" in answer.text and "2026-11-18" in answer.text


def test_what_the_business_refuses_is_said_on_the_form(released, petra, session):
    answer = petra.post(f"/payout-runs/{released.id}/payment", data=PAYMENT)
    assert answer.status_code == 422
    assert "Make the bank file" in answer.text and "B-2026-77" in answer.text
    assert ledger.balance(session, Account.BANK, "EUR") == Money(0, "EUR")


def test_a_month_that_is_not_closed_is_refused_on_the_form(due, petra):
    answer = petra.post("/payout-runs", data={"period": "2026-11", "currency": "EUR"})
    assert answer.status_code == 422
    assert "not closed yet" in answer.text


def test_one_payout_is_left_out_with_a_reason_and_taken_back_in(run, petra, session):
    payout = session.scalars(select(Payout)).first()
    petra.post(f"/payouts/{payout.id}/exclusion", data={"reason": "under review"})
    assert "under review" in petra.get(f"/payout-runs/{run.id}").text
    assert session.get_one(Payout, payout.id).status is PayoutStatus.HELD
    petra.post(f"/payouts/{payout.id}/inclusion")
    assert session.get_one(Payout, payout.id).status is PayoutStatus.DRAFT


def test_a_failed_payout_tells_finance_and_is_owed_again(released, petra, session, due):
    petra.post(f"/payout-runs/{released.id}/bank-file")
    payout = session.scalars(select(Payout).where(Payout.partner_id == due[0].id)).one()
    for _ in range(2):
        petra.post(f"/payouts/{payout.id}/failure", data={"why": "AC04", "note": ""})
    assert ledger.owed_to(session, due[0].id, "EUR") == Money(1_190_00, "EUR")
    assert "The account is closed." in petra.get(f"/payouts/{payout.id}").text


def test_a_partner_sees_its_own_payouts_and_no_other(paid, due, a, sign_in, session):
    mine, foreign = (
        session.scalars(select(Payout).where(Payout.partner_id == partner.id)).one()
        for partner in due
    )
    client = sign_in(a.seller(due[0]))
    assert mine.number in client.get("/payouts").text
    assert foreign.number not in client.get("/payouts").text
    assert foreign.number not in client.get("/payouts/export?as=csv").text
    page = client.get(f"/payouts/{mine.id}").text
    assert "€1,190.00" in page and "B-2026-77" in page and "Petra" not in page
    for path in (f"/payouts/{foreign.id}", f"/payouts/{foreign.id}/remittance"):
        assert client.get(path).status_code == 404


def test_not_even_its_distributor_sees_what_a_partner_is_paid(paid, due, a, sign_in, session):
    distributor = a.distributor()
    a.parent(due[0], distributor)
    client = sign_in(a.seller(distributor))
    payout = session.scalars(select(Payout).where(Payout.partner_id == due[0].id)).one()
    assert client.get(f"/payouts/{payout.id}").status_code == 404
    assert payout.number not in client.get("/payouts").text


def test_a_partner_knows_nothing_of_a_payout_before_it_is_released(run, due, a, sign_in, session):
    payout = session.scalars(select(Payout).where(Payout.partner_id == due[0].id)).one()
    client = sign_in(a.seller(due[0]))
    assert client.get(f"/payouts/{payout.id}").status_code == 404
    assert payout.number not in client.get("/payouts").text


@pytest.mark.parametrize("path", ["", "/{run}", "/{run}/export"])
def test_runs_are_for_finance_alone(run, due, a, sign_in, path):
    for person in (a.seller(due[0]), a.manager(), a.sales_manager()):
        client = sign_in(person)
        assert client.get(f"/payout-runs{path.format(run=run.id)}").status_code == 403


def test_the_remittance_advice_lists_the_statements_and_their_sum(paid, due, a, sign_in, session):
    payout = session.scalars(select(Payout).where(Payout.partner_id == due[0].id)).one()
    answer = sign_in(a.seller(due[0])).get(f"/payouts/{payout.id}/remittance")
    pages = pypdf.PdfReader(BytesIO(answer.data)).pages
    said = "\n".join(page.extract_text() for page in pages)
    for words in (payout.number, "Alpenrad GmbH", "€1,190.00", "B-2026-77", "ending 2051"):
        assert words in said
    assert "DE02120300000000202051" not in said


def test_no_page_shows_a_whole_account_number(paid, petra, session):
    payout = session.scalars(select(Payout)).first()
    for path in (f"/payout-runs/{paid.id}", f"/payouts/{payout.id}", "/payouts"):
        assert "DE02120300000000202051" not in petra.get(path).text


def test_a_run_prepared_by_command_waits_for_a_person(app, due, session):
    session.commit()
    with app.app_context():
        first, again = (
            CliRunner().invoke(portal, ["payouts", "prepare", "2026-10", "EUR"]) for _ in range(2)
        )
    assert first.exit_code == 0 and "2 payouts, €2,000.00" in first.output
    assert "not paid: Ohne Konto AG" in first.output
    assert again.exit_code == 1 and "still a draft" in again.output


def test_the_books_are_checked_by_command(app, paid, session):
    session.commit()
    with app.app_context():
        done = CliRunner().invoke(portal, ["ledger", "check"])
    assert (done.exit_code, done.output) == (0, "The books agree.\n")


def test_an_administrator_reads_payouts_and_meets_no_closed_door(run, a, sign_in, session):
    payout = session.scalars(select(Payout)).first()
    page = sign_in(a.administrator()).get(f"/payouts/{payout.id}").text
    assert payout.number in page
    assert f"/payout-runs/{run.id}" not in page
    assert "Record as paid" not in page and "Leave out" not in page
