"""Taking a run back: what is refused and why, what is looked for first, and what it leaves."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import payouts
from models.jobs import Job
from models.ledger import Posting
from models.partners.destinations import DestinationKind
from models.payouts import Failure, Payout, PayoutStatement, PayoutStatus, RunStatus
from models.payouts.tables import PayoutEvent, PayoutRunEvent
from models.payouts.transfers.rules import LOOK, LOOK_GOOD_FOR
from tests.letting_go import cancel, happened, payable, prepare, refused, release
from tests.payout_story import only_payout

pytestmark = pytest.mark.usefixtures("balanced_books")


def test_a_run_is_taken_back_with_its_reason(session, a, petra, rita, now, later):
    _, left_out = payable(a), payable(a)
    run = prepare(session, petra, now)
    out = session.scalars(select(Payout).where(Payout.partner_id == left_out.id)).one()
    payouts.exclude(session, out, reason="under review", by=petra, now=now)
    release(session, run, rita, now)
    assert refused(cancel, session, run, petra, now, " ") == "Say why the run is cancelled."
    assert cancel(session, run, petra, later, " Wrong month. ") is True
    assert (run.status, run.settled_at) == (RunStatus.CANCELLED, later)
    assert happened(session, PayoutRunEvent) == ("cancel", later, petra.id, "Petra", "Wrong month.")
    assert happened(session, PayoutEvent) == ("cancel", later, petra.id, "Petra", "Wrong month.")
    posted = select(Posting.at).where(Posting.kind == "payout given back")
    assert session.scalars(posted).all() == [later]
    assert not any(session.scalars(select(PayoutStatement.is_live)))
    assert refused(cancel, session, run, petra, later) == f"Run {run.number} is already cancelled."


@pytest.mark.parametrize("has_failed", [False, True])
def test_a_run_with_a_settled_payment_is_not_taken_back(session, a, petra, rita, now, has_failed):
    payable(a)
    payable(a)
    run = prepare(session, petra, now)
    release(session, run, rita, now)
    one = session.scalars(select(Payout).order_by(Payout.id.desc())).first()
    if has_failed:
        payouts.fail(session, one, why=Failure.OTHER, note="Not known.", by=petra, now=now)
    else:
        payouts.mark_paid(session, one, reference="B-1", paid_on=now.date(), by=petra, now=now)
    assert refused(cancel, session, run, petra, now) == (
        f"Run {run.number} has payments that are settled; it cannot be cancelled."
    )


def test_what_stripe_may_have_is_looked_for_before_it_is_taken_back(
    session, a, petra, rita, now, later
):
    payable(a, DestinationKind.STRIPE)
    payable(a)
    run = prepare(session, petra, now)
    release(session, run, rita, now)
    assert cancel(session, run, petra, later) is False
    run.looked_at = later
    too_old = later + LOOK_GOOD_FOR + timedelta(seconds=1)
    assert cancel(session, run, petra, too_old) is False
    jobs = session.scalars(select(Job).where(Job.topic == LOOK).order_by(Job.run_at)).all()
    assert [(job.key, job.payload, job.run_at) for job in jobs] == [
        (f"{LOOK} {run.id} {at.isoformat()}", {"run": str(run.id)}, at) for at in (later, too_old)
    ]
    assert run.status is RunStatus.RELEASED
    assert cancel(session, run, petra, later + LOOK_GOOD_FOR) is True


def test_what_stripe_cannot_have_is_taken_back_at_once(session, a, petra, rita, now):
    at_stripe, _ = payable(a, DestinationKind.STRIPE), payable(a)
    run = prepare(session, petra, now)
    held = session.scalars(select(Payout).where(Payout.partner_id == at_stripe.id)).one()
    payouts.exclude(session, held, reason="under review", by=petra, now=now)
    release(session, run, rita, now)
    assert cancel(session, run, petra, now) is True


def test_a_draft_is_taken_back_at_once(session, a, petra, now):
    payable(a, DestinationKind.STRIPE)
    run = prepare(session, petra, now)
    assert cancel(session, run, petra, now) is True
    assert only_payout(session, run).status is PayoutStatus.CANCELLED
    assert session.scalars(select(Posting).where(Posting.kind != "commission")).all() == []
