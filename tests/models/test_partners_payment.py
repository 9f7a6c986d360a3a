"""Where a partner is paid: sealed, checked, told to everybody, held."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from models import audit, partners
from models.errors import Refused
from models.notices import Notice
from models.partners import destinations
from models.partners.destinations import DestinationKind, PayoutDestination
from models.people import Role, passwords
from models.scope import Scope, open_session
from models.sealing import Seal

GOOD = "gravel Thursday umbrella"
FIRST, SECOND = "DE89 3704 0044 0532 0130 00", "FR14 2004 1010 0505 0001 3M02 606"
SEAL = Seal("a key that only the tests know, long enough")


@pytest.fixture(autouse=True)
def cheap():
    passwords.set_cost(rounds=1, memory_kib=8, lanes=1)


@pytest.fixture
def rhine(a):
    a.vendor()
    return a.partner(name="Rhine Bikes")


@pytest.fixture
def head(a, rhine):
    return a.person(
        partner=rhine, role=Role.PARTNER_ADMINISTRATOR, password_hash=passwords.hashed(GOOD)
    )


@pytest.fixture
def pay(session, rhine, head, now):
    def pay(iban=FIRST, at=now, by=head):
        account = destinations.checked(holder="Rhine Bikes GmbH", iban=iban, bic="")
        return partners.pay_to_account(session, rhine, account, by=by.actor(), seal=SEAL, now=at)

    return pay


def test_the_account_number_is_sealed_and_only_its_end_is_shown(session, pay):
    kept = pay()
    assert destinations.account_of(kept, SEAL).iban == "DE89370400440532013000"
    assert "3704" not in kept.iban_sealed
    assert kept.summary == "DE •••• 3000 (Rhine Bikes GmbH)"
    with pytest.raises(Refused, match="another key"):
        destinations.account_of(kept, Seal("quite another key, long enough too"))


def test_an_older_key_still_opens_what_it_sealed():
    kept = Seal("the old key of last year, long enough").close("DE89")
    both = Seal("the new key of this year, long enough", "the old key of last year, long enough")
    assert both.open(kept) == "DE89"


def test_a_first_destination_is_not_held_a_changed_one_for_72_hours(session, pay, now):
    assert not pay().is_held(now)
    changed = pay(SECOND)
    assert changed.is_held(now + timedelta(hours=72, seconds=-1))
    assert not changed.is_held(now + timedelta(hours=72))


def test_the_same_account_again_changes_nothing(session, pay, now):
    first = pay()
    assert pay("DE89370400440532013000", at=now + timedelta(days=1)).id == first.id
    assert not first.is_held(now)
    assert session.scalar(select(func.count(PayoutDestination.id))) == 1


def test_the_old_destination_stays_in_the_history(session, rhine, pay, now):
    first, second = pay(), pay(SECOND)
    assert destinations.current(session, rhine.id).id == second.id
    assert [row.id for row in destinations.history(session, rhine.id)] == [second.id, first.id]


def test_the_database_refuses_two_current_destinations(session, rhine, pay, now):
    pay()
    session.add(
        PayoutDestination(
            partner_id=rhine.id, kind=DestinationKind.BY_HAND, holder="x", created_at=now
        )
    )
    with pytest.raises(IntegrityError):
        session.flush()


def test_every_administrator_and_finance_hear_of_a_change(session, a, rhine, pay):
    other = a.person(partner=rhine, role=Role.PARTNER_ADMINISTRATOR)
    seller, finance = a.person(partner=rhine), a.finance()
    pay()
    told = set(session.scalars(select(Notice.person_id)))
    assert {other.id, finance.id} < told and seller.id not in told
    assert not any("0532" in body for body in session.scalars(select(Notice.body)))
    assert "0532" not in str(session.scalars(select(audit.AuditEntry.detail)).all())


def test_only_the_partners_own_administrator_says_where_to_pay(a, rhine, pay):
    hashed = passwords.hashed(GOOD)
    for stranger in (
        a.person(partner=rhine, password_hash=hashed),
        a.person(role=Role.PARTNER_ADMINISTRATOR, password_hash=hashed),
        a.finance(password_hash=hashed),
    ):
        with pytest.raises(Refused, match="Only a partner administrator"):
            pay(by=stranger)


def test_paid_by_hand_needs_to_be_told_how(session, rhine, head, now):
    said = {"by": head.actor(), "now": now}
    with pytest.raises(Refused, match="who is paid and how"):
        partners.pay_by_hand(session, rhine, holder="Rhine", instructions=" ", **said)
    first, again = (
        partners.pay_by_hand(session, rhine, holder="Rhine", instructions="cheque", **said)
        for _ in range(2)
    )
    assert first.id == again.id and first.iban_sealed is None


@pytest.mark.parametrize(
    "iban, bic, message",
    [
        ("DE89 3704 0044 0532 0130 01", "", "does not add up"),
        ("", "", "does not add up"),
        ("BR15 0000 0000 0000 1093 2840 814P 2", "", "do not reach accounts in BR"),
        ("GB29 NWBK 6016 1331 9268 19", "", "enter the bank's BIC"),
        (FIRST, "NOT A BIC", "BIC is not valid"),
    ],
)
def test_an_account_that_cannot_be_paid_is_refused(iban, bic, message):
    with pytest.raises(Refused, match=message):
        destinations.checked(holder="Rhine", iban=iban, bic=bic)


def test_a_rival_does_not_find_the_destination(engine, session, a, rhine, pay):
    pay()
    rival = a.partner()
    session.commit()
    with open_session(engine, Scope.partner(rival.id)) as theirs:
        assert destinations.current(theirs, rhine.id) is None
        assert destinations.history(theirs, rhine.id) == []
    with open_session(engine, Scope.partner(rhine.id)) as own:
        assert destinations.current(own, rhine.id) is not None


def test_a_changed_account_is_confirmed_once_by_finance_which_says_how(session, a, pay, head, now):
    pay()
    changed = pay(SECOND)
    assert destinations.unconfirmed(session) == [changed] and not changed.is_confirmed
    finance = a.finance().actor()

    def confirm(by=finance, how="Called Rosa on the number in the contract."):
        partners.confirm_destination(session, changed, how=how, by=by, now=now)

    for by, how, says in (
        (head.actor(), "It is mine.", "Only finance"),
        (a.administrator().actor(), "Called.", "Only finance"),
        (finance, " ", "how you made sure"),
    ):
        with pytest.raises(Refused, match=says):
            confirm(by, how)
    confirm()
    assert changed.is_confirmed and destinations.unconfirmed(session) == []
    with pytest.raises(Refused, match="confirmed already"):
        confirm()
    pay()
    with pytest.raises(Refused, match="changed it again"):
        confirm()
