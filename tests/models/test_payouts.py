"""A payout run before money moves: who is in it, who lets it go, and what stops it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from models import commissions, ledger, partners, payouts
from models.commissions import CommissionLine
from models.commissions.disputes import DisputeReason, Objection
from models.errors import Refused
from models.ledger import Account
from models.money import Money
from models.partners import PartnerStatus
from models.partners.destinations import DestinationStatus
from models.payouts import Payout, PayoutRun, PayoutSkip, WhyNot
from models.payouts.previews import Preview
from models.payouts.queries import seen_of
from models.people import SYSTEM
from tests.payout_story import RAILS, eur, only_payout, prepare, release


@pytest.fixture(autouse=True)
def books(session):
    yield
    assert payouts.check_books(session) == []


@pytest.fixture
def vendor(a):
    return a.vendor()


@pytest.fixture
def preparer(a, vendor):
    return a.finance(name="Petra Prepares").actor()


@pytest.fixture
def releaser(a):
    return a.finance(name="Rita Releases").actor()


def skipped(session, run) -> dict:
    rows = session.scalars(select(PayoutSkip).where(PayoutSkip.run_id == run.id))
    return {skip.partner_id: skip.why for skip in rows}


def test_nobody_is_put_into_a_run_for_more_than_the_ledger_owes(session, a, preparer, now):
    """Else the release would be refused, and the run with it."""
    partner, other = a.payable(500_00, name="Taken Back GmbH"), a.payable(100_00)
    a.stated(partner, -30_00, period="2026-08")
    run = prepare(session, preparer, now)
    assert only_payout(session, run).partner_id == other.id
    assert skipped(session, run) == {partner.id: WhyNot.TAKEN_BACK}


def test_statements_of_earlier_months_that_were_not_paid_are_paid_too(session, a, preparer, now):
    partner = a.payable(100_00)
    a.stated(partner, 40_00, period="2026-08")
    assert only_payout(session, prepare(session, preparer, now)).amount == eur(140_00)


@pytest.mark.parametrize(
    "period, text", [("2026-11", "not closed yet"), ("2026-13", "year and month")]
)
def test_a_month_that_is_not_closed_is_not_paid(session, a, preparer, now, period, text):
    a.payable(100_00)
    with pytest.raises(Refused, match=text):
        prepare(session, preparer, now, period=period)


def test_who_cannot_be_paid_is_listed_with_the_reason(session, a, vendor, preparer, now):
    a.payable(100_00)
    small = a.payable(vendor.minimum_payout_minor - 1)
    homeless = a.partner()
    a.stated(homeless, 100_00)
    moved = a.partner()
    a.destination(moved, held_until=now + timedelta(hours=1))
    a.stated(moved, 100_00)
    suspended = a.payable(100_00, status=PartnerStatus.SUSPENDED)
    indebted = a.payable(-30_00)
    waiting = a.partner()
    a.stated(waiting, 20_00, asked=0)
    run = prepare(session, preparer, now)
    assert skipped(session, run) == {
        small.id: WhyNot.BELOW_MINIMUM,
        homeless.id: WhyNot.NO_DESTINATION,
        moved.id: WhyNot.DESTINATION_HELD,
        suspended.id: WhyNot.PARTNER_SUSPENDED,
        indebted.id: WhyNot.NEGATIVE,
        waiting.id: WhyNot.NOTHING_DUE,
    }


def test_exactly_the_minimum_is_paid(session, a, vendor, preparer, now):
    a.payable(vendor.minimum_payout_minor)
    assert only_payout(session, prepare(session, preparer, now)).amount == eur(
        vendor.minimum_payout_minor
    )


def test_changed_bank_details_are_paid_when_the_hold_ends_and_finance_has_confirmed_them(
    session, a, preparer, now
):
    partner = a.partner()
    changed = a.destination(partner, held_until=now)
    a.stated(partner, 100_00)
    with pytest.raises(Refused, match="finance has not confirmed them yet"):
        prepare(session, preparer, now)
    partners.confirm_destination(session, changed, how="Called Rosa.", by=preparer, now=now)
    assert only_payout(session, prepare(session, preparer, now)).partner_id == partner.id


def test_dollars_go_by_hand_and_never_by_sepa(session, a, preparer, now):
    by_sepa, by_hand = a.partner(currency="USD"), a.partner(currency="USD")
    a.destination(by_sepa)
    a.destination_by_hand(by_hand)
    for partner in (by_sepa, by_hand):
        a.stated(partner, 100_00, currency="USD")
    run = prepare(session, preparer, now, currency="USD")
    assert only_payout(session, run).partner_id == by_hand.id
    assert skipped(session, run) == {by_sepa.id: WhyNot.NO_RAIL}


def test_a_run_for_nobody_is_refused_with_the_reasons(session, a, preparer, now):
    partner = a.partner(name="Nordwind")
    a.stated(partner, 100_00)
    with pytest.raises(Refused, match="Nordwind: No bank details"):
        prepare(session, preparer, now)


def test_one_draft_of_a_currency_at_a_time(session, a, preparer, now):
    a.payable(100_00)
    run = prepare(session, preparer, now)
    with pytest.raises(Refused, match=f"{run.number} in EUR is still a draft"):
        prepare(session, preparer, now)


def test_preparing_again_after_all_is_paid_finds_nothing(session, a, preparer, releaser, now):
    a.payable(100_00)
    run = prepare(session, preparer, now)
    release(session, run, releaser, now)
    with pytest.raises(Refused, match="Nobody is due"):
        prepare(session, preparer, now)


def test_the_preparer_may_not_release_and_is_told_who_may(session, a, preparer, releaser, now):
    a.payable(100_00)
    run = prepare(session, preparer, now)
    with pytest.raises(Refused, match=r"second person must release it\. Ask Rita Releases"):
        release(session, run, preparer, now)


def test_the_database_too_refuses_one_person_for_both(session, a, preparer, now):
    a.payable(100_00)
    run = prepare(session, preparer, now)
    session.commit()
    with pytest.raises(IntegrityError):
        session.execute(update(PayoutRun).values(released_by_id=run.prepared_by_id))
    session.rollback()


def test_the_system_prepares_but_never_releases(session, a, vendor, now):
    a.payable(100_00)
    run = prepare(session, SYSTEM, now)
    with pytest.raises(Refused, match="A person releases"):
        release(session, run, SYSTEM, now)


def test_releasing_twice_releases_once(session, a, preparer, releaser, now):
    a.payable(100_00)
    run = prepare(session, preparer, now)
    release(session, run, releaser, now)
    with pytest.raises(Refused, match="already released, by Rita Releases"):
        release(session, run, releaser, now)
    assert ledger.balance(session, Account.PAYOUT_CLEARING, "EUR") == eur(-100_00)


def test_only_what_was_seen_is_released(session, a, preparer, releaser, now):
    a.payable(100_00)
    a.payable(200_00)
    run = prepare(session, preparer, now)
    seen = seen_of(session, run)
    one = session.scalars(select(Payout)).first()
    payouts.exclude(session, one, reason="under review", by=preparer, now=now)
    with pytest.raises(Refused, match="changed since you looked"):
        payouts.release(session, run, seen=seen, rails=RAILS, by=releaser, now=now)
    payouts.include(session, one, by=preparer, now=now)
    payouts.release(session, run, seen=seen, rails=RAILS, by=releaser, now=now)
    assert run.released_seen == seen


@pytest.mark.parametrize("change", ["moved", "suspended", "clawed_back"])
def test_what_changed_after_preparing_stops_the_release_and_names_the_partner(
    session, a, preparer, releaser, now, change
):
    partner = a.partner(name="Nordwind")
    home = a.destination(partner)
    a.stated(partner, 100_00)
    run = prepare(session, preparer, now)
    seen = seen_of(session, run)
    if change == "moved":
        home.status = DestinationStatus.REPLACED
        session.flush()
        a.destination(partner, iban="DE89370400440532013000")
    elif change == "suspended":
        partner.status = PartnerStatus.SUSPENDED
    else:
        a.stated(partner, -60_00, period="2026-11")
    with pytest.raises(Refused, match="Nordwind cannot be paid any more"):
        payouts.release(session, run, seen=seen, rails=RAILS, by=releaser, now=now)


def test_a_payout_that_is_left_out_waits_for_the_next_run(session, a, preparer, releaser, now):
    kept, left_out = a.payable(100_00), a.payable(200_00)
    run = prepare(session, preparer, now)
    payout = session.scalars(select(Payout).where(Payout.partner_id == left_out.id)).one()
    with pytest.raises(Refused, match="Say why"):
        payouts.exclude(session, payout, reason=" ", by=preparer, now=now)
    payouts.exclude(session, payout, reason="under review", by=preparer, now=now)
    release(session, run, releaser, now)
    assert ledger.owed(session) == {(left_out.id, "EUR"): 200_00}
    with pytest.raises(Refused, match="can no longer be changed"):
        payouts.include(session, payout, by=preparer, now=now)
    second = prepare(session, preparer, now)
    assert (second.seq, only_payout(session, second).partner_id) == (2, left_out.id)
    assert kept.id != left_out.id


def test_the_preview_shows_the_equation_and_the_difference_to_the_month_before(
    session, a, preparer, releaser, now
):
    partner = a.partner()
    a.destination(partner)
    a.stated(partner, 100_00, period="2026-09")
    before = prepare(session, preparer, now, period="2026-09")
    release(session, before, releaser, now)
    a.stated(
        partner,
        175_00,
        opening_minor=10_00,
        earned_minor=200_00,
        taken_back_minor=-25_00,
        payable_minor=185_00,
        closing_minor=0,
    )
    # the ten carried forward were earned in a month whose statement is not part of this test
    a.stated(partner, 10_00, period="2026-08", asked=0)
    row = session.execute(Preview(prepare(session, preparer, now)).standing()).one()
    assert (row.opening_minor, row.earned_minor, row.taken_back_minor) == (10_00, 200_00, -25_00)
    assert (row.amount_minor, row.before_minor) == (185_00, 100_00)


def test_what_a_dispute_holds_stands_beside_the_partner_and_the_rest_is_paid(
    session, a, preparer, now
):
    a.plan()
    partner = a.partner()
    a.destination(partner)
    a.earned(10_000_00, partner_id=partner.id)
    line = session.scalars(select(CommissionLine)).one()
    objection = Objection(DisputeReason.RATE, "We agreed on more.", Money(400_00, "EUR"))
    by = a.actor(partner_id=partner.id)
    commissions.open_dispute(session, line.id, objection, by=by, at=a.now, now=a.now)
    commissions.close_month(session, "2026-11", by=SYSTEM, now=a.now, early=True)
    row = session.execute(Preview(prepare(session, preparer, now, period="2026-11")).standing())
    told = row.one()
    assert (told.held_minor, told.taken_back_minor, told.amount_minor) == (-400_00, 0, 600_00)
