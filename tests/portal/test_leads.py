"""Leads on the pages: entered one by one and from a file, answered, turned into a registration."""

import io

import pytest
from sqlalchemy import select

from models import deals
from models.deals import Deal
from models.leads import Lead, LeadOffer, LeadState
from models.partners import Partner
from models.people import Role

FILE = "company,country,postal_code,family,email\n"


@pytest.fixture
def head(a):
    """Of a partner that holds Munich."""
    a.programme()
    partner = a.partner(name="Isar Cycles")
    a.territory(("postal", "80*", "DE"), name="Munich", owner_id=partner.id)
    return a.person(role=Role.PARTNER_ADMINISTRATOR, partner_id=partner.id)


def test_a_lead_is_entered_offered_accepted_and_registered(a, head, sign_in, session):
    staff, partner = sign_in(a.manager()), sign_in(head)
    said = {"company": "Isar Rad GmbH", "country": "DE", "postal_code": "80331",
            "family": str(a.family(name="E-bikes").id)}  # fmt: skip
    assert "Choose the country" in staff.post("/leads", data=said | {"country": ""}).text
    page = staff.post("/leads", data=said, follow_redirects=True).text
    assert "Offered to a partner" in page and "Isar Cycles" in page and "Munich" in page
    assert "E-bikes" in page
    assert "Isar Rad GmbH" in staff.get("/routing?whose=all&kind=lead").text
    made = session.scalars(select(LeadOffer)).one()
    assert "Isar Rad GmbH" in partner.get("/leads/offers").text
    page = partner.post(f"/leads/offers/{made.id}/acceptance", follow_redirects=True).text
    assert "Register the deal" in page
    answer = partner.post(f"/leads/offers/{made.id}/registration")
    deal = session.scalars(select(Deal)).one()
    assert answer.location.endswith(f"/deals/{deal.id}/edit")
    assert (deal.customer_name, deal.customer_postal_code) == ("Isar Rad GmbH", "80331")
    session.expire_all()
    assert session.scalars(select(Lead)).one().state is LeadState.REGISTERED
    made.deal_id = (deal := a.submitted(partner=session.get_one(Partner, made.partner_id))).id
    session.commit()
    back = f"/leads/{made.lead_id}/return"
    refused = staff.post(back, data={"why": "Nothing happens."})
    assert refused.status_code == 422 and f"registered as {deal.number}" in refused.text
    deals.withdraw(session, deal, by=a.registrant(deal), now=a.now)
    session.commit()
    assert "Offer the lead" in staff.post(
        back, data={"why": "They withdrew it."}, follow_redirects=True
    ).text  # fmt: skip
    assert "They withdrew it." in partner.get(f"/leads/offers/{made.id}").text


def test_a_refusal_needs_a_reason_which_the_managers_read(a, head, sign_in, session):
    staff, partner = sign_in(a.manager()), sign_in(head)
    staff.post("/leads", data={"company": "Isar Rad", "country": "DE", "postal_code": "80331"})
    made = session.scalars(select(LeadOffer)).one()
    assert partner.post(f"/leads/offers/{made.id}/refusal", data={"why": ""}).status_code == 422
    partner.post(f"/leads/offers/{made.id}/refusal", data={"why": "They owe us money."})
    page = staff.get(f"/leads/{made.lead_id}").text
    assert "They owe us money." in page and "Offer the lead" in page
    assert "No partner" not in page
    answer = staff.post(f"/leads/{made.lead_id}/offer", data={"partner": "Nobody Ltd"})
    assert answer.status_code == 422 and "exact name" in answer.text
    staff.post(f"/leads/{made.lead_id}/closing", data={"why": "Not worth it."})
    assert "Not worth it." in staff.get(f"/leads/{made.lead_id}").text


def test_leads_from_a_file_and_the_same_file_again(a, head, sign_in, session):
    staff = sign_in(a.manager())
    text = FILE + "Isar Rad,DE,80331,,a@isar.test\nBad,ZZ,,,\nElse,FR,75001,Unknown,\n"

    def hand_in():
        content = io.BytesIO(text.encode())
        return staff.post("/leads/file", data={"file": (content, "leads.csv")}).text

    page = hand_in()
    assert "1 leads entered" in page and "Choose a country" in page and "no product family" in page
    assert "0 leads entered" in hand_in() and len(session.scalars(select(Lead)).all()) == 1
    exported = staff.get("/leads/export?as=csv").text
    assert "Isar Rad" in exported


def test_a_rival_reads_no_offer_of_others_and_no_partner_our_leads(a, head, sign_in, session):
    sign_in(a.manager()).post("/leads", data={"company": "X Y", "country": "DE",
                                              "postal_code": "80331"})  # fmt: skip
    made = session.scalars(select(LeadOffer)).one()
    rival = sign_in(a.person(role=Role.SELLER, partner_id=a.partner().id))
    assert rival.get(f"/leads/offers/{made.id}").status_code == 404
    assert "X Y" not in rival.get("/leads/offers").text
    assert rival.get("/leads").status_code == 403
    assert rival.get(f"/leads/{made.lead_id}").status_code in (403, 404)
