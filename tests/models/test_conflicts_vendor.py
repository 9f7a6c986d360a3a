"""The vendor is bound too: its own people on a protected account are told, shown, judged."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models.deals import DealEvent, DealStatus, RejectReason
from models.deals.conflicts import (
    Conflict,
    ConflictStatus,
    Outcome,
    Rule,
    ToldTouch,
    told_touches,
    touches_listed,
)
from models.deals.conflicts import operations as conflicts
from models.engagements import Touch, TouchFilter, TouchKind
from models.errors import Refused
from models.notices import Notice


def told(session, deal) -> list[str]:
    found = select(Notice.body).where(
        Notice.partner_id == deal.partner_id, Notice.kind == "deal-touched"
    )
    return list(session.scalars(found))


def breaches(session) -> list[str]:
    return [row.breached for row in session.execute(touches_listed(TouchFilter(), breaches=True))]


def test_a_touch_on_a_protected_account_is_told_to_the_partner_and_flagged(a, session):
    deal = a.approved()
    a.touch(deal, TouchKind.CALL)
    [said] = told(session, deal)
    assert "Our own sales person Linda Mitchell called on 18 November 2026" in said
    [row] = told_touches(session, deal.id)
    assert (row.person_name, row.kind) == ("Linda Mitchell", TouchKind.CALL)
    assert breaches(session) == [deal.number]
    events = session.scalars(select(DealEvent.verb).where(DealEvent.deal_id == deal.id)).all()
    assert "touch" in events


def test_a_touch_told_twice_is_told_to_the_partner_once(a, session):
    deal = a.approved()
    a.touch(deal)
    a.touch(deal)
    assert len(told(session, deal)) == 1
    assert session.scalar(select(func.count(Touch.id))) == 1


def test_a_touch_before_the_registration_is_no_breach(a, session, now):
    deal = a.approved()
    a.touch(deal, TouchKind.VISIT, happened_on=now.date() - timedelta(days=1))
    assert told(session, deal) == [] and breaches(session) == []


def test_a_touch_while_the_registration_waits_is_told_too(a, session):
    deal = a.submitted()
    a.touch(deal)
    assert len(told(session, deal)) == 1


def test_a_touch_for_another_family_or_after_the_end_is_no_breach(a, session, now):
    deal = a.approved()
    a.touch(deal, family_id=a.family().id)
    ended = a.approved()
    ended.approved_on = now.date() - timedelta(days=91)
    ended.protected_through = now.date() - timedelta(days=1)
    a.touch(ended)
    assert session.scalar(select(func.count(ToldTouch.id))) == 0


def test_a_direct_opportunity_on_a_protected_account_is_a_case(a, session):
    deal = a.approved()
    touch = a.touch(deal, TouchKind.DIRECT)
    case = a.case_of(deal)
    assert case.status is ConflictStatus.OPEN and case.touch_id == touch.id
    assert session.scalar(select(func.count(Conflict.id))) == 1


def test_calls_and_quotes_open_no_case(a, session):
    deal = a.approved()
    a.touch(deal, TouchKind.CALL)
    a.touch(deal, TouchKind.QUOTE)
    assert session.scalar(select(func.count(Conflict.id))) == 0


def test_registering_where_our_own_people_have_a_direct_opportunity_is_a_case(a, session):
    first = a.submitted(customer_name="Kestrel Foods Ltd")
    a.reject(first)
    a.touch(first, TouchKind.DIRECT)
    second = a.submitted(customer_name="Kestrel Foods Ltd")
    case = a.case_of(second)
    assert case.touch_id is not None and case.likely_rule is Rule.VENDOR_ENGAGED


def test_a_decision_for_the_partner_closes_our_own_opportunity(a, session, now):
    deal = a.approved()
    touch = a.touch(deal, TouchKind.DIRECT)
    a.decided(a.case_of(deal), deal, rule=Rule.EXISTING_PROTECTION)
    assert touch.ended_on == now.date() and deal.status is DealStatus.APPROVED


def test_a_decision_for_our_own_sales_ends_the_registration(a, session):
    deal = a.submitted()
    touch = a.touch(deal, TouchKind.DIRECT)
    case = a.decided(a.case_of(deal), outcome=Outcome.VENDOR, rule=Rule.VENDOR_ENGAGED)
    assert deal.status is DealStatus.REJECTED and deal.reject_code is RejectReason.VENDOR_ENGAGED
    assert touch.ended_on is None and case.appeal_by is not None


def test_whoever_has_the_direct_opportunity_does_not_decide(a, session, now):
    deal = a.approved()
    rosa = a.decider()
    a.touch(deal, TouchKind.DIRECT, by=rosa)
    case = a.case_of(deal)
    a.evidence(deal)
    with pytest.raises(Refused, match="party of this case yourself"):
        conflicts.decide(session, case, a.decision(case, deal), by=rosa, now=now)
