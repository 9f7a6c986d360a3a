"""Whether a draft still holds: what has changed since, partner by partner, and how it is said."""

import pytest
from sqlalchemy import select, update

from models import payouts
from models.base import new_id
from models.partners import Partner, PartnerStatus
from models.partners.destinations import DestinationStatus, PayoutDestination
from models.payouts import Payout
from models.payouts.standing import Changed, changes_in, in_words
from models.people import SYSTEM
from tests.models.test_payouts_due import left_behind, made
from tests.payout_story import RAILS, eur, prepare


@pytest.fixture(autouse=True)
def house(a):
    return a.vendor(minimum_payout_minor=50_00)


def test_what_of_a_draft_no_longer_holds_is_listed_by_partner(session, a, now):
    made(a, "Zoe", m10=100_00)
    moved, lost, quiet = (made(a, name, m10=100_00) for name in ("Moved", "Lost", "Quiet"))
    made(a, "Anna", m10=100_00)
    back, elsewhere = made(a, "Back", m10=100_00), made(a, "Elsewhere")
    a.stated(elsewhere, 100_00, currency="USD")
    session.execute(update(PayoutDestination).values(held_until=now, confirmed_at=now))
    run = prepare(session, SYSTEM, now)
    prepare(session, SYSTEM, now, currency="USD")
    assert changes_in(session, run, rails=RAILS, now=now) == []
    session.execute(
        update(PayoutDestination)
        .where(PayoutDestination.partner_id == moved.id)
        .values(status=DestinationStatus.REPLACED)
    )
    a.destination_by_hand(moved)
    session.execute(
        update(PayoutDestination)
        .where(PayoutDestination.partner_id == lost.id)
        .values(status=DestinationStatus.REPLACED)
    )
    quiet.status = elsewhere.status = PartnerStatus.SUSPENDED
    a.stated(back, -100_00, period="2026-11")
    session.flush()
    [zoes] = session.scalars(select(Payout).join(Partner).where(Partner.name == "Zoe"))
    a.stated(session.get_one(Partner, zoes.partner_id), -1, period="2026-11")
    found = changes_in(session, run, rails=RAILS, now=now)
    gone = "Its bank details were changed after the run was prepared."
    assert [(one.partner, one.what) for one in found] == [
        ("Back", "The ledger owes it less than this payout."),
        ("Lost", gone),
        ("Moved", gone),
        ("Quiet", "The partner is suspended; its money waits."),
        ("Zoe", "The ledger owes it less than this payout."),
    ]
    assert (found[-1].payout_id, found[-1].number) == (zoes.id, zoes.number)
    payouts.exclude(session, zoes, reason="?", by=a.finance().actor(), now=now)
    left = changes_in(session, run, rails=RAILS, now=now)
    assert [one.partner for one in left] == ["Back", "Lost", "Moved", "Quiet"]


def test_partners_of_one_name_are_listed_by_the_number_of_the_payout(session, a, now):
    for _ in range(3):
        made(a, "One", m10=100_00)
    run = prepare(session, SYSTEM, now)
    session.execute(update(Partner).values(status=PartnerStatus.SUSPENDED))
    session.expire_all()
    numbers = [one.number for one in changes_in(session, run, rails=RAILS, now=now)]
    assert numbers == sorted(numbers) and len(numbers) == 3


def test_what_earlier_payouts_left_must_be_there_still(session, a, house, now):
    partner = left_behind(session, a, made(a, "One"), 30_00, now)
    a.stated(partner, 70_00)
    run = prepare(session, SYSTEM, now)
    [draft] = session.scalars(select(Payout).where(Payout.run_id == run.id))
    draft.left_minor, house.minimum_payout_minor = 30_00, 120_00  # 130 were asked for
    session.flush()
    assert draft.commission == eur(100_00)
    assert changes_in(session, run, rails=RAILS, now=now) == []
    session.execute(update(Payout).where(Payout.id != draft.id).values(left_minor=0))
    [change] = changes_in(session, run, rails=RAILS, now=now)
    assert change.what == "What earlier payouts have left was changed after the run was prepared."


def test_taxes_that_changed_since_are_noticed(session, a, now):
    made(a, "One", m10=100_00)
    run = prepare(session, SYSTEM, now)
    session.execute(update(Payout).values(commission_minor=99_00))
    session.expire_all()
    [change] = changes_in(session, run, rails=RAILS, now=now)
    assert change.what == "Its taxes have changed since the run was prepared."


def test_what_has_changed_is_said_and_how_to_go_on():
    def told(count):
        return in_words([Changed(new_id(), "P", f"P{n}", f"Gone {n}.") for n in range(count)])

    assert told(1) == (
        "P0 cannot be paid any more. Gone 0. Leave it out of the run, or prepare the run again."
    )
    five = " ".join(f"P{n} cannot be paid any more. Gone {n}." for n in range(5))
    then = "Leave them out of the run, or prepare the run again."
    assert told(5) == f"{five} {then}"
    assert told(6) == f"{five} So it is with 1 more. {then}"
    assert told(8) == f"{five} So it is with 3 more. {then}"
