"""A renewal and its incumbent: it is told without a name, may comment, and goes first."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models import deals
from models.deals import DealStatus, DealType, RenewalNotice
from models.deals.conflicts import Rule
from models.deals.incumbents import months_before
from models.errors import Refused
from models.notices import Notice
from models.scope import Scope, open_session
from tests.models.test_wins_shared import shared

CUSTOMER = "Kestrel Foods Ltd"
RENEWED = {
    "customer_name": CUSTOMER,
    "kind": DealType.RENEWAL,
    "previous_order": "C-1",
    "previous_ends_on": date(2027, 1, 31),
}


@pytest.fixture
def sold(a):
    """What the incumbent won there."""
    return a.won(customer_name=CUSTOMER)


def notices(session) -> list[RenewalNotice]:
    return list(session.scalars(select(RenewalNotice)))


def test_the_incumbent_is_told_of_a_renewal_and_not_by_whom(session, a, sold):
    renewal = a.submitted(**RENEWED)
    (told,) = notices(session)
    assert told.partner_id == sold.partner_id and told.own_deal_id == sold.id
    letter = session.scalars(select(Notice).where(Notice.kind == "deal-renewal-registered")).one()
    assert letter.partner_id == sold.partner_id and sold.number in letter.body
    rival = session.get_one(type(sold), renewal.id)
    for secret in (rival.number, rival.registered_by_name, str(rival.id), "10,000"):
        assert secret not in letter.title + letter.body + letter.link


def test_the_decision_clock_starts_when_the_incumbent_was_heard(session, a, sold, now):
    renewal = a.submitted(**RENEWED)
    calendar = a.programme().calendar
    heard = calendar.add_business_days(now, 2)
    assert notices(session)[0].comment_by == heard
    assert renewal.decide_by == calendar.add_business_days(heard, 2)


@pytest.mark.parametrize("kind", [DealType.NEW_BUSINESS, DealType.TAKE_OUT])
def test_nobody_is_heard_on_anything_but_a_renewal(session, a, sold, now, kind):
    deal = a.submitted(
        customer_name=CUSTOMER, kind=kind, replaces="Litware", replace_reason="It is old."
    )
    assert notices(session) == [] and deal.decide_by == now + timedelta(days=2)


def test_who_renews_its_own_customer_asks_nobody(session, a, sold):
    partner = session.get_one(type(a.partner()), sold.partner_id)
    renewal = a.submitted(partner=partner, by=a.registrant(sold), **RENEWED)
    assert notices(session) == []
    deals.approve(session, renewal, by=a.decider(), now=a.now)
    assert renewal.status is DealStatus.APPROVED


@pytest.mark.parametrize(("months", "is_told"), [(1, False), (24, True)])
def test_who_sold_too_long_ago_is_no_incumbent(session, a, sold, months, is_told):
    sold.won_on -= timedelta(days=60)
    sold.renews_on = None
    session.flush()
    a.programme().incumbent_months = months
    a.submitted(**RENEWED)
    assert bool(notices(session)) is is_told


def test_a_renewal_is_not_approved_before_the_incumbent_was_heard(session, a, sold, now):
    renewal = a.submitted(**RENEWED)
    with pytest.raises(Refused, match="holds the contract and may comment until"):
        deals.approve(session, renewal, by=a.decider(), now=now)
    deals.approve(session, renewal, by=a.decider(), now=now + timedelta(days=2))
    assert renewal.status is DealStatus.APPROVED


def test_a_comment_is_given_once_in_time_and_opens_the_way(session, a, sold, now):
    renewal = a.submitted(**RENEWED)
    (told,) = notices(session)
    by = a.registrant(sold)
    words = "They have paid us for support until June."
    deals.comment_as_incumbent(session, told, text=words, by=by, now=now)
    assert [said.comment for said in deals.notices_about(session, renewal.id)] == [words]
    with pytest.raises(Refused, match="has commented already"):
        deals.comment_as_incumbent(session, told, text="More.", by=by, now=now)
    deals.approve(session, renewal, by=a.decider(), now=now)
    assert renewal.status is DealStatus.APPROVED


def test_a_comment_that_comes_too_late_is_refused(session, a, sold, now):
    a.submitted(**RENEWED)
    (told,) = notices(session)
    late = told.comment_by + timedelta(seconds=1)
    with pytest.raises(Refused, match="The time to comment ended"):
        deals.comment_as_incumbent(session, told, text="Wait!", by=a.registrant(sold), now=late)


def test_the_incumbents_own_renewal_goes_first_though_it_came_later(session, a, sold, now):
    partner = session.get_one(type(a.partner()), sold.partner_id)
    rival = a.submitted(**RENEWED)
    own = a.submitted(partner=partner, by=a.registrant(sold), **RENEWED)
    later = now + timedelta(days=3)
    with pytest.raises(Refused, match="holds the contract and goes first"):
        deals.approve(session, rival, by=a.decider(), now=later)
    with pytest.raises(Refused, match="is a party of the conflict case"):
        deals.approve(session, own, by=a.decider(), now=later)
    a.decided(a.case_of(own), own, rule=Rule.INCUMBENT)
    deals.approve(session, own, by=a.decider(), now=later)
    assert own.status is DealStatus.APPROVED


def contracts(session, a):
    """One that runs for another year and one that is nearly over, of two partners."""
    old = a.won(customer_name=CUSTOMER, order_number="OLD-1", project="Leeds")
    new = a.won(customer_name=CUSTOMER, order_number="NEW-1", project="York")
    old.renews_on, new.renews_on = date(2027, 2, 1), date(2027, 11, 1)
    old.project_key = new.project_key = ""
    old.won_on = date(2024, 1, 31)
    session.flush()
    return old, new


@pytest.mark.parametrize(
    ("said", "holder"),
    [
        ({"previous_order": "old-1 "}, "old"),
        ({"previous_order": "?", "previous_ends_on": date(2027, 1, 31)}, "old"),
        ({"previous_order": "?", "previous_ends_on": date(2027, 10, 31)}, "new"),
        ({"previous_order": "?", "previous_ends_on": date(2027, 6, 1)}, "new"),
    ],
)
def test_the_incumbent_is_who_holds_the_contract_that_is_renewed(session, a, said, holder):
    old, new = contracts(session, a)
    a.submitted(**(RENEWED | said))
    assert [told.own_deal_id for told in notices(session)] == [{"old": old, "new": new}[holder].id]


def test_naming_an_old_order_takes_nobodys_customer_away(session, a):
    old, new = contracts(session, a)
    old.renews_on = a.now.date() - timedelta(days=1)
    session.flush()
    own = session.get_one(type(a.partner()), old.partner_id)
    a.submitted(partner=own, by=a.registrant(old), **(RENEWED | {"previous_order": "OLD-1"}))
    assert [told.partner_id for told in notices(session)] == [new.partner_id]


def test_who_delivers_for_another_is_told_and_goes_first_too(engine, session, a, now):
    deal, other = shared(session, a, customer_name=CUSTOMER)
    a.order(deal, number="C-1")
    renewal = a.submitted(**RENEWED)
    told = {notice.partner_id: notice for notice in notices(session)}
    assert set(told) == {deal.partner_id, other.id}
    assert (told[other.id].own_deal_id, told[other.id].number) == (None, "")
    (letter,) = session.scalars(
        select(Notice).where(
            Notice.kind == "deal-renewal-registered", Notice.partner_id == other.id
        )
    )
    assert deal.number not in letter.body
    own = a.submitted(partner=other, **RENEWED)
    assert len(notices(session)) == 2, "who holds it asks nobody"
    with pytest.raises(Refused, match="Velo Nord holds the contract and goes first"):
        deals.approve(session, renewal, by=a.decider(), now=now + timedelta(days=3))
    assert own.status is DealStatus.SUBMITTED
    session.commit()
    with open_session(engine, Scope.partner(other.id)) as theirs:
        (row,) = theirs.execute(deals.renewal_notices()).all()
        assert row.customer_name == CUSTOMER


def test_submitting_again_tells_the_incumbent_no_second_time(session, a, sold, now):
    renewal = a.submitted(**RENEWED)
    deals.reject(
        session, renewal, code=deals.RejectReason.INCOMPLETE, text="Which contract?",
        by=a.decider(), now=now,
    )  # fmt: skip
    later = now + timedelta(hours=1)
    written = deals.registration_of(session, renewal)
    deals.save(
        session, renewal, type(written)(**{**vars(written), "previous_order": "C-2"}), now=later
    )
    deals.submit(session, renewal, by=a.registrant(renewal), now=later)
    assert len(notices(session)) == 1


def test_a_partner_reads_only_what_it_was_told_itself(engine, session, a, sold):
    renewal = a.submitted(**RENEWED)
    mine, theirs = sold.partner_id, renewal.partner_id
    session.commit()
    for partner_id, count in ((mine, 1), (theirs, 0)):
        with open_session(engine, Scope.partner(partner_id)) as own:
            assert len(own.execute(deals.renewal_notices()).all()) == count


def test_months_before_a_day_end_where_the_month_ends():
    assert months_before(date(2026, 3, 31), 1) == date(2026, 2, 28)
    assert months_before(date(2026, 3, 15), 24) == date(2024, 3, 15)
