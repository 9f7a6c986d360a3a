"""Money that may not be released: two people, a balance that has changed, what is owed back."""

import pytest
from sqlalchemy import func, select

from models import ledger, payouts
from models.errors import Refused
from models.payouts import Payout, PayoutStatus
from models.payouts.queries import seen_of
from tests.payout_story import eur
from tests.stripe_story import WITH_STRIPE


def test_clawback_larger_than_the_balance_negative_balance_carried_and_netted(story, a):
    debtor = story.partner(-40_00, period="2026-09")
    a.stated(debtor, 30_00, period="2026-10", asked=0)
    story.partner(100_00)
    story.release()
    assert len(story.payouts()) == 1
    story.drain()
    assert ledger.owed_to(story.session, debtor.id, "EUR") == eur(-10_00)
    assert story.session.scalar(select(func.count(Payout.id))) == 1
    assert story.payouts()[0].status is PayoutStatus.PAID


def test_two_releasers_self_release_changed_balance_second_run_of_a_period(story, a):
    partner = story.partner(100_00)
    by, one, two = (a.finance().actor() for _ in range(3))
    now = story.world.now
    run = payouts.prepare(story.session, "2026-10", "EUR", rails=WITH_STRIPE, by=by, now=now)

    def release(who, seen=None):
        said = seen or seen_of(story.session, run)
        payouts.release(story.session, run, seen=said, rails=WITH_STRIPE, by=who, now=now)

    with pytest.raises(Refused, match="second person"):
        release(by)
    with pytest.raises(Refused, match="changed since"):
        release(one, seen="of yesterday")
    with pytest.raises(Refused, match="still a draft"):
        payouts.prepare(story.session, "2026-10", "EUR", rails=WITH_STRIPE, by=by, now=now)
    story.session.flush()
    release(one)
    with pytest.raises(Refused, match="already released"):
        release(two)
    story.session.commit()
    story.run = run
    story.drain()
    assert ledger.owed_to(story.session, partner.id, "EUR") == eur(0)
    with pytest.raises(Refused, match="Nobody"):
        payouts.prepare(story.session, "2026-10", "EUR", rails=WITH_STRIPE, by=by, now=now)


def test_a_balance_that_fell_after_the_run_was_prepared_is_not_paid(story, a):
    partner = story.partner(100_00)
    by, other = a.finance().actor(), a.finance().actor()
    now = story.world.now
    run = payouts.prepare(story.session, "2026-10", "EUR", rails=WITH_STRIPE, by=by, now=now)
    seen = seen_of(story.session, run)
    a.stated(partner, -30_00, period="2026-11")
    with pytest.raises(Refused, match="owes it less"):
        payouts.release(story.session, run, seen=seen, rails=WITH_STRIPE, by=other, now=now)
    story.session.rollback()
