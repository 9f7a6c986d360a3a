"""Stripe's movements against our books: what differs is shown and stops a release."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import ledger, payouts
from models.errors import Refused
from models.jobs import Job
from models.ledger import Account, Posting
from models.money import Money
from models.notices import Notice
from models.payouts import provider
from models.payouts.provider import Move
from models.payouts.queries import seen_of
from portal.payouts import stripe_looking
from tests.payout_story import eur
from tests.stripe.connection import compare, differences, paid, work
from tests.stripe_standin import Kind
from tests.stripe_story import WITH_STRIPE, sdk


def test_books_that_agree_are_compared_and_say_so(topped_up, finance):
    paid(topped_up, 100_00, 250_00)
    found = compare(topped_up)
    assert (found.moves, found.differences) == (3, 0)
    assert "agree" in finance.get("/stripe").text


def test_a_transfer_made_in_the_dashboard_blocks_the_next_release_until_it_is_explained(
    topped_up, finance
):
    account = topped_up.world.active_account()
    sdk(topped_up.served).v1.transfers.create(
        {"amount": 77_00, "currency": "eur", "destination": account}
    )
    topped_up.world.calls.pop()  # nobody of ours made it
    topped_up.is_whole = False
    compare(topped_up)
    compare(topped_up)
    assert len(differences(topped_up)) == 1
    assert "made at Stripe, not here" in differences(topped_up)[0]
    told = select(func.count(Notice.id)).where(Notice.kind == "stripe-difference")
    assert topped_up.session.scalar(told) >= 1
    with pytest.raises(Refused, match="made at Stripe, not here"):
        topped_up.released(100_00)
    topped_up.session.rollback()
    row = provider.open_differences(topped_up.session)[0]
    url = f"/stripe/differences/{row.id}/explanation"
    assert finance.post(url, data={"reason": ""}).status_code == 422
    assert finance.post(url, data={"reason": "A loan, agreed by the board."}).status_code == 303
    assert finance.post(url, data={"reason": "again"}).status_code == 422
    compare(topped_up)
    assert differences(topped_up) == []
    again(topped_up)
    topped_up.drain()
    assert topped_up.states() == ["paid"]


def again(story):
    """The run that could not be released, released."""
    story.partner(100_00)
    story.release()


def test_transfer_reversed_in_the_dashboard_the_reversal_is_booked_once_and_owed_again(
    topped_up, hooks
):
    paid(topped_up, 100_00)
    attempt = topped_up.attempts()[0]
    sdk(topped_up.served).v1.transfers.reversals.create(attempt.transfer_id, {"amount": 40_00})
    hooks.doubled()
    work(topped_up)
    compare(topped_up)
    assert differences(topped_up) == []
    partner_id = topped_up.payouts()[0].partner_id
    assert ledger.owed_to(topped_up.session, partner_id, "EUR") == eur(40_00)


def test_a_top_up_that_nobody_recorded_is_shown_until_it_is(connected):
    compare(connected)
    assert len(differences(connected)) == 1
    assert "A top-up of 1,000,000.00 EUR" in differences(connected)[0]
    source = provider.open_differences(connected.session)[0].source

    def record(reference, minor=1_000_000_00):
        payouts.transfers.top_up(
            connected.session, Money(minor, "EUR"), reference=reference,
            by=connected.a.finance().actor(), now=connected.world.now,
        )  # fmt: skip

    with pytest.raises(Refused, match="as Stripe shows it; it begins with tu_"):
        record("Bank statement 17")
    record(source)
    connected.topped_up = 1_000_000_00
    connected.session.commit()
    compare(connected)
    assert differences(connected) == []


def test_a_top_up_that_was_recorded_with_another_amount_is_a_difference(topped_up, now):
    source = topped_up.world.all("balance_transaction")[0]["source"]
    move = Move("txn_more", "topup", source, eur(1_000_000_01), eur(0), now)
    provider.compare(topped_up.session, [move], since=now, now=now)
    [said] = differences(topped_up)
    assert said.startswith("A top-up of 1,000,000.01 EUR") and "with 1,000,000.00." in said


def test_what_stripe_does_not_list_is_missing(topped_up, now):
    paid(topped_up, 100_00)
    row = topped_up.attempts()[0]
    later = now + timedelta(hours=3)
    provider.compare(topped_up.session, [], since=now - timedelta(days=1), now=later)
    assert f"paid by {row.transfer_id}, which Stripe does not list" in differences(topped_up)[0]
    provider.compare(
        topped_up.session,
        [Move("txn_1", "transfer", row.transfer_id, -eur(100_00), eur(0), now)],
        since=now - timedelta(days=1),
        now=later,
    )
    assert differences(topped_up) == []


def test_a_fee_is_booked_once(topped_up, now):
    fee = Move("txn_fee", "stripe_fee", "", eur(0), eur(1_25), now)
    for _ in range(2):
        provider.compare(topped_up.session, [fee], since=now, now=now)
    posted = select(func.count(Posting.id)).where(Posting.key == "stripe-fee:txn_fee")
    assert topped_up.session.scalar(posted) == 1
    assert ledger.balance(topped_up.session, Account.FEES, "EUR") == eur(1_25)
    topped_up.session.rollback()


def test_a_payout_of_the_platform_to_our_own_bank_is_a_difference(topped_up, now):
    move = Move("txn_po", "payout", "po_9", -eur(500_00), eur(0), now)
    provider.compare(topped_up.session, [move], since=now, now=now)
    assert "Set the payout schedule of the platform to manual" in differences(topped_up)[0]
    topped_up.session.rollback()


def test_stripe_being_away_asks_again_later_and_changes_nothing(connected):
    connected.served.faults.add(Kind.ERROR_BEFORE, "GET", "/v1/balance_transactions", times=9)
    connected.session.rollback()
    with connected.app.app_context():
        assert stripe_looking.compare({}) > connected.world.now
    assert provider.last_comparison(connected.session) is None


def test_a_night_asks_once_a_day(connected, now):
    for at in (now, now + timedelta(minutes=10), now + timedelta(days=1)):
        with connected.app.app_context():
            stripe_looking.every_night(connected.session, at)
    asked = select(func.count(Job.id)).where(Job.topic == "payouts.compare")
    assert connected.session.scalar(asked) == 2
    connected.session.rollback()


def test_only_finance_sees_what_stripe_holds(connected, sign_in):
    for person in (connected.a.seller(connected.a.partner()), connected.a.manager()):
        client = sign_in(person)
        assert client.get("/stripe").status_code == 403
        assert client.post("/stripe/comparison").status_code == 403


def test_a_run_by_another_rail_is_released_although_stripe_differs(topped_up, now):
    move = Move("txn_x", "adjustment", "", eur(5), eur(0), now)
    provider.compare(topped_up.session, [move], since=now, now=now)
    partner = topped_up.a.partner()
    topped_up.a.destination(partner)
    topped_up.a.stated(partner, 100_00)
    by, other = topped_up.a.finance().actor(), topped_up.a.finance().actor()
    run = payouts.prepare(topped_up.session, "2026-10", "EUR", rails=WITH_STRIPE, by=by, now=now)
    seen = seen_of(topped_up.session, run)
    payouts.release(topped_up.session, run, seen=seen, rails=WITH_STRIPE, by=other, now=now)
    assert run.status == "released"
    topped_up.session.rollback()
