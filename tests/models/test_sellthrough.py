"""Point-of-sale reports: each sale counts once, is routed with a reason and matched to its deal."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from models import customers, sellthrough
from models.calendars import BusinessCalendar
from models.errors import Refused
from models.jobs import Job, JobState
from models.notices import Notice
from models.people import Role
from models.sales import EarningEvent, Invoice
from models.sellthrough import (
    PosLine,
    PosNamedLine,
    PosReport,
    PosRouting,
    ReportState,
    Rhythm,
)
from models.sellthrough.rules import late_from
from models.territories import RoutingLog


@pytest.fixture
def arrow(a):
    """A distributor, with one article to sell."""
    a.programme()
    a.product(sku="FW-100", family=a.family(name="Firewalls"))
    return a.distributor(name="Arrow Supplies")


def lines(session, report=None):
    query = select(PosLine).order_by(PosLine.id)
    return session.scalars(query.where(PosLine.report_id == report.id) if report else query).all()


def routing_of(session, line) -> PosRouting:
    return session.scalars(select(PosRouting).where(PosRouting.line_id == line.id)).one()


def faults(session, a, report, *said):
    found = sellthrough.judge(session, report, said, now=a.now)
    return {(row, fault.column) for row, wrong in found.items() for fault in wrong}


def test_every_line_has_managers_and_the_log_says_why(session, a, arrow):
    munich = a.territory(("postal", "80-81", "DE"), name="Munich",
                         channel_manager_id=a.manager().id)  # fmt: skip
    far = a.sale(row=3, end_user_postal="10115", end_user_name="Spree Rad")
    for line in lines(session, a.pos_report(arrow, a.sale(), far)):
        routing = routing_of(session, line)
        log = session.scalars(select(RoutingLog).where(RoutingLog.about_id == line.id)).one()
        assert log.about_kind == "pos_line" and log.why == routing.why
        assert routing.channel_manager_id and routing.sales_manager_id
        held = line.end_user_postal == "80331"
        assert routing.territory_id == (munich.id if held else None)
        assert ("Munich" in log.why) is held


def test_the_same_file_is_refused_and_the_same_line_counts_once(session, a, arrow):
    first = a.pos_report(arrow, a.sale(), content=b"the file")
    with pytest.raises(Refused, match=f"in already as {first.number}"):
        a.pos_report(arrow, content=b"the file")
    again = a.pos_report(arrow, takes=False)
    more = a.sale(row=3, invoice_number="INV-2")
    assert a.read(again, a.sale(row=9), more) == 1
    assert (first.loaded, again.loaded, again.known) == (1, 1, 1)
    assert a.read(again, a.sale(row=9), more) == 1, "read again after the worker died"
    assert len(lines(session)) == 2
    other = a.distributor()
    assert a.pos_report(other, a.sale()).loaded == 1


def test_equal_lines_of_one_file_are_so_many_sales_in_whichever_file_they_come(session, a, arrow):
    scans = [a.sale(row=row) for row in (2, 3, 4)]
    assert a.pos_report(arrow, *scans).loaded == 3
    again = a.pos_report(arrow, *scans, a.sale(row=5))
    assert (again.loaded, again.known) == (1, 3)
    report = a.pos_report(arrow, *scans[:2], is_correction=True)
    assert (report.replaced, report.known, report.loaded) == (2, 2, 0)


def test_what_a_correction_took_out_comes_back_by_a_correction_alone(session, a, arrow):
    kept, gone = a.sale(row=2), a.sale(row=3, invoice_number="INV-2")
    a.pos_report(arrow, kept, gone)
    a.pos_report(arrow, kept, is_correction=True, content=b"without")
    late = a.pos_report(arrow, takes=False)
    assert faults(session, a, late, kept, gone) == {(3, "")}
    assert a.pos_report(arrow, kept, gone, is_correction=True, content=b"with").loaded == 1
    a.pos_report(arrow, kept, is_correction=True, content=b"without")
    assert [line.replaced_at is None for line in lines(session)].count(True) == 1


def test_a_report_whose_worker_gave_up_holds_up_no_other(session, a, arrow):
    first, second = a.pos_report(arrow, takes=False), a.pos_report(arrow, takes=False)
    assert sellthrough.waits_for_another(session, second, now=a.now)
    job = session.scalars(select(Job).where(Job.key == f"{sellthrough.TOPIC} {first.id}")).one()
    job.state = JobState.DEAD
    assert not sellthrough.waits_for_another(session, second, now=a.now)
    assert first.state is ReportState.REFUSED and "Hand the file in again" in first.refusal


def test_serial_numbers_name_a_sale_and_what_says_otherwise_is_told(session, a, arrow):
    a.pos_report(arrow, a.sale(serials=("A1", "A2"), quantity=2))
    report = a.pos_report(arrow, takes=False)
    cheaper = a.sale(serials=("A2", "A1"), quantity=2, unit_price=Decimal("350.00"))
    (told,) = sellthrough.judge(session, report, [cheaper], now=a.now)[2]
    assert "in already, in POS-2026-11" in told.what and "as a correction" in told.remedy
    assert a.read(report, a.sale(serials=("A2", "A1"), quantity=2)) == 1


def test_a_correction_takes_the_place_of_what_it_does_not_say_again(session, a, arrow):
    reseller = a.partner()
    a.parent(reseller, arrow)
    same, wrong = a.sale(reseller_ref=reseller.number), a.sale(
        row=3, serials=("A1",), invoice_number="INV-2", reseller_ref=reseller.number
    )  # fmt: skip
    first = a.pos_report(arrow, same, wrong)
    other_name = a.pos_report(arrow, a.sale(report="POS-2026-10", invoice_number="INV-0"))
    right = a.sale(row=3, serials=("A1",), invoice_number="INV-2", unit_price=Decimal("300"))
    report = a.pos_report(arrow, same, right, is_correction=True)
    assert (report.loaded, report.known, report.replaced) == (1, 1, 1)
    kept, gone = lines(session, first)
    assert kept.replaced_at is None
    assert (gone.replaced_at, gone.replaced_by_id) == (a.now, report.id)
    assert lines(session, other_name)[0].replaced_at is None
    named = session.scalars(select(PosNamedLine).order_by(PosNamedLine.id)).all()
    assert [line.replaced_at is not None for line in named] == [False, True]


def test_what_cannot_be_right_is_told_by_row_and_column(session, a, arrow):
    report = a.pos_report(arrow, takes=False)
    old = a.now.date() - timedelta(days=181)
    assert faults(
        session, a, report,
        a.sale(row=2, sku="FW-10"), a.sale(row=3, quantity=0),
        a.sale(row=4, unit_price=Decimal("1.005")), a.sale(row=5, unit_price=Decimal("-1")),
        a.sale(row=6, sold_on=date(2026, 11, 19)), a.sale(row=7, sold_on=old),
        a.sale(row=8, end_user_country="ZZ"), a.sale(row=9, serials=("A", "B")),
        a.sale(row=10, report="POS-2026-12"), a.sale(row=11, distributor="P-2222222"),
        a.sale(row=12, invoice_number="9" * 61), a.sale(row=13), a.sale(row=14, currency="JPY"),
        a.sale(row=15, quantity=10**8), a.sale(row=16, unit_price=Decimal(10**15)),
    ) == {
        (2, "sku"), (3, "quantity"), (4, "unit_price"), (5, "unit_price"), (6, "invoice_date"),
        (7, "invoice_date"), (8, "end_user_country"), (9, "serial_numbers"), (10, "report_id"),
        (11, "distributor_id"), (12, "invoice_number"), (15, "quantity"), (16, "unit_price"),
    }  # fmt: skip
    (told,) = sellthrough.judge(session, report, [a.sale(sku="FW-10")], now=a.now)[2]
    assert told.remedy == "Did you mean FW-100?"


def test_a_line_is_matched_to_its_deal_by_number_or_by_customer_and_product(session, a, arrow):
    reseller = a.partner(name="Isar Supplies")
    a.parent(reseller, arrow)
    today = a.now.date()
    deal = a.approved(partner=reseller, family="Firewalls", customer_name="Isar Rad GmbH")
    deal.customer_postal_code = "80331"
    rivals = a.approved(family="Firewalls", customer_name="Spree Rad GmbH")
    said = {"sold_on": today, "reseller_name": "ISAR Supplies"}
    report = a.pos_report(
        arrow,
        a.sale(row=2, deal_number=deal.number.lower(), **said),
        a.sale(row=3, invoice_number="INV-2", **said),
        a.sale(row=4, invoice_number="INV-3", sold_on=today - timedelta(days=1)),
        a.sale(row=5, end_user_name="Spree Rad", **said),
        a.sale(row=6, end_user_name="Spree Rad", deal_number=rivals.number, **said),
        a.sale(row=7, end_user_name="Nobody Known", **said),
        a.sale(row=8, reseller_ref=a.partner().number, sold_on=today),
    )
    found = [routing_of(session, line) for line in lines(session, report)]
    assert [each.deal_id for each in found] == [deal.id, deal.id, *[None] * 4, deal.id]
    reseller_ids = [each.reseller_id for each in found]
    assert reseller_ids == [reseller.id, reseller.id, None, *[reseller.id] * 3, None]
    assert f"The report names {deal.number}" in found[0].deal_why
    assert "within its protection" in found[1].deal_why
    assert "Nobody has customer and product registered" in found[2].deal_why
    assert rivals.number in found[3].deal_why and "sold nothing here" in found[4].deal_why
    assert "no customer that we know" in found[5].deal_why
    assert all(line.deal_id is None for line in lines(session, report)), "the reseller's, not ours"
    named = session.scalars(select(PosNamedLine).order_by(PosNamedLine.id)).all()
    assert [each.deal_id for each in named] == [deal.id, deal.id, None, None, None]
    assert {each.partner_id for each in named} == {reseller.id}
    assert not session.scalars(select(Invoice)).all()
    assert not session.scalars(select(EarningEvent)).all()


def test_a_return_finds_the_sale_that_it_takes_back(session, a, arrow):
    sold = a.sale(row=2, quantity=2, serials=("A1", "A2"), end_user_name="Isar Rad")
    other = a.sale(row=3, quantity=3, invoice_number="INV-2", end_user_name="Spree Rad")
    back = {"sold_on": date(2026, 11, 12)}
    report = a.pos_report(
        arrow,
        a.sale(row=4, quantity=-1, serials=("A2",), invoice_number="CM-1", **back),
        a.sale(row=5, quantity=-2, end_user_name="Spree Rad", invoice_number="CM-2", **back),
        a.sale(row=6, quantity=-2, end_user_name="Spree Rad", invoice_number="CM-3", **back),
        sold, other,
    )  # fmt: skip
    by_row = {line.row: line for line in lines(session, report)}
    assert by_row[4].returns_id == by_row[2].id
    assert by_row[5].returns_id == by_row[3].id
    assert by_row[6].returns_id is None, "only one of them is left"


def test_each_is_told_once_however_many_lines_there_are(session, a, arrow):
    office = a.person(role=Role.PARTNER_ADMINISTRATOR, partner_id=arrow.id)
    manager = a.manager()
    a.territory(("country", "DE"), channel_manager_id=manager.id)
    more = [a.sale(row=n, invoice_number=f"INV-{n}") for n in range(2, 6)]
    report = a.pos_report(arrow, *more, takes=False)
    report.name = "POS-2026-11"
    known = sellthrough.take(session, report, more, now=a.now)
    bad = [[7, "sku", "“X” is no article of ours.", "Write our article number.", []]]
    sellthrough.finish(session, report, bad, known=known, now=a.now)
    told = dict(session.execute(select(Notice.person_id, Notice.title)).all())
    assert told[manager.id] == "Arrow Supplies: 4 lines sold in your territories"
    assert told[office.id] == "POS-2026-11: 1 row to mend"


def test_only_distributors_report(session, a, arrow):
    with pytest.raises(Refused, match="Only distributors"):
        a.pos_report(a.partner())
    with pytest.raises(Refused, match="Only distributors"):
        sellthrough.expect(session, a.partner(), Rhythm.WEEKLY, from_on=a.now.date(),
                           by=a.decider(), now=a.now)  # fmt: skip


def test_a_report_is_late_five_business_days_after_what_it_covers(session, a, arrow):
    germany = BusinessCalendar("Europe/Berlin", "DE")
    assert late_from(germany, date(2026, 10, 31)) == date(2026, 11, 7)
    assert late_from(germany, date(2026, 11, 30)) == date(2026, 12, 8)
    office = a.person(role=Role.PARTNER_ADMINISTRATOR, partner_id=arrow.id)
    arrow.channel_manager_id = a.manager().id
    sellthrough.expect(session, arrow, Rhythm.MONTHLY, from_on=date(2026, 9, 20),
                       by=a.decider(), now=a.now)  # fmt: skip

    def late(now=a.now):
        found = sellthrough.missing(session, germany, now=now)[arrow.id]
        return [(each.words, each.is_late) for each in found]

    assert late() == [("September 2026", True), ("October 2026", True)]
    sellthrough.nothing_sold(session, arrow, date(2026, 9, 1), by=a.decider(), now=a.now)
    with pytest.raises(Refused, match="in already"):
        sellthrough.nothing_sold(session, arrow, date(2026, 9, 1), by=a.decider(), now=a.now)
    assert sellthrough.remind(session, a.now) == 1
    assert sellthrough.remind(session, a.now) == 0
    told = select(Notice.person_id).where(Notice.kind == "pos-late")
    assert set(session.scalars(told)) == {office.id, arrow.channel_manager_id}
    early = a.sale(row=4, sold_on=date(2026, 11, 1))
    octobers = [a.sale(row=row, sold_on=date(2026, 10, 28 + row)) for row in (2, 3)]
    a.pos_report(arrow, *octobers, early)
    assert late() == []
    assert late(a.now + timedelta(days=14)) == [("November 2026", False)]


def test_weeks_begin_on_monday():
    since, today = date(2026, 11, 4), date(2026, 11, 18)
    weeks = list(Rhythm.WEEKLY.ended_before(today, since))
    assert weeks == [date(2026, 11, 9), date(2026, 11, 2)]
    assert Rhythm.WEEKLY.last_day(weeks[0]) == date(2026, 11, 15)
    assert Rhythm.MONTHLY.last_day(date(2026, 2, 1)) == date(2026, 2, 28)


def test_when_customers_are_merged_the_lines_follow(session, a, arrow):
    one = a.customer("Isar Rad GmbH")
    survivor = a.customer("Isar Velo AG")
    (line,) = lines(session, a.pos_report(arrow, a.sale()))
    assert routing_of(session, line).customer_id == one.id
    customers.merge(session, survivor, one, reason="Renamed.", by=a.decider(), now=a.now)
    assert routing_of(session, line).customer_id == survivor.id
    assert session.scalars(select(PosReport.state)).one() is ReportState.DONE
