"""The calendar of payouts: its days, and the worker that prepares the runs on them, once."""

from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from sqlalchemy import func, select

from models import payouts, vendor
from models.calendars import BusinessCalendar
from models.errors import Refused
from models.money import Money
from models.notices import Notice
from models.payouts import PayoutRun, PayoutSkip, WhyNot, terms
from models.payouts.calendar import Rhythm, coming, days_of, due_on, must_be_in_order
from models.payouts.reasons import HEADINGS
from models.payouts.terms import PayoutSlot, PayoutTerms, Terms, arrange
from tests.factories_payouts import SEAL
from tests.payout_story import RAILS, eur, hand_over, only_payout, prepare, release

BERLIN = BusinessCalendar("Europe/Berlin", "DE")
RHYTHM = Rhythm(cut_off_business_day=3, review_business_days=2, pay_business_day=8)
CUT_OFF = datetime(2026, 11, 4, 8, 0, tzinfo=UTC)
"""The third business day after October, which is November's third weekday."""


@pytest.fixture(autouse=True)
def books(session):
    yield
    assert payouts.check_books(session) == []


@pytest.fixture
def house(a):
    a.finance(name="Petra Prepares")
    return a.vendor()


def by_the_calendar(session, at=CUT_OFF):
    return payouts.prepare_due(session, rails=RAILS, now=at)


def told(session) -> list[str]:
    return list(session.scalars(select(Notice.title).order_by(Notice.id)))


def test_days_are_business_days_of_the_month_after():
    days = days_of("2026-10", RHYTHM, BERLIN)
    assert days.cut_off == date(2026, 11, 4)
    assert days.release_by == date(2026, 11, 6)
    assert days.pay_on == date(2026, 11, 11)


def test_public_holidays_and_weekends_are_no_business_days():
    """After December come New Year's Day, a Friday, and a weekend."""
    assert days_of("2026-12", RHYTHM, BERLIN).cut_off == date(2027, 1, 6)


@pytest.mark.parametrize(
    "day, month",
    [
        (date(2026, 11, 3), "2026-09"),
        (date(2026, 11, 4), "2026-10"),
        (date(2026, 12, 1), "2026-10"),
    ],
)
def test_the_month_that_is_due_is_the_latest_whose_cut_off_has_come(day, month):
    assert due_on(day, RHYTHM, BERLIN).month == month


def test_the_next_pay_day_is_todays_or_a_later_one():
    assert coming(date(2026, 11, 11), RHYTHM, BERLIN).pay_on == date(2026, 11, 11)
    assert coming(date(2026, 11, 12), RHYTHM, BERLIN).month == "2026-11"


def test_the_money_cannot_leave_before_the_review_is_over():
    with pytest.raises(Refused, match="choose business day 6 or a later one"):
        must_be_in_order(Rhythm(3, 2, 5))
    must_be_in_order(Rhythm(3, 2, 6))


def test_the_worker_prepares_each_currency_on_the_day_and_tells_finance(session, a, house):
    a.payable(100_00)
    dollars = a.partner(currency="USD")
    a.destination_by_hand(dollars)
    a.stated(dollars, 70_00, currency="USD")
    made = by_the_calendar(session)
    assert sorted(run.currency for run in made) == ["EUR", "USD"]
    assert all(run.prepared_by_id is None and run.period == "2026-10" for run in made)
    [letter, _] = session.scalars(select(Notice).order_by(Notice.id))
    assert "ready to release" in letter.title
    assert "One person approves it, another releases it." in letter.body


def test_the_day_before_nothing_is_prepared(session, a, house):
    a.payable(100_00)
    assert by_the_calendar(session, CUT_OFF - timedelta(days=1)) == []


def test_a_second_round_or_a_second_worker_finds_nothing_to_do(session, a, house):
    a.payable(100_00)
    assert len(by_the_calendar(session)) == 1
    assert by_the_calendar(session, CUT_OFF + timedelta(minutes=10)) == []
    assert session.scalar(select(func.count(PayoutRun.id))) == 1


def test_a_worker_that_was_down_on_the_day_prepares_later(session, a, house):
    a.payable(100_00)
    [run] = by_the_calendar(session, CUT_OFF + timedelta(days=12))
    slot = session.scalars(select(PayoutSlot)).one()
    assert (slot.due_on, slot.run_id) == (date(2026, 11, 4), run.id)


def test_a_cancelled_run_of_the_calendar_is_not_prepared_again_by_itself(session, a, house, now):
    a.payable(100_00)
    [run] = by_the_calendar(session)
    payouts.cancel(session, run, reason="too early", by=a.finance().actor(), now=now)
    assert by_the_calendar(session, CUT_OFF + timedelta(days=1)) == []


def test_a_month_that_is_not_closed_is_waited_for_and_said_once(session, a, house):
    a.payable(100_00)
    december = datetime(2026, 12, 3, 8, 0, tzinfo=UTC)
    for _ in range(2):
        assert by_the_calendar(session, december) == []
    assert told(session) == ["2026-11 is not closed: its payout run waits"]
    a.stated(a.partner(), 10_00, period="2026-11")  # closes it
    [run] = by_the_calendar(session, december)
    assert (run.period, only_payout(session, run).amount) == ("2026-11", eur(100_00))


def test_what_a_person_has_prepared_is_not_prepared_again(session, a, house):
    a.payable(100_00)
    run = prepare(session, a.finance().actor(), CUT_OFF)
    a.payable(50_00)
    assert by_the_calendar(session) == []
    assert session.scalars(select(PayoutSlot.run_id)).one() == run.id


def test_a_draft_of_an_earlier_month_is_waited_for(session, a, house):
    a.stated(a.payable(100_00), 90_00, period="2026-09")
    before = prepare(session, a.finance().actor(), CUT_OFF, period="2026-09")
    a.payable(70_00)
    assert by_the_calendar(session) == []
    assert f"waits for run {before.number}" in told(session)[-1]


def test_nobody_who_can_be_paid_is_said_with_the_reasons_and_asked_no_more(session, a, house):
    a.stated(a.partner(name="Nordwind"), 100_00)
    for _ in range(2):
        assert by_the_calendar(session) == []
    [slot] = session.scalars(select(PayoutSlot))
    assert slot.run_id is None and "Nordwind: No bank details" in slot.outcome
    assert told(session) == ["No EUR payout run for 2026-10"]


def test_a_programme_may_prepare_by_hand_only(session, a, house, now):
    a.payable(100_00)
    agreed(session, a, now, is_automatic=False)
    assert by_the_calendar(session) == []


def test_finance_is_reminded_once_of_a_run_whose_review_is_over(session, a, house):
    a.payable(100_00)
    [run] = by_the_calendar(session)
    for day in (6, 7, 8):
        at = datetime(2026, 11, day, 9, 0, tzinfo=UTC)
        payouts.remind_of_release(session, now=at)
    late = [title for title in told(session) if "should have been released" in title]
    assert late == [f"Payout run {run.number} should have been released"]


def test_each_currency_has_its_own_minimum(session, a, house, now):
    agreed(session, a, now, least=[Money(80_00, "EUR"), Money(20_00, "USD")])
    small, large = a.payable(79_99), a.payable(80_00)
    dollars = a.partner(currency="USD")
    a.destination_by_hand(dollars)
    a.stated(dollars, 20_00, currency="USD")
    euros = prepare(session, a.finance().actor(), now)
    assert only_payout(session, euros).partner_id == large.id
    skip = session.scalars(select(PayoutSkip)).one()
    assert (skip.partner_id, skip.why) == (small.id, WhyNot.BELOW_MINIMUM)
    run = prepare(session, a.finance().actor(), now, currency="USD")
    assert only_payout(session, run).partner_id == dollars.id


def test_a_currency_without_a_minimum_pays_any_amount(session, a, house, now):
    yen = a.partner(currency="JPY")
    a.destination_by_hand(yen)
    a.stated(yen, 1, currency="JPY")
    run = prepare(session, a.finance().actor(), now, currency="JPY")
    assert only_payout(session, run).amount == Money(1, "JPY")


def test_terms_are_kept_once_and_what_changed_is_audited(session, a, house, now):
    assert agreed(session, a, now, tail_months=6, least=[Money(5_00, "USD")])
    assert not agreed(session, a, now, tail_months=6, least=[Money(5_00, "USD")])
    assert session.scalar(select(func.count(PayoutTerms.id))) == 1
    assert terms.terms(session).tail_months == 6
    assert terms.minimums(session, house) == {"EUR": house.minimum_payout_minor, "USD": 5_00}
    assert agreed(session, a, now, tail_months=6, least=[Money(0, "USD")])
    assert "USD" not in terms.minimums(session, house)


def test_every_reason_for_not_paying_has_words():
    assert set(HEADINGS) == set(WhyNot)
    assert all(HEADINGS.values())


def agreed(session, a, now, *, least=(), **said) -> bool:
    wanted = Terms(RHYTHM, **said)
    by = a.administrator().actor()
    return arrange(session, vendor.settings(session), wanted, list(least), by=by, now=now)


def asked_for(session, a, now) -> str:
    """The day of execution in the bank file of a run that is handed over now."""
    a.payable(100_00)
    run = prepare(session, a.finance().actor(), now)
    release(session, run, a.finance().actor(), now)
    file = hand_over(session, run, a.finance().actor(), now)
    root = ElementTree.fromstring(SEAL.open(file.content_sealed).encode())
    return next(node.text for node in root.iter() if node.tag.endswith("}Dt"))


def test_the_bank_pays_on_the_calendars_day(session, a, house):
    assert asked_for(session, a, datetime(2026, 11, 5, 10, tzinfo=UTC)) == "2026-11-11"


def test_or_on_the_next_business_day_when_that_day_has_passed(session, a, house, now):
    assert asked_for(session, a, now) == "2026-11-19"
