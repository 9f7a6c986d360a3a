"""Many deals by one file, and renewals of what a partner sold: the pages."""

import csv
import io

import pytest
from sqlalchemy import select

from models.deals import Deal, DealStatus, DealType, RenewalNotice
from models.partners import Partner
from portal.deals.batch_file import HEADER, NAMES, SAMPLE
from tests.queries import counting

HEAD = (
    "reference,customer,country,sku,quantity,unit_price,expected_order,problem,"
    "contact_name,contact_email"
)
PROBLEM = "Couriers lose an hour a day because the old cargo bikes break down."


@pytest.fixture
def seller(a):
    a.programme()
    return a.seller(a.partner(currency="EUR"))


@pytest.fixture
def portal(sign_in, seller):
    return sign_in(seller)


def line(a, customer, *, reference="", sku=None, price="900.00", day="2027-02-28", problem=PROBLEM):
    sku = sku or a.sold().sku
    return f"{reference},{customer},DE,{sku},12,{price},{day},{problem},Ruth,ruth@example.com"


def hand_in(portal, *lines, head=HEAD):
    content = "\n".join([head, *lines, ""]).encode()
    return portal.post(
        "/deals/files",
        data={"file": (io.BytesIO(content), "deals.csv")},
        follow_redirects=True,
    )


def test_each_line_says_what_it_became(portal, session, a):
    page = hand_in(
        portal, line(a, "Alder Motors"), line(a, "Birch Bakery", day="28.02.2027"),
        line(a, "Cypress Pharma", problem="Short."), line(a, "Dogwood Dairy", price="1.00"),
        line(a, "Elm Optics", sku="NO-SUCH"),
    )  # fmt: skip
    assert page.status_code == 200
    for said in ("Row 3, expected_order", "at least 50 characters", "Registration starts at",
                 "“NO-SUCH” is not offered"):  # fmt: skip
        assert said in page.text
    (deal,) = session.scalars(select(Deal))
    assert deal.customer_name == "Alder Motors" and deal.status is DealStatus.SUBMITTED
    assert deal.number in page.text


def test_the_same_file_again_registers_nothing(portal, session, a):
    first = line(a, "Alder Motors")
    hand_in(portal, first)
    page = hand_in(portal, first)
    assert "Registered before" in page.text
    assert len(session.scalars(select(Deal)).all()) == 1


def test_refused_lines_come_back_with_the_reason_and_can_be_mended(portal, session, a):
    hand_in(portal, line(a, "Alder Motors"), line(a, "Birch Bakery", day="28.02.2027"))
    report = portal.get("/deals/files").text.split('href="/deals/files/')[2].split('"')[0]
    file = portal.get(f"/deals/files/{report}/refused")
    rows = list(csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"))))
    assert [row["customer"] for row in rows] == ["Birch Bakery"]
    assert rows[0]["expected_order"] == "28.02.2027" and "year-month-day" in rows[0]["why"]
    rows[0]["expected_order"] = "2027-02-28"
    mended = ",".join(f'"{rows[0][name]}"' for name in NAMES)
    assert "Every line is registered" in hand_in(portal, mended, head=",".join(NAMES)).text


def test_lines_with_one_reference_are_one_deal_with_several_products(portal, session, a):
    helmet = a.sold("Helmets").sku
    hand_in(
        portal, line(a, "Alder Motors", reference="A-1"),
        line(a, "Alder Motors", reference="A-1", sku=helmet, price="100.00"),
    )  # fmt: skip
    (deal,) = session.scalars(select(Deal))
    assert deal.value.minor == 12 * (900_00 + 100_00)


def test_one_reference_and_two_customers_is_a_mistake(portal, session, a):
    page = hand_in(
        portal, line(a, "Alder Motors", reference="A"), line(a, "Birch Bakery", reference="A")
    )
    assert "have the same reference and another customer" in page.text
    assert session.scalars(select(Deal)).all() == []


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "The file is empty"), (b"PK\x03\x04", "This is a spreadsheet"),
     (b"customer,colour\nA,red\n", "The column “colour”"),
     (b"customer,country\nA,DE\n", "The header lacks sku")],
)  # fmt: skip
def test_a_file_that_cannot_be_read_as_a_whole_is_refused(portal, content, said):
    page = portal.post("/deals/files", data={"file": (io.BytesIO(content), "a.csv")})
    assert page.status_code == 422 and said in page.text


def test_no_file_is_told_so(portal):
    page = portal.post("/deals/files", data={})
    assert page.status_code == 422 and "Choose a CSV file" in page.text


def test_the_template_fits_its_own_columns(portal):
    text = portal.get("/deals/files/template").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert ",".join(rows[0]) == HEADER and len(rows) == 1 + SAMPLE.count("\n")
    assert {len(row) for row in rows} == {len(NAMES) - 1}


def test_a_rival_and_the_staff_find_no_report_of_somebody_else(portal, sign_in, a):
    hand_in(portal, line(a, "Alder Motors"))
    report = portal.get("/deals/files").text.split('href="/deals/files/')[2].split('"')[0]
    assert sign_in(a.seller(a.partner())).get(f"/deals/files/{report}").status_code == 404
    assert sign_in(a.manager()).get(f"/deals/files/{report}").status_code == 403


def test_the_report_takes_few_questions_however_long_it_is(app, portal, a):
    hand_in(portal, *(line(a, f"Customer {number} GmbH", price="1.00") for number in range(30)))
    report = portal.get("/deals/files").text.split('href="/deals/files/')[2].split('"')[0]
    with counting(app) as asked:
        portal.get(f"/deals/files/{report}")
    assert len(asked) <= 8, asked


def renewed(session, a, seller):
    partner = session.get(Partner, seller.partner_id)
    a.won(partner=partner, by=seller.actor(), customer_name="Kestrel Foods Ltd")
    rival = a.submitted(
        customer_name="Kestrel Foods Ltd", kind=DealType.RENEWAL, previous_order="C-1",
        previous_ends_on=a.now.date(),
    )  # fmt: skip
    session.commit()
    return rival, session.scalars(select(RenewalNotice)).one()


def test_an_incumbent_comments_on_a_renewal_without_learning_whose_it_is(
    portal, session, a, seller, sign_in
):
    rival, notice = renewed(session, a, seller)
    pages = [portal.get("/deals/renewals").text, portal.get(f"/deals/renewals/{notice.id}").text]
    partner = session.get(Partner, rival.partner_id)
    for secret in (rival.number, partner.name, str(rival.id), rival.registered_by_name):
        assert all(secret not in page for page in pages)
    empty = portal.post(f"/deals/renewals/{notice.id}/comment", data={"text": ""})
    assert empty.status_code == 422
    said = {"text": "They have paid us for support until June."}
    assert portal.post(f"/deals/renewals/{notice.id}/comment", data=said).status_code == 303
    twice = portal.post(f"/deals/renewals/{notice.id}/comment", data=said)
    assert twice.status_code == 422 and "has commented already" in twice.text
    assert said["text"] in sign_in(a.manager()).get(f"/deals/{rival.id}").text
    theirs = sign_in(session.get(type(seller), rival.registered_by_id)).get(f"/deals/{rival.id}")
    assert said["text"] not in theirs.text


def test_who_renews_reads_until_when_the_last_seller_may_comment(session, a, seller, sign_in):
    rival, _ = renewed(session, a, seller)
    page = sign_in(session.get(type(seller), rival.registered_by_id)).get(f"/deals/{rival.id}").text
    own = session.get(Partner, seller.partner_id)
    assert "Who holds the contract may comment first" in page and own.name not in page


def test_nobody_else_finds_the_notice(session, a, seller, sign_in):
    _, notice = renewed(session, a, seller)
    stranger = sign_in(a.seller(a.partner()))
    assert stranger.get(f"/deals/renewals/{notice.id}").status_code == 404
    assert stranger.post(f"/deals/renewals/{notice.id}/comment", data={}).status_code == 404
