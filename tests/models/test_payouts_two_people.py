"""A run that nobody prepared: one person approves it, another releases exactly that."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import ledger, payouts, vendor
from models.errors import Refused
from models.payouts import Payout, PayoutStatus, RunStatus, standing
from models.payouts.approvals import approvals_of
from models.payouts.queries import seen_of
from models.payouts.rules import Failure
from models.payouts.terms import Terms, arrange
from models.people import SYSTEM
from tests.payout_story import RAILS, eur, hand_over, only_payout, pay, prepare, release

pytestmark = pytest.mark.usefixtures("balanced_books")


@pytest.fixture
def run(session, a, petra, now):
    """Prepared by the system, for two partners."""
    a.payable(100_00, name="Alpenrad GmbH")
    a.payable(200_00, name="Zweirad KG")
    return prepare(session, SYSTEM, now)


def approve(session, run, by, now):
    payouts.approve(session, run, seen=seen_of(session, run), by=by, now=now)


def test_nobody_releases_it_before_somebody_approved_it(session, run, petra, rita, now):
    with pytest.raises(Refused, match="one approves it, another releases it"):
        release(session, run, petra, now)
    assert ledger.owed(session).values() and run.status is RunStatus.DRAFT


def test_who_approved_does_not_release_and_another_does(session, run, petra, rita, now):
    approve(session, run, petra, now)
    with pytest.raises(Refused, match=r"You approved this run.*Ask Rita"):
        release(session, run, petra, now)
    release(session, run, rita, now)
    assert run.released_by_id == rita.id


def test_an_approval_lasts_only_as_long_as_the_run_is_what_it_was(session, run, petra, rita, now):
    approve(session, run, petra, now)
    one = session.scalars(select(Payout).order_by(Payout.id)).first()
    payouts.exclude(session, one, reason="under review", by=rita, now=now)
    with pytest.raises(Refused, match="changed after Petra approved it"):
        release(session, run, rita, now)
    approve(session, run, petra, now)
    release(session, run, rita, now)


def test_approving_twice_approves_once(session, run, petra, rita, now):
    for _ in range(2):
        approve(session, run, petra, now)
    assert len(approvals_of(session, run)) == 1


def test_what_is_approved_is_what_was_seen(session, run, petra, now):
    seen = seen_of(session, run)
    one = session.scalars(select(Payout)).first()
    payouts.exclude(session, one, reason="under review", by=petra, now=now)
    with pytest.raises(Refused, match="Look again, then approve"):
        payouts.approve(session, run, seen=seen, by=petra, now=now)


def test_a_run_that_a_person_prepared_needs_no_approval(session, a, petra, rita, now):
    a.payable(100_00)
    run = prepare(session, petra, now)
    with pytest.raises(Refused, match="another one releases it at once"):
        approve(session, run, rita, now)
    release(session, run, rita, now)


def test_the_system_approves_nothing(session, run, now):
    with pytest.raises(Refused, match="A person approves"):
        approve(session, run, SYSTEM, now)


def test_one_person_is_enough_where_the_programme_says_so(session, a, run, petra, now):
    wanted = Terms(one_person_is_enough=True)
    by = a.administrator().actor()
    arrange(session, vendor.settings(session), wanted, [], by=by, now=now)
    release(session, run, petra, now)
    assert run.status is RunStatus.RELEASED


def test_what_changed_is_listed_and_a_fresh_run_is_prepared_from_what_is_due(
    session, a, run, petra, rita, now
):
    first, second = session.scalars(select(Payout).order_by(Payout.amount_minor))
    payouts.exclude(session, first, reason="under review", by=petra, now=now)
    third = a.payable(300_00, name="Dritte AG")
    a.stated(third, -40_00, period="2026-11")
    assert standing.changes_in(session, run, rails=RAILS, now=now) == []
    a.stated(session.get_one(type(third), second.partner_id), -50_00, period="2026-11")
    [change] = standing.changes_in(session, run, rails=RAILS, now=now)
    assert (change.partner, change.what) == (
        "Zweirad KG",
        "The ledger owes it less than this payout.",
    )
    approve(session, run, petra, now)
    with pytest.raises(Refused, match="Leave it out of the run, or prepare the run again"):
        release(session, run, rita, now)
    a.payable(70_00, name="Vierte AG")
    fresh = payouts.prepare_again(session, run, rails=RAILS, by=petra, now=now)
    assert run.status is RunStatus.CANCELLED
    kept = session.execute(
        select(Payout.amount_minor, Payout.status, Payout.reason)
        .where(Payout.run_id == fresh.id)
        .order_by(Payout.amount_minor)
    ).all()
    assert kept == [
        (70_00, PayoutStatus.DRAFT, ""),
        (100_00, PayoutStatus.HELD, "under review"),
    ]
    release(session, fresh, rita, now)


def test_a_released_run_is_not_prepared_again(session, run, petra, rita, now):
    approve(session, run, petra, now)
    release(session, run, rita, now)
    with pytest.raises(Refused, match="cannot be prepared again"):
        payouts.prepare_again(session, run, rails=RAILS, by=petra, now=now)


def test_what_failed_is_mended_by_the_partner_and_paid_by_a_further_run(
    session, a, petra, rita, now
):
    partner, other = a.payable(100_00), a.payable(200_00)
    run = prepare(session, petra, now)
    release(session, run, rita, now)
    hand_over(session, run, petra, now)
    payout = session.scalars(select(Payout).where(Payout.partner_id == partner.id)).one()
    payouts.fail(session, payout, why=Failure.CLOSED_ACCOUNT, note="", by=petra, now=now)
    pay(session, run, petra, now)
    assert run.status is RunStatus.CLOSED
    a.payable(999_00)  # is due too, but did not fail
    further = payouts.retry(session, run, rails=RAILS, by=petra, now=now + timedelta(days=4))
    again = only_payout(session, further)
    assert (further.seq, again.partner_id, again.amount) == (2, partner.id, eur(100_00))
    assert other.id != partner.id
    with pytest.raises(Refused, match="still a draft"):
        payouts.retry(session, run, rails=RAILS, by=petra, now=now)


def test_there_is_nothing_to_retry_where_nothing_failed(session, a, petra, rita, now):
    a.payable(100_00)
    run = prepare(session, petra, now)
    release(session, run, rita, now)
    with pytest.raises(Refused, match="Nothing of run"):
        payouts.retry(session, run, rails=RAILS, by=petra, now=now)
