"""The ledger: it balances, it never changes, and one fact is posted once."""

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from models import ledger
from models.base import new_id
from models.ledger import Account, Posting, PostingLine, credit, debit
from models.money import Money


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


@pytest.fixture
def partner(a):
    return a.partner()


def earn(session, partner, amount: Money, *, key: str = "statement:1", now) -> Posting:
    return ledger.post(
        session,
        key=key,
        kind="commission",
        period="2026-10",
        entries=[
            debit(Account.COMMISSION_EXPENSE, amount),
            credit(Account.PARTNER_PAYABLE, amount, partner.id),
        ],
        now=now,
    )


def line(posting_id, minor: int, currency: str = "EUR") -> dict:
    return {
        "id": new_id(),
        "posting_id": posting_id,
        "account": Account.BANK,
        "amount_minor": minor,
        "amount_currency": currency,
    }


def posting(posting_id, now, lines: int) -> dict:
    return {
        "id": posting_id,
        "key": f"k{posting_id}",
        "kind": "test",
        "period": "2026-10",
        "at": now,
        "line_count": lines,
    }


def test_what_was_earned_is_owed(session, partner, now):
    earn(session, partner, eur(120_00), now=now)
    earn(session, partner, Money(7_00, "USD"), key="statement:2", now=now)
    session.commit()
    assert ledger.owed_to(session, partner.id, "EUR") == eur(120_00)
    assert ledger.owed(session) == {(partner.id, "EUR"): 120_00, (partner.id, "USD"): 7_00}
    assert ledger.balance(session, Account.COMMISSION_EXPENSE, "EUR") == eur(120_00)
    assert ledger.check(session) == []


def test_a_clawback_larger_than_the_balance_leaves_the_partner_owing(session, partner, now):
    earn(session, partner, eur(50_00), now=now)
    earn(session, partner, eur(-80_00), key="statement:2", now=now)
    assert ledger.owed_to(session, partner.id, "EUR") == eur(-30_00)


def test_an_account_that_came_back_to_zero_is_owed_nothing(session, partner, now):
    earn(session, partner, eur(50_00), now=now)
    earn(session, partner, eur(-50_00), key="statement:2", now=now)
    assert ledger.owed(session) == {}


def test_one_fact_is_posted_once(session, partner, now):
    earn(session, partner, eur(1_00), now=now)
    with pytest.raises(IntegrityError):
        earn(session, partner, eur(1_00), now=now)


def test_an_unbalanced_posting_is_our_mistake(session, partner, now):
    with pytest.raises(AssertionError, match="does not balance"):
        ledger.post(
            session,
            key="x",
            kind="test",
            period="2026-10",
            entries=[
                debit(Account.BANK, eur(1)),
                credit(Account.PARTNER_PAYABLE, Money(1, "USD"), partner.id),
            ],
            now=now,
        )


@pytest.mark.parametrize(
    "amounts, said",
    [
        ([(100, "EUR"), (-99, "EUR")], 2),
        ([(100, "EUR"), (-100, "USD")], 2),
        ([(100, "EUR"), (-100, "EUR")], 3),
        ([], 2),
    ],
)
def test_the_database_itself_refuses_what_does_not_balance(session, now, amounts, said):
    posting_id = new_id()
    with pytest.raises(DBAPIError, match="a posting must balance"):
        for minor, currency in amounts:
            session.execute(insert(PostingLine).values(line(posting_id, minor, currency)))
        session.execute(insert(Posting).values(posting(posting_id, now, said)))
        session.commit()


def test_the_database_refuses_lines_of_no_posting(session):
    with pytest.raises(IntegrityError):
        session.execute(insert(PostingLine).values(line(new_id(), 1)))
        session.commit()


def test_a_posting_takes_no_further_line(session, partner, now):
    sealed = earn(session, partner, eur(1_00), now=now)
    session.commit()
    with pytest.raises(DBAPIError, match="no further line"):
        session.execute(insert(PostingLine).values(line(sealed.id, 5)))


@pytest.mark.parametrize(
    "change",
    [
        update(Posting).values(period="2026-11"),
        update(PostingLine).values(amount_minor=PostingLine.amount_minor * 2),
        delete(Posting),
        delete(PostingLine),
        text("UPDATE posting SET kind = 'other'"),
    ],
)
def test_nothing_in_the_ledger_is_ever_changed_or_deleted(session, partner, now, change):
    earn(session, partner, eur(1_00), now=now)
    session.commit()
    with pytest.raises(DBAPIError, match="is never changed"):
        session.execute(change)


@pytest.mark.parametrize("minor, account", [(0, "bank"), (5, "partner_payable")])
def test_a_line_moves_something_and_a_payable_is_somebodys(session, minor, account):
    with pytest.raises(IntegrityError):
        session.execute(insert(PostingLine).values(line(new_id(), minor) | {"account": account}))


def test_the_movement_of_chosen_postings_can_be_asked(session, partner, now):
    earn(session, partner, eur(10_00), now=now)
    earn(session, partner, eur(5_00), key="statement:2", now=now)
    moved = ledger.movement(session, Account.PARTNER_PAYABLE, "EUR", keys=["statement:2"])
    assert moved == eur(-5_00)
