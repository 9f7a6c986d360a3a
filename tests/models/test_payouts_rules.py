"""The rules by which money is sent: keys, parameters, answers, what was seen, what is brought."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from models.money import Money
from models.payouts.rests import brought
from models.payouts.rules import FAILURES, OURS_TO_MEND, Failure, Seen, fingerprint, remedy
from models.payouts.transfers.rules import (
    Absent,
    Declined,
    Later,
    Mismatch,
    Sent,
    Transfer,
    Unsure,
    Wanted,
    is_spent,
    key_of,
    looked_up,
    meaning,
    params_of,
    pause_after,
    transfer_group,
)

ONE, OTHER = UUID(int=1), UUID(int=2)
GROUP = "live-commission-2026-10-1-EUR"
WANTED = Wanted(GROUP, ONE, Money(12_34, "EUR"), "acct_1", "2026-10", 1, "Commission")
PARAMS = {
    "amount": 1234,
    "currency": "eur",
    "destination": "acct_1",
    "transfer_group": GROUP,
    "description": "Commission",
    "metadata": {"partner": str(ONE), "period": "2026-10", "seq": "1", "attempt": "2"},
}


def test_a_run_and_its_transfers_have_names_made_from_the_business_alone():
    assert transfer_group("live", "commission", "2026-10", 1, "EUR") == GROUP
    assert key_of(GROUP, ONE, 2) == f"{GROUP}:{ONE}:2"
    assert params_of(WANTED, 2) == PARAMS


@pytest.mark.parametrize(
    "status, kind, code, expected",
    [
        (None, "", "", Unsure("no answer  why")),
        (400, "idempotency_error", "", Mismatch("400  why")),
        (409, "idempotency_error", "", Later("409  why")),
        (401, "", "", Later("401  why", needs_a_person=True)),
        (403, "", "", Later("403  why", needs_a_person=True)),
        (409, "", "lock_timeout", Later("409 lock_timeout why")),
        (429, "", "", Later("429  why")),
        (400, "", "rate_limit", Later("400 rate_limit why")),
        (400, "", "balance_insufficient", Declined("balance_insufficient", "why")),
        (402, "", "", Declined("refused", "why")),
        (404, "", "", Declined("refused", "why")),
        (500, "", "", Unsure("500  why")),
        (200, "", "", Unsure("200  why")),
    ],
)
def test_only_an_explicit_no_is_a_no(status, kind, code, expected):
    assert meaning(status, kind=kind, code=code, message="why") == expected


def test_what_is_kept_of_an_answer_is_bounded():
    assert meaning(400, kind="", code="x", message="y" * 500) == Declined("x", "y" * 400)
    assert meaning(500, kind="", code="", message="y" * 500) == Unsure(f"500  {'y' * 395}")
    assert meaning(None, kind="", code="", message=" ") == Unsure("no answer")


def test_the_same_call_is_made_again_ever_later():
    seconds = [pause_after(tries).total_seconds() for tries in range(8)]
    assert seconds == [10, 10, 30, 120, 600, 3600, 3600, 3600]


def test_a_key_is_good_for_twenty_hours(now):
    assert not is_spent(now, now + timedelta(hours=20) - timedelta(microseconds=1))
    assert is_spent(now, now + timedelta(hours=20))


def at_stripe(name, partner=ONE, attempt="2", *, back=()):
    told = {"partner": str(partner), "attempt": attempt}
    reversals = tuple((f"trr_{minor}", Money(minor, "EUR")) for minor in back)
    return Transfer(name, WANTED.amount, "acct_1", told, reversals)


def test_what_is_found_at_stripe_is_this_attempts_or_stops_it():
    own, others = at_stripe("tr_1"), at_stripe("tr_2", OTHER)
    assert looked_up([others, at_stripe("tr_0", attempt="1"), own], PARAMS) == Sent(own)
    assert looked_up([], PARAMS) == looked_up([others], PARAMS) == Absent()
    assert looked_up([replace(own, metadata={})], PARAMS) == Absent()
    first, again = at_stripe("tr_0", attempt="1"), at_stripe("tr_9", attempt="0", back=[12_33])
    assert looked_up([first, again], PARAMS) == Mismatch(
        "Stripe has tr_0, tr_9 for this partner in this run."
    )
    undone = [at_stripe("tr_0", attempt="1", back=[12_34])]
    undone += [at_stripe("tr_9", attempt="0", back=[12_00, 34])]
    assert looked_up(undone, PARAMS) == Absent()


def test_what_was_seen_is_known_by_everything_that_is_paid_in_any_order():
    one = Seen(ONE, Money(5, "EUR"), UUID(int=3), (UUID(int=4), UUID(int=5)))
    two = Seen(OTHER, Money(7, "EUR"), UUID(int=6), ())
    known = fingerprint([one, two])
    assert known == "83ccab423be99fea4b22ceeac4aaab9fc4d627c689fbab31a1fec0055b108261", (
        "approvals that were given before would no longer count"
    )
    assert known == fingerprint([two, replace(one, statement_ids=one.statement_ids[::-1])])
    for other in (
        replace(one, partner_id=UUID(int=9)),
        replace(one, amount=Money(6, "EUR")),
        replace(one, amount=Money(5, "USD")),
        replace(one, destination_id=UUID(int=9)),
        replace(one, statement_ids=(UUID(int=4),)),
    ):
        assert fingerprint([other, two]) != known
    assert fingerprint([one]) != known


def test_each_failure_says_who_has_to_do_what():
    said = {failure: remedy(failure) for failure in FAILURES}
    ending = "; the next payout run pays it again."
    assert said.pop(Failure.NOT_READY) == f"Please finish setting it up under Company{ending}"
    for ours in OURS_TO_MEND:
        assert said.pop(ours) == "You need not do anything: the next payout run pays it again."
    assert set(said.values()) == {f"Please enter your bank details anew under Company{ending}"}


@pytest.mark.parametrize(
    "left, stated, owed, expected",
    [
        (0, 10, 10, 0),
        (-5, 10, 10, -5),
        (5, 10, 15, 5),
        (5, 10, 12, 2),
        (5, 10, 10, 0),
        (5, 10, 9, 0),
        (5, 0, 90, 5),
    ],
)
def test_of_what_is_left_only_what_is_still_owed_is_brought(left, stated, owed, expected):
    assert brought(left, stated, owed) == expected
