"""Letting a run go: what is said, word for word, and what it leaves behind."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.dialects import postgresql

from models import payouts
from models.audit import AuditEntry
from models.jobs import Job
from models.ledger import Posting
from models.partners.destinations import DestinationKind
from models.payouts import Payout, RunStatus
from models.payouts.approvals import approvals_of
from models.payouts.operations import releasing
from models.payouts.provider.tables import ProviderDifference
from models.payouts.queries import seen_of
from models.payouts.tables import PayoutEvent, PayoutRunEvent
from models.payouts.transfers.rules import SEND
from models.people import SYSTEM, PersonStatus, Role
from tests.letting_go import happened, payable, prepare, refused, release
from tests.payout_story import pay

pytestmark = pytest.mark.usefixtures("balanced_books")


def approve(session, run, by, now, seen=None):
    payouts.approve(session, run, seen=seen or seen_of(session, run), by=by, now=now)


def leave_out(session, run, by, now):
    for payout in session.scalars(select(Payout).where(Payout.run_id == run.id)):
        payouts.exclude(session, payout, reason="under review", by=by, now=now)


def test_what_an_approval_refuses_says_why(session, a, petra, rita, now):
    payable(a)
    run = prepare(session, petra, now)
    assert refused(approve, session, run, rita, now) == (
        f"A person prepared run {run.number}; another one releases it at once."
    )
    release(session, run, rita, now)
    assert refused(approve, session, run, rita, now) == (
        f"Run {run.number} is released: there is nothing to approve."
    )


def test_an_approval_of_what_nobody_prepared(session, a, petra, rita, now, later):
    payable(a)
    payable(a)
    run = prepare(session, SYSTEM, now)
    assert refused(approve, session, run, SYSTEM, now) == (
        "A person approves a run, never the system."
    )
    assert refused(approve, session, run, petra, now, "of yesterday") == (
        "This run has changed since you looked at it. Look again, then approve."
    )
    assert refused(release, session, run, rita, now) == (
        "Nobody prepared this run but Counterpart, so two people let it go: one approves it, "
        "another releases it. Approve it, then ask for the release. Ask Petra."
    )
    seen = seen_of(session, run)
    for by in (petra, rita, petra):
        approve(session, run, by, later)
    kept = [(row.by_id, row.seen, row.at) for row in approvals_of(session, run)]
    assert sorted(kept) == sorted([(petra.id, seen, later), (rita.id, seen, later)])
    assert happened(session, PayoutRunEvent)[:3] == ("approve", later, rita.id)
    noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "payout run approve"))
    assert [(entry.at, entry.about_id) for entry in noted] == [(later, run.id)] * 2
    payouts.exclude(
        session,
        session.scalars(select(Payout).order_by(Payout.id)).first(),
        reason="?",
        by=rita,
        now=later,
    )
    approve(session, run, rita, later + timedelta(hours=1))
    assert len(approvals_of(session, run)) == 3
    assert refused(release, session, run, rita, later) == (
        "You approved this run, so a second person must release it. Ask Petra."
    )
    payouts.include(
        session, session.scalars(select(Payout).order_by(Payout.id)).first(), by=rita, now=later
    )
    approved = [row for row in approvals_of(session, run) if row.seen == seen]
    assert len(approved) == 2


def test_who_approved_what_changed_is_named(session, a, petra, rita, now, later):
    first, _ = payable(a), payable(a)
    run = prepare(session, SYSTEM, now)
    approve(session, run, rita, now)
    approve(session, run, petra, later)
    out = session.scalars(select(Payout).where(Payout.partner_id == first.id)).one()
    payouts.exclude(session, out, reason="under review", by=rita, now=later)
    assert refused(release, session, run, rita, later) == (
        "This run was changed after Petra approved it. "
        "One person approves it again, another releases it."
    )


def test_who_else_may_release_is_told(session, a, petra, now):
    payable(a)
    run = prepare(session, petra, now)
    said = "You prepared this run, so a second person must release it. "
    assert refused(release, session, run, petra, now) == (
        said + "Nobody else has the finance role yet: ask an administrator to invite somebody."
    )
    a.person(role=Role.CHANNEL_MANAGER, name="Carl")
    a.finance(name="AA who left", status=PersonStatus.LEFT)
    for name in "FEDCBA":
        a.finance(name=name)
    assert refused(release, session, run, petra, now) == said + "Ask A or B or C or D or E."


def test_what_a_release_refuses_says_why(session, a, petra, rita, now):
    payable(a)
    run = prepare(session, petra, now)
    assert refused(release, session, run, SYSTEM, now) == (
        "A person releases a run, never the system."
    )
    assert refused(release, session, run, rita, now, "of yesterday") == (
        "This run has changed since you looked at it. Look again, then release."
    )
    release(session, run, rita, now)
    for status in (RunStatus.RELEASED, RunStatus.CLOSED):
        assert run.status is status
        said = f"Run {run.number} is already released, by Rita."
        assert refused(release, session, run, petra, now) == said
        pay(session, run, petra, now)


def test_a_run_in_which_nobody_is_left_is_not_released(session, a, petra, rita, now):
    payable(a)
    run = prepare(session, petra, now)
    leave_out(session, run, petra, now)
    assert refused(release, session, run, rita, now) == "Nobody is left in this run. Cancel it."


def test_a_release_keeps_who_when_and_what_was_seen(session, a, petra, rita, now, later):
    payable(a)
    run = prepare(session, petra, now)
    seen = seen_of(session, run)
    release(session, run, rita, later)
    assert (run.released_by_id, run.released_at, run.released_seen) == (rita.id, later, seen)
    assert happened(session, PayoutRunEvent) == ("release", later, rita.id, "Rita", "")
    assert happened(session, PayoutEvent) == ("approve", later, rita.id, "Rita", "")
    posted = select(Posting.at).where(Posting.kind == "payout reserved")
    assert session.scalars(posted).all() == [later]
    assert session.scalars(select(Job).where(Job.topic == SEND)).all() == []


def test_those_who_are_paid_are_held_in_one_order_before_it_is_asked_again(
    session, a, petra, rita, now
):
    payable(a)
    run, asked = prepare(session, petra, now), []
    seen = seen_of(session, run)

    def note(state):
        asked.append(" ".join(str(state.statement.compile(dialect=postgresql.dialect())).split()))

    event.listen(session, "do_orm_execute", note)
    release(session, run, rita, now, seen)
    event.remove(session, "do_orm_execute", note)
    held = [sql for sql in asked if sql.startswith("SELECT partner.id FROM partner")]
    assert len(held) == 1
    assert held[0].endswith("ORDER BY partner.id FOR UPDATE") and " WHERE partner.id IN" in held[0]


@pytest.mark.parametrize("count, lanes", [(2, 1), (3, 2), (9, 4)])
def test_what_stripe_carries_is_sent_by_as_many_workers_as_it_takes(
    session, a, petra, rita, now, later, monkeypatch, count, lanes
):
    monkeypatch.setattr(releasing, "LANE_OF", 2)
    for kind in [DestinationKind.STRIPE] * count + [DestinationKind.BY_HAND]:
        payable(a, kind)
    run = prepare(session, petra, now)
    release(session, run, rita, later)
    jobs = session.scalars(select(Job).where(Job.topic == SEND).order_by(Job.key)).all()
    assert [(job.key, job.payload, job.run_at) for job in jobs] == [
        (f"{SEND} {run.id} {lane}", {"run": str(run.id)}, later) for lane in range(lanes)
    ]


@pytest.mark.parametrize(
    "count, more", [(1, ""), (3, ""), (4, " And 1 more."), (5, " And 2 more.")]
)
def test_what_stripe_and_we_know_differently_stops_what_stripe_carries(
    session, a, petra, rita, now, count, more
):
    payable(a, DestinationKind.STRIPE)
    payable(a)
    run = prepare(session, petra, now)
    for number in range(count):
        differ(session, number, now)
    named = " ".join(["First.", "Second.", "Third."][:count])
    assert refused(release, session, run, rita, now) == (
        f"Stripe and our books differ, so nothing is released through Stripe. {named}{more} "
        "Explain each on the page Stripe, or compare again."
    )


def differ(session, number, now):
    words = ["First.", "Second.", "Third.", "Fourth.", "Fifth."][number]
    row = ProviderDifference(
        key=words, kind="topup", amount_minor=1, amount_currency="EUR", words=words,
        happened_at=now + timedelta(minutes=number), found_at=now,
    )  # fmt: skip
    session.add(row)


def test_a_difference_at_stripe_stops_no_other_rail(session, a, petra, rita, now):
    payable(a)
    run = prepare(session, petra, now)
    differ(session, 0, now)
    release(session, run, rita, now)
    assert run.status is RunStatus.RELEASED
