"""A case follows what becomes of its deals: matches cleared, customers merged, deals changed."""

from dataclasses import replace

from sqlalchemy import func, select

from models import customers, deals
from models.customers import Customer
from models.deals import DealMatch
from models.deals.conflicts import Conflict, ConflictStatus, Standing


def cases(session) -> int:
    return session.scalar(select(func.count(Conflict.id)))


def test_clearing_the_match_closes_the_case_that_stood_on_it(a, session, now):
    first, second = a.contest(alike=True)
    match = session.scalars(select(DealMatch).where(DealMatch.deal_id == second.id)).one()
    deals.clear_match(session, second, match.id, reason="Two companies.", by=a.decider(), now=now)
    session.flush()
    assert a.case_of(first).status is ConflictStatus.SETTLED
    assert {a.side_of(deal).standing for deal in (first, second)} == {Standing.SETTLED}


def test_customers_that_are_merged_bring_their_rivals_together(a, session, now):
    first = a.approved(customer_name="Kestrel Foods Ltd")
    second = a.submitted(customer_name="Falcon Dairy")
    assert cases(session) == 0
    survivor = session.get_one(Customer, first.customer_id)
    merged = session.get_one(Customer, second.customer_id)
    by = a.decider()
    done = deals.merge_customers(
        session, survivor, merged, reason="Renamed last year.", by=by, now=now
    )
    session.flush()
    assert cases(session) == 1
    assert a.case_of(first).id == a.case_of(second).id
    deals.undo_merge(session, done, reason="They are two.", by=by, now=now)
    session.flush()
    assert a.case_of(first).status is ConflictStatus.SETTLED, "it stood on the merge alone"


def test_who_registers_a_customer_that_is_merged_that_moment_meets_its_rival(
    a, session, now, monkeypatch
):
    first = a.approved(customer_name="Kestrel Foods Ltd")
    recognise, by = customers.recognise, a.decider()

    def merged_meanwhile(beside, details, *, now):
        found = recognise(beside, details, now=now)
        rows = [beside.get_one(Customer, key) for key in (first.customer_id, found.customer_id)]
        deals.merge_customers(beside, *rows, reason="Renamed last year.", by=by, now=now)
        return found

    monkeypatch.setattr(customers, "recognise", merged_meanwhile)
    second = a.submitted(customer_name="Falcon Dairy")
    assert second.customer_id == first.customer_id
    assert a.case_of(first).id == a.case_of(second).id


def test_a_deal_that_is_changed_to_a_rivals_customer_is_in_conflict(a, session, now):
    a.approved(customer_name="Kestrel Foods Ltd", family="Helmets")
    mine = a.approved(customer_name="Falcon Dairy", family="Bikes")
    other = a.submitted(customer_name="Kestrel Foods Ltd", family="Bikes")
    assert cases(session) == 0
    asked = deals.registration_of(session, other)
    changed = replace(asked, customer_name="Falcon Dairy")
    by, manager = a.registrant(other), a.decider()
    questions = [deals.Question.CUSTOMER]
    deals.ask(session, other, questions=questions, text="Which customer?", by=manager, now=now)
    deals.answer(session, other, changed, note="The dairy.", by=by, now=now)
    session.flush()
    assert a.case_of(mine).id == a.case_of(other).id
