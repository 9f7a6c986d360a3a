"""What each type of registration asks for, and what the programme holds against one."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models import deals
from models.audit import AuditEntry
from models.deals import MOST_REQUIRED, Ask, DealStatus, DealType, Registration
from models.deals.kinds import ALWAYS, ALWAYS_TYPED, CHOOSABLE, REQUIRED_WORDS, USUAL
from models.errors import Refused
from models.partners import Partner, Tier
from models.vendor import Vendor

OF_TYPE = {
    DealType.RENEWAL: {"previous_order": "C-17", "previous_ends_on": date(2027, 1, 31)},
    DealType.EXPANSION: {"previous_order": "SO-9"},
    DealType.RFP: {"tender_number": "2026/S 12", "tender_published_on": date(2026, 12, 1)},
    DealType.TAKE_OUT: {"replaces": "Litware", "replace_reason": "Its support has ended."},
}


def set_type(session, a, kind, now, **said):
    rules = deals.type_rules(session)[kind]
    wanted = {"is_offered": rules.is_offered, "asks": rules.asks, "guidance": rules.guidance}
    by = a.administrator().actor()
    return deals.set_type(session, kind, **(wanted | said), by=by, now=now)


@pytest.mark.parametrize("kind", DealType)
def test_no_type_requires_more_than_nine_fields(kind):
    rules = USUAL[kind]
    assert rules.required_count <= MOST_REQUIRED == 9
    typed = [name for name in rules.required if name != "lines"] + ["product", "quantity"]
    assert len(typed) == rules.required_count


def test_every_field_that_may_be_required_says_what_is_missing():
    assert set(REQUIRED_WORDS) == {*ALWAYS, *CHOOSABLE}
    assert len(ALWAYS) + 1 == ALWAYS_TYPED


@pytest.mark.parametrize("kind", OF_TYPE)
def test_each_type_misses_its_own_fields_and_is_submitted_with_them(session, a, now, kind):
    bare = a.registration(kind=kind)
    required = set(OF_TYPE[kind])
    missing = deals.what_is_missing(bare, today=now.date(), rules=USUAL[kind])
    assert set(missing) == required
    assert a.submitted(kind=kind, **OF_TYPE[kind]).status is DealStatus.SUBMITTED


def test_what_a_type_does_not_ask_for_is_left_out_when_it_is_submitted(session, a):
    deal = a.draft(replaces="Litware", tender_number="4")
    assert deals.registration_of(session, deal).replaces == "Litware"
    deals.submit(session, deal, by=a.registrant(deal), now=a.now)
    kept = deals.registration_of(session, deal)
    assert (kept.replaces, kept.tender_number) == ("", "") and kept.problem


def test_the_administrator_decides_what_a_type_asks_and_the_change_is_audited(session, a, now):
    a.programme()
    asks = dict(USUAL[DealType.NEW_BUSINESS].asks) | {"project": Ask.REQUIRED}
    assert set_type(session, a, DealType.NEW_BUSINESS, now, asks=asks)
    assert not set_type(session, a, DealType.NEW_BUSINESS, now, asks=asks)  # nothing is different
    entry = session.scalars(select(AuditEntry)).one()
    assert entry.detail["project"] == ["optional", "required"]
    deal = a.draft()
    with pytest.raises(Refused, match="calls the project"):
        deals.submit(session, deal, by=a.registrant(deal), now=now)


def test_a_type_never_requires_a_tenth_field(session, a, now):
    a.programme()
    asks = dict(USUAL[DealType.RFP].asks) | {"project": Ask.REQUIRED}
    with pytest.raises(Refused, match="10 fields would be required; at most 9"):
        set_type(session, a, DealType.RFP, now, asks=asks)


def test_a_field_that_a_rule_asks_about_stays_required(session, a, now):
    asks = dict(USUAL[DealType.RFP].asks) | {"tender_published_on": Ask.OPTIONAL}
    with pytest.raises(Refused, match="a rule of the programme asks for it"):
        set_type(session, a, DealType.RFP, now, asks=asks)


def test_one_type_at_least_is_offered(session, a, now):
    for kind in DealType:
        if kind is not DealType.RFP:
            assert set_type(session, a, kind, now, is_offered=False)
    with pytest.raises(Refused, match="Offer at least one type"):
        set_type(session, a, DealType.RFP, now, is_offered=False)


def test_a_type_that_is_not_offered_is_refused(session, a, now):
    set_type(session, a, DealType.EXPANSION, now, is_offered=False)
    deal = a.draft(kind=DealType.EXPANSION, **OF_TYPE[DealType.EXPANSION])
    with pytest.raises(Refused, match="Choose another kind of deal"):
        deals.submit(session, deal, by=a.registrant(deal), now=now)


@pytest.mark.parametrize(
    ("policy", "published_in_days", "words"),
    [
        ("before", 1, None),
        ("before", 0, "before that day"),
        ("before", -30, "before that day"),
        ("always", -30, None),
        ("never", 30, "Public tenders cannot be registered"),
    ],
)
def test_a_tender_is_registered_before_it_is_published_or_as_the_programme_says(
    session, a, now, policy, published_in_days, words
):
    a.programme().tender_policy = policy
    public = now.date() + timedelta(days=published_in_days)
    deal = a.draft(kind=DealType.RFP, tender_number="1", tender_published_on=public)
    told = deals.obstacles(
        session, deals.registration_of(session, deal), partner_id=deal.partner_id, now=now
    )
    assert [found.code for found in told] == (["rfp_excluded"] if words else [])
    if words is None:
        return deals.submit(session, deal, by=a.registrant(deal), now=now)
    with pytest.raises(Refused, match=words):
        deals.submit(session, deal, by=a.registrant(deal), now=now)


def test_a_question_about_an_old_tender_can_still_be_answered(session, a, now):
    deal = a.submitted(kind=DealType.RFP, **OF_TYPE[DealType.RFP])
    deals.ask(
        session, deal, questions=[deals.Question.CLOSE], text="When?", by=a.decider(), now=now
    )
    later = now + timedelta(days=40)
    written = deals.registration_of(session, deal)
    deals.answer(session, deal, written, note="As written.", by=a.registrant(deal), now=later)
    assert deal.status is DealStatus.SUBMITTED


def test_a_tier_may_have_so_many_open_registrations_and_no_more(session, a, now):
    partner = a.partner(tier=Tier.SILVER)
    a.programme().capacity = {"silver": 2}
    first, second = a.submitted(partner=partner), a.submitted(partner=partner)
    third = a.draft(partner=partner)
    with pytest.raises(Refused, match=r"You have 2 open registrations; your tier \(silver\)"):
        deals.submit(session, third, by=a.registrant(third), now=now)
    deals.withdraw(session, first, by=a.registrant(first), now=now)
    deals.submit(session, third, by=a.registrant(third), now=now)
    assert second.status is third.status is DealStatus.SUBMITTED
    session.get_one(Partner, partner.id).tier = Tier.GOLD
    assert a.submitted(partner=partner).status is DealStatus.SUBMITTED  # no limit for gold


def test_everything_that_stands_against_it_is_told_at_once(session, a, now):
    partner = a.partner(tier=Tier.SILVER)
    vendor = a.programme()
    vendor.capacity, vendor.tender_policy = {"silver": 0}, "never"
    small = a.registration(kind=DealType.RFP, value=1_00)
    told = deals.obstacles(session, small, partner_id=partner.id, now=now)
    assert [found.field for found in told] == ["kind", "lines", ""]
    assert deals.obstacles(session, Registration(), partner_id=partner.id, now=now)[0].field == ""


def test_the_settings_of_protection_are_the_programmes(session, a, now):
    a.programme()
    vendor = session.scalars(select(Vendor)).one()
    vendor.reminder_days = "3, 30"
    assert vendor.reminders == (30, 3)
