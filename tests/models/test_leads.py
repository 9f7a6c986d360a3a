"""Leads: routed and offered when they are entered, answered by one partner, or gone back."""

import pytest
from sqlalchemy import select

from models import claims, leads
from models.errors import Refused
from models.leads import LeadDetails, LeadOffer, LeadState, OfferState
from models.notices import Notice
from models.partners import Partner
from models.people import Role
from models.territories import RoutingLog

HOTEL = LeadDetails(company="Hotel am Gasteig", country="DE", postal_code="81667",
                    contact_email="Office@gasteig.test")  # fmt: skip


@pytest.fixture
def munich(a):
    """Held by a partner, with managers of its own."""
    a.programme()
    return a.territory(("postal", "80-81", "DE"), name="Munich", owner_id=a.partner().id,
                       channel_manager_id=a.manager().id)  # fmt: skip


def enter(session, a, now, **said):
    return leads.enter(session, LeadDetails(**(vars(HOTEL) | said)), by=a.decider(), now=now)


def offer_of(session, lead) -> LeadOffer:
    wanted = select(LeadOffer).where(LeadOffer.lead_id == lead.id).order_by(LeadOffer.id.desc())
    return session.scalars(wanted).first()


def test_a_lead_is_routed_with_its_reason_and_offered_to_the_partner_who_holds_it(
    session, a, now, munich
):
    lead = enter(session, a, now)
    log = session.scalars(select(RoutingLog).where(RoutingLog.about_id == lead.id)).one()
    assert (log.about_kind, log.territory_id) == ("lead", munich.id) and log.why
    assert lead.channel_manager_id == munich.channel_manager_id and lead.sales_manager_id
    assert (lead.state, offer_of(session, lead).partner_id) == (LeadState.OFFERED, munich.owner_id)


def test_what_nobody_holds_stays_with_its_managers_who_offer_it_by_hand(session, a, now, munich):
    lead = enter(session, a, now, postal_code="10115")
    assert lead.state is LeadState.NEW and lead.channel_manager_id and lead.sales_manager_id
    told = select(Notice.person_id).where(Notice.kind == "lead")
    assert lead.channel_manager_id in session.scalars(told).all()
    partner = a.partner()
    leads.offer(session, lead, partner, by=a.decider(), now=now)
    with pytest.raises(Refused, match="cannot offer"):
        leads.offer(session, lead, a.partner(), by=a.decider(), now=now)
    assert offer_of(session, lead).partner_id == partner.id


def test_the_same_company_and_contact_is_no_second_lead_while_it_is_open(session, a, now, munich):
    lead = enter(session, a, now, postal_code="10115")
    with pytest.raises(Refused, match=f"This is {lead.number} already"):
        enter(session, a, now, company=" hotel AM  gasteig ", contact_email="office@GASTEIG.test")
    leads.close(session, lead, why="They bought elsewhere.", by=a.decider(), now=now)
    assert enter(session, a, now).state is LeadState.OFFERED


def test_declined_or_not_answered_in_time_it_goes_back(session, a, now, munich):
    lead = enter(session, a, now)
    made = offer_of(session, lead)
    leads.decline(session, made, why="Too small.", by=a.head_of(made), now=now)
    assert (lead.state, made.reason) == (LeadState.NEW, "Too small.")
    leads.offer(session, lead, a.partner(), by=a.decider(), now=now)
    second = offer_of(session, lead)
    leads.JOBS["lead-offer-ends"](session, {"offer_id": str(second.id)}, second.answer_by)
    assert (lead.state, second.state) == (LeadState.NEW, OfferState.LAPSED)
    with pytest.raises(Refused, match="cannot accept"):
        leads.accept(session, second, by=a.head_of(second), now=now)


def test_when_a_claimed_territory_ends_what_is_offered_in_it_goes_elsewhere(session, a, now):
    claim = a.holding(("postal", "80-81", "DE"))
    lead = enter(session, a, now)
    assert offer_of(session, lead).partner_id == claim.partner_id
    claims.give_up(session, claim, note="", by=a.head_of(claim), now=now)
    assert lead.state is LeadState.NEW and lead.territory_id is None


def test_a_partner_that_does_nothing_with_a_lead_loses_it_and_reads_why(session, a, now, munich):
    lead = enter(session, a, now)
    made = offer_of(session, lead)
    leads.accept(session, made, by=a.head_of(made), now=now)
    with pytest.raises(Refused, match="Write why"):
        leads.take_back(session, lead, why="", by=a.decider(), now=now)
    leads.take_back(session, lead, why="Two months without a word.", by=a.decider(), now=now)
    assert (lead.state, made.state) == (LeadState.NEW, OfferState.TAKEN_BACK)
    assert "Two months" in session.scalars(select(Notice.body).order_by(Notice.id.desc())).first()
    leads.offer(session, lead, a.partner(), by=a.decider(), now=now)
    assert lead.state is LeadState.OFFERED


def test_the_same_company_is_a_lead_again_once_a_deal_was_registered_with_it(
    session, a, now, munich
):
    lead = enter(session, a, now)
    made = offer_of(session, lead)
    leads.accept(session, made, by=a.head_of(made), now=now)
    deal = a.submitted(partner=session.get_one(Partner, made.partner_id))
    leads.registered(session, made, deal.id, by=a.head_of(made), now=now)
    again = enter(session, a, now)
    assert again.state is LeadState.OFFERED
    with pytest.raises(Refused, match=f"This is {again.number} already"):
        leads.take_back(session, lead, why="They withdrew it.", by=a.decider(), now=now)


def test_many_leads_at_once_are_one_notice_for_each_reader(session, a, now, munich):
    head = a.person(role=Role.PARTNER_ADMINISTRATOR, partner_id=munich.owner_id)
    together = leads.Together()
    for number in range(5):
        said = {"company": f"Hotel {number}", "postal_code": "10115" if number > 3 else "80331"}
        details = LeadDetails(**(vars(HOTEL) | said))
        leads.enter(session, details, by=a.decider(), now=now, together=together)
    leads.tell(session, together, now=now)
    (told,) = session.scalars(select(Notice).where(Notice.person_id == head.id))
    assert told.title == "4 leads for you"
    assert told.body.startswith("Hotel 0, Hotel 1, Hotel 2 and 1 more may want to buy.")
    titles = session.scalars(select(Notice.title).where(Notice.kind == "lead")).all()
    assert set(titles) == {"Hotel 4: a lead comes to you"}
