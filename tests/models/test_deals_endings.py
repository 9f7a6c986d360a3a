"""What ends, waits or is taken back around a deal: cases, changes, appeals, shares, wins."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import deals, wins
from models.deals import AmendmentState, ChoiceKind, DealStatus, RejectReason
from models.deals.operations import APPEAL_LATE, JOBS
from models.deals.operations.steps import OVER
from models.errors import Refused
from models.jobs import Job
from models.notices import Notice
from models.people import Role
from models.wins import OrderState, ShareState, SharingSide
from models.wins.operations import JOBS as WIN_JOBS
from tests.models.test_deals_transitions import LETTER
from tests.models.test_wins_shared import shared


def run(session, topic, now):
    """What the worker does about a topic when the time has come."""
    handlers = JOBS | WIN_JOBS
    for job in session.scalars(select(Job).where(Job.topic == topic, Job.run_at <= now)).all():
        handlers[topic](session, job.payload, now)
    session.flush()


def told(session, person, kind) -> int:
    found = select(Notice.id).where(Notice.person_id == person.id, Notice.kind == kind)
    return len(session.scalars(found).all())


def reject(session, a, deal, code):
    deals.reject(session, deal, code=code, text="Not now.", by=a.decider(), now=a.now)


def test_who_came_first_is_approved_only_after_the_case_is_decided(session, a):
    first = a.submitted(customer_name="Kestrel Foods Ltd")
    a.submitted(customer_name="Kestrel Foods Ltd")
    with pytest.raises(Refused, match=f"conflict case {a.case_of(first).number}"):
        deals.approve(session, first, by=a.decider(), now=a.now)
    a.decided(a.case_of(first), first)
    deals.approve(session, first, by=a.decider(), now=a.now)
    assert first.status is DealStatus.APPROVED


@pytest.mark.parametrize("code", [RejectReason.EXISTING_REGISTRATION, RejectReason.VENDOR_ENGAGED])
def test_no_party_of_a_case_is_turned_down_past_it_for_somebody_else(session, a, code):
    first, second = a.contest()
    with pytest.raises(Refused, match="Decide the case"):
        reject(session, a, second, code)
    reject(session, a, second, RejectReason.NOT_QUALIFIED)
    assert (first.status, second.status) == (DealStatus.APPROVED, DealStatus.REJECTED)


def asked_change(session, a, deal):
    written = deals.registration_of(session, deal)
    after = type(written)(**(vars(written) | {"project": "Depot north"}))
    by = a.registrant(deal)
    return deals.amend(session, deal, after, note="Another depot.", by=by, now=a.now)


def test_a_partner_takes_its_change_back_while_it_waits(session, a):
    deal = a.approved()
    change, by = asked_change(session, a, deal), a.registrant(deal)
    deals.take_back_amendment(session, deal, change, by=by, now=a.now)
    assert change.state is AmendmentState.TAKEN_BACK and deal.project_key == ""
    with pytest.raises(Refused, match="has answered this change already"):
        deals.accept_amendment(session, deal, change, by=a.decider(), now=a.now)
    assert told(session, session.get_one(type(a.manager()), deal.channel_manager_id),
                "deal-change-taken-back") == 1  # fmt: skip
    assert asked_change(session, a, deal).state is AmendmentState.ASKED


def test_an_appeal_has_a_clock_and_when_it_is_missed_an_administrator_may_judge(session, a, now):
    judge = a.manager(name="Ines Weber")
    chief = a.person(role=Role.ADMINISTRATOR)
    deal = a.submitted()
    reject(session, a, deal, RejectReason.NOT_QUALIFIED)
    made = deals.appeal(session, deal, note="It is qualified.", by=a.registrant(deal), now=now)
    assert made.judge_id == judge.id and made.judge_by == now + timedelta(days=2)
    assert not deals.may_judge(session, deal, made, chief.actor(), now=now)
    run(session, APPEAL_LATE, now)
    assert told(session, judge, "deal-appeal-overdue") == 0
    late = now + timedelta(days=3)
    run(session, APPEAL_LATE, late)
    assert told(session, judge, "deal-appeal-overdue") == 1
    assert told(session, chief, "deal-appeal-overdue") == 1
    deals.overturn(session, deal, text="It is qualified.", by=chief.actor(), now=late)
    run(session, APPEAL_LATE, late)
    assert told(session, judge, "deal-appeal-overdue") == 1


def leave(session, a, deal):
    """The customer leaves the partner by letter, two managers agree."""
    by, second = a.decider(), a.manager(name="Ines Weber").actor()
    kind = ChoiceKind.RELEASE
    said = {"kind": kind, "letter": LETTER, "note": "Signed by the board."}
    choice = deals.name_choice(session, deal, **said, by=by, now=a.now)
    deals.confirm_choice(session, deal, choice, by=second, now=a.now)
    run(session, OVER, a.now)


def test_a_customers_letter_ends_the_agreed_shares_of_whom_it_leaves(session, a):
    deal, _other = shared(session, a)
    leave(session, a, deal)
    states = session.scalars(select(SharingSide.state)).all()
    assert states == [ShareState.ENDED] * 2 and wins.sharing_of(session, deal.id) is None
    assert wins.splits_of(session, [deal.id.hex]) == {}


def test_a_win_that_waits_is_sent_back_when_the_customer_leaves(session, a):
    deal = a.approved()
    order = a.order(deal, amount_minor=2 * deal.value.minor)
    assert order.state is OrderState.WAITING
    leave(session, a, deal)
    assert order.state is OrderState.RETURNED and deal.win_asked_at is None
    assert "is revoked" in order.returned_because
    run(session, OVER, a.now)
    verbs = [event.verb for event in deals.story_of(session, deal.id, with_notes=False)]
    assert verbs.count("order_returned") == 1
