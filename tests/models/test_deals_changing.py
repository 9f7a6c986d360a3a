"""After the decision: changes, the one appeal, deals gone quiet, more time."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import approvals, deals
from models.approvals import ApproverKind, RuleDetails, Step
from models.customers import Customer
from models.deals import (
    AmendmentState,
    DealStatus,
    Line,
    RejectReason,
    RevokeReason,
    Stage,
    Visibility,
)
from models.errors import Refused
from models.notices import Notice


def amended(session, a, deal, *, now=None, **changes):
    before = deals.registration_of(session, deal)
    after = type(before)(**(vars(before) | changes))
    by = a.registrant(deal)
    made = deals.amend(session, deal, after, note="As they told us.", by=by, now=now or a.now)
    session.flush()
    return made


def worth(session, deal, minor):
    line = deals.registration_of(session, deal).lines[0]
    return (Line(line.product_id, 1, minor),)


def accept(session, a, deal, made, by=None):
    deals.accept_amendment(session, deal, made, by=by or a.decider(), now=a.now)
    session.flush()


def reject(session, a, deal, now=None):
    deals.reject(
        session, deal, code=RejectReason.NOT_QUALIFIED, text="Too early.", by=a.decider(),
        now=now or a.now,
    )  # fmt: skip
    session.flush()


@pytest.fixture
def ines(a):
    """A second channel manager."""
    a.programme()
    return a.manager(name="Ines Weber").actor()


# Changes


def test_a_small_change_holds_at_once_and_is_told(session, a):
    deal = a.approved(value=10_000_00)
    made = amended(session, a, deal, lines=worth(session, deal, 12_500_00), competitors="Litware")
    assert made.state is AmendmentState.APPLIED and deal.value.minor == 12_500_00
    assert made.changes["competitors"] == ["", "Litware"]
    event = deals.story_of(session, deal.id, with_notes=False)[-1]
    assert event.verb == "amend" and event.note.startswith("Changed: competitors, products.")
    assert session.scalars(select(Notice).where(Notice.kind == "deal-changed")).all()


def test_a_large_change_waits_and_the_old_protection_holds(session, a):
    deal = a.approved(value=10_000_00)
    through = deal.protected_through
    made = amended(session, a, deal, lines=worth(session, deal, 12_500_01))
    assert made.state is AmendmentState.ASKED
    assert made.why_material == ["The value changes by more than 25 %"]
    assert (deal.status, deal.value.minor) == (DealStatus.APPROVED, 10_000_00)
    with pytest.raises(Refused, match="waits for approval already"):
        amended(session, a, deal, competitors="Litware")
    accept(session, a, deal, made)
    assert (deal.value.minor, deal.protected_through) == (12_500_01, through)
    with pytest.raises(Refused, match="answered this change already"):
        accept(session, a, deal, made)


def test_many_small_changes_count_together(session, a):
    deal = a.approved(value=10_000_00)
    amended(session, a, deal, lines=worth(session, deal, 12_000_00))
    made = amended(session, a, deal, lines=worth(session, deal, 14_000_00))
    assert made.state is AmendmentState.ASKED, "measured from what was approved"


def test_another_customer_family_or_project_is_material(session, a):
    deal = a.approved(customer_name="Kestrel Foods Ltd")
    before = session.scalar(select(func.count(Customer.id)))
    for changes, why in (
        ({"customer_name": "Halvorsen Marine AS"}, ["Another customer"]),
        ({"lines": (Line(a.sold("Helmets").id, 1, 10_000_00),)}, ["Another product family"]),
        ({"project": "Depot north"}, ["Another project"]),
    ):
        made = amended(session, a, deal, **changes)
        assert made.why_material == why
        deals.refuse_amendment(
            session, deal, made, text="Register it anew.", by=a.decider(), now=a.now
        )
    assert deal.customer_name == "Kestrel Foods Ltd"
    assert session.scalar(select(func.count(Customer.id))) == before, "asking adds nobody"
    spelled = amended(session, a, deal, customer_name="Kestrel Foods Limited")
    assert spelled.state is AmendmentState.APPLIED, "the same customer, spelled otherwise"


def test_a_change_is_not_approved_over_somebody_elses_protection(session, a):
    a.approved(customer_name="Halvorsen Marine AS")
    deal = a.approved(customer_name="Kestrel Foods Ltd")
    made = amended(session, a, deal, customer_name="Halvorsen Marine AS")
    with pytest.raises(Refused, match="is protected for"):
        accept(session, a, deal, made)
    session.expire_all()


def test_nor_over_a_protection_of_a_customer_that_was_unknown_when_it_was_asked(session, a):
    deal = a.approved(customer_name="Kestrel Foods Ltd")
    made = amended(session, a, deal, customer_name="Halvorsen Marine AS")
    a.approved(customer_name="Halvorsen Marine AS")
    with pytest.raises(Refused, match="is protected for"):
        accept(session, a, deal, made)
    session.expire_all()


def test_a_refused_change_leaves_the_deal_and_is_read_word_for_word(session, a):
    deal = a.approved()
    made = amended(session, a, deal, project="Depot north")
    by = a.decider()
    deals.refuse_amendment(session, deal, made, text="Two projects.", by=by, now=a.now)
    assert (deal.project, deal.status) == ("", DealStatus.APPROVED)
    body = session.scalars(select(Notice.body).where(Notice.kind == "deal-not-changed")).one()
    assert body.startswith("Two projects.")


def test_a_change_needs_the_approvals_of_what_it_would_be(session, a):
    a.programme()
    details = RuleDetails(
        name="Large", from_minor=50_000_00,
        steps=[Step(0, ApproverKind.CHANNEL_MANAGER), Step(1, ApproverKind.SALES_MANAGER)],
    )  # fmt: skip
    approvals.add(session, details, by=a.administrator().actor(), now=a.now)
    deal = a.approved(value=10_000_00)
    made = amended(session, a, deal, lines=worth(session, deal, 60_000_00))
    accept(session, a, deal, made)
    assert made.state is AmendmentState.ASKED
    with pytest.raises(Refused, match="This waits for Linda Mitchell"):
        accept(session, a, deal, made)
    accept(session, a, deal, made, by=a.seller_of_vendor())
    assert (made.state, deal.value.minor) == (AmendmentState.ACCEPTED, 60_000_00)


def test_a_change_that_changes_nothing_or_lacks_something_is_refused(session, a):
    deal = a.approved()
    with pytest.raises(Refused, match="Nothing is different"):
        amended(session, a, deal)
    with pytest.raises(Refused, match="Enter the name of your contact"):
        amended(session, a, deal, contact_name="")


# The appeal


def test_an_appeal_goes_to_somebody_who_did_not_decide(session, a, ines):
    deal = a.submitted()
    reject(session, a, deal)
    made = deals.appeal(session, deal, note="It is qualified.", by=a.registrant(deal), now=a.now)
    assert made.judge_id == ines.id
    with pytest.raises(Refused, match="You made this decision yourself"):
        deals.overturn(session, deal, text="I was wrong.", by=a.decider(), now=a.now)
    with pytest.raises(Refused, match="given to somebody else"):
        deals.uphold(session, deal, text="No.", by=a.administrator().actor(), now=a.now)
    deals.overturn(session, deal, text="It is qualified.", by=ines, now=a.now)
    assert (deal.status, deal.decided_by_name) == (DealStatus.APPROVED, "Ines Weber")
    assert deal.protected_through and deal.reject_code is None


def test_there_is_one_appeal_and_upheld_is_final(session, a, ines):
    deal = a.submitted()
    reject(session, a, deal)
    by = a.registrant(deal)
    deals.appeal(session, deal, note="It is qualified.", by=by, now=a.now)
    deals.uphold(session, deal, text="There is no budget.", by=ines, now=a.now)
    assert deal.status is DealStatus.REJECTED
    with pytest.raises(Refused, match="You have appealed already"):
        deals.appeal(session, deal, note="Once more.", by=by, now=a.now)
    with pytest.raises(Refused, match="Ines Weber has judged this appeal already"):
        deals.overturn(session, deal, text="Changed my mind.", by=ines, now=a.now)


def test_an_appeal_is_possible_through_the_tenth_business_day(session, a, ines, now):
    """Decided on Wednesday 18 November: through Wednesday 2 December, local time."""
    deal, late = a.submitted(), a.submitted()
    reject(session, a, deal)
    reject(session, a, late)
    last = now + timedelta(days=14, hours=12, minutes=29)  # 23:59 in Berlin
    deals.appeal(session, deal, note="In time.", by=a.registrant(deal), now=last)
    with pytest.raises(Refused, match=r"possible until 2 December 2026\. The decision is final"):
        after = last + timedelta(minutes=1)
        deals.appeal(session, late, note="Late.", by=a.registrant(late), now=after)


def test_an_appeal_is_not_granted_over_a_protection_given_meanwhile(session, a, ines):
    deal = a.submitted(customer_name="Kestrel Foods Ltd")
    reject(session, a, deal)
    rival = a.approved(customer_name="Kestrel Foods Ltd")
    deals.appeal(session, deal, note="We were first.", by=a.registrant(deal), now=a.now)
    with pytest.raises(Refused, match=rival.number):
        deals.overturn(session, deal, text="They were first.", by=ines, now=a.now)


def test_an_appeal_is_not_granted_past_somebody_whom_we_keep_waiting(session, a, ines, now):
    deal = a.submitted(customer_name="Kestrel Foods Ltd")
    reject(session, a, deal)
    rival = a.submitted(customer_name="Kestrel Foods Ltd")
    due = rival.decide_by
    deals.escalate(session, rival.id, decide_by=due, percent=100, now=due)
    deals.appeal(session, deal, note="We were first.", by=a.registrant(deal), now=due)
    with pytest.raises(Refused, match="is protected until we decide"):
        deals.overturn(session, deal, text="They were first.", by=ines, now=due)


# Deals gone quiet


def test_a_quiet_deal_is_warned_once_and_may_be_revoked_two_weeks_later(session, a, now):
    deal, rosa = a.approved(), a.decider()
    said = {"code": RevokeReason.STALE, "text": "Nothing heard.", "by": rosa}
    assert deals.warn_stale(session, now + timedelta(days=30)) == 0
    warned_at = now + timedelta(days=31)
    with pytest.raises(Refused, match="revoked only after a warning"):
        deals.revoke(session, deal, **said, now=warned_at)
    assert deals.warn_stale(session, warned_at) == 1
    assert deals.warn_stale(session, warned_at) == 0
    with pytest.raises(Refused, match="may answer until 2 January 2027"):
        deals.revoke(session, deal, **said, now=warned_at + timedelta(days=14))
    deals.revoke(session, deal, **said, now=warned_at + timedelta(days=15))
    assert deal.status is DealStatus.REVOKED


def test_a_sign_of_life_ends_the_warning(session, a, now):
    deal, warned_at = a.approved(), now + timedelta(days=31)
    deals.warn_stale(session, warned_at)
    by = a.registrant(deal)
    deals.set_stage(session, deal, Stage.PROPOSAL, by=by, now=warned_at + timedelta(days=3))
    session.flush()
    assert deals.may_be_revoked_from(session, deal) is None
    with pytest.raises(Refused, match="revoked only after a warning"):
        deals.revoke(
            session, deal, code=RevokeReason.STALE, text="Nothing heard.", by=a.decider(),
            now=warned_at + timedelta(days=20),
        )  # fmt: skip
    assert deals.warn_stale(session, warned_at + timedelta(days=35)) == 1, "quiet again"


def test_the_vendors_own_words_are_no_sign_of_life(session, a, now):
    deal = a.approved()
    deals.comment(
        session, deal, "Hello?", visibility=Visibility.ALL, by=a.decider(),
        now=now + timedelta(days=20),
    )  # fmt: skip
    assert deals.warn_stale(session, now + timedelta(days=31)) == 1


# More time


def test_more_time_may_be_refused_with_a_reason(session, a, now):
    deal = a.approved()
    by = a.registrant(deal)
    deals.ask_to_extend(session, deal, note="March.", by=by, now=now)
    deals.refuse_extension(session, deal, text="No news since May.", by=a.decider(), now=now)
    with pytest.raises(Refused, match="has not asked"):
        deals.extend(session, deal, by=a.decider(), now=now)
    deals.ask_to_extend(session, deal, note="Here is news.", by=by, now=now)
    deals.extend(session, deal, by=a.decider(), now=now)
    assert deal.extension_days == 30


def test_answered_very_late_an_extension_still_gives_its_days(session, a, now):
    deal = a.approved()
    end = now + timedelta(days=91)
    deals.comment(
        session, deal, "They like it.", visibility=Visibility.ALL, by=a.registrant(deal),
        now=now + timedelta(days=80),
    )  # fmt: skip
    asked_at = now + timedelta(days=81)
    deals.ask_to_extend(session, deal, note="March.", by=a.registrant(deal), now=asked_at)
    deals.expire(session, deal.id, now=end)
    much_later = end + timedelta(days=60)
    deals.extend(session, deal, by=a.decider(), now=much_later)
    assert deal.protected_through == (much_later + timedelta(days=30)).date()
