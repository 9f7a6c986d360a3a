"""What finance sees and does about payouts by Stripe, in the portal."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import ledger
from models.jobs import Job
from models.ledger import Account
from models.partners import Partner
from models.payouts.transfers import AttemptState, PayoutReversal, claim
from models.payouts.transfers.rules import REVERSE, SEND
from portal.database import transaction
from portal.payouts import stripe_connection
from portal.payouts.stripe_reversing import reverse
from tests.payout_story import eur
from tests.stripe.crashing import connect
from tests.stripe_standin import Kind
from tests.stripe_story import ENVIRONMENT


@pytest.fixture
def finance(story, a, sign_in):
    connect(story)
    return sign_in(a.finance())


def page_of_run(story, finance):
    return finance.get(f"/payout-runs/{story.run.id}").text


def read_balance(story):
    with story.app.app_context():
        stripe_connection.read_balance({})
    story.session.expire_all()


def test_the_run_says_what_it_needs_and_what_lies_at_stripe(story, finance):
    story.world.available["eur"] = 1_234_00
    story.released(2_000_00)
    assert "not read yet" in page_of_run(story, finance)
    read_balance(story)
    text = page_of_run(story, finance)
    assert "1,234.00" in text and "2,000.00" in text
    assert "It lacks" in text and "766.00" in text


def test_a_top_up_is_recorded_once_and_what_waited_is_sent(story, finance):
    story.world.available["eur"] = 80_00
    story.is_whole = False
    story.released(100_00)
    story.send()
    assert story.states() == ["approved"]
    story.world.fund("eur", 100_00)
    url, said = f"/payout-runs/{story.run.id}/top-up", {"amount": "100.00", "reference": "tu_1"}
    assert finance.post(url, data=said).status_code == 303
    again = finance.post(url, data=said)
    assert again.status_code == 422 and "recorded already" in again.text
    assert ledger.balance(story.session, Account.STRIPE_BALANCE, "EUR") == eur(100_00)
    keys = story.session.scalars(select(Job.key).where(Job.topic == SEND)).all()
    assert any(key.endswith("tu_1") for key in keys)
    assert story.send() is None
    assert story.states() == ["paid"]


@pytest.mark.parametrize("amount, says", [("0", "more than nothing"), ("ten", "in digits")])
def test_a_top_up_of_nothing_is_refused(story, finance, amount, says):
    story.released(100_00)
    answer = finance.post(
        f"/payout-runs/{story.run.id}/top-up", data={"amount": amount, "reference": "tu_1"}
    )
    assert answer.status_code == 422 and says in answer.text
    story.drain()


def in_review(story):
    """Somebody has used our key with other parameters."""
    story.released(100_00)
    with story.app.app_context(), transaction() as session:
        [one] = claim(session, story.run.id, environment=ENVIRONMENT, most=1, now=story.world.now)
    other = story.world.active_account()
    story.gateway().transfer(one.params | {"destination": other, "metadata": {}}, one.key)
    story.is_whole = False
    story.world.pass_time(minutes=6)
    story.drain()
    assert story.states() == ["review"]
    return f"/payouts/{story.payouts()[0].id}"


def test_what_is_to_be_decided_is_recorded_as_sent(story, finance):
    url = in_review(story)
    text = finance.get(url).text
    assert "Look at Stripe, then decide" in text
    payout = story.payouts()[0]
    assert "idempotent" not in payout.reason  # the partner reads it
    assert finance.post(f"{url}/transfer", data={"transfer_id": "nonsense"}).status_code == 422
    [made] = story.world.transfers()
    for expected in (303, 422):
        done = finance.post(f"{url}/transfer", data={"transfer_id": made["id"]})
        assert done.status_code == expected
    story.session.expire_all()
    assert (story.states(), story.run_status()) == (["paid"], "closed")


def test_what_is_to_be_decided_is_recorded_as_not_sent_and_owed_again(story, finance):
    url = in_review(story)
    partner_id = story.payouts()[0].partner_id
    said = {"reason": "Looked through the account's transfers with Stripe's support."}
    assert finance.post(f"{url}/no-transfer", data={"reason": ""}).status_code == 422
    for expected in (303, 422):
        assert finance.post(f"{url}/no-transfer", data=said).status_code == expected
    story.session.expire_all()
    assert story.states() == ["failed"]
    assert ledger.owed_to(story.session, partner_id, "EUR") == eur(100_00)


def test_nothing_that_stripe_carries_is_settled_by_hand(story, finance):
    story.released(100_00)
    url = f"/payouts/{story.payouts()[0].id}"
    text = finance.get(url).text
    assert "Record as paid" not in text and "It did not arrive" not in text
    said = {"reference": "B-1", "paid_on": f"{story.world.now:%Y-%m-%d}"}
    refused = finance.post(f"{url}/payment", data=said)
    assert refused.status_code == 422 and "settled by what Stripe answers" in refused.text
    refused = finance.post(f"{url}/failure", data={"why": "AC04", "note": ""})
    assert refused.status_code == 422
    story.drain()


def reverse_all(story):
    with story.app.app_context():
        for row in story.session.scalars(select(Job).where(Job.topic == REVERSE)).all():
            payload = row.payload
            story.session.rollback()
            assert stripe_connection.reverse_one(payload) is None
    story.session.expire_all()


def test_money_taken_back_in_part_is_owed_again_and_the_payout_stands(story, finance):
    story.released(100_00)
    story.drain()
    payout = story.payouts()[0]
    url, partner_id = f"/payouts/{payout.id}", payout.partner_id
    said = {"amount": "40.00", "reason": "Counted twice."}
    assert finance.post(f"{url}/reversal", data=said).status_code == 303
    twice = finance.post(f"{url}/reversal", data=said)
    assert twice.status_code == 422 and "on its way already" in twice.text
    reverse_all(story)
    assert story.world.transfers()[0]["amount_reversed"] == 40_00
    assert ledger.owed_to(story.session, partner_id, "EUR") == eur(40_00)
    assert story.states() == ["paid"]
    assert "Counted twice." in finance.get(url).text
    too_much = finance.post(f"{url}/reversal", data=said | {"amount": "60.01"})
    assert too_much.status_code == 422 and "up to 60" in too_much.text


@pytest.mark.parametrize("kind", [Kind.DROP_AFTER, Kind.ERROR_BEFORE, Kind.DROP_BEFORE])
def test_money_taken_back_whole_is_owed_again_once_whatever_happens_on_the_way(
    story, finance, kind
):
    story.released(100_00)
    story.drain()
    payout = story.payouts()[0]
    said = {"amount": "100.00", "reason": "Wrong partner."}
    finance.post(f"/payouts/{payout.id}/reversal", data=said)
    story.served.faults.add(kind, "POST", "/v1/transfers/.*/reversals")
    with story.app.app_context():
        [row] = story.session.scalars(select(PayoutReversal.id)).all()
        story.session.rollback()
        for expected in (False, True, True):
            again_at = stripe_connection.reverse_one({"reversal": str(row)})
            assert (again_at is None) is expected
    story.session.expire_all()
    assert story.states() == ["failed"]
    assert len(story.world.transfers()[0]["reversals"]["data"]) == 1
    assert ledger.owed_to(story.session, payout.partner_id, "EUR") == eur(100_00)
    story.release()
    story.drain()
    assert story.states() == ["paid"]


@pytest.mark.parametrize("was_done", [True, False])
def test_a_reversal_whose_key_has_lapsed_is_looked_for_and_never_asked_again(
    story, finance, was_done
):
    story.released(100_00)
    story.drain()
    said = {"amount": "30.00", "reason": "Counted twice."}
    finance.post(f"/payouts/{story.payouts()[0].id}/reversal", data=said)
    kind = Kind.DROP_AFTER if was_done else Kind.DROP_BEFORE
    story.served.faults.add(kind, "POST", "/v1/transfers/.*/reversals")
    row = story.session.scalars(select(PayoutReversal.id)).one()
    story.session.rollback()
    later = story.world.now + timedelta(hours=21)
    with story.app.app_context():
        assert stripe_connection.reverse_one({"reversal": str(row)}) is not None
        story.world.now = later
        assert reverse(story.gateway(), row, lambda: later) is None
    story.session.expire_all()
    reversal = story.session.get_one(PayoutReversal, row)
    assert reversal.state is (AttemptState.OK if was_done else AttemptState.REJECTED)
    assert len(story.world.all("transfer_reversal")) == was_done


def test_a_partner_sees_its_payout_and_no_attempt(story, a, sign_in):
    story.released(100_00)
    story.drain()
    payout = story.payouts()[0]
    user = a.seller(story.session.get_one(Partner, payout.partner_id))
    text = sign_in(user).get(f"/payouts/{payout.id}").text
    assert payout.number in text
    assert "Attempts" not in text and "Take back" not in text
