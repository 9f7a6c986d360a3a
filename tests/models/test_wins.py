"""Wins: evidence, hand-over, what differs is approved again, several orders, early ones."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from models import deals, files, wins
from models.commissions import CommissionLine, Trigger
from models.deals import DealStatus
from models.errors import Refused
from models.notices import Notice
from models.people import PARTNER_ROLES, Person
from models.scope import Scope, open_session
from models.wins import Correction, DealOrder, OrderState, WinEvidence, WinFilter

PDF = files.Upload("order.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")


def earned(session, a) -> int:
    a.rate_all()
    return session.scalar(select(func.sum(CommissionLine.amount_minor))) or 0


def told(session, kind):
    """The roles of everybody who was told."""
    roles = select(Person.role).join(Notice, Notice.person_id == Person.id)
    return list(session.scalars(roles.where(Notice.kind == kind)))


def test_a_win_keeps_the_order_its_evidence_and_who_supports_the_customer(session, a):
    deal = a.approved()
    a.order(deal, number="SO-71774", hand_over=a.hand_over(support_contact="desk@example.com"))
    assert deal.status is DealStatus.WON and deal.order_number == "SO-71774"
    assert (deal.won_at, deal.won_on) == (a.now, a.now.date())
    assert deal.support_contact == "desk@example.com"
    assert (deal.renews_on - deal.service_starts_on).days == 365
    [proof] = wins.evidence_of(session, deal.id)
    assert (proof.number, proof.signed_on) == ("SO-71774", None)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"number": " "}, "order number, or the day on which it signed"),
        ({"signed_on": "tomorrow"}, "cannot have signed in the future"),
        ({"ordered_at": 1}, "in the future"),
        ({"ordered_at": -2}, "before the deal was registered"),
        ({"amount_minor": 0}, "more than nothing"),
        ({"hand_over": {"support_contact": " "}}, "who supports the customer"),
        ({"hand_over": {"starts_on": None}}, "delivery or the start"),
        ({"hand_over": {"renews_on": None}}, "nothing to renew"),
        ({"hand_over": {"renews_on": "start"}}, "later than the start"),
    ],
)
def test_a_win_without_evidence_or_hand_over_is_refused(a, said, why):
    deal = a.approved()
    today = a.now.date()
    if "ordered_at" in said:
        said = {"ordered_at": a.now + timedelta(days=said["ordered_at"])}
    if "signed_on" in said:
        said = {"signed_on": today + timedelta(days=1)}
    if "hand_over" in said:
        usual = said["hand_over"]
        usual = {"renews_on": today + timedelta(days=14)} if "start" in usual.values() else usual
        said = {"hand_over": a.hand_over(**usual)}
    with pytest.raises(Refused, match=why):
        a.order(deal, **said)
    assert deal.status is DealStatus.APPROVED and deal.won_at is None


def test_the_day_of_the_signature_is_evidence_enough_and_a_sale_may_have_nothing_to_renew(a):
    deal = a.approved()
    one_off = a.hand_over(renews_on=None, is_one_off=True)
    order = a.order(deal, number="", signed_on=a.now.date(), hand_over=one_off)
    assert order.reference == "signed 2026-11-18" and deal.renews_on is None


def test_only_an_approved_deal_is_won(a):
    with pytest.raises(Refused, match="submitted this deal"):
        a.order(a.submitted())


def test_the_same_order_sent_twice_is_one_order(session, a):
    deal = a.approved()
    first = a.order(deal, number="SO-1", amount_minor=4_000_00, is_complete=False)
    again = a.order(deal, number=" SO-1 ", amount_minor=4_000_00, is_complete=False)
    assert again.id == first.id
    with pytest.raises(Refused, match="of another amount or day"):
        a.order(deal, number="SO-1", amount_minor=5_000_00)
    assert session.scalar(select(func.count(DealOrder.id))) == 1


def test_partner_and_manager_record_the_win_and_the_second_is_told_who_was_first(a):
    deal = a.approved()
    a.order(deal, number="SO-1")
    with pytest.raises(Refused, match="recorded the win of this deal just now"):
        a.order(deal, number="CRM-77", by=a.decider())


@pytest.mark.parametrize(
    ("minor", "waits"),
    [(7_500_00, False), (12_500_00, False), (7_499_99, True), (12_500_01, True)],
)
def test_an_amount_more_than_a_quarter_off_waits_for_re_approval(a, minor, waits):
    deal = a.approved(value=10_000_00)
    order = a.order(deal, amount_minor=minor)
    assert (order.state is OrderState.WAITING) is waits
    assert deal.status is (DealStatus.APPROVED if waits else DealStatus.WON)
    assert order.differs == (["amount"] if waits else [])


def test_another_customer_or_product_family_waits_and_another_legal_form_does_not(a):
    assert a.order(a.approved(), customer_name="Wholly Other Holding").differs == ["customer"]
    deal = a.approved(customer_name="Kestrel Foods Ltd")
    assert a.order(deal, customer_name="KESTREL FOODS LIMITED").differs == []
    other = a.sold("Helmets").family_id
    assert a.order(a.approved(), family_id=other).differs == ["family"]


def test_nothing_is_earned_before_a_different_win_is_approved_again(session, a):
    a.plan(earning_event=Trigger.WON)
    deal = a.approved(value=10_000_00)
    order = a.order(deal, amount_minor=20_000_00)
    assert earned(session, a) == 0
    assert deal.won_at is None and deal.win_asked_at == a.now
    with pytest.raises(Refused, match="is not won"):
        a.invoice(deal=deal)
    wins.accept(session, deal, order.id, by=a.decider(), now=a.now)
    assert deal.status is DealStatus.WON and deal.win_asked_at is None
    assert earned(session, a) == 2_000_00 == earned(session, a)


def test_both_sides_hear_of_a_win_that_waits_and_of_the_answer(session, a):
    deal = a.approved()
    order = a.order(deal, amount_minor=1_00)
    assert set(told(session, "win-waits")) & PARTNER_ROLES
    assert set(told(session, "win-waits")) - PARTNER_ROLES
    wins.send_back(
        session, deal, order.id, reason="The order is for one bike.", by=a.decider(), now=a.now
    )
    bodies = session.scalars(select(Notice.body).where(Notice.kind == "win-returned")).all()
    assert bodies and set(bodies) == {"The order is for one bike."}
    assert deal.status is DealStatus.APPROVED and deal.win_asked_at is None


def test_what_was_sent_back_may_be_recorded_again_under_the_same_number(session, a):
    deal = a.approved()
    order = a.order(deal, number="SO-1", amount_minor=1_00)
    wins.send_back(session, deal, order.id, reason="Too little.", by=a.decider(), now=a.now)
    a.order(deal, number="SO-1")
    assert deal.status is DealStatus.WON


def test_a_win_is_decided_once_and_not_by_who_recorded_it(session, a):
    deal = a.approved()
    order = a.order(deal, amount_minor=1_00, by=a.decider())
    with pytest.raises(Refused, match="somebody else has to approve"):
        wins.accept(session, deal, order.id, by=a.decider(), now=a.now)
    other = a.manager().actor()
    wins.accept(session, deal, order.id, by=other, now=a.now)
    with pytest.raises(Refused, match="already decided this win"):
        wins.send_back(session, deal, order.id, reason="No.", by=other, now=a.now)


def test_an_order_of_another_deal_is_not_found_by_its_number(session, a):
    order, other = a.order(a.approved(), amount_minor=1_00), a.approved()
    with pytest.raises(Refused, match="belongs to another deal"):
        wins.accept(session, other, order.id, by=a.decider(), now=a.now)


def test_the_old_protection_holds_while_a_win_waits(session, a):
    deal = a.approved(customer_name="Kestrel Foods Ltd")
    order = a.order(deal, amount_minor=1_00)
    later = a.now + timedelta(days=100)
    assert deals.expire_due(session, later) == 0
    rival = a.submitted(customer_name="Kestrel Foods Ltd")
    with pytest.raises(Refused, match="is protected for"):
        deals.approve(session, rival, by=a.decider(), now=later)
    wins.send_back(session, deal, order.id, reason="Too little.", by=a.decider(), now=later)
    assert deals.expire_due(session, later) == 1
    assert deal.status is DealStatus.EXPIRED


def test_evidence_is_never_edited_and_a_correction_stands_beside_it(session, engine, a):
    deal = a.approved()
    order = a.order(deal, number="SO-1")
    correction = Correction(number="SO-1A", note="A typing error.")
    wins.add_evidence(
        session, deal, order.id, correction, uploads=[PDF], by=a.registrant(deal), now=a.now
    )
    with pytest.raises(Refused, match="order number, or the day"):
        wins.add_evidence(session, deal, order.id, Correction(), by=a.registrant(deal), now=a.now)
    session.commit()
    with open_session(engine, Scope.partner(deal.partner_id)) as own:
        proofs = wins.evidence_of(own, deal.id)
        assert [proof.number for proof in proofs] == ["SO-1", "SO-1A"]
        [file] = files.attached(own, wins.ABOUT, proofs[1].id)
        assert file.name == "order.pdf"
    with open_session(engine, Scope.partner(a.partner().id)) as rival:
        assert wins.evidence_of(rival, deal.id) == wins.orders_of(rival, deal.id) == []
    first = session.get_one(WinEvidence, proofs[0].id)
    first.number = "SO-9"
    with pytest.raises(DatabaseError, match="never changed"):
        session.flush()


@pytest.mark.parametrize(("hours", "early"), [(71, True), (72, False)])
def test_a_win_within_three_days_of_the_begin_is_looked_at(session, engine, a, hours, early):
    deal = a.approved()
    later = a.now + timedelta(hours=hours)
    a.now = later
    order = a.order(deal)
    assert deal.status is DealStatus.WON  # no refusal
    found = [one.order_id for one in wins.early_of(session, deal.id)]
    assert found == ([order.id] if early else [])
    if not early:
        return
    session.commit()
    with open_session(engine, Scope.partner(deal.partner_id)) as own:
        assert wins.early_of(own, deal.id) == []  # not the partner's to know
    by = a.decider()
    with pytest.raises(Refused, match="what you found"):
        wins.clear_early(session, deal, order.id, reason="", by=by, now=later)
    wins.clear_early(session, deal, order.id, reason="A public tender.", by=by, now=later)
    [seen] = wins.early_of(session, deal.id)
    assert (seen.cleared_by_name, seen.cleared_reason) == (by.name, "A public tender.")
    with pytest.raises(Refused, match="already looked at it"):
        wins.clear_early(session, deal, order.id, reason="Again.", by=by, now=later)


def test_three_days_are_hours_also_when_the_clocks_change(session, a):
    """Berlin leaves summer time on 25 October: the calendar days between are an hour longer."""
    from_day = a.now.replace(month=10, day=23, hour=12)
    a.now = from_day
    deal = a.approved()
    a.now = from_day + timedelta(hours=72)  # eleven o'clock on the wall
    a.order(deal)
    assert wins.early_of(session, deal.id) == []


def test_the_vendor_lists_what_waits_and_what_came_early(session, a):
    waiting = a.order(a.approved(), amount_minor=1_00)
    early = a.order(a.approved())

    def listed(**said):
        return {row.id for row in session.execute(wins.to_look_at(WinFilter(**said)))}

    assert listed() == {waiting.id, early.id} == listed(only="early")
    assert listed(only="waiting") == {waiting.id}
    assert listed(channel_manager_id=a.manager().id) == set()


def test_the_order_of_a_win_is_told_to_the_other_side(session, a):
    a.order(a.approved())
    assert told(session, "deal-won") and not set(told(session, "deal-won")) & PARTNER_ROLES
    a.order(a.approved(), by=a.decider())
    assert set(told(session, "deal-won")) & PARTNER_ROLES
