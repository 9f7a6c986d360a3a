"""How long a customer is kept: warnings, the one extension, the end at the vendor's midnight."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from models import deals
from models.deals import DealStatus, Visibility
from models.errors import Refused
from models.jobs import Job
from models.notices import Notice

LAST_DAY = date(2027, 2, 16)
MIDNIGHT = datetime(2027, 2, 16, 23, 0, tzinfo=UTC)
"""In Berlin, when the last day is over."""


def run_jobs(session, topic: str, *, until: datetime) -> int:
    """What the worker would do up to then; how many jobs."""
    due = session.scalars(
        select(Job).where(Job.topic == topic, Job.run_at <= until).order_by(Job.run_at)
    ).all()
    for job in due:
        deals.JOBS[topic](session, job.payload, job.run_at)
    return len(due)


def ask(session, a, deal, now):
    deals.ask_to_extend(
        session, deal, note="The board meets in March.", by=a.registrant(deal), now=now
    )


def talk(session, a, deal, now):
    deals.comment(
        session, deal, "We showed them two bikes.", visibility=Visibility.ALL,
        by=a.registrant(deal), now=now,
    )  # fmt: skip


def test_protection_ends_at_the_vendors_midnight_after_the_last_day(session, a):
    deal = a.approved()
    assert deal.protected_through == LAST_DAY
    assert not deals.expire(session, deal.id, now=MIDNIGHT - timedelta(seconds=1))
    assert deal.status is DealStatus.APPROVED
    assert run_jobs(session, "deal-expire", until=MIDNIGHT) == 1
    assert deal.status is DealStatus.EXPIRED


def test_expiring_twice_happens_once(session, a):
    deal = a.approved()
    assert deals.expire(session, deal.id, now=MIDNIGHT)
    assert not deals.expire(session, deal.id, now=MIDNIGHT)
    verbs = [event.verb for event in deals.story_of(session, deal.id, with_notes=False)]
    assert verbs.count("expire") == 1


def test_a_lost_job_is_made_good_by_the_round(session, a):
    deal, won = a.approved(), a.won()
    assert deals.expire_due(session, now=MIDNIGHT) == 1
    assert deals.expire_due(session, now=MIDNIGHT) == 0
    assert (deal.status, won.status) == (DealStatus.EXPIRED, DealStatus.WON)


def test_partners_are_reminded_14_7_and_1_days_before(session, a):
    a.approved(customer_name="Kestrel Foods Ltd")
    assert run_jobs(session, "deal-warn", until=MIDNIGHT) == 3
    told = session.scalars(
        select(Notice.title).where(Notice.kind == "deal-expires-soon").order_by(Notice.at)
    )
    assert list(told) == [
        f"Kestrel Foods Ltd: protected for {left} more {day}"
        for left, day in ((14, "days"), (7, "days"), (1, "day"))
    ]


def test_nobody_is_reminded_of_what_is_won(session, a):
    a.won()
    run_jobs(session, "deal-warn", until=MIDNIGHT)
    assert session.scalars(select(Notice).where(Notice.kind == "deal-expires-soon")).all() == []


def test_one_extension_of_thirty_days_is_granted_when_asked_in_time(session, a, now):
    deal = a.approved()
    later = now + timedelta(days=80)
    talk(session, a, deal, later)
    ask(session, a, deal, later)
    with pytest.raises(Refused, match="You have already asked"):
        ask(session, a, deal, later)
    deals.extend(session, deal, by=a.decider(), now=later)
    assert deal.protected_through == LAST_DAY + timedelta(days=30)
    with pytest.raises(Refused, match="not asked for an extension"):
        deals.extend(session, deal, by=a.decider(), now=later)
    with pytest.raises(Refused, match="extended once already"):
        ask(session, a, deal, later)
    run_jobs(session, "deal-expire", until=MIDNIGHT)
    assert deal.status is DealStatus.APPROVED, "the old midnight no longer counts"


def test_an_extension_needs_activity_in_the_last_thirty_days(session, a, now):
    deal = a.approved()
    with pytest.raises(Refused, match="Write a comment on what happened"):
        ask(session, a, deal, now + timedelta(days=80))


def test_asked_before_the_end_it_may_be_granted_after_it(session, a, now):
    deal = a.approved()
    talk(session, a, deal, MIDNIGHT - timedelta(hours=1))
    ask(session, a, deal, MIDNIGHT - timedelta(hours=1))
    deals.expire(session, deal.id, now=MIDNIGHT)
    deals.extend(session, deal, by=a.decider(), now=MIDNIGHT + timedelta(hours=9))
    assert deal.status is DealStatus.APPROVED
    assert deal.protected_through == date(2027, 3, 18)


def test_not_asked_before_the_end_it_is_over(session, a):
    deal = a.approved()
    deals.expire(session, deal.id, now=MIDNIGHT)
    with pytest.raises(Refused, match=r"Counterpart ended the protection of this deal"):
        ask(session, a, deal, MIDNIGHT)
    with pytest.raises(Refused, match="not asked for an extension"):
        deals.extend(session, deal, by=a.decider(), now=MIDNIGHT)


def test_an_expired_deal_is_not_revived_over_somebody_elses_protection(session, a):
    deal = a.approved(customer_name="Kestrel Foods Ltd")
    talk(session, a, deal, MIDNIGHT - timedelta(hours=1))
    ask(session, a, deal, MIDNIGHT - timedelta(hours=1))
    deals.expire(session, deal.id, now=MIDNIGHT)
    rival = a.submitted(customer_name="Kestrel Foods Ltd")
    deals.approve(session, rival, by=a.decider(), now=MIDNIGHT)
    with pytest.raises(Refused, match="is protected for this customer by now"):
        deals.extend(session, deal, by=a.decider(), now=MIDNIGHT)


def test_a_decision_in_time_is_not_escalated(session, a):
    deal = a.submitted()
    due = deal.decide_by
    deals.approve(session, deal, by=a.decider(), now=a.now)
    run_jobs(session, "deal-escalate", until=due + timedelta(days=9))
    late = ("deal-overdue", "deal-escalated", "deal-due-soon", "deal-late")
    assert session.scalars(select(Notice).where(Notice.kind.in_(late))).all() == []


def test_a_won_deal_no_longer_stands_in_a_rivals_way(session, a, now):
    a.won(customer_name="Kestrel Foods Ltd")
    rival = a.submitted(customer_name="Kestrel Foods Ltd")
    deals.approve(session, rival, by=a.decider(), now=now)
    assert rival.status is DealStatus.APPROVED
