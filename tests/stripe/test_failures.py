"""Everything that may go wrong between us and Stripe, and what must happen then.

Each test is a row of the table of failures in docs/payouts.md and bears its words.
"""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import ledger
from models.ledger import Posting
from models.notices import Notice
from models.payouts.transfers import AttemptState, settle
from models.payouts.transfers.operations.claiming import claim
from portal.database import transaction
from tests.payout_story import eur
from tests.stripe_standin import Kind
from tests.stripe_standin.resources.accounts import become
from tests.stripe_story import ENVIRONMENT

TRANSFERS = "/v1/transfers"


def alarms(story) -> list[str]:
    rows = select(Notice.title).where(Notice.kind == "payout-alarm").distinct()
    return list(story.session.scalars(rows))


def test_without_failure_each_payout_is_one_transfer_and_the_run_closes(story):
    story.released(100_00, 250_00, 60_01)
    assert story.send() is None
    assert story.states() == ["paid"] * 3
    assert sorted(amount for _, amount in story.sent()) == [60_01, 100_00, 250_00]
    assert story.run.status == "closed"
    assert story.send() is None
    assert story.calls() == 3


def test_crash_before_the_claim_commits_nothing_is_sent(story):
    story.released(100_00)
    with pytest.raises(ZeroDivisionError), story.app.app_context(), transaction() as session:
        assert claim(session, story.run.id, environment=ENVIRONMENT, most=9, now=story.world.now)
        raise ZeroDivisionError
    assert (story.sent(), story.attempts(), story.states()) == ([], [], ["approved"])
    story.drain()
    assert len(story.sent()) == 1


@pytest.mark.parametrize("called", [False, True])
def test_crash_after_the_claim_before_or_after_the_call_the_same_key_one_transfer(story, called):
    story.released(100_00)
    with story.app.app_context(), transaction() as session:
        [one] = claim(session, story.run.id, environment=ENVIRONMENT, most=9, now=story.world.now)
    if called:
        story.gateway().transfer(one.params, one.key)
    story.send()  # somebody may still be calling
    assert story.calls() == called
    story.world.pass_time(minutes=6)
    story.drain()
    [attempt] = story.attempts()
    assert (attempt.key, attempt.number) == (one.key, 1)
    assert len(story.sent()) == 1


@pytest.mark.parametrize(
    "kind",
    [
        Kind.DROP_BEFORE,
        Kind.DROP_AFTER,
        Kind.TIMEOUT_AFTER,
        Kind.ERROR_BEFORE,
        Kind.PARTIAL,
        Kind.BAD_GATEWAY,
    ],
)
def test_response_lost_time_out_5xx_unparsable_body_unknown_same_key_one_transfer(story, kind):
    story.released(100_00, 70_00)
    story.served.faults.add(kind, "POST", TRANSFERS)
    assert story.send() == story.world.now + timedelta(seconds=10)
    assert sorted(story.states()) == ["paid", "unknown"]
    story.drain()
    assert story.states() == ["paid", "paid"]
    assert len(story.sent()) == len(story.attempts()) == 2


def test_stored_500_although_executed_replay_says_500_list_finds_it_sent(story):
    story.released(100_00)
    story.served.faults.add(Kind.ERROR_AFTER, "POST", TRANSFERS)
    story.send()
    assert story.states() == ["unknown"]
    story.drain()
    assert story.states() == ["paid"]
    assert [attempt.tries for attempt in story.attempts()] == [1]


def test_a_500_that_is_never_mended_is_looked_for_when_its_key_has_lapsed_and_sent_anew(story):
    story.released(100_00)
    story.served.faults.add(Kind.ERROR_BEFORE, "POST", TRANSFERS, times=25)
    story.drain(most=60)
    first, second = story.attempts()
    assert (first.state, second.state) == (AttemptState.ABSENT, AttemptState.OK)
    assert first.key != second.key
    assert second.made_at - first.made_at >= timedelta(hours=20)
    assert len(story.sent()) == 1


@pytest.mark.parametrize("kind", [Kind.TOO_MANY, Kind.IN_USE, Kind.UNAUTHORISED, Kind.FORBIDDEN])
def test_429_409_401_403_same_key_later_no_state_change_401_403_alarm(story, kind):
    story.released(100_00)
    story.served.faults.add(kind, "POST", TRANSFERS)
    assert story.send() > story.world.now
    [attempt] = story.attempts()
    assert (story.states(), attempt.state, attempt.tries) == (["sending"], AttemptState.OPEN, 0)
    is_alarm = kind in (Kind.UNAUTHORISED, Kind.FORBIDDEN)
    assert alarms(story) == (["Stripe refuses our key"] if is_alarm else [])
    story.drain()
    assert [one.key for one in story.attempts()] == [attempt.key]
    assert len(story.sent()) == 1


def test_balance_insufficient_attempt_rejected_stays_reserved_after_top_up_attempt_two(story):
    story.world.available["eur"] = 80_00
    story.is_whole = False
    story.released(100_00)
    again_at = story.send()
    assert again_at > story.world.now
    [attempt] = story.attempts()
    assert (story.states(), attempt.state) == (["approved"], AttemptState.REJECTED)
    assert ledger.owed(story.session) == {}
    assert alarms(story) == ["The balance at Stripe is too low"]
    story.world.fund("eur", 100_00)
    story.world.now = again_at
    story.drain()
    assert [one.number for one in story.attempts()] == [1, 2]
    assert story.states() == ["paid"]


@pytest.mark.parametrize("status", ["restricted", "closed"])
def test_destination_restricted_or_closed_failed_released_told_next_run_picks_it_up(
    story, a, status
):
    partner = story.partner(100_00)
    user = a.seller(partner)
    story.release()
    [account] = story.world.things["account"]
    become(story.world, account, status)
    story.drain()
    assert story.states() == ["failed"]
    assert ledger.owed_to(story.session, partner.id, "EUR") == eur(100_00)
    told = story.session.scalars(select(Notice).where(Notice.person_id == user.id)).one()
    assert "did not arrive" in told.title and "Please" in told.body
    assert "acct_" not in told.body
    become(story.world, account, "active")
    story.release()
    story.drain()
    assert story.states() == ["paid"]
    assert len(story.sent()) == 1


def test_same_key_other_parameters_review_no_money_alarm(story):
    story.released(100_00)
    with story.app.app_context(), transaction() as session:
        [one] = claim(session, story.run.id, environment=ENVIRONMENT, most=9, now=story.world.now)
    other = story.world.active_account()
    story.gateway().transfer(one.params | {"destination": other, "metadata": {}}, one.key)
    story.is_whole = False
    story.world.pass_time(minutes=6)
    story.drain()
    assert story.states() == ["review"]
    assert len(alarms(story)) >= 1
    assert [account for account, _ in story.sent()] == [other]
    assert story.send() is None
    assert story.calls() == 2


def test_two_workers_lease_overlap_one_transfer_the_second_settle_does_nothing(story):
    story.released(100_00)
    with story.app.app_context():
        with transaction() as session:
            [one] = claim(
                session, story.run.id, environment=ENVIRONMENT, most=9, now=story.world.now
            )
        story.world.pass_time(minutes=6)
        with transaction() as session:
            [same] = claim(
                session, story.run.id, environment=ENVIRONMENT, most=9, now=story.world.now
            )
        answers = [story.gateway().transfer(who.params, who.key) for who in (one, same)]
        for answer in answers:
            with transaction() as session:
                settle(session, one.attempt_id, answer, now=story.world.now)
    sent = select(func.count(Posting.id)).where(Posting.kind == "payout sent")
    assert story.session.scalar(sent) == 1
    assert len(story.sent()) == 1


def test_while_one_worker_holds_a_payout_another_passes_it_over(story):
    story.released(100_00, 70_00)
    with story.app.app_context():
        with transaction() as session:
            first = claim(
                session, story.run.id, environment=ENVIRONMENT, most=1, now=story.world.now
            )
        with transaction() as session:
            second = claim(
                session, story.run.id, environment=ENVIRONMENT, most=9, now=story.world.now
            )
    assert len(first) == len(second) == 1
    assert first[0].key != second[0].key
    story.world.pass_time(minutes=6)
    story.drain()


def test_transfer_made_in_the_dashboard_is_told_and_moves_nothing(story):
    story.released(100_00)
    story.is_whole = False
    other = story.world.active_account()
    story.gateway().transfer(
        {"amount": 5_00, "currency": "eur", "destination": other,
         "transfer_group": "test-commission-2026-10-1-EUR"}, "by hand",
    )  # fmt: skip
    story.forgotten.add("by hand")
    story.drain()
    assert alarms(story) == [f"Run {story.run.number}: a transfer that we did not expect"]
    assert story.states() == ["paid"]


def test_database_restored_from_backup_adopt_no_duplicate(story, restore):
    story.released(100_00, 70_00, 60_00)
    backup = restore.keep()
    story.batch = 2
    story.send()
    assert len(story.sent()) == 3
    story.forgotten |= {attempt.key for attempt in story.attempts()}
    restore.bring_back(backup)
    story.world.pass_time(days=2)  # the keys have lapsed: only the look can tell
    assert story.states() == ["approved"] * 3
    before = story.calls()
    story.drain()
    assert story.calls() == before
    assert story.states() == ["paid"] * 3
    assert len(story.sent()) == 3


def test_a_transfer_of_another_amount_is_not_adopted_but_looked_at(story):
    partner = story.partner(100_00)
    story.release()
    story.gateway().transfer(
        {"amount": 80_00, "currency": "eur", "destination": story.account(partner),
         "transfer_group": "test-commission-2026-10-1-EUR",
         "metadata": {"partner": str(partner.id), "attempt": "1"}}, "lost",
    )  # fmt: skip
    story.forgotten.add("lost")
    story.is_whole = False
    story.drain()
    assert story.states() == ["review"]
    assert story.calls() == 1
    assert len(alarms(story)) == 1
