"""The payout calendar and the minimums on the programme's pages; leavers and debtors."""

import io
import zipfile

import pytest
from sqlalchemy import func, select

from models import partners
from models.payouts.terms import PayoutTerms, minimums, terms
from models.people import Role
from tests.traces import changes

TYPED = {
    "is_automatic": "y",
    "cut_off_business_day": "4",
    "review_business_days": "3",
    "pay_business_day": "10",
    "tail_months": "6",
    "minimum_EUR": "75.00",
    "minimum_USD": "",
    "minimum_JPY": "5000",
}


@pytest.fixture
def house(a):
    for currency in ("EUR", "USD", "JPY"):
        a.partner(currency=currency)
    return a.vendor()


def test_the_administrator_sets_days_minimums_and_the_tail_once(house, a, sign_in, session):
    client = sign_in(a.administrator())
    for _ in range(2):
        assert client.post("/programme/payouts", data=TYPED).status_code == 303
    session.expire_all()
    agreed = terms(session)
    assert (agreed.rhythm.cut_off_business_day, agreed.rhythm.pay_business_day) == (4, 10)
    assert (agreed.tail_months, agreed.one_person_is_enough) == (6, False)
    assert minimums(session, house) == {"EUR": 75_00, "JPY": 5_000}
    assert session.scalar(select(func.count(PayoutTerms.id))) == 1
    assert len(changes(session)) == 1


@pytest.mark.parametrize(
    "name, value, remedy",
    [
        ("pay_business_day", "6", "choose business day 8 or a later one"),
        ("cut_off_business_day", "0", "between 1 and 20"),
        ("minimum_JPY", "1.50", "no decimals"),
        ("minimum_USD", "much", "in digits"),
        ("minimum_USD", "-5", "zero or more"),
    ],
)
def test_what_cannot_be_is_refused_with_the_remedy(house, a, sign_in, session, name, value, remedy):
    answer = sign_in(a.administrator()).post("/programme/payouts", data=TYPED | {name: value})
    assert answer.status_code == 422
    assert remedy in answer.text and value in answer.text
    assert changes(session) == []


def test_other_staff_read_and_partners_do_not_come_here(house, a, sign_in):
    page = sign_in(a.finance()).get("/programme/payouts")
    assert "Pay day" in page.text and "<form class" not in page.text
    assert sign_in(a.finance()).post("/programme/payouts", data=TYPED).status_code == 403
    assert sign_in(a.person()).get("/programme/payouts").status_code == 403


def test_a_leaver_has_a_checklist_and_a_file_to_keep(house, a, sign_in, session, now):
    partner = a.payable(100_00, name="Alpenrad GmbH")
    by = a.manager().actor()
    partners.end(session, partner, by=by, reason="Sold", tail_months=2, now=now)
    client = sign_in(a.administrator())
    assert "Alpenrad GmbH" in client.get("/leavers").text
    page = client.get(f"/leavers/{partner.id}").text
    assert "1 to be paid." in page and "2 months" in page
    assert f"/leavers/{partner.id}" in client.get(f"/partners/{partner.id}").text
    pack = zipfile.ZipFile(io.BytesIO(client.get(f"/leavers/{partner.id}/file").data))
    assert sorted(pack.namelist()) == ["lines.csv", "payouts.csv", "statements.csv"]
    assert "100.00" in pack.read("statements.csv").decode()
    assert client.get(f"/leavers/{a.partner().id}").status_code == 404


def test_who_owes_us_is_a_list_and_a_file(house, a, sign_in):
    a.payable(-30_00, name="Nordwind GmbH")
    client = sign_in(a.finance())
    assert "€30.00" in client.get("/payout-runs/owing").text
    assert "Nordwind GmbH" in client.get("/payout-runs/owing/export").text


def test_settling_is_for_finance_and_the_administrator(house, a, sign_in):
    for role in (Role.CHANNEL_MANAGER, Role.SALES_MANAGER, Role.SELLER):
        client = sign_in(a.person(role=role))
        for path in ("/leavers", "/payout-runs/owing", "/payout-runs/owing/export"):
            assert client.get(path).status_code == 403


def test_a_contract_is_ended_with_the_tail_of_its_agreement(house, a, sign_in, session):
    partner = a.partner()
    client = sign_in(a.manager())
    assert 'name="tail_months"' in client.get(f"/partners/{partner.id}").text
    for months in ("", "99", "4"):
        client.post(
            f"/partners/{partner.id}/ending", data={"reason": "Sold", "tail_months": months}
        )
    assert partners.ending_of(session, partner.id).tail_months == 4
