"""Four mistakes that would pay twice or lose money: each is made on purpose, and is noticed.

Without its mistake each story ends well, which the first half of each test shows.
"""

import uuid

import pytest
from sqlalchemy.exc import IntegrityError

from models import engine as engines
from models.payouts import Payout
from models.payouts.operations import postings
from models.payouts.transfers import PayoutAttempt, Sent
from models.payouts.transfers.operations import claiming, settling
from models.payouts.transfers.operations.claiming import claim
from models.payouts.transfers.rules import AttemptState, Declined
from models.payouts.transfers.units import from_the_wire
from models.scope import Scope, open_session
from portal.database import transaction
from portal.payouts.stripe_gateway import StripeGateway
from tests.stripe.provider import check_against_stripe
from tests.stripe_standin import Kind
from tests.stripe_story import ENVIRONMENT


@pytest.fixture(params=[False, True], ids=["as it is", "with the mistake"])
def is_mutant(request) -> bool:
    return request.param


@pytest.fixture
def lost_answer(story):
    """A run of which Stripe has carried out a transfer whose answer never came."""
    story.released(100_00, 70_00)
    story.served.faults.add(Kind.DROP_AFTER, "POST", "/v1/transfers")
    return story


def what_is_wrong(story) -> list[str]:
    story.is_broken = True  # looked at here, and not at the end again
    unpaid = [state for state in story.states() if state != "paid"]
    return [*check_against_stripe(story), *unpaid]


def test_a_random_key_would_pay_twice_and_is_noticed(lost_answer, is_mutant, monkeypatch):
    call = StripeGateway.transfer
    if is_mutant:
        monkeypatch.setattr(claiming, "key_of", lambda *_: str(uuid.uuid4()))
        monkeypatch.setattr(
            StripeGateway,
            "transfer",
            lambda own, params, _key: call(own, params, str(uuid.uuid4())),
        )
    lost_answer.drain()
    assert bool(what_is_wrong(lost_answer)) is is_mutant


def test_money_released_on_a_time_out_is_noticed(lost_answer, is_mutant, monkeypatch):
    if is_mutant:

        def release(session, payout, attempt, message, now):
            no = Declined("gone", message)
            settling.settle_locked(session, payout, attempt, no, now=now)

        monkeypatch.setattr(settling, "_unsure", release)
    lost_answer.drain()
    assert bool(what_is_wrong(lost_answer)) is is_mutant


def test_an_amount_recomputed_on_retry_is_noticed(story, is_mutant, monkeypatch):
    story.released(100_00, 70_00)
    story.served.faults.add(Kind.DROP_BEFORE, "POST", "/v1/transfers")
    frozen = claiming._as_claimed
    if is_mutant:

        def recomputed(attempt, now):
            one = frozen(attempt, now)
            if attempt.tries:
                one.params["amount"] += 1
            return one

        monkeypatch.setattr(claiming, "_as_claimed", recomputed)
    story.drain()
    assert bool(what_is_wrong(story)) is is_mutant


def test_a_ledger_key_that_is_not_unique_is_noticed_when_two_settle_at_once(
    story, engine, is_mutant, monkeypatch
):
    story.released(100_00)
    with story.app.app_context(), transaction() as session:
        [one] = claim(session, story.run.id, environment=ENVIRONMENT, most=1, now=story.world.now)
    answer = story.gateway().transfer(one.params, one.key)
    monkeypatch.setattr(settling, "lock", lambda session, thing: None)  # it hides the mistake
    if is_mutant:
        monkeypatch.setattr(postings, "posting_key", lambda *_: f"payout:{uuid.uuid4()}:sent")
    story.session.commit()

    def settle(stale) -> None:
        with open_session(engines.for_writing(engine), Scope.vendor()) as session:
            session.add_all(stale)
            settling.settle(session, one.attempt_id, answer, now=story.world.now)
            session.commit()

    as_both_see_it = [_now(engine, one), _now(engine, one)]
    settle(as_both_see_it[0])
    if is_mutant:
        settle(as_both_see_it[1])
    else:
        with pytest.raises(IntegrityError):
            settle(as_both_see_it[1])
    assert bool(what_is_wrong(story)) is is_mutant


def _now(engine, one) -> list:
    """The payout and its attempt as they stand, for somebody who will not look again."""
    with open_session(engines.for_writing(engine), Scope.vendor()) as session:
        attempt = session.get_one(PayoutAttempt, one.attempt_id)
        payout = session.get_one(Payout, attempt.payout_id)
        session.expunge_all()
    return [attempt, payout]


def test_a_new_attempt_while_the_first_may_have_succeeded_is_refused_by_the_database(story):
    story.released(100_00)
    with story.app.app_context(), transaction() as session:
        claim(session, story.run.id, environment=ENVIRONMENT, most=1, now=story.world.now)
    [first] = story.attempts()
    for state in (AttemptState.OPEN, AttemptState.OK):
        again = PayoutAttempt(
            payout_id=first.payout_id, number=2, key=f"another {state}", params={},
            made_at=story.world.now, state=state,
            transfer_id="tr_1" if state is AttemptState.OK else None,
        )  # fmt: skip
        story.session.add(again)
        with pytest.raises(IntegrityError):
            story.session.flush()
        story.session.rollback()
    story.world.pass_time(minutes=6)
    story.drain()


@pytest.mark.parametrize("change", [{"params": {}}, {"key": "another"}, {"number": 7}])
def test_the_database_refuses_to_change_what_an_attempt_asked_for(story, change):
    story.released(100_00)
    story.drain()
    [attempt] = story.attempts()
    for name, value in change.items():
        setattr(attempt, name, value)
    with pytest.raises(Exception, match="kept as it was"):
        story.session.flush()
    story.session.rollback()


def test_another_amount_under_our_key_is_never_booked_as_ours(story):
    story.released(100_00)
    with story.app.app_context():
        with transaction() as session:
            [one] = claim(
                session, story.run.id, environment=ENVIRONMENT, most=1, now=story.world.now
            )
        answer = story.gateway().transfer(one.params, one.key)
        other = answer.transfer.__class__(
            answer.transfer.id, from_the_wire(1, "eur"), answer.transfer.destination
        )
        with transaction() as session:
            settling.settle(session, one.attempt_id, Sent(other), now=story.world.now)
    assert story.states() == ["review"]
