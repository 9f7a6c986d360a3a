"""Claims that hold: minimum, warning, notice, protest, renewal, the end by the vendor's clock."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from models import claims
from models.claims import Change, ClaimStatus
from models.claims.operations.watching import watch
from models.claims.tables import ClaimQuarter
from models.errors import Refused
from models.jobs import Job
from models.partners import Partner
from models.territories import Facts, Territory, TerritoryStatus, preview

MUNICH = ("postal", "80-81", "DE")
DAY = timedelta(days=1)


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def holder_on(session, day: date):
    facts = Facts(on=day, country="DE", postal="80331")
    return preview(session, facts).territory_id


@pytest.fixture
def claim(a):
    """From 18 November 2026 until before 18 November 2027, 92.00 a quarter."""
    return a.holding(MUNICH, minimum_minor=92_00)


def test_a_quarter_below_the_minimum_warns_and_the_next_that_meets_it_ends_the_warning(
    session, a, claim
):
    assert claims.keep_watch(session, at(date(2026, 12, 31))) == 0
    claims.keep_watch(session, at(date(2027, 1, 1)))
    assert claim.status is ClaimStatus.WARNED
    (quarter,) = session.scalars(select(ClaimQuarter))
    assert (quarter.target_minor, quarter.reached_minor) == (44_00, 0)
    assert claims.keep_watch(session, at(date(2027, 1, 2))) == 0  # once only
    a.now = at(date(2027, 2, 1))
    a.won(partner=partner_of(session, claim), customer_postal_code="80331", value=92_00_00)
    claims.keep_watch(session, at(date(2027, 4, 1)))
    assert claim.status is ClaimStatus.ACTIVE
    shown = claims.attainment(session, claim, today=date(2027, 4, 1))
    assert [(each.quarter, each.is_met) for each in shown] == [
        ("2026-Q4", False), ("2027-Q1", True), ("2027-Q2", False),
    ]  # fmt: skip


def test_an_order_that_is_recorded_after_its_quarter_has_closed_counts_for_it(session, a, claim):
    a.now = at(date(2026, 12, 30))
    deal = a.approved(
        partner=partner_of(session, claim), customer_postal_code="80331", value=50_00_00
    )
    a.now = at(date(2027, 1, 2))
    claims.keep_watch(session, a.now)
    assert claim.status is ClaimStatus.WARNED
    a.order(deal, ordered_at=at(date(2026, 12, 31)))
    claims.keep_watch(session, a.now)
    assert claim.status is ClaimStatus.ACTIVE
    first, _ = claims.attainment(session, claim, today=a.now.date())
    assert first.is_met and first.quarter == "2026-Q4"


def partner_of(session, claim):
    return session.get_one(Partner, claim.partner_id)


def test_what_is_won_outside_does_not_count(session, a, claim):
    a.won(partner=partner_of(session, claim), customer_postal_code="10115", value=99_000_00)
    (running,) = claims.attainment(session, claim, today=a.now.date())
    assert running.reached_minor == 0


def test_what_is_won_in_a_later_drawing_of_it_goes_on_counting(session, a, claim):
    land = session.get_one(Territory, claim.territory_id)
    land.status = TerritoryStatus.ENDED
    later = a.territory(MUNICH, owner_id=claim.partner_id, succeeds_id=land.id)
    deal = a.won(partner=partner_of(session, claim), customer_postal_code="80331", value=50_00_00)
    assert deal.territory_id == later.id
    (running,) = claims.attainment(session, claim, today=a.now.date())
    assert running.reached_minor == 50_00_00


def test_a_change_is_announced_in_time_and_holds_on_its_day(session, a, claim, now):
    said = {"note": "We cover it ourselves.", "by": a.decider(), "now": now}
    with pytest.raises(Refused, match="18 December 2026 or later"):
        claims.give_notice(session, claim, Change.END, on=date(2026, 12, 17), **said)
    claims.give_notice(session, claim, Change.OPEN, on=date(2026, 12, 18), **said)
    claims.keep_watch(session, at(date(2026, 12, 17)))
    assert claim.is_exclusive
    claims.keep_watch(session, at(date(2026, 12, 18)))
    assert claim.status is ClaimStatus.ACTIVE and not claim.is_exclusive
    assert not session.get_one(Territory, claim.territory_id).is_exclusive
    assert a.holding(MUNICH, is_exclusive=False).status is ClaimStatus.ACTIVE


def test_a_protested_change_waits_for_somebody_else(session, a, claim, now):
    first, day = a.decider(), date(2026, 12, 18)
    claims.give_notice(session, claim, Change.END, on=day, note="It ends.", by=first, now=now)
    claims.protest(session, claim, text="We have hired two.", by=a.head_of(claim), now=now)
    claims.keep_watch(session, at(day))
    assert claim.status is ClaimStatus.NOTICE
    answer = {"stays": True, "text": "It stays.", "now": now}
    with pytest.raises(Refused, match="somebody else answers"):
        claims.answer_protest(session, claim, by=first, **answer)
    claims.answer_protest(session, claim, by=a.second(), **answer)
    claims.keep_watch(session, at(day))
    assert claim.status is ClaimStatus.ENDED
    assert holder_on(session, day) is None


def test_a_protest_comes_in_the_window_and_may_keep_everything(session, a, claim, now):
    claims.give_notice(session, claim, Change.MINIMUM, on=date(2026, 12, 18), minimum_minor=200_00,
                       note="More.", by=a.decider(), now=now)  # fmt: skip
    late = {"text": "Too much.", "by": a.head_of(claim)}
    with pytest.raises(Refused, match="window"):
        claims.protest(session, claim, now=at(date(2026, 12, 18)), **late)
    claims.protest(session, claim, now=now, **late)
    claims.answer_protest(
        session, claim, stays=False, text="You are right.", by=a.second(), now=now
    )
    assert (claim.status, claim.change, claim.minimum_minor) == (ClaimStatus.ACTIVE, None, 92_00)


def test_who_meets_the_minimum_is_renewed_for_as_long_again(session, a, now):
    claim = a.holding(MUNICH, minimum_minor=1_00, to_on=date(2027, 2, 18))
    a.won(partner=partner_of(session, claim), customer_postal_code="80331")
    claims.keep_watch(session, at(date(2027, 1, 18)))
    assert claim.to_on == date(2027, 2, 18)
    claims.keep_watch(session, at(date(2027, 1, 19)))
    assert claim.to_on == date(2027, 5, 21)
    assert session.get_one(Territory, claim.territory_id).to_on == claim.to_on


def test_who_does_not_is_told_once_and_it_ends(session, a, now):
    claim = a.holding(MUNICH, minimum_minor=1_00, to_on=date(2027, 2, 18))
    for day in (date(2027, 1, 19), date(2027, 1, 20), date(2027, 2, 17)):
        claims.keep_watch(session, at(day))
        assert claim.status is ClaimStatus.WARNED
    claims.keep_watch(session, at(date(2027, 2, 18)))
    assert claim.status is ClaimStatus.EXPIRED


def test_it_is_not_renewed_over_somebody_elses_claim(session, a, now):
    claim = a.holding(MUNICH, minimum_minor=1_00, to_on=date(2027, 2, 18))
    a.won(partner=partner_of(session, claim), customer_postal_code="80331")
    a.holding(("country", "DE"), from_on=date(2027, 2, 18), to_on=date(2028, 2, 18))
    claims.keep_watch(session, at(date(2027, 1, 19)))
    assert claim.to_on == date(2027, 2, 18) and not claim.renews
    assert claims.keep_watch(session, at(date(2027, 1, 20))) == 0


@pytest.mark.parametrize(
    ("zone", "to_on", "last", "first"),
    [
        ("Europe/Berlin", date(2027, 3, 29), "2027-03-28T21:59:59", "2027-03-28T22:00:00"),
        ("Europe/Berlin", date(2027, 3, 28), "2027-03-27T22:59:59", "2027-03-27T23:00:00"),
        ("Europe/Berlin", date(2027, 11, 1), "2027-10-31T22:59:59", "2027-10-31T23:00:00"),
        ("America/Los_Angeles", date(2027, 3, 15), "2027-03-15T06:59:59", "2027-03-15T07:00:00"),
        ("Pacific/Auckland", date(2027, 4, 5), "2027-04-04T11:59:59", "2027-04-04T12:00:00"),
        ("Europe/Berlin", date(2028, 2, 29), "2028-02-28T22:59:59", "2028-02-28T23:00:00"),
        ("Europe/Berlin", date(2028, 3, 1), "2028-02-29T22:59:59", "2028-02-29T23:00:00"),
    ],
)
def test_it_ends_at_the_vendors_midnight_whatever_its_clocks_do(
    session, a, zone, to_on, last, first
):
    a.programme().time_zone = zone
    claim = a.holding(MUNICH, to_on=to_on)
    job = session.scalars(select(Job).where(Job.topic == "claim-end")).one()
    assert job.run_at == datetime.fromisoformat(f"{first}+00:00")
    watch(session, claim.id, now=datetime.fromisoformat(f"{last}+00:00"))
    assert claim.status is ClaimStatus.ACTIVE
    assert holder_on(session, to_on - DAY) == claim.territory_id
    watch(session, claim.id, now=job.run_at)
    assert claim.status is ClaimStatus.EXPIRED
    assert holder_on(session, to_on) is None


def test_one_that_ended_yesterday_holds_no_more_and_is_free_for_others(session, a, now):
    a.programme()
    yesterday = a.now.date() - DAY
    old = a.territory(MUNICH, owner_id=a.partner().id, is_exclusive=True, to_on=yesterday)
    assert holder_on(session, yesterday - DAY) == old.id
    assert holder_on(session, yesterday) is None
    assert a.holding(MUNICH).status is ClaimStatus.ACTIVE


def test_it_begins_at_the_vendors_midnight(session, a):
    claim = a.holding(MUNICH, from_on=date(2027, 3, 28))
    assert holder_on(session, date(2027, 3, 27)) is None
    assert holder_on(session, date(2027, 3, 28)) == claim.territory_id


def test_what_is_given_up_is_free_at_once_and_its_deals_wait_to_be_handed_over(session, a, now):
    claim = a.holding(MUNICH)
    partner = partner_of(session, claim)
    inside = a.submitted(partner=partner, customer_postal_code="80331")
    with pytest.raises(Refused, match="still holds"):
        claims.hand_over(session, claim, [inside.id], by=a.decider(), now=now)
    claims.give_up(session, claim, note="", by=a.head_of(claim), now=now)
    assert claim.status is ClaimStatus.ENDED and claims.open_deals(session, claim) == [inside]
    next_one = a.holding(MUNICH)
    assert claims.hand_over(session, claim, [inside.id], by=a.decider(), now=now) == 1
    assert inside.territory_id == next_one.territory_id and inside.partner_id == partner.id
