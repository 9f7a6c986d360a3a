"""Point-of-sale reports on the pages: handed in, read by the worker, mended, seen by few."""

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from models import privacy, sellthrough
from models.people import Role
from models.privacy import Kept
from models.sellthrough import PosLine, PosNamedLine, PosReport, PosSchedule, Rhythm
from models.territories import RoutingLog
from portal import worker

GOLDEN = Path(__file__).parent.parent / "golden" / "pos"
HEADER = GOLDEN.joinpath("pos_report_bad_rows.csv").read_text().splitlines()[0]
ROW = (
    "POS-2026-11,DIST1,,Isar Supplies,Isar Rad,80331,DE,{sku},{pieces},{price},EUR,{invoice},"
    "2026-11-10,,"
)
END_OF_NOVEMBER = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture
def arrow(a):
    """A distributor with somebody who hands in, and two articles."""
    a.programme()
    for sku in ("FW-100", "SW-48"):
        a.product(sku=sku, name=f"Model {sku}")
    partner = a.distributor(name="Arrow Supplies")
    partner.office = a.person(role=Role.PARTNER_ADMINISTRATOR, partner_id=partner.id)
    return partner


@pytest.fixture
def hand_in(app, session):
    """hand_in(client, content, **form) → the page of the report, once the worker has read it."""

    def handed_in(client, content, **said):
        content = content.encode() if isinstance(content, str) else content
        answer = client.post(
            "/point-of-sale", data={"file": (io.BytesIO(content), "pos.csv")} | said
        )
        assert answer.status_code == 303, answer.text
        session.commit()
        with app.app_context():
            while worker.once(app):
                pass
        session.expire_all()
        return client.get(answer.location).text

    return handed_in


def row(sku="FW-100", pieces=1, price="400.00", invoice="INV-1"):
    return ROW.format(sku=sku, pieces=pieces, price=price, invoice=invoice)


def lines(session):
    return session.scalars(select(PosLine).order_by(PosLine.row)).all()


def test_a_report_as_spreadsheets_write_it_is_read_strictly(a, arrow, sign_in, session, hand_in):
    good = GOLDEN.joinpath("pos_report_rfc4180.csv").read_bytes()
    with time_machine.travel(END_OF_NOVEMBER, tick=False):
        client = sign_in(arrow.office)
        page = hand_in(client, good)
        assert "“1,899.99” has a thousands separator." in page and "Write 1899.99." in page
        assert [line.row for line in lines(session)] == [2, 4, 5]
        page = hand_in(client, good, amounts="comma")
    assert "thousands separator" not in page
    by_row = {line.row: line for line in lines(session)}
    quoted = by_row[3]
    assert (quoted.end_user_name, quoted.end_user_postal) == ("Mercy Hospital\r\nAttn: IT", "02110")
    assert (quoted.unit_minor, by_row[4].quantity) == (189_999, -2)
    assert by_row[2].serials == ["FW100A0001", "FW100A0002"]
    assert by_row[2].end_user_name == 'Acme "The Best" Inc'
    assert by_row[5].reseller_name == '=HYPERLINK("http://x")'
    exported = sign_in(arrow.office).get("/point-of-sale/lines/export?as=csv").text
    assert "'=HYPERLINK" in exported and ",=HYPERLINK" not in exported
    about = select(RoutingLog.about_id).where(RoutingLog.about_kind == "pos_line")
    assert set(session.scalars(about)) == {line.id for line in lines(session)}


def test_each_bad_row_says_how_to_mend_it_and_its_list_is_handed_in_mended(
    a, arrow, sign_in, session, hand_in
):
    with time_machine.travel(END_OF_NOVEMBER, tick=False):
        client = sign_in(arrow.office)
        page = hand_in(client, GOLDEN.joinpath("pos_report_bad_rows.csv").read_bytes())
        for said in ("“NO-SUCH-SKU” is no article of ours.", "The quantity is 0.",
                     "“abc” is not an amount.", "“31/11/2026” is not a date",
                     "“XXQ” is not a currency."):  # fmt: skip
            assert said in page
        report = session.scalars(select(PosReport)).one()
        text = client.get(f"/point-of-sale/{report.id}/rows-to-mend/export").text
        told = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
        assert len(told) == 5 and told[1]["what_to_do"].startswith("Write the pieces")
        mended = text.replace("NO-SUCH-SKU", "FW-100").replace(",0,", ",1,").replace("abc", "400")
        mended = mended.replace("31/11/2026", "2026-11-10").replace("XXQ", "USD")
        assert "every row was good" in hand_in(client, mended.replace("2026-12-25", "2026-11-25"))
    assert len(lines(session)) == 5


def test_of_very_many_rows_to_mend_the_page_says_that_only_the_first_were_kept(
    a, arrow, sign_in, session, hand_in, monkeypatch
):
    monkeypatch.setattr("models.sellthrough.operations.finishing.MOST_PROBLEMS", 2)
    client = sign_in(arrow.office)
    page = hand_in(client, "\n".join([HEADER, *(row(sku="NONE") for _ in range(3))]))
    assert "Only the first 2 of 3 rows to mend were kept." in page
    (report,) = session.scalars(select(PosReport))
    answer = client.get(f"/point-of-sale/{report.id}/rows-to-mend/export")
    assert "first-2-of-3-rows-to-mend" in answer.headers["Content-Disposition"]


def test_a_correction_with_a_bad_row_replaces_nothing(a, arrow, sign_in, session, hand_in):
    client = sign_in(arrow.office)
    hand_in(client, f"{HEADER}\n{row()}\n{row(invoice='INV-2')}\n")
    bad = f"{HEADER}\n{row(price='1')}\n{row(sku='NONE', invoice='INV-2')}\n"
    page = hand_in(client, bad, is_correction="y")
    assert "nothing was replaced" in page and "Row 3, sku" in page
    assert len(lines(session)) == 2
    page = hand_in(client, bad.replace("NONE", "SW-48"), is_correction="y")
    assert "that no longer count" in page
    assert [each.replaced_at is None for each in lines(session)].count(True) == 2
    gone = next(each for each in lines(session) if each.replaced_at)
    assert "A corrected report took its place" in client.get(f"/point-of-sale/lines/{gone.id}").text


def test_what_cannot_be_read_is_refused_with_what_was_typed(a, arrow, sign_in, session, hand_in):
    client = sign_in(arrow.office)
    assert "has no row below its header" in hand_in(client, f"{HEADER}\n")
    odd = row(price="4\x00")
    page = hand_in(client, f"{HEADER}\n{odd}\n", is_correction="y")
    assert "“4” is not an amount." in page
    assert client.get("/point-of-sale/lines?report=%00&q=%00").status_code == 200
    assert "header lacks" in hand_in(client, "report_id,sku\nA,B\n")
    answer = client.post("/point-of-sale", data={"amounts": "comma"})
    assert answer.status_code == 422 and "Choose the CSV file." in answer.text
    assert '<option selected value="comma">' in answer.text
    text = f"{HEADER}\n{row()}\n"
    hand_in(client, text)
    answer = client.post("/point-of-sale", data={"file": (io.BytesIO(text.encode()), "x.csv")})
    assert answer.status_code == 422 and "This file is in already as SR-" in answer.text


def test_a_worker_that_dies_half_way_is_followed_by_one_that_counts_nothing_twice(
    a, arrow, sign_in, session, hand_in, monkeypatch
):
    client = sign_in(arrow.office)
    monkeypatch.setattr("portal.sellthrough.reading.AT_ONCE", 1)
    take, died = sellthrough.take, []

    def dies_once(session, report, some, *, now):
        if some[0].row == 3 and not died:
            died.append(True)
            raise OSError("the machine went off")
        return take(session, report, some, now=now)

    monkeypatch.setattr(sellthrough, "take", dies_once)
    page = hand_in(client, f"{HEADER}\n{row()}\n{row(invoice='INV-2')}\n")
    assert "1 of 2 rows read" in page
    with time_machine.travel(a.now + timedelta(minutes=5), tick=False):
        with client.application.app_context():
            worker.once(client.application)
        page = client.get("/point-of-sale").text
    report = session.scalars(select(PosReport)).one()
    assert (report.loaded, report.known, report.bad) == (2, 0, 0) and "Taken" in page


def test_staff_hand_in_for_a_distributor_and_read_whose_each_line_is(
    a, arrow, sign_in, session, hand_in
):
    reseller = a.partner(name="Isar Supplies")
    a.parent(reseller, arrow)
    deal = a.approved(partner=reseller, customer_name="Isar Rad")
    manager = a.manager(name="Nora New")
    land = a.territory(("country", "DE"), name="Germany", channel_manager_id=manager.id)
    staff = sign_in(manager)
    text = f"{HEADER}\n{row()}\n".replace(",,\n", f",,{deal.number}\n")
    assert staff.post("/point-of-sale", data={}).status_code == 422
    hand_in(staff, text, distributor=str(arrow.id))
    (line,) = lines(session)
    page = staff.get(f"/point-of-sale/lines/{line.id}").text
    assert f"The report names {deal.number}" in page and "Germany" in page and "Nora New" in page
    for narrow, shows in (("deal=yes", True), ("deal=no", False), ("whose=mine", True),
                          (f"manager={manager.id}", True), (f"manager={reseller.id}", False),
                          ("sku=FW-100", True), ("sku=SW-48", False),
                          (f"territory={land.id}", True), ("from=2026-11-11", False),
                          (f"distributor={reseller.id}", False), ("q=isar", True),
                          ("to=2026-11-10", True)):  # fmt: skip
        assert ("INV-1" in staff.get(f"/point-of-sale/lines?{narrow}").text) is shows, narrow
    assert "Nora New" in staff.get("/point-of-sale/lines/export?as=csv").text
    assert "Isar Rad" in staff.get("/routing?whose=mine&kind=pos_line").text


def test_each_reads_its_own_and_a_reseller_no_price(a, arrow, sign_in, session, hand_in):
    reseller = a.partner(name="Isar Supplies")
    a.parent(reseller, arrow)
    deal = a.approved(partner=reseller, customer_name="Isar Rad", family="Bikes")
    office = sign_in(arrow.office)
    hand_in(office, f"{HEADER}\n{row()}\n".replace(",,\n", f",,{deal.number}\n"))
    (line,) = lines(session)
    report = f"/point-of-sale/{line.report_id}"
    own = office.get(f"/point-of-sale/lines/{line.id}").text
    assert "€400.00" in own and "default managers" not in own
    named = sign_in(a.seller(reseller))
    page = named.get("/point-of-sale").text
    assert "Arrow Supplies" in page and "INV-1" in page and deal.number in page
    assert "400" not in page
    rival = sign_in(a.seller(a.distributor()))
    for client in (named, rival):
        for path in (report, f"{report}/rows-to-mend/export", f"/point-of-sale/lines/{line.id}"):
            assert client.get(path).status_code == 404
        assert "INV-1" not in client.get("/point-of-sale/lines").text
        assert "INV-1" not in client.get("/point-of-sale/lines/export?as=csv").text
    assert "INV-1" not in rival.get("/point-of-sale").text
    refused = named.post("/point-of-sale", data={"file": (io.BytesIO(b"x"), "x.csv")})
    assert refused.status_code == 422 and "Only distributors" in refused.text


def test_a_distributor_is_told_what_is_missing_and_says_that_nothing_was_sold(
    a, arrow, sign_in, session
):
    staff, office = sign_in(a.manager()), sign_in(arrow.office)
    page = "/point-of-sale/distributors"
    assert staff.post(page, data={"rhythm": "monthly"}).status_code == 422
    staff.post(page, data={"distributor": str(arrow.id), "rhythm": "monthly"})
    schedule = session.scalars(select(PosSchedule)).one()
    assert schedule.rhythm is Rhythm.MONTHLY
    assert "All in" in staff.get(page).text
    schedule.from_on = a.now.date().replace(month=10, day=1)
    assert "October 2026 is late" in office.get("/point-of-sale").text
    assert "Late" in staff.get(page).text
    assert "1 report is late" in staff.get("/point-of-sale").text
    for said, told in (("", "Press the button"), ("2026-10-01", "Noted: nothing was sold."),
                       ("2026-10-01", "is in already")):  # fmt: skip
        form = {"data": {"first": said}, "follow_redirects": True}
        assert told in office.post("/point-of-sale/nothing-sold", **form).text
    staff.post(page, data={"distributor": str(arrow.id), "rhythm": ""})
    assert not session.scalars(select(PosSchedule)).all()


def test_names_of_end_customers_go_when_their_time_is_over(a, arrow, sign_in, session, hand_in):
    reseller = a.partner(name="Isar Supplies")
    a.parent(reseller, arrow)
    hand_in(sign_in(arrow.office), f"{HEADER}\n{row()}\n{row(sku='NONE')}\n")
    later = a.now + timedelta(days=2 * 365 + 10)
    for past, count in ((a.now, 0), (later, 3), (later, 0)):
        assert privacy.sweep(session, past).get(Kept.END_CUSTOMERS, 0) == count
    session.expire_all()
    for kind in (PosLine, PosNamedLine):
        (line,) = session.scalars(select(kind))
        assert (line.end_user_name, line.end_user_postal, line.quantity) == ("", "", 1)
    assert session.scalars(select(PosReport.problems)).one() == []
