"""The decision's clock: how long, in which calendar, stopped, warned of, run out."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from models import deals
from models.calendars import BusinessCalendar
from models.deals import DealStatus, Question
from models.deals.rules import (
    after_business_time,
    business_time,
    ends_at,
    percent_of_clock,
)
from models.errors import Refused
from models.jobs import Job
from models.notices import Notice
from models.partners import Tier
from models.territories import note_absence

BERLIN = BusinessCalendar("Europe/Berlin", "DE", "BY", frozenset({date(2026, 12, 24)}))
WEDNESDAY = datetime(2026, 11, 18, 10, 30, tzinfo=UTC)


def queued(session, deal):
    """Percent to instant of what the clock will bring."""
    jobs = session.scalars(select(Job).where(Job.topic == "deal-escalate")).all()
    due = deal.decide_by.isoformat()
    return {job.payload["percent"]: job.run_at for job in jobs if job.payload["decide_by"] == due}


def run(session, deal, percent):
    return deals.escalate(
        session, deal.id, decide_by=deal.decide_by, percent=percent,
        now=queued(session, deal)[percent],
    )  # fmt: skip


def told(session, kind):
    return set(session.scalars(select(Notice.person_id).where(Notice.kind == kind)))


def test_the_clock_warns_escalates_and_escalates_again(session, a):
    deal = a.submitted()
    friday = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
    assert queued(session, deal) == {
        75: friday - timedelta(hours=12),
        100: friday,
        150: friday + timedelta(days=3),  # over a weekend
    }


def test_a_tier_may_have_a_clock_of_its_own(session, a):
    a.programme().decision_days_by_tier = {"gold": 1}
    gold, silver = a.partner(tier=Tier.GOLD), a.partner(tier=Tier.SILVER)
    assert a.submitted(partner=gold).decide_by == WEDNESDAY + timedelta(days=1)
    assert a.submitted(partner=silver).decide_by == WEDNESDAY + timedelta(days=2)
    body = select(Notice.body).where(Notice.kind == "deal-received").order_by(Notice.id)
    assert session.scalars(body).first().endswith("We decide within 1 business day.")


def test_holidays_of_the_vendors_state_and_its_own_closed_days_are_free(session, a):
    programme = a.programme()
    programme.holiday_subdivision, programme.closed_days = "BY", ["2026-11-19"]
    assert a.submitted().decide_by == WEDNESDAY + timedelta(days=5)  # Monday
    calendar = programme.calendar
    assert not calendar.is_business_day(date(2027, 1, 6)), "Epiphany is free in Bavaria"


def test_near_the_end_the_managers_are_reminded_and_the_partner_is_not(session, a):
    deal = a.submitted()
    assert run(session, deal, 75)
    assert told(session, "deal-due-soon") == {deal.channel_manager_id, deal.sales_manager_id}
    assert deal.missed_at is None


def test_a_missed_clock_protects_until_we_decide_and_says_so_once(session, a):
    deal = a.submitted()
    due = deal.decide_by
    assert run(session, deal, 100)
    assert not run(session, deal, 100)
    assert deal.missed_at == due and deal.status is DealStatus.SUBMITTED
    assert told(session, "deal-overdue") == {deal.channel_manager_id, deal.sales_manager_id}
    body = session.scalars(select(Notice.body).where(Notice.kind == "deal-late")).one()
    assert body.endswith("You are protected until we decide.")
    verbs = [event.verb for event in deals.story_of(session, deal.id, with_notes=False)]
    assert verbs == ["draft", "submit", "miss"]


def test_at_one_and_a_half_the_next_manager_is_called_once(session, a):
    administrator, other = a.administrator(), a.manager()
    deal = a.submitted()
    assert run(session, deal, 100) and run(session, deal, 150)
    assert not run(session, deal, 150)
    assert deal.escalated_to_id == other.id
    assert told(session, "deal-escalated") == {other.id}
    assert administrator.id not in told(session, "deal-overdue")


def test_the_next_manager_is_that_of_the_territory_above_or_whoever_stands_in(session, a, now):
    a.programme()
    above, stand_in = a.manager(), a.manager()
    europe = a.territory(name="Europe", channel_manager_id=above.id)
    a.territory(("country", "DE"), parent_id=europe.id)
    note_absence(
        session, person_id=above.id, delegate_id=stand_in.id, from_on=now.date(),
        through=now.date() + timedelta(days=30), by=a.decider(), now=now,
    )  # fmt: skip
    deal = a.submitted()
    assert deal.channel_manager_id == stand_in.id
    run(session, deal, 150)
    assert deal.escalated_to_id == a.decider().id, "the default manager, as nobody is above"
    deal.channel_manager_id, deal.escalated_to_id = a.decider().id, None
    run(session, deal, 150)
    assert deal.escalated_to_id == stand_in.id


def test_the_clock_stands_while_information_is_asked(session, a, now):
    deal = a.submitted()
    due = deal.decide_by
    deals.ask(
        session, deal, questions=[Question.CLOSE], text="When?", by=a.decider(), now=now
    )  # fmt: skip
    assert not deals.escalate(
        session, deal.id, decide_by=due, percent=100, now=due + timedelta(days=9)
    )
    later = now + timedelta(days=7)
    before = deals.registration_of(session, deal)
    deals.answer(session, deal, before, note="In May.", by=a.registrant(deal), now=later)
    assert deal.decide_by == due + timedelta(days=7)
    assert queued(session, deal)[75] == datetime(2026, 11, 26, 22, 30, tzinfo=UTC)
    assert not deals.escalate(session, deal.id, decide_by=due, percent=100, now=later)


def test_a_late_decision_is_late_even_if_no_worker_noticed(session, a, now):
    deal = a.submitted()
    due = deal.decide_by
    deals.approve(session, deal, by=a.decider(), now=due + timedelta(hours=1))
    assert deal.missed_at == due
    assert told(session, "deal-late") == set(), "who is approved need not hear that we were late"
    in_time = a.submitted()
    deals.approve(session, in_time, by=a.decider(), now=in_time.decide_by)
    assert in_time.missed_at is None


def test_nobody_is_extended_past_a_rival_whom_we_kept_waiting(session, a, now):
    first = a.approved(customer_name="Kestrel Foods Ltd")
    end = datetime(2027, 2, 16, 23, 0, tzinfo=UTC)
    deals.comment(
        session, first, "They like it.", visibility=deals.Visibility.ALL,
        by=a.registrant(first), now=end - timedelta(hours=2),
    )  # fmt: skip
    asked_at = end - timedelta(hours=1)
    deals.ask_to_extend(session, first, note="March.", by=a.registrant(first), now=asked_at)
    deals.expire(session, first.id, now=end)
    rival = a.submitted(customer_name="Kestrel Foods Ltd")
    rival.missed_at = rival.decide_by
    session.flush()
    with pytest.raises(Refused, match=r"protected until we decide"):
        deals.extend(session, first, by=a.decider(), now=end)


def test_a_decided_clock_brings_nothing(session, a, now):
    deal = a.submitted()
    at = queued(session, deal)
    due = deal.decide_by
    deals.approve(session, deal, by=a.decider(), now=now)
    for percent in (75, 100, 150):
        assert not deals.escalate(session, deal.id, decide_by=due, percent=percent, now=at[percent])


HOURS = st.integers(0, 24 * 40).map(lambda hours: timedelta(hours=hours))


@given(HOURS, HOURS)
def test_business_time_runs_back_and_forth(begin, more):
    start = BERLIN.add_business_days(WEDNESDAY + begin, 0)
    end = after_business_time(BERLIN, start, more)
    assert BERLIN.is_business_day(BERLIN.day_of(end))
    assert abs(business_time(BERLIN, start, end) - more) <= timedelta(days=1)
    assert business_time(BERLIN, end, start) == timedelta()


def test_a_share_of_the_clock_that_is_over_warns_of_nothing():
    due = BERLIN.add_business_days(WEDNESDAY, 2)
    said = {"decide_by": due, "business_days": 2}
    at = percent_of_clock(BERLIN, running_since=WEDNESDAY, percent=50, **said)
    assert at == WEDNESDAY + timedelta(days=1)
    assert percent_of_clock(BERLIN, running_since=at, percent=50, **said) is None


@pytest.mark.parametrize(
    ("zone", "through", "end"),
    [
        ("Europe/Berlin", date(2027, 3, 27), datetime(2027, 3, 27, 23, tzinfo=UTC)),
        ("Europe/Berlin", date(2027, 3, 28), datetime(2027, 3, 28, 22, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 10, 25), datetime(2026, 10, 25, 23, tzinfo=UTC)),
        ("America/Los_Angeles", date(2027, 3, 14), datetime(2027, 3, 15, 7, tzinfo=UTC)),
        ("Pacific/Auckland", date(2027, 4, 4), datetime(2027, 4, 4, 12, tzinfo=UTC)),
        ("America/Havana", date(2027, 3, 13), datetime(2027, 3, 14, 5, tzinfo=UTC)),
    ],
)
def test_the_last_day_ends_at_local_midnight_also_when_clocks_change(zone, through, end):
    """In Havana there is no midnight that night: the day begins at one."""
    assert ends_at(through, zone) == end


def test_a_protection_over_the_change_of_clocks_ends_and_reminds_by_the_local_clock(session, a):
    a.programme(time_zone="Europe/Berlin").protection_days = 131  # through 29 March, in summer
    deal = a.approved()
    jobs = {job.topic: job for job in session.scalars(select(Job).order_by(Job.run_at))}
    assert jobs["deal-expire"].run_at == datetime(2027, 3, 29, 22, tzinfo=UTC)
    warned = select(Job.run_at).where(Job.topic == "deal-warn").order_by(Job.run_at)
    assert [at.hour for at in session.scalars(warned)] == [7, 7, 6]  # eight o'clock in Berlin
    assert not deals.expire(session, deal.id, now=datetime(2027, 3, 29, 21, 59, tzinfo=UTC))
    assert deals.expire(session, deal.id, now=datetime(2027, 3, 29, 22, tzinfo=UTC))
