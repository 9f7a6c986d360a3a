"""Routing across features: applications, loads, other hands, a leaver's work, the log."""

from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from models import applications, approvals, deals, routing, territories
from models.applications import Enquiry
from models.approvals import ApproverKind, RuleDetails, Step
from models.deals import DealStatus
from models.errors import Refused
from models.notices import Notice
from models.partners import PartnerRole
from models.people import Person, PersonStatus, Role
from models.routing import RoutedFilter
from models.territories import RoutingLog, note_absence

ENQUIRY = Enquiry(
    company="Rhine Bikes GmbH", role=PartnerRole.RESELLER, country="DE", town="Köln", domain="",
    contact_name="Ute Weber", contact_email="ute@rhine.test", contact_phone="",
    about="We sell touring bicycles to hotels along the Rhine.",
)  # fmt: skip


@pytest.fixture
def germany(a):
    """With managers of its own."""
    a.programme()
    rosa, ben = a.manager(name="Gerda Channel"), a.sales_manager(name="Gustav Sales")
    return a.territory(
        ("country", "DE"), name="Germany", channel_manager_id=rosa.id, sales_manager_id=ben.id
    )


def log_of(session, about_id) -> RoutingLog:
    found = select(RoutingLog).where(RoutingLog.about_id == about_id)
    return session.scalars(found.order_by(RoutingLog.id.desc()).limit(1)).one()


def test_an_application_gets_both_managers_and_its_log_says_why(session, a, germany, now):
    made = applications.submit(session, ENQUIRY, address="192.0.2.1", now=now)
    assert made.channel_manager_id == germany.channel_manager_id
    assert made.sales_manager_id == germany.sales_manager_id
    assert "Germany: the country rule" in made.routing_why
    told = select(Notice.person_id).where(Notice.kind == "application-received")
    assert session.scalars(told).all() == [germany.channel_manager_id]
    assert log_of(session, made.id).rule == "country"


def test_a_sale_that_nobody_registered_has_managers_and_one_of_a_deal_has_the_deals(
    session, a, germany
):
    loose = a.invoice()
    log = log_of(session, loose.id)
    assert (log.about_kind, log.sales_manager_id) == ("invoice", germany.sales_manager_id)
    of_deal = a.invoice(deal=a.won())
    kept = select(RoutingLog).where(RoutingLog.about_id == of_deal.id)
    assert session.scalars(kept).all() == []


def test_the_log_keeps_facts_candidates_the_rule_and_the_version(session, a, germany):
    a.territory(("postal", "80*", "DE"), name="Munich", parent_id=germany.id)
    deal = a.submitted(customer_postal_code="80331")
    log = log_of(session, deal.id)
    assert log.rule == "postal" and log.facts["postal"] == "80331"
    assert [each["name"] for each in log.candidates] == ["Munich", "Germany"]
    assert log.revision == territories.map_of(session).revision
    shown = routing.one(session, log.id)
    assert (shown.what, shown.number) == (deal.customer_name, deal.number)


def test_who_has_enough_is_relieved_by_whoever_stands_above_and_has_room(session, a, germany, now):
    munich = a.territory(
        ("postal", "80*", "DE"), name="Munich", parent_id=germany.id,
        channel_manager_id=a.manager(name="Max Munich").id,
    )  # fmt: skip
    by = a.administrator().actor()
    territories.set_limit(session, munich.channel_manager_id, 1, by=by, now=now)
    first = a.submitted(customer_postal_code="80331")
    second = a.submitted(customer_postal_code="80333")
    assert first.channel_manager_id == munich.channel_manager_id
    assert second.channel_manager_id == germany.channel_manager_id
    assert "Max Munich has 1 open deals and takes 1, so Gerda Channel has it" in second.routing_why
    territories.set_limit(session, munich.channel_manager_id, None, by=by, now=now)
    assert a.submitted(customer_postal_code="80335").channel_manager_id == first.channel_manager_id


def test_when_nobody_has_room_it_stays_and_is_not_lost(session, a, germany, now):
    by = a.administrator().actor()
    a.submitted()
    for person_id in (germany.channel_manager_id, a.programme().default_channel_manager_id):
        territories.set_limit(session, person_id, 1, by=by, now=now)
    kept = a.programme().default_channel_manager_id
    assert a.submitted().channel_manager_id == kept
    assert a.submitted().channel_manager_id == germany.channel_manager_id


def test_delegates_are_followed_over_several_hops_and_a_circle_ends(session, a, germany, now):
    people = [germany.channel_manager_id, *(a.manager().id for _ in range(3))]
    day, by = now.date(), a.administrator().actor()
    for away, stands_in in pairwise(people):
        note_absence(session, person_id=away, delegate_id=stands_in, from_on=day,
                     through=day + timedelta(days=3), by=by, now=now)  # fmt: skip
    assert a.submitted().channel_manager_id == people[-1]
    note_absence(session, person_id=people[-1], delegate_id=people[0], from_on=day,
                 through=day, by=by, now=now)  # fmt: skip
    assert a.submitted().channel_manager_id in people


def test_a_person_gives_a_deal_to_others_with_a_reason(session, a, germany, now):
    deal, by = a.submitted(), a.administrator().actor()
    to = {
        "channel_manager_id": a.manager(name="Nora New").id,
        "sales_manager_id": a.sales_manager().id,
    }
    with pytest.raises(Refused, match="why it goes"):
        deals.reroute(session, deal, reason=" ", by=by, now=now, **to)
    deals.reroute(session, deal, reason="She knows the customer.", by=by, now=now, **to)
    assert deal.channel_manager_id == to["channel_manager_id"]
    assert deal.territory_id == germany.id
    assert log_of(session, deal.id).rule == "person"
    assert "She knows the customer." in log_of(session, deal.id).why
    told = session.scalars(select(Notice).where(Notice.kind == "deal-rerouted")).all()
    assert {notice.person_id for notice in told} >= set(to.values())
    with pytest.raises(Refused, match="already"):
        deals.reroute(session, deal, reason="Again", by=by, now=now, **to)


def test_what_is_won_is_not_given_to_others(session, a, germany, now):
    deal = a.won()
    to = {"channel_manager_id": a.manager().id, "sales_manager_id": a.sales_manager().id}
    with pytest.raises(Refused, match="only open deals"):
        deals.reroute(session, deal, reason="Late", by=a.decider(), now=now, **to)


def test_a_leavers_work_goes_to_others_at_once_and_the_second_time_nothing_is_left(
    session, a, germany, now
):
    leaver = session.get_one(type(a.manager()), germany.channel_manager_id)
    open_deal, won = a.submitted(), a.won(family="Parts")
    partner = a.partner(channel_manager_id=leaver.id)
    made = applications.submit(session, ENQUIRY, address="192.0.2.1", now=now)
    claim = a.claimed(("postal", "80*", "DE"), partner=partner)
    a.programme().default_channel_manager_id = leaver.id
    assert routing.work_of(session, leaver.id)["Open deals"] == 1
    to, by = a.manager(name="Nora New"), a.administrator().actor()
    said = {"sales_to": a.sales_manager().id, "reason": "Leaves in June.", "by": by, "now": now}
    with pytest.raises(Refused, match="still work here"):
        routing.hand_work_over(session, leaver, channel_to=leaver.id, **said)
    handed = routing.hand_work_over(session, leaver, channel_to=to.id, **said)
    assert (handed.deals, handed.territories, handed.partners, handed.others) == (1, 1, 1, 3)
    mine = (open_deal, germany, partner, made)
    assert {each.channel_manager_id for each in mine} == {to.id} == {claim.manager_id}
    assert won.channel_manager_id == leaver.id and won.status is DealStatus.WON
    assert routing.work_of(session, leaver.id) == {}
    again = routing.hand_work_over(session, leaver, channel_to=to.id, **said)
    assert (again.deals, again.others) == (0, 0)


def test_a_leavers_open_decisions_go_along_but_not_to_who_registered_the_deal(
    session, a, germany, now
):
    leaver = session.get_one(Person, germany.channel_manager_id)
    to, by = a.manager(), a.administrator().actor()
    step = [Step(0, ApproverKind.PERSON, leaver.id)]
    rule = RuleDetails(name="All", steps=step)
    approvals.add(session, rule, by=by, now=now)
    deal, own = a.submitted(), a.submitted(customer_name="Another Ltd")
    own.registered_by_id = to.id
    assert routing.work_of(session, leaver.id)["Decisions about deals"] == 2
    handed = routing.hand_work_over(session, leaver, channel_to=to.id,
                                    sales_to=a.sales_manager().id, reason="Leaves.",
                                    by=by, now=now)  # fmt: skip
    assert handed.decisions == 2
    asked = {each.id: deals.approvals_of(session, each.id)[0].person_id for each in (deal, own)}
    assert asked == {deal.id: to.id, own.id: None}


def test_however_many_deals_are_handed_over_each_reads_one_notice(session, a, germany, now):
    leaver, partner = session.get_one(Person, germany.channel_manager_id), a.partner()
    head = a.head_of(partner)
    for number in range(3):
        a.submitted(partner=partner, customer_name=f"Customer {number} Ltd")
    to = a.manager()
    routing.hand_work_over(session, leaver, channel_to=to.id, sales_to=a.sales_manager().id,
                           reason="Leaves.", by=a.administrator().actor(), now=now)  # fmt: skip
    told = session.scalars(select(Notice).where(Notice.kind == "deal-rerouted")).all()
    assert [each.person_id for each in told].count(to.id) == 1
    (one,) = [each for each in told if each.person_id == head.id]
    assert "3 deals" in one.title and "Customer 2 Ltd" in one.body


def test_deals_whose_other_manager_has_left_too_are_handed_over_to_both(session, a, germany, now):
    leaver, sales = (
        session.get_one(Person, each)
        for each in (germany.channel_manager_id, germany.sales_manager_id)
    )
    deal = a.submitted()
    leaver.status = sales.status = PersonStatus.LEFT
    to, sales_to = a.manager(), a.sales_manager()
    routing.hand_work_over(session, leaver, channel_to=to.id, sales_to=sales_to.id,
                           reason="Both left.", by=a.administrator().actor(), now=now)  # fmt: skip
    assert (deal.channel_manager_id, deal.sales_manager_id) == (to.id, sales_to.id)


def test_a_default_manager_who_has_left_gets_nothing(session, a, now):
    a.programme()
    left, here = a.manager(), a.manager()
    by = a.administrator().actor()
    territories.set_defaults(session, channel_manager_id=left.id,
                             sales_manager_id=here.id, by=by, now=now)  # fmt: skip
    assert a.submitted().channel_manager_id == left.id
    left.status = PersonStatus.LEFT
    chosen = a.submitted(customer_name="Another Ltd").channel_manager_id
    assert chosen in territories.still_here(session)


def test_partners_go_to_a_channel_manager_only(session, a, germany, now):
    leaver, sales = a.manager(), a.sales_manager()
    with pytest.raises(Refused, match="channel manager or an administrator"):
        routing.hand_work_over(session, leaver, channel_to=sales.id, sales_to=sales.id,
                               reason="Leaves.", by=a.administrator().actor(), now=now)  # fmt: skip


def test_what_came_to_me_is_told_apart_from_what_came_by_default(session, a, germany):
    inside, outside = a.submitted(), a.submitted(customer_country="FR")
    own = RoutedFilter(person_id=germany.sales_manager_id)
    rows = session.execute(routing.routed(own)).all()
    assert [row.about_id for row in rows] == [inside.id]
    rows = session.execute(routing.routed(RoutedFilter(by_default=True))).all()
    assert [(row.about_id, row.rule) for row in rows] == [(outside.id, "default")]
    assert a.person(role=Role.SALES_MANAGER)
