"""What if: open deals rated by the engine as if they were won, and nothing of it is kept."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from models.commissions import CommissionLine
from models.commissions.holding import held_until
from models.commissions.pipeline import expected, open_deals
from models.commissions.rated import RatedEvent, RatingState
from models.commissions.whatif import next_tier, what_if
from models.deals import Deal
from models.money import Money

TIERS = {
    "type": "tier", "mode": "marginal", "window": "quarter",
    "tiers": [["0", "0.05"], ["10000", "0.10"]],
}  # fmt: skip


@pytest.fixture
def deals(a, session):
    """Two open deals of one partner, of 8,000.00 each."""
    a.plan({"base": TIERS})
    partner = a.partner(currency="EUR")
    for _ in range(2):
        a.approved(partner=partner, value=8_000_00)
    session.flush()
    return open_deals(session, partner.id, now=a.now)


def test_deals_won_together_reach_the_tier_that_none_reaches_alone(session, a, deals):
    of = _partner(session, deals)
    alone = [what_if(session, [d.chance], partner_id=of, now=a.now).total for d in deals]
    today = [replace(deal.chance, on=a.now.date()) for deal in deals]
    both = what_if(session, today, partner_id=of, now=a.now)
    assert alone == [Money(400_00, "EUR")] * 2
    # 2,000.00 of the second one at 5 percent, 6,000.00 at 10 percent
    assert both.total == Money(400_00 + 100_00 + 600_00, "EUR")
    assert both.tier is None


def test_another_value_and_another_day_are_taken_for_the_deals_own(session, a, deals):
    of, first = _partner(session, deals), deals[0].chance
    more = replace(first, value=Money(12_000_00, "EUR"))
    assert what_if(session, [more], partner_id=of, now=a.now).total == Money(700_00, "EUR")
    apart = replace(deals[1].chance, on=date(2027, 1, 4))  # another quarter
    together = what_if(session, [replace(first, on=a.now.date()), apart], partner_id=of, now=a.now)
    assert together.total == Money(800_00, "EUR")


def test_nothing_of_it_is_kept(session, a, deals):
    expected(session, _partner(session, deals), now=a.now)
    for table in (CommissionLine, RatedEvent, RatingState):
        assert session.scalar(select(func.count()).select_from(table)) == 0


def test_the_next_tier_says_how_much_is_left_until_when_and_what_it_lifts(session, a):
    a.plan({"base": TIERS})
    partner = a.partner(currency="EUR")
    a.earned(7_600_00, partner_id=partner.id)
    tier = next_tier(session, partner_id=partner.id, now=a.now)
    assert (tier.left, tier.through) == (Money(2_400_00, "EUR"), date(2026, 12, 31))
    assert (tier.rate, tier.next_rate) == (Decimal("0.05"), Decimal("0.10"))


def test_what_is_held_back_is_told_with_the_day_of_its_release(session, a):
    a.plan({"base": {"type": "flat", "rate": "0.10"}, "holdback": {"pct": "0.10", "days": 30}})
    partner = a.partner(currency="EUR")
    a.earned(1_000_00, partner_id=partner.id)
    told = held_until(session, partner.id, since=a.now.date() - timedelta(days=100))
    assert told == [(a.now.date() + timedelta(days=30), Money(10_00, "EUR"))]


def test_the_uplift_ends_with_the_protection(session, a):
    a.plan({"base": {"type": "flat", "rate": "0.10"}, "dealreg_uplift": "0.05"})
    partner = a.partner(currency="EUR")
    a.approved(partner=partner, value=10_000_00)
    session.flush()
    [deal] = open_deals(session, partner.id, now=a.now)
    through = deal.chance.protected[1]
    earned = [
        what_if(session, [replace(deal.chance, on=on)], partner_id=partner.id, now=a.now).total
        for on in (through, through + timedelta(days=1))
    ]
    assert earned == [Money(1_500_00, "EUR"), Money(1_000_00, "EUR")]


def _partner(session, deals):
    return session.get_one(Deal, deals[0].id).partner_id
