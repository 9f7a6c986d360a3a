"""Several orders under one registration make one win, and earn what was ordered."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import commissions, deals, wins
from models.commissions import CommissionLine, Trigger
from models.deals import DealStatus
from models.errors import Refused
from tests.models.test_wins import earned


def test_several_orders_make_one_win_and_earn_what_was_ordered(session, a):
    a.plan(earning_event=Trigger.WON)
    deal = a.approved(value=10_000_00)
    a.order(deal, number="SO-1", amount_minor=4_000_00, is_complete=False)
    assert deal.status is DealStatus.APPROVED and deal.won_at == a.now
    assert earned(session, a) == 400_00
    a.order(deal, number="SO-2", amount_minor=3_500_00, is_complete=False)
    assert earned(session, a) == 750_00
    wins.complete(session, deal, by=a.registrant(deal), now=a.now)
    assert deal.status is DealStatus.WON
    assert earned(session, a) == 750_00
    progress = wins.progress_of(session, deal.id)
    assert (progress.accepted, progress.accepted_minor) == (2, 7_500_00)


def test_a_part_won_deal_is_invoiced_and_earns_by_its_payments(session, a):
    a.plan()
    deal = a.approved(value=10_000_00)
    a.order(deal, number="SO-1", amount_minor=4_000_00, is_complete=False)
    a.payment(a.invoice(deal=deal, net=4_000_00))
    assert earned(session, a) == 400_00
    a.order(deal, number="SO-2", amount_minor=6_000_00)
    invoice = a.invoice(deal=deal, net=6_000_00)
    a.payment(invoice)
    assert earned(session, a) == 1_000_00
    a.credit_note(invoice, 6_000_00)
    assert earned(session, a) == 400_00


def test_orders_together_above_the_value_wait(session, a):
    deal = a.approved(value=10_000_00)
    a.order(deal, amount_minor=9_000_00, is_complete=False)
    second = a.order(deal, amount_minor=4_000_00)
    assert second.differs == ["amount"] and deal.status is DealStatus.APPROVED
    with pytest.raises(Refused, match="still waits for re-approval"):
        wins.complete(session, deal, by=a.decider(), now=a.now)
    wins.accept(session, deal, second.id, by=a.decider(), now=a.now)
    assert deal.status is DealStatus.WON


def test_far_below_the_value_only_the_manager_says_that_it_is_complete(session, a):
    deal = a.approved(value=10_000_00)
    with pytest.raises(Refused, match="Record the order first"):
        wins.complete(session, deal, by=a.decider(), now=a.now)
    a.order(deal, amount_minor=1_000_00, is_complete=False)
    with pytest.raises(Refused, match="Ask your channel manager"):
        wins.complete(session, deal, by=a.registrant(deal), now=a.now)
    wins.complete(session, deal, by=a.decider(), now=a.now)
    assert deal.status is DealStatus.WON


def test_a_part_won_deal_is_neither_lost_nor_withdrawn_and_is_won_when_protection_ends(session, a):
    deal = a.approved(value=10_000_00)
    a.order(deal, amount_minor=4_000_00, is_complete=False)
    by = a.registrant(deal)
    with pytest.raises(Refused, match="complete instead"):
        deals.lose(session, deal, reason="Gone.", by=by, now=a.now)
    with pytest.raises(Refused, match="complete instead"):
        deals.withdraw(session, deal, by=by, now=a.now)
    rival = a.submitted(customer_name=deal.customer_name)
    with pytest.raises(Refused, match="is protected for"):
        deals.approve(session, rival, by=a.decider(), now=a.now)
    assert deals.expire_due(session, a.now + timedelta(days=100)) == 1
    assert deal.status is DealStatus.WON


def test_live_is_the_same_as_rating_all_at_once(session, a):
    """Whether each order was rated as it came or all of them at the end."""
    a.plan({"base": {"type": "flat", "rate": "0.0833"}}, earning_event=Trigger.WON)
    for each_time in (True, False):
        deal = a.approved(value=10_000_00)
        for minor in (3_333_33, 3_333_33, 3_333_34):
            a.order(deal, amount_minor=minor, is_complete=minor == 3_333_34)
            if each_time:
                a.rate_all()
        a.rate_all()
    lines = session.execute(
        select(CommissionLine.deal_id, CommissionLine.amount_minor).order_by(CommissionLine.id)
    ).all()
    minors = [minor for _, minor in lines]
    assert minors[:3] == minors[3:] == [277_67] * 3
    assert commissions.catch_up(session, now=a.now) == commissions.Caught(0, 0)
