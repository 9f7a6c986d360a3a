"""Routing, forecasts and hand-overs in the browser of the vendor's people and of a partner."""

import pytest
from sqlalchemy import select

from models.deals import Deal
from models.forecasts import take_snapshot
from models.handovers import DealLead, LeadState
from models.territories import ManagerLimit


@pytest.fixture
def linda(a, session):
    a.programme()
    return a.seller_of_vendor().email


def test_what_came_to_me_says_why_and_opens_with_everything(a, linda, sign_in):
    a.territory(("country", "DE"), name="Germany")
    deal = a.submitted()
    client = sign_in(linda)
    page = client.get("/routing").text
    assert deal.customer_name in page and "the country rule" in page
    log = page.split('href="/routing/')[-1].split('"')[0]
    shown = client.get(f"/routing/{log}").text
    assert "Territories that held" in shown and "Germany" in shown and "Version" in shown
    assert "country rule" in client.get("/routing/export?as=csv").text
    assert "Nothing was routed" in client.get("/routing?whose=default").text


def test_a_deal_is_given_to_others_from_its_page(a, linda, sign_in, session):
    deal, nora = a.submitted(), a.manager(name="Nora New")
    client = sign_in(linda)
    assert f"/routing/deals/{deal.id}" in client.get(f"/deals/{deal.id}").text
    path = f"/routing/deals/{deal.id}"
    form = {"channel_manager": str(nora.id), "sales_manager": str(deal.sales_manager_id)}
    assert client.post(path, data=form).status_code == 422
    assert client.post(path, data=form | {"text": "She knows them."}).status_code == 303
    session.refresh(deal)
    assert deal.channel_manager_id == nora.id
    assert "She knows them." in client.get(path).text
    partner = sign_in(a.registrant(deal).email)
    assert "She knows them" not in partner.get(f"/deals/{deal.id}").text
    assert partner.get(path).status_code == 403


def test_limits_are_set_and_taken_away(a, linda, sign_in, session):
    client, nora = sign_in(linda), a.manager(name="Nora New")
    assert client.post("/routing/limits", data={"person": ""}).status_code == 422
    client.post("/routing/limits", data={"person": str(nora.id), "most_open": "12"})
    assert "Nora New" in client.get("/routing/limits").text
    client.post("/routing/limits", data={"person": str(nora.id), "most_open": ""})
    assert session.scalars(select(ManagerLimit)).all() == []


def test_the_administrator_says_who_gets_what_nobody_else_gets(a, linda, sign_in, session):
    boss, other, sales = a.administrator(), a.manager(name="Nora New"), a.sales_manager()
    assert "Default managers" in sign_in(linda).get("/routing/limits").text
    client = sign_in(boss.email)
    said = {"channel_manager": str(other.id), "sales_manager": ""}
    assert client.post("/routing/defaults", data=said).status_code == 422
    client.post("/routing/defaults", data=said | {"sales_manager": str(sales.id)})
    session.expire_all()
    assert a.submitted().channel_manager_id == other.id


def test_a_leavers_work_is_handed_over_from_the_people_page(a, linda, sign_in, session):
    deal = a.submitted()
    leaver, client = a.decider(), sign_in(a.administrator())
    assert f"/routing/people/{leaver.id}" in client.get(f"/people/{leaver.id}").text
    page = client.get(f"/routing/people/{leaver.id}").text
    assert "Open deals" in page
    nora = a.manager(name="Nora New")
    form = {"channel_manager": str(nora.id), "sales_manager": str(nora.id), "text": "Leaves."}
    assert client.post(f"/routing/people/{leaver.id}", data=form | {"text": ""}).status_code == 422
    client.post(f"/routing/people/{leaver.id}", data=form)
    assert session.get_one(Deal, deal.id).channel_manager_id == nora.id
    assert sign_in(linda).get(f"/routing/people/{leaver.id}").status_code == 403


def test_the_forecast_page_shows_categories_history_partners_and_what_is_quiet(
    a, linda, sign_in, session
):
    deal = a.approved(value=70_000_00)
    client = sign_in(linda)
    assert "Nothing is kept yet" in client.get("/forecast").text
    take_snapshot(session, a.now)
    page = client.get("/forecast").text
    assert "€70,000.00" in page and "How the forecast stood" in page
    assert "Pipeline,70000" in client.get("/forecast/export?as=csv").text
    assert deal.customer_name not in client.get("/forecast?whose=all").text  # it moved today
    assert sign_in(a.registrant(deal).email).get("/forecast").status_code == 403


def test_our_team_leads_only_with_the_partners_press_of_a_button(a, linda, sign_in, session):
    deal = a.approved()
    client, partner = sign_in(linda), sign_in(a.registrant(deal).email)
    path = f"/deals/{deal.id}"
    assert client.post(f"{path}/lead", data={"text": ""}).status_code == 422
    client.post(f"{path}/lead", data={"text": "The board wants the maker."})
    assert "The board wants the maker." in partner.get(path).text
    assert client.post(f"{path}/lead/agreement").status_code == 403
    partner.post(f"{path}/lead/agreement")
    assert "own team leads this deal" in client.get(path).text
    client.post(f"{path}/lead/return")
    assert session.scalars(select(DealLead.state)).all() == [LeadState.RETURNED]
    client.post(f"{path}/lead", data={"text": "Once more."})
    partner.post(f"{path}/lead/declining")
    assert "asked otherwise and declined" in partner.get(path).text
    client.post(f"{path}/lead", data={"text": "Last."})
    client.post(f"{path}/lead/end")
    assert session.scalars(select(DealLead.state)).all()[-1] is LeadState.TAKEN_BACK
