"""Two people at the same moment: the database lets one, and money moves once."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from models import engine as engines
from models import ledger, payouts
from models.base import new_id
from models.errors import Refused
from models.ledger import Account, Posting, PostingLine
from models.money import Money
from models.partners.destinations import DestinationKind
from models.payouts import Payout, PayoutRun, PayoutStatement
from models.payouts.queries import seen_of
from models.payouts.terms import PayoutSlot
from models.people import SYSTEM
from models.scope import Scope, open_session
from tests.factories_payouts import SEAL
from tests.payout_story import RAILS


@pytest.fixture
def at_once(engine, session):
    """Runs the same work for several people at the same moment; how it went for each."""

    def at_once(work: Callable, people: list) -> list[str]:
        session.commit()
        start, went = Barrier(len(people)), []

        def one(person) -> None:
            with open_session(engines.for_writing(engine), Scope.vendor()) as own:
                start.wait()
                try:
                    work(own, person)
                    own.commit()
                    went.append("done")
                except (Refused, IntegrityError) as no:
                    own.rollback()
                    went.append(type(no).__name__)

        threads = [Thread(target=one, args=[person]) for person in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        session.expire_all()
        return went

    return at_once


@pytest.fixture
def people(a):
    a.vendor()
    return [a.finance().actor() for _ in range(4)]


@pytest.fixture
def draft(session, a, people, now):
    a.payable(100_00)
    return payouts.prepare(session, "2026-10", "EUR", rails=RAILS, by=people[0], now=now)


def test_of_several_who_prepare_the_same_month_at_once_one_does(session, a, at_once, people, now):
    a.payable(100_00)

    def prepare(own, person):
        payouts.prepare(own, "2026-10", "EUR", rails=RAILS, by=person, now=now)

    assert sorted(at_once(prepare, people))[-1] == "done"
    assert session.scalar(select(func.count(PayoutRun.id))) == 1
    assert session.scalar(select(func.count(Payout.id))) == 1


def test_of_several_who_release_at_once_one_does_and_the_money_is_reserved_once(
    session, at_once, draft, people, now
):
    seen = seen_of(session, draft)

    def release(own, person):
        run = own.get_one(PayoutRun, draft.id)
        payouts.release(own, run, seen=seen, rails=RAILS, by=person, now=now)

    assert at_once(release, people[1:]).count("done") == 1
    assert ledger.balance(session, Account.PAYOUT_CLEARING, "EUR") == Money(-100_00, "EUR")
    assert payouts.check_books(session) == []


def test_of_several_who_record_the_payment_at_once_it_is_booked_once(
    session, at_once, draft, people, now
):
    seen = seen_of(session, draft)
    payouts.release(session, draft, seen=seen, rails=RAILS, by=people[1], now=now)
    sepa = RAILS[DestinationKind.SEPA]
    payouts.hand_over(session, draft, sepa, seal=SEAL, by=people[1], now=now)

    def pay(own, person):
        run = own.get_one(PayoutRun, draft.id)
        payouts.mark_run_paid(own, run, reference="B-1", paid_on=now.date(), by=person, now=now)

    at_once(pay, people)
    assert ledger.balance(session, Account.BANK, "EUR") == Money(-100_00, "EUR")
    assert payouts.check_books(session) == []


def test_of_several_who_take_the_bank_file_at_once_all_get_the_same_one(
    session, at_once, draft, people, now
):
    seen = seen_of(session, draft)
    payouts.release(session, draft, seen=seen, rails=RAILS, by=people[1], now=now)
    hashes = set()

    def take(own, person):
        run = own.get_one(PayoutRun, draft.id)
        sepa = RAILS[DestinationKind.SEPA]
        hashes.add(payouts.hand_over(own, run, sepa, seal=SEAL, by=person, now=now).sha256)

    assert at_once(take, people) == ["done"] * len(people)
    assert len(hashes) == 1


def test_the_database_lets_a_statement_into_one_live_payout_only(session, draft, a, now):
    link = session.scalars(select(PayoutStatement)).one()
    first = session.scalars(select(Payout)).one()
    another_run = a.keep(
        PayoutRun(number="R-2222222", period="2026-10", seq=2, currency="USD", prepared_at=now)
    )
    second = a.keep(
        Payout(
            partner_id=first.partner_id,
            number="PO-2222222",
            run_id=another_run.id,
            period="2026-10",
            amount=Money(100_00, "EUR"),
            destination_id=first.destination_id,
            rail=DestinationKind.SEPA,
            created_at=now,
        )
    )
    again = {
        "id": new_id(),
        "partner_id": first.partner_id,
        "payout_id": second.id,
        "statement_id": link.statement_id,
        "amount_minor": 100_00,
        "is_live": True,
    }
    with pytest.raises(IntegrityError, match="statement_id"):
        session.execute(insert(PayoutStatement).values(again))


def test_the_same_fact_posted_by_two_at_once_is_in_the_ledger_once(
    session, a, at_once, people, now
):
    partner = a.partner()
    amount = Money(5_00, "EUR")

    def post(own, _person):
        ledger.post(
            own,
            key="the same fact",
            kind="test",
            period="2026-10",
            entries=[
                ledger.debit(Account.COMMISSION_EXPENSE, amount),
                ledger.credit(Account.PARTNER_PAYABLE, amount, partner.id),
            ],
            now=now,
        )

    assert sorted(at_once(post, people)) == ["IntegrityError"] * 3 + ["done"]
    assert session.scalar(select(func.count(Posting.id))) == 1
    assert session.scalar(select(func.count(PostingLine.id))) == 2


def test_of_several_workers_on_the_cut_off_day_one_prepares_and_the_others_do_nothing(
    session, a, at_once, people, now
):
    a.payable(100_00)

    def go_round(own, _worker):
        payouts.prepare_due(own, rails=RAILS, now=now)

    assert at_once(go_round, people) == ["done"] * 4
    assert session.scalar(select(func.count(PayoutRun.id))) == 1
    assert session.scalar(select(func.count(PayoutSlot.id))) == 1


def test_of_two_who_approve_and_release_at_once_each_for_the_other_the_money_is_reserved_once(
    session, a, at_once, people, now
):
    a.payable(100_00)
    run = payouts.prepare(session, "2026-10", "EUR", rails=RAILS, by=SYSTEM, now=now)
    run_id, seen = run.id, seen_of(session, run)

    def approve(own, person):
        payouts.approve(own, own.get_one(PayoutRun, run_id), seen=seen, by=person, now=now)

    def release(own, person):
        its = own.get_one(PayoutRun, run_id)
        payouts.release(own, its, seen=seen, rails=RAILS, by=person, now=now)

    assert at_once(approve, people[:2]) == ["done"] * 2
    assert sorted(at_once(release, people[:2])) == ["Refused", "done"]
    assert ledger.balance(session, Account.PAYOUT_CLEARING, "EUR") == Money(-100_00, "EUR")
