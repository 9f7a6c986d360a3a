"""Winning, losing, and working on a deal together."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from models import deals
from models.deals import (
    DealFilter,
    DealNote,
    DealParticipant,
    DealStatus,
    ForecastCategory,
    Stage,
    Visibility,
)
from models.errors import Refused
from models.notices import Notice
from models.scope import Scope, open_session


def test_a_loss_needs_its_reason_and_is_recorded_once(session, a, now):
    deal = a.approved()
    by = a.registrant(deal)
    with pytest.raises(Refused, match="why the deal was lost"):
        deals.lose(session, deal, reason="", by=by, now=now)
    deals.lose(session, deal, reason="Contoso was cheaper.", by=by, now=now)
    with pytest.raises(Refused, match="recorded the loss"):
        deals.lose(session, deal, reason="Contoso was cheaper.", by=by, now=now)


def test_what_is_for_the_vendor_only_never_reaches_the_partner(engine, session, a, now):
    deal = a.approved()
    secret, open_words = "Their rival bids too.", "Shall we visit them together?"
    by = a.seller_of_vendor()
    deals.comment(session, deal, secret, visibility=Visibility.VENDOR_ONLY, by=by, now=now)
    deals.comment(session, deal, open_words, visibility=Visibility.ALL, by=by, now=now)
    notes = [event.note for event in deals.story_of(session, deal.id, with_notes=True)]
    assert secret in notes and open_words in notes
    session.commit()
    with open_session(engine, Scope.partner(deal.partner_id)) as own:
        notes = [event.note for event in deals.story_of(own, deal.id, with_notes=True)]
        assert open_words in notes and secret not in notes
        assert own.scalars(select(DealNote)).all() == []
        assert secret not in own.scalars(select(Notice.body)).all()


def test_a_partner_cannot_write_what_only_the_vendor_reads(session, a, now):
    deal = a.approved()
    with pytest.raises(Refused, match="Only the vendor's staff"):
        deals.comment(
            session, deal, "Hm.", visibility=Visibility.VENDOR_ONLY, by=a.registrant(deal), now=now
        )


def test_taking_part_twice_is_taking_part_once(session, a, now):
    deal = a.approved()
    by = a.seller_of_vendor()
    deals.take_part(session, deal, by=by, now=now)
    deals.take_part(session, deal, by=by, now=now)
    assert [person.name for person in deals.taking_part(session, deal.id)] == ["Linda Mitchell"]
    deals.step_back(session, deal, by=by, now=now)
    deals.step_back(session, deal, by=by, now=now)
    assert session.scalar(select(func.count(DealParticipant.id))) == 0
    verbs = [event.verb for event in deals.story_of(session, deal.id, with_notes=True)]
    assert verbs.count("take_part") == verbs.count("step_back") == 1


def test_stage_and_forecast_are_remembered_when_they_change(session, a, now):
    deal = a.approved()
    for _ in range(2):
        deals.set_stage(session, deal, Stage.PROPOSAL, by=a.registrant(deal), now=now)
        deals.set_forecast(session, deal, ForecastCategory.COMMIT, by=a.seller_of_vendor(), now=now)
    story = deals.story_of(session, deal.id, with_notes=True)
    said = [(event.verb, event.note) for event in story if event.verb in ("stage", "forecast")]
    assert said == [("stage", "Prospect to Proposal"), ("forecast", "Pipeline to Commit")]


def test_nothing_is_planned_for_a_deal_that_ended(session, a, now):
    deal = a.won()
    with pytest.raises(Refused, match="This deal is won"):
        deals.set_stage(session, deal, Stage.PROPOSAL, by=a.registrant(deal), now=now)
    with pytest.raises(Refused, match="This deal is won"):
        deals.take_part(session, deal, by=a.seller_of_vendor(), now=now)


def test_the_pipeline_sums_open_business_by_stage_and_month(session, a, now):
    january, december = date(2027, 1, 15), date(2026, 12, 31)
    a.submitted(value=10_000_00, expected_close_on=january)
    a.approved(value=20_000_00, expected_close_on=january)
    late = a.approved(value=40_000_00, expected_close_on=december)
    a.won(value=80_000_00), a.draft(value=160_000_00)
    deals.set_stage(session, late, Stage.NEGOTIATION, by=a.registrant(late), now=now)
    found = deals.board(session, DealFilter(), from_on=date(2027, 1, 1))
    assert [(part.stage, part.month, part.minor, part.count) for part in found] == [
        (Stage.NEGOTIATION, "2027-01", 40_000_00, 1),
        (Stage.PROSPECT, "2027-01", 30_000_00, 2),
    ]
    assert [part.weighted_minor for part in found] == [30_000_00, 3_000_00]


def test_a_list_keeps_to_its_filter(session, a):
    mine = a.submitted(customer_name="Kestrel Foods Ltd")
    a.approved(customer_name="100 % Bikes"), a.draft()
    of_mine = DealFilter(partner_id=mine.partner_id)
    assert [row.number for row in session.execute(deals.listed(of_mine))] == [mine.number]
    by_text = deals.listed(DealFilter(text="kestrel"))
    assert [row.number for row in session.execute(by_text)] == [mine.number]
    by_number = deals.listed(DealFilter(text=mine.number.lower()))
    assert [row.number for row in session.execute(by_number)] == [mine.number]
    assert session.execute(deals.listed(DealFilter(text="%x"))).all() == []
    counted = deals.counts(
        session, DealFilter(statuses=(DealStatus.WON,), drafts=False), up_to=1000
    )
    assert counted == {DealStatus.SUBMITTED: 1, DealStatus.APPROVED: 1}


def test_a_long_list_is_counted_up_to_a_limit_only(session, a):
    for _ in range(3):
        a.submitted()
    assert deals.counts(session, DealFilter(), up_to=2) == {DealStatus.SUBMITTED: 3}
    assert deals.counts(session, DealFilter(), up_to=1) == {DealStatus.SUBMITTED: 2}
    assert deals.how_many(session, DealFilter(), up_to=3) == 3
    assert deals.how_many(session, DealFilter(drafts=False), up_to=1) == 2


def test_the_queue_shows_the_most_overdue_first_with_its_rivals(session, a, now):
    rival = a.approved(customer_name="Kestrel Foods Ltd")
    fresh, late = a.submitted(), a.submitted(customer_name="Kestrel Foods Ltd")
    late.decide_by = now - timedelta(hours=2)
    rows = session.execute(deals.waiting(DealFilter(statuses=deals.UNDECIDED))).all()
    assert [(row.number, row.rivals) for row in rows] == [(late.number, 1), (fresh.number, 0)]
    assert deals.overdue(session, now=now) == 1 and rival.protected_through
