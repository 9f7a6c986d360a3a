"""Many registrations by one file: each is judged alone, and none is registered twice."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from models import deals
from models.deals import Deal, DealStatus, Entry, Outcome
from models.deals.states import Source
from models.scope import Scope, open_session


@pytest.fixture
def seller(a):
    a.programme()
    return a.seller(a.partner()).actor()


def hand_in(session, seller, a, *registrations):
    entries = [
        Entry(row, each.customer_name if each else "", [{"customer": "x"}], each, "Bad date.")
        for row, each in enumerate(registrations, start=2)
    ]
    return deals.register_many(
        session, entries, file_name="deals.csv", partner_id=seller.partner_id, by=seller, now=a.now
    )


def outcomes(session, batch):
    return [line.outcome for line in deals.lines_of_batch(session, batch.id)]


def test_a_bad_line_stops_no_other_and_leaves_nothing_behind(session, a, seller):
    good, small = a.registration(), a.registration(value=1_00)
    short = a.registration(problem="Short.", contact_name="")
    batch = hand_in(session, seller, a, small, None, good, short)
    assert outcomes(session, batch) == ["refused", "refused", "registered", "refused"]
    said = [line.said for line in deals.lines_of_batch(session, batch.id)]
    assert "Registration starts at" in said[0] and said[1] == "Bad date." and said[2] == ""
    assert "at least 50 characters" in said[3] and "name of your contact" in said[3]
    (deal,) = session.scalars(select(Deal))
    assert deal.status is DealStatus.SUBMITTED and deal.source is Source.FILE
    assert (batch.registered, batch.known, batch.refused) == (1, 0, 3)


def test_the_same_file_twice_registers_nothing_twice(session, a, seller):
    both = a.registration(), a.registration()
    hand_in(session, seller, a, *both)
    again = hand_in(session, seller, a, *both)
    assert outcomes(session, again) == ["known", "known"]
    assert session.scalar(select(func.count(Deal.id))) == 2


def test_not_even_when_what_it_made_is_closed_meanwhile(session, a, seller):
    one = a.registration()
    hand_in(session, seller, a, one)
    deal = session.scalars(select(Deal)).one()
    deals.withdraw(session, deal, by=seller, now=a.now)
    assert outcomes(session, hand_in(session, seller, a, one)) == ["known"]


def test_a_duplicate_of_ones_own_is_named_with_its_number(session, a, seller):
    one = a.registration()
    hand_in(session, seller, a, one)
    dearer = replace(one, competitors="Contoso")
    batch = hand_in(session, seller, a, dearer, replace(dearer, project="Depot South"))
    lines = deals.lines_of_batch(session, batch.id)
    number = session.scalars(select(Deal.number)).one()
    assert [line.number for line in lines] == [number, number]
    assert "already" in lines[0].said


def test_two_lines_alike_in_one_file_are_one_registration(session, a, seller):
    one = a.registration()
    assert outcomes(session, hand_in(session, seller, a, one, one)) == ["registered", "known"]


def test_what_may_be_a_rivals_waits_for_review_and_names_nobody(session, a, seller):
    rival = a.approved(customer_name="Kestrel Foods Ltd")
    batch = hand_in(session, seller, a, a.registration(customer_name="Kestrel Foods"))
    (line,) = deals.lines_of_batch(session, batch.id)
    assert line.outcome is Outcome.REVIEW
    assert rival.number not in str(line) and "Ltd" not in line.said


def test_a_partner_hands_in_within_its_own_walls(engine, session, a, seller):
    registration, now = a.registration(), a.now
    session.commit()
    with open_session(engine, Scope.partner(seller.partner_id)) as own:
        batch = deals.register_many(
            own, [Entry(2, "x", [], registration)], file_name="a.csv",
            partner_id=seller.partner_id, by=seller, now=now,
        )  # fmt: skip
        own.commit()
        assert batch.registered == 1
    with open_session(engine, Scope.partner(a.partner().id)) as rival:
        assert rival.execute(deals.batches()).all() == []


def test_a_report_is_never_changed(session, a, seller):
    batch = hand_in(session, seller, a, a.registration())
    batch.registered = 7
    with pytest.raises(Exception, match="deal_batch is never changed"):
        session.flush()
