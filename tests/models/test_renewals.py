"""Renewals: proposed 120, 90, 60 and 30 days before, each once, and begun by one button."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from models import deals, renewals, wins
from models.deals import Deal, DealStatus, DealType
from models.errors import Refused
from models.notices import Notice
from models.partners import Partner, PartnerStatus
from models.people import Person, Role
from models.renewals import DAYS_BEFORE, RenewalFilter, RenewalProposal, step_on
from tests.models.test_wins_shared import shared


def sold(a, *, renews_on=date(2027, 11, 18), **said) -> Deal:
    deal = a.approved(**said)
    a.order(deal, hand_over=a.hand_over(renews_on=renews_on))
    return deal


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def told(session):
    roles = select(Person.role).join(Notice, Notice.person_id == Person.id)
    return list(session.scalars(roles.where(Notice.kind == "renewal-due")))


def test_each_of_the_four_is_proposed_once_however_often_the_worker_runs(session, a):
    deal = sold(a)
    day, made = deal.renews_on - timedelta(days=130), {}
    while day < deal.renews_on + timedelta(days=5):
        if count := sum(renewals.propose_due(session, noon(day)) for _ in range(2)):
            made[(deal.renews_on - day).days] = count
        day += timedelta(days=1)
    assert made == dict.fromkeys(DAYS_BEFORE, 1)
    assert len(told(session)) == 4 and set(told(session)) == {Role.SELLER}


@pytest.mark.parametrize(
    ("left", "step"),
    [(121, None), (120, 120), (91, 120), (90, 90), (61, 90), (30, 30), (0, 30), (-1, None)],
)
def test_the_step_is_the_last_that_is_due(left, step):
    assert step_on(date(2028, 2, 29) - timedelta(days=left), date(2028, 2, 29)) == step


def test_after_a_long_stop_of_the_worker_one_proposal_is_made_not_four(session, a):
    deal = sold(a)
    assert renewals.propose_due(session, noon(deal.renews_on - timedelta(days=10))) == 1
    assert session.scalars(select(RenewalProposal.days_before)).all() == [30]


@pytest.mark.parametrize(
    ("instant", "proposed"),
    [
        (datetime(2027, 10, 31, 22, 59, tzinfo=UTC), 0),  # 23:59 in Berlin, summer time is over
        (datetime(2027, 10, 31, 23, 0, tzinfo=UTC), 1),  # midnight of 1 November
    ],
)
def test_the_day_is_the_vendors_also_when_the_clocks_change(session, a, instant, proposed):
    sold(a, renews_on=date(2028, 2, 29))  # 120 days after 1 November 2027
    assert renewals.propose_due(session, instant) == proposed


def test_nothing_is_proposed_once_a_renewal_is_registered(session, a):
    deal = sold(a)
    first = noon(deal.renews_on - timedelta(days=120))
    assert renewals.propose_due(session, first) == 1
    draft = renewals.begin(session, deal, by=a.registrant(deal), now=first)
    second = noon(deal.renews_on - timedelta(days=90))
    assert renewals.propose_due(session, second) == 1  # a draft is no registration
    deals.submit(session, draft, by=a.registrant(deal), now=second)
    assert renewals.propose_due(session, noon(deal.renews_on - timedelta(days=60))) == 0


def test_a_renewal_that_was_registered_without_the_button_counts_too(session, a):
    deal = sold(a)
    partner, by = session.get_one(Partner, deal.partner_id), a.registrant(deal)
    later = deal.won_at + timedelta(days=200)
    a.now = later
    a.submitted(
        partner=partner, by=by, kind=DealType.RENEWAL, customer_name=deal.customer_name,
        previous_order="SO-1", previous_ends_on=deal.renews_on,
    )  # fmt: skip
    assert renewals.propose_due(session, noon(deal.renews_on - timedelta(days=100))) == 0


@pytest.mark.parametrize("status", [PartnerStatus.SUSPENDED, PartnerStatus.ENDED])
def test_a_partner_that_is_not_active_is_not_asked_and_the_manager_is_told(session, a, status):
    deal = sold(a)
    session.get_one(Partner, deal.partner_id).status = status
    session.flush()
    when = noon(deal.renews_on - timedelta(days=120))
    assert renewals.propose_due(session, when) == 1
    assert renewals.propose_due(session, when) == 0
    assert told(session) == [Role.CHANNEL_MANAGER]
    with pytest.raises(Refused):
        renewals.begin(session, deal, by=a.registrant(deal), now=when)


def test_the_draft_is_filled_in_and_begun_twice_it_is_the_same(session, a):
    deal = sold(a, customer_name="Kestrel Foods Ltd")
    by = a.registrant(deal)
    draft = renewals.begin(session, deal, by=by, now=a.now)
    assert (draft.status, draft.kind) == (DealStatus.DRAFT, DealType.RENEWAL)
    assert (draft.customer_name, draft.value) == ("Kestrel Foods Ltd", deal.value)
    assert draft.expected_close_on == deal.renews_on
    assert renewals.begin(session, deal, by=by, now=a.now).id == draft.id
    deals.withdraw(session, draft, by=by, now=a.now)
    again = renewals.begin(session, deal, by=by, now=a.now)
    assert again.id != draft.id


def test_only_what_was_won_is_renewed_and_a_one_off_never(session, a):
    with pytest.raises(Refused, match="Only what was won"):
        open_deal = a.approved()
        renewals.begin(session, open_deal, by=a.registrant(open_deal), now=a.now)
    deal = a.approved()
    a.order(deal, hand_over=a.hand_over(renews_on=None, is_one_off=True))
    assert renewals.propose_due(session, a.now + timedelta(days=300)) == 0


def test_a_corrected_renewal_date_is_proposed_anew(session, a):
    deal = sold(a)
    when = noon(deal.renews_on - timedelta(days=30))
    assert renewals.propose_due(session, when) == 1
    deal.renews_on += timedelta(days=90)
    assert renewals.propose_due(session, when) == 1
    assert session.scalar(select(func.count(RenewalProposal.id))) == 2


def test_the_list_holds_what_is_due_between_two_days(session, a):
    deal, other = sold(a), sold(a, renews_on=date(2029, 1, 1))
    wanted = RenewalFilter(from_on=date(2027, 1, 1), to_on=date(2028, 1, 1))
    rows = session.execute(renewals.due(wanted)).all()
    assert [row.id for row in rows] == [deal.id]
    everything = RenewalFilter(from_on=date(2027, 1, 1), to_on=date(2030, 1, 1))
    ids = {row.id for row in session.execute(renewals.due(everything))}
    assert ids == {deal.id, other.id}


def test_who_delivers_it_is_asked_too_on_its_own_side_of_it(session, a):
    deal, other = shared(session, a)
    a.order(deal, hand_over=a.hand_over(renews_on=date(2027, 11, 18)))
    assert renewals.propose_due(session, noon(deal.renews_on - timedelta(days=120))) == 1
    found = select(Notice.partner_id, Notice.link).where(Notice.kind == "renewal-due")
    links = dict(session.execute(found).all())
    assert links == {
        deal.partner_id: f"/renewals/{deal.id}",
        other.id: f"/shared-deals/{wins.fulfilling_side(session, deal.id).id}",
    }


def test_a_renewal_that_came_to_nothing_is_asked_for_again(session, a):
    deal = sold(a)
    by, first = a.registrant(deal), noon(deal.renews_on - timedelta(days=120))
    begun = renewals.begin(session, deal, by=by, now=first)
    deals.submit(session, begun, by=by, now=first)
    begun.status = DealStatus.EXPIRED
    session.flush()
    later = noon(deal.renews_on - timedelta(days=25))
    assert renewals.propose_due(session, later) == 1
    assert renewals.begin(session, deal, by=by, now=later).status is DealStatus.DRAFT


def test_a_part_with_nothing_to_renew_leaves_the_renewal_of_the_others(a):
    deal = a.approved()
    part = {"amount_minor": 5_000_00, "is_complete": False}
    a.order(deal, **part, hand_over=a.hand_over(renews_on=date(2027, 11, 18)))
    one_off = a.hand_over(renews_on=None, is_one_off=True, starts_on=date(2026, 12, 24))
    a.order(deal, number="SO-2", amount_minor=5_000_00, hand_over=one_off)
    assert deal.status is DealStatus.WON and deal.renews_on == date(2027, 11, 18)
    assert deal.service_starts_on == a.hand_over().starts_on


def test_a_renewal_in_another_currency_than_what_was_sold_begins_without_prices(session, a):
    deal = sold(a)
    session.get_one(Partner, deal.partner_id).currency = "JPY"
    draft = renewals.begin(session, deal, by=a.registrant(deal), now=a.now)
    assert (draft.value.minor, draft.value.currency) == (0, "JPY")
    assert draft.customer_name == deal.customer_name
