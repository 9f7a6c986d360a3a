"""A released run: handed over, paid, failed or cancelled, each once; the sums agree."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import ledger, payouts
from models.errors import Refused
from models.ledger import Account
from models.money import Money
from models.notices import Notice
from models.payouts import Failure, Payout, PayoutRun, PayoutStatus, RunStatus
from models.payouts.queries import runs
from portal.payouts.bank_files import orders_in
from tests.factories_payouts import SEAL
from tests.payout_story import eur, hand_over, only_payout, pay, prepare, release


@pytest.fixture(autouse=True)
def books(session):
    yield
    assert payouts.check_books(session) == []


@pytest.fixture
def vendor(a):
    return a.vendor()


@pytest.fixture
def preparer(a, vendor):
    return a.finance(name="Petra Prepares").actor()


@pytest.fixture
def releaser(a):
    return a.finance(name="Rita Releases").actor()


@pytest.fixture
def today(now):
    return now.date()


def test_a_run_is_prepared_released_handed_over_and_paid(
    session, a, preparer, releaser, now, today
):
    partner = a.payable(1_190_00)
    other = a.payable(810_00)
    run = prepare(session, preparer, now)
    assert (run.status, run.seq) == (RunStatus.DRAFT, 1)
    assert ledger.owed_to(session, partner.id, "EUR") == eur(1_190_00)

    release(session, run, releaser, now)
    assert ledger.owed(session) == {}
    assert ledger.balance(session, Account.PAYOUT_CLEARING, "EUR") == eur(-2_000_00)

    file = hand_over(session, run, preparer, now)
    assert file.total == eur(2_000_00)
    assert pay(session, run, preparer, now) == 2

    assert run.status is RunStatus.CLOSED
    assert ledger.balance(session, Account.PAYOUT_CLEARING, "EUR") == eur(0)
    assert ledger.balance(session, Account.BANK, "EUR") == eur(-2_000_00)
    paid = session.scalars(select(Payout).where(Payout.partner_id == other.id)).one()
    assert (paid.status, paid.paid_on, paid.reference) == (PayoutStatus.PAID, today, "B-1")


def test_the_file_the_run_the_statements_and_the_ledger_come_to_the_same_sum(
    session, a, preparer, releaser, now
):
    stated = [a.payable(minor) for minor in (1, 50_00, 99_99, 123_456_78)]
    a.stated(stated[0], 60_00, period="2026-09")
    run = prepare(session, preparer, now)
    release(session, run, releaser, now)
    file = hand_over(session, run, preparer, now)

    content = SEAL.open(file.content_sealed).encode()
    in_file = Money.total((amount for _, amount in orders_in(content)), "EUR")
    in_run = session.execute(runs().where(PayoutRun.id == run.id)).one().total_minor
    reserved = ledger.balance(session, Account.PAYOUT_CLEARING, "EUR")
    assert (
        in_file == file.total == eur(in_run) == -reserved == eur(60_01 + 50_00 + 99_99 + 123_456_78)
    )


def test_the_bank_file_is_made_once_and_is_the_same_later(session, a, preparer, releaser, now):
    a.payable(100_00)
    run = prepare(session, preparer, now)
    with pytest.raises(Refused, match="no bank file"):
        hand_over(session, run, preparer, now)
    release(session, run, releaser, now)
    first = hand_over(session, run, preparer, now)
    again = hand_over(session, run, releaser, now + timedelta(days=3))
    assert first.id == again.id
    assert first.key == run.key


def test_the_bank_file_cannot_be_read_in_the_database(session, a, preparer, releaser, now):
    a.payable(100_00)
    run = prepare(session, preparer, now)
    release(session, run, releaser, now)
    assert "DE02120300000000202051" not in hand_over(session, run, preparer, now).content_sealed


def test_nothing_is_paid_by_sepa_before_its_file_is_made(session, a, preparer, releaser, now):
    a.payable(100_00)
    run = prepare(session, preparer, now)
    release(session, run, releaser, now)
    with pytest.raises(Refused, match="Make the bank file"):
        pay(session, run, preparer, now)


def test_recording_as_paid_twice_pays_once(session, a, preparer, releaser, now, today):
    partner = a.partner()
    a.destination_by_hand(partner)
    a.stated(partner, 100_00)
    run = prepare(session, preparer, now)
    release(session, run, releaser, now)
    payout = only_payout(session, run)
    for _ in range(2):
        payouts.mark_paid(session, payout, reference=" B-1 ", paid_on=today, by=preparer, now=now)
    assert ledger.balance(session, Account.BANK, "EUR") == eur(-100_00)
    with pytest.raises(Refused, match="already recorded as paid on 2026-11-18 with reference B-1"):
        payouts.mark_paid(session, payout, reference="B-2", paid_on=today, by=preparer, now=now)
    assert pay(session, run, preparer, now) == 0


@pytest.mark.parametrize("days", [-1, 1])
def test_the_day_of_payment_lies_between_release_and_today(
    session, a, preparer, releaser, now, today, days
):
    a.payable(100_00)
    run = prepare(session, preparer, now)
    release(session, run, releaser, now)
    hand_over(session, run, preparer, now)
    with pytest.raises(Refused, match="between the release"):
        payouts.mark_run_paid(
            session,
            run,
            reference="B-1",
            paid_on=today + timedelta(days=days),
            by=preparer,
            now=now,
        )


def test_what_failed_is_owed_again_and_the_next_run_pays_it(session, a, preparer, releaser, now):
    partner = a.payable(100_00)
    user = a.seller(partner)
    run = prepare(session, preparer, now)
    release(session, run, releaser, now)
    hand_over(session, run, preparer, now)
    payout = only_payout(session, run)
    payouts.fail(session, payout, why=Failure.CLOSED_ACCOUNT, note="", by=preparer, now=now)
    assert ledger.owed_to(session, partner.id, "EUR") == eur(100_00)
    assert run.status is RunStatus.CLOSED
    told = session.scalars(select(Notice).where(Notice.person_id == user.id)).one()
    assert "The account is closed" in told.body and "bank details anew" in told.body
    with pytest.raises(Refused, match="already recorded as failed"):
        payouts.fail(session, payout, why=Failure.OTHER, note="", by=preparer, now=now)
    assert only_payout(session, prepare(session, preparer, now)).amount == eur(100_00)


def test_what_the_bank_returns_after_it_was_paid_is_owed_again(session, a, preparer, releaser, now):
    partner = a.payable(100_00)
    run = prepare(session, preparer, now)
    release(session, run, releaser, now)
    hand_over(session, run, preparer, now)
    pay(session, run, preparer, now)
    payouts.fail(
        session, only_payout(session, run), why=Failure.OTHER, note="", by=preparer, now=now
    )
    assert ledger.owed_to(session, partner.id, "EUR") == eur(100_00)
    assert ledger.balance(session, Account.BANK, "EUR") == eur(0)


def test_a_cancelled_run_owes_everything_again(session, a, preparer, releaser, now):
    partner = a.payable(100_00)
    run = prepare(session, preparer, now)
    release(session, run, releaser, now)
    payouts.cancel(session, run, reason="wrong month", by=preparer, now=now)
    assert ledger.owed_to(session, partner.id, "EUR") == eur(100_00)
    assert only_payout(session, run).status is PayoutStatus.CANCELLED
    assert prepare(session, preparer, now).seq == 2
    with pytest.raises(Refused, match="already cancelled"):
        payouts.cancel(session, run, reason="wrong month", by=preparer, now=now)


def test_a_run_whose_file_is_made_is_not_cancelled(session, a, preparer, releaser, now):
    a.payable(100_00)
    run = prepare(session, preparer, now)
    release(session, run, releaser, now)
    hand_over(session, run, preparer, now)
    with pytest.raises(Refused) as no:
        payouts.cancel(session, run, reason="wrong month", by=preparer, now=now)
    assert str(no.value) == (
        f"The bank file of run {run.number} has been made. "
        "Record each payment as paid or failed instead."
    )


def test_the_partner_is_told_once_that_it_was_paid(session, a, preparer, releaser, now, today):
    partner = a.payable(1_190_00)
    user = a.seller(partner)
    run = prepare(session, preparer, now)
    release(session, run, releaser, now)
    hand_over(session, run, preparer, now)
    for _ in range(2):
        pay(session, run, preparer, now)
    [told] = session.scalars(select(Notice).where(Notice.person_id == user.id))
    assert told.title == "We paid you 1,190.00 EUR"
    assert told.link == f"/payouts/{only_payout(session, run).id}"
