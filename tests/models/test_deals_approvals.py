"""Approval chains: which rule holds, who signs in which order, who may not, who is told."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from models import approvals, deals
from models.approvals import ApproverKind, RuleDetails, Step
from models.approvals.rules import DealFacts, Rule, first_that_holds, gaps, never_reached
from models.deals import ApprovalState, DealApproval, DealStatus, RejectReason
from models.errors import Refused
from models.notices import Notice
from models.partners import Tier
from models.people import PersonStatus
from models.territories import note_absence

BOSS, SALES, OFFICE = (
    ApproverKind.CHANNEL_MANAGER, ApproverKind.SALES_MANAGER, ApproverKind.ADMINISTRATOR,
)  # fmt: skip


@pytest.fixture
def rule(session, a, now):
    """rule(Step(…), …, from_minor=…) writes one down."""
    a.programme()
    writer = a.administrator(name="Kim Ralls").actor()

    def write(*steps, **said):
        details = RuleDetails(**({"name": f"Rule {a.number}", "steps": steps} | said))
        return approvals.add(session, details, by=writer, now=now)

    return write


def steps_of(session, deal):
    rows = select(DealApproval).where(DealApproval.deal_id == deal.id)
    return session.scalars(rows.order_by(DealApproval.stage, DealApproval.id)).all()


def states(session, deal):
    return [row.state for row in steps_of(session, deal)]


def approve(session, deal, by, now):
    deals.approve(session, deal, by=by, now=now)
    session.flush()


def test_without_rules_the_channel_manager_decides_in_one_step(session, a, now):
    deal = a.submitted()
    assert steps_of(session, deal) == []
    with pytest.raises(Refused, match="A channel manager decides this deal"):
        approve(session, deal, a.seller_of_vendor(), now)
    approve(session, deal, a.decider(), now)
    assert deal.status is DealStatus.APPROVED


def test_one_step_after_another_and_the_last_protects(session, a, now, rule):
    rule(Step(0, BOSS), Step(1, SALES))
    deal = a.submitted()
    assert states(session, deal) == [ApprovalState.OPEN, ApprovalState.LATER]
    with pytest.raises(Refused, match="This waits for Rosa Kim"):
        approve(session, deal, a.seller_of_vendor(), now)
    approve(session, deal, a.decider(), now)
    assert deal.status is DealStatus.SUBMITTED and deal.decide_by is not None
    assert states(session, deal) == [ApprovalState.DONE, ApprovalState.OPEN]
    with pytest.raises(Refused, match="This waits for Linda Mitchell"):
        approve(session, deal, a.decider(), now)
    approve(session, deal, a.seller_of_vendor(), now)
    assert deal.status is DealStatus.APPROVED and deal.protected_through
    verbs = [event.verb for event in deals.story_of(session, deal.id, with_notes=False)]
    assert verbs == ["draft", "submit", "approve_step", "approve"]


def test_each_is_told_when_their_turn_comes(session, a, now, rule):
    rule(Step(0, BOSS), Step(1, SALES))
    deal = a.submitted()
    asked = select(Notice.person_id).where(Notice.kind == "deal-approval-asked")
    assert session.scalars(asked).all() == [a.decider().id]
    approve(session, deal, a.decider(), now)
    assert session.scalars(asked.order_by(Notice.id)).all()[1:] == [a.seller_of_vendor().id]


def test_side_by_side_all_must_agree_in_any_order(session, a, now, rule):
    third = a.finance(name="Dana Burnell")
    rule(Step(0, BOSS), Step(0, ApproverKind.PERSON, third.id))
    deal = a.submitted()
    approve(session, deal, third.actor(), now)
    assert deal.status is DealStatus.SUBMITTED
    approve(session, deal, a.decider(), now)
    assert deal.status is DealStatus.APPROVED


def test_a_rejection_at_any_step_ends_it(session, a, now, rule):
    rule(Step(0, BOSS), Step(1, SALES))
    deal = a.submitted()
    approve(session, deal, a.decider(), now)
    said = {"code": RejectReason.NOT_QUALIFIED, "text": "No budget yet.", "now": now}
    with pytest.raises(Refused, match="This waits for Linda Mitchell"):
        deals.reject(session, deal, by=a.decider(), **said)
    deals.reject(session, deal, by=a.seller_of_vendor(), **said)
    assert deal.status is DealStatus.REJECTED
    assert states(session, deal) == [ApprovalState.DONE, ApprovalState.DROPPED]


def test_resubmitted_it_is_planned_anew(session, a, now, rule):
    rule(Step(0, BOSS), Step(1, SALES))
    deal = a.submitted()
    approve(session, deal, a.decider(), now)
    said = {"code": RejectReason.NOT_QUALIFIED, "text": "No budget yet.", "now": now}
    deals.reject(session, deal, by=a.seller_of_vendor(), **said)
    later = now + timedelta(days=1)
    written = deals.registration_of(session, deal)
    changed = type(written)(**(vars(written) | {"competitors": "Litware"}))
    deals.save(session, deal, changed, now=later)
    deals.submit(session, deal, by=a.registrant(deal), now=later)
    now_asked = [row.state for row in deals.approvals_of(session, deal.id)]
    assert now_asked == [ApprovalState.OPEN, ApprovalState.LATER]
    approve(session, deal, a.decider(), later)
    assert deal.status is DealStatus.SUBMITTED


def test_the_first_rule_that_holds_counts_and_rules_ask_about_everything(session, a, now, rule):
    gold = a.partner(tier=Tier.GOLD)
    family = a.sold("Helmets").family_id
    rule(Step(0, BOSS), Step(1, OFFICE), from_minor=100_000_00)
    rule(Step(0, SALES), tiers=["gold"], regions=["DACH"], families=[str(family)],
         kinds=["new_business"])  # fmt: skip
    large = a.submitted(partner=gold, value=100_000_00, family="Helmets")
    assert [row.kind for row in steps_of(session, large)] == [BOSS, OFFICE]
    small = a.submitted(partner=gold, value=99_999_99, family="Helmets")
    assert [row.kind for row in steps_of(session, small)] == [SALES]
    for other in (
        a.submitted(partner=gold, family="Bikes"),
        a.submitted(family="Helmets"),
        a.submitted(partner=gold, family="Helmets", customer_country="FR"),
    ):
        assert steps_of(session, other) == []


def test_an_administrators_step_is_anybodys_who_is_one(session, a, now, rule):
    rule(Step(0, OFFICE))
    deal, other = a.submitted(), a.administrator().actor()
    with pytest.raises(Refused, match="This waits for An administrator"):
        approve(session, deal, a.decider(), now)
    approve(session, deal, other, now)
    assert deal.status is DealStatus.APPROVED


def test_whoever_is_away_is_replaced_by_their_delegate(session, a, now, rule):
    rule(Step(0, SALES))
    boss, stand_in = a.seller_of_vendor(), a.sales_manager(name="Ines Weber")
    already = a.submitted()
    away = {"person_id": boss.id, "delegate_id": stand_in.id, "by": boss, "now": now}
    note_absence(session, from_on=now.date(), through=now.date() + timedelta(days=3), **away)
    assert [row.name for row in steps_of(session, a.submitted())] == ["Ines Weber"]
    approve(session, already, stand_in.actor(), now)
    assert steps_of(session, already)[0].decided_by_name == "Ines Weber"


def test_for_whoever_has_left_an_administrator_decides(session, a, now, rule):
    gone = a.sales_manager(name="Ines Weber")
    rule(Step(0, ApproverKind.PERSON, gone.id))
    waits = a.submitted()
    gone.status = PersonStatus.LEFT
    session.flush()
    assert steps_of(session, a.submitted())[0].kind is ApproverKind.ADMINISTRATOR
    approve(session, waits, a.administrator().actor(), now)
    assert waits.status is DealStatus.APPROVED
    assert approvals.faults(session)[0].endswith("an administrator is asked instead.")


def test_nobody_approves_what_they_take_part_in_where_the_programme_says_so(session, a, now, rule):
    linda = a.seller_of_vendor()
    rule(Step(0, SALES))
    deal = a.submitted()
    deals.take_part(session, deal, by=linda, now=now)
    a.programme().participants_may_approve = False
    with pytest.raises(Refused, match="You take part in this deal yourself"):
        approve(session, deal, linda, now)
    a.programme().participants_may_approve = True
    approve(session, deal, linda, now)


def test_nobody_signs_twice_and_a_step_is_not_skipped_by_pressing_twice(session, a, now, rule):
    rule(Step(0, BOSS), Step(1, SALES))
    deal = a.submitted()
    approve(session, deal, a.decider(), now)
    for _ in range(2):
        with pytest.raises(Refused, match="This waits for Linda Mitchell"):
            approve(session, deal, a.decider(), now)


def test_a_step_taken_back_waits_again(session, a, now, rule):
    rule(Step(0, BOSS), Step(1, SALES))
    deal = a.submitted()
    approve(session, deal, a.decider(), now)
    deals.undo(session, deal, by=a.decider(), now=now + timedelta(seconds=5))
    assert states(session, deal) == [ApprovalState.OPEN, ApprovalState.LATER]
    approve(session, deal, a.decider(), now)
    assert states(session, deal) == [ApprovalState.DONE, ApprovalState.OPEN]


def test_the_preview_names_those_who_will_be_asked(session, a, now, rule):
    rule(Step(0, BOSS), Step(1, SALES), from_minor=50_000_00)
    partner = a.partner()
    large = a.registration(value=60_000_00)
    said = {"partner_id": partner.id, "now": now}
    assert deals.preview_approvers(session, large, **said) == [["Rosa Kim"], ["Linda Mitchell"]]
    small = a.registration(value=10_000_00)
    assert deals.preview_approvers(session, small, **said) == [["Rosa Kim"]]


def test_only_those_whose_turn_it_is_find_it_in_their_queue(session, a, now, rule):
    rule(Step(0, BOSS), Step(1, SALES))
    deal, rosa, linda = a.submitted(), a.decider(), a.seller_of_vendor()

    def waits_for(person):
        asked = deals.asked_of(session, person, now=now)
        wanted = deals.DealFilter(statuses=(DealStatus.SUBMITTED,), asked_of=asked)
        return [row.id for row in session.execute(deals.waiting(wanted))]

    assert (waits_for(rosa), waits_for(linda)) == ([deal.id], [])
    approve(session, deal, rosa, now)
    assert (waits_for(rosa), waits_for(linda)) == ([], [deal.id])


def test_a_rule_that_cannot_work_is_refused(session, a, rule):
    with pytest.raises(Refused, match="at least one approver"):
        rule()
    with pytest.raises(Refused, match="ends before it starts"):
        rule(Step(0, BOSS), from_minor=10, to_minor=10)
    with pytest.raises(Refused, match="neither a region nor a country"):
        rule(Step(0, BOSS), regions=["ATLANTIS"])
    with pytest.raises(Refused, match="somebody of your staff"):
        rule(Step(0, ApproverKind.PERSON, a.seller().id))


def test_rules_that_leave_a_gap_or_never_hold_are_pointed_out(session, a, rule):
    rule(Step(0, BOSS), to_minor=50_000_00)
    rule(Step(0, SALES), from_minor=80_000_00)
    rule(Step(0, OFFICE), from_minor=90_000_00, name="Giants")
    assert approvals.faults(session) == [
        "Amounts from EUR 50,000.00 to below EUR 80,000.00 fall between two rules; there the "
        "channel manager decides alone.",
        "“Giants” is never asked: a rule above it always holds first.",
    ]


AMOUNTS = st.integers(0, 20).map(lambda n: n * 10)
RULES = st.lists(
    st.builds(
        lambda low, span, tiers: Rule(
            from_minor=low, to_minor=low + span if span else None, tiers=frozenset(tiers)
        ),
        AMOUNTS, st.sampled_from([0, 10, 50]), st.sets(st.sampled_from(["gold", "silver"])),
    ),
    max_size=4, unique_by=repr,
)  # fmt: skip


@given(RULES, AMOUNTS, st.sampled_from(["gold", "silver", "platinum"]))
def test_what_is_called_a_gap_has_no_rule_and_what_is_never_reached_never_holds(rules, minor, tier):
    facts = DealFacts(minor=minor, tier=tier, country="DE", family_id=None, kind="new_business")
    held = first_that_holds(rules, facts)
    assert held is None or held not in never_reached(rules)
    for span in gaps(rules):
        assert first_that_holds(rules, span.facts) is None
