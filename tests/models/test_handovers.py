"""Our own team leads a partner's deal: only with consent, and the partner loses nothing by it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import deals, handovers
from models.commissions import CommissionLine, Trigger
from models.deals import DealStatus
from models.deals.conflicts.operations import record_touch
from models.engagements import TouchDetails, TouchKind
from models.errors import Refused
from models.handovers import LeadState
from models.notices import Notice


def asked(session, a, now, **said):
    deal = a.approved(**said)
    handovers.ask(session, deal, note="The board wants to talk to the maker.",
                  by=a.seller_of_vendor(), now=now)  # fmt: skip
    return deal


def led(session, a, now, **said):
    deal = asked(session, a, now, **said)
    handovers.agree(session, deal, by=a.registrant(deal), now=now)
    return deal


def test_nothing_changes_before_the_partner_agrees(session, a, now):
    deal = asked(session, a, now)
    assert deal.direct_since is None
    with pytest.raises(Refused, match="asked already"):
        handovers.ask(session, deal, note="Again", by=a.seller_of_vendor(), now=now)
    handovers.decline(session, deal, note="We are close.", by=a.registrant(deal), now=now)
    assert handovers.latest_of(session, deal.id).state is LeadState.DECLINED
    told = session.scalars(select(Notice).where(Notice.kind == "deal-lead-answered")).all()
    assert told and told[0].body == "We are close."
    with pytest.raises(Refused, match="cannot agree"):
        handovers.agree(session, deal, by=a.registrant(deal), now=now)


def test_the_partners_commission_is_the_same_whoever_leads(session, a, now):
    a.plan(earning_event=Trigger.WON)
    deal = led(session, a, now, value=10_000_00)
    a.order(deal, by=a.seller_of_vendor())
    a.rate_all()
    earned = session.execute(
        select(CommissionLine.partner_id, func.sum(CommissionLine.amount_minor)).group_by(
            CommissionLine.partner_id
        )
    ).all()
    assert earned == [(deal.partner_id, 1_000_00)]


def test_the_protection_waits_meanwhile_and_its_days_are_made_up_for(session, a, now):
    deal = led(session, a, now)
    through, late = deal.protected_through, now + timedelta(days=120)
    assert not deals.expire(session, deal.id, now=late)
    assert deals.warn_stale(session, late) == 0
    assert deal.status is DealStatus.APPROVED
    handovers.give_back(session, deal, note="", by=a.seller_of_vendor(), now=late)
    assert deal.protected_through == through + timedelta(days=120)
    assert deal.direct_since is None
    assert not deals.expire(session, deal.id, now=late)


def test_our_own_visits_there_break_no_promise_meanwhile(session, a, now):
    deal = led(session, a, now)
    touch = TouchDetails(
        customer_id=deal.customer_id, family_id=deal.family_id, person_id=None,
        person_name="Linda Mitchell", kind=TouchKind.VISIT, happened_on=now.date(), note="",
    )  # fmt: skip
    record_touch(session, touch, by=a.seller_of_vendor(), now=now)
    assert session.scalars(select(Notice).where(Notice.kind == "deal-touched")).all() == []


def test_only_an_approved_deal_is_led_and_the_question_can_be_taken_back(session, a, now):
    with pytest.raises(Refused, match="Only an approved"):
        handovers.ask(session, a.submitted(), note="Now", by=a.seller_of_vendor(), now=now)
    deal = asked(session, a, now)
    handovers.take_back(session, deal, by=a.seller_of_vendor(), now=now)
    again = handovers.ask(session, deal, note="Once more", by=a.seller_of_vendor(), now=now)
    assert again.state is LeadState.ASKED
