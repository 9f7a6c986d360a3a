"""Claims in the browser of a partner and of its managers, form by form."""

from io import BytesIO

import pytest
from sqlalchemy import select

from models.claims import ClaimStatus, TerritoryClaim
from models.claims.tables import ClaimLook
from models.claims.white_space import HOUR, LOOKS
from models.partners import Partner
from models.people import Role
from models.territories import Area

PLAN = "Two of our people visit every workshop of the area in the first half year, from Munich."
MUNICH = ("postal", "80-81", "DE")


@pytest.fixture
def head(a):
    a.programme()
    return a.person(role=Role.PARTNER_ADMINISTRATOR, partner_id=a.partner(name="Isar Cycles").id)


def typed(**said):
    usual = {
        "name": "Munich", "places": "80331, 81*", "country": "DE", "is_exclusive": "y",
        "from_on": "2026-12-01", "through": "2027-11-30", "minimum": "10000", "plan": PLAN,
    }  # fmt: skip
    return usual | said


def the_claim(session) -> TerritoryClaim:
    return session.scalars(select(TerritoryClaim)).one()


def test_a_claim_is_drawn_up_kept_as_a_draft_and_submitted_with_its_files(head, sign_in, session):
    client = sign_in(head)
    assert "Claim a territory" in client.get("/claims").text
    assert client.get("/claims/new?places=US-WA").status_code == 200
    files = {"files": (BytesIO(b"Plan of the area"), "plan.txt")}
    saved = client.post("/claims", data=typed(button="save", **files))
    assert saved.status_code == 303 and saved.location.endswith("/edit")
    claim = the_claim(session)
    assert claim.status is ClaimStatus.DRAFT
    assert claim.terms.places == (Area("postal", "80331", "DE"), Area("postal", "81*", "DE"))
    assert claim.minimum_minor == 10_000_00
    page = client.get(saved.location).text
    assert "80331 81*" in page and "plan.txt" in page and 'value="2027-11-30"' in page
    done = client.post(f"/claims/{claim.id}", data=typed(name="Upper Bavaria", button="submit"))
    assert done.status_code == 303
    assert the_claim(session).status is ClaimStatus.SUBMITTED
    assert "Upper Bavaria" in client.get(done.location).text


def test_a_minimum_is_in_the_currency_of_the_partner(a, head, sign_in, session):
    session.get_one(Partner, head.partner_id).currency = "JPY"
    session.commit()
    client = sign_in(head)
    saved = client.post("/claims", data=typed(button="save", minimum="1,000,000"))
    assert the_claim(session).minimum_minor == 1_000_000
    assert 'value="1000000"' in client.get(saved.location).text


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        ({"places": "80331 US-XX"}, "no state or province"),
        ({"places": ""}, "at least one place"),
        ({"through": "2026-11-01"}, "ends before it begins"),
        ({"plan": "Short."}, "business plan"),
        ({"minimum": "many"}, "amount in digits"),
        ({"naics": "99999"}, "no industry"),
    ],
)
def test_what_cannot_be_claimed_is_refused_with_the_remedy_and_kept(head, sign_in, wrong, remedy):
    answer = sign_in(head).post("/claims", data=typed(button="submit", **wrong))
    assert answer.status_code == 422 and remedy in answer.text
    assert PLAN[:20] in answer.text or "Short." in answer.text


def test_a_seller_draws_up_and_the_administrator_submits(a, head, sign_in, session):
    seller = sign_in(a.person(partner_id=head.partner_id))
    assert "Submit the claim" not in seller.get("/claims/new").text
    assert seller.post("/claims", data=typed(button="save")).status_code == 303
    assert seller.post(f"/claims/{the_claim(session).id}/submission").status_code == 403
    assert sign_in(head).post(f"/claims/{the_claim(session).id}/submission").status_code == 303


def test_what_others_hold_comes_as_a_date_without_a_name(a, head, sign_in):
    a.holding(("country", "DE"), partner=a.partner(name="Bolt Cycles"))
    client = sign_in(head)
    seen = client.post("/claims/look", data=typed())
    assert "Held by another partner until Nov 18, 2027" in seen.text
    assert "fewer than 10" in seen.text and "Bolt" not in seen.text
    assert "Nobody else holds" in client.post("/claims/look", data=typed(country="FR")).text
    on_map = client.get("/claims/map").text
    assert "Held by another partner" in on_map and "Bolt" not in on_map
    without_script = client.post("/claims", data=typed(button="look"))
    assert "Held by another partner" in without_script.text
    client.post("/claims", data=typed(button="submit"))


def test_places_are_chosen_on_a_map_and_come_into_the_draft(head, sign_in, session):
    client = sign_in(head)
    page = client.get("/claims/map?of=US&places=US-WA")
    assert "US-WA+US-OR" in page.text or "US-WA%20US-OR" in page.text
    assert "Claim these places" in page.text
    sent = client.post("/claims", data=typed(button="map"))
    assert "/claims/map" in sent.location
    claim = the_claim(session)
    client.post(f"/claims/{claim.id}/places", data={"places": "US-WA US-OR"})
    values = [area.value for area in the_claim(session).terms.places]
    assert values == ["US-WA", "US-OR", "80331", "81*"]


def test_a_map_is_a_look_like_any_other(head, a, sign_in, session, monkeypatch):
    a.territory(("country", "DE"), owner_id=a.partner().id, is_exclusive=True)
    monkeypatch.setitem(LOOKS, HOUR, 1)
    session.commit()
    client = sign_in(head)
    for _ in range(2):  # the same again is no new look
        assert (
            "Germany: Held by another partner, at least in part" in client.get("/claims/map").text
        )
    page = client.get("/claims/map?of=DE&places=DE-BY").text
    assert "may look at 1 areas" in page and "Berlin</a>" in page and "Not told now" in page
    assert ": Held by another partner" not in page


def test_who_looks_through_a_partners_eyes_is_no_look_by_the_partner(a, head, sign_in, session):
    client = sign_in(a.administrator())
    client.post(f"/people/{head.id}/visit", data={"reason": "The map looks odd to them."})
    assert "You see what" in client.get("/claims/map").text
    assert session.scalars(select(ClaimLook)).all() == []


def test_a_manager_sees_what_it_meets_and_would_move_and_two_people_approve(a, sign_in, session):
    partner = a.partner(name="Isar Cycles")
    deal = a.submitted(partner=partner, customer_postal_code="80331")
    a.submitted(customer_postal_code="80333", family="Parts")
    a.claimed(MUNICH, partner=a.partner(name="Rhine Bikes"))
    claim = a.claimed(MUNICH, partner=partner)
    rosa = sign_in(a.decider().email)
    assert "Isar Cycles" in rosa.get("/claims?only=waiting").text
    page = rosa.get(f"/claims/{claim.id}").text
    assert "Rhine Bikes" in page and "Claimed too, undecided" in page
    assert deal.customer_name in page and "Of other partners" in page
    assert "Germany: In the claim in part" in page
    rosa.post(f"/claims/{claim.id}/approval", data={"moves": [str(deal.id)]})
    assert "Confirm as the second" not in rosa.get(f"/claims/{claim.id}").text
    second = sign_in(a.manager())
    assert "Confirm as the second person" in second.get(f"/claims/{claim.id}").text
    second.post(f"/claims/{claim.id}/approval")
    session.refresh(claim)
    session.refresh(deal)
    assert claim.status is ClaimStatus.ACTIVE and deal.territory_id == claim.territory_id


def form_of_terms(**said):
    usual = {
        "places": "80-81", "country": "DE", "from_on": "2026-11-18", "through": "2027-11-17",
        "reason": "One step at a time.",
    }  # fmt: skip
    return usual | said


def test_a_counter_offer_goes_to_the_partner_and_back(a, head, sign_in, session):
    partner_id = head.partner_id
    claim = a.claimed(MUNICH, partner=session.get_one(type(a.partner()), partner_id))
    rosa, client = sign_in(a.decider().email), sign_in(head)
    path = f"/claims/{claim.id}"
    assert rosa.get(f"{path}/offer").status_code == 200
    same = rosa.post(f"{path}/offer", data=form_of_terms(is_exclusive="y"))
    assert same.status_code == 422 and "Approve the claim instead" in same.text
    assert rosa.post(f"{path}/offer", data=form_of_terms(minimum="5000")).status_code == 303
    page = client.get(path).text
    assert "We offer something else" in page and "€5,000.00" in page
    client.post(f"{path}/declining", data={"text": "Too much."})
    rosa.post(f"{path}/offer", data=form_of_terms(minimum="2000"))
    client.post(f"{path}/acceptance")
    session.refresh(claim)
    assert (claim.status, claim.minimum_minor) == (ClaimStatus.ACTIVE, 2_000_00)
    assert "Minimum, quarter by quarter" in client.get(path).text


def test_less_is_given_at_once_with_a_reason(a, sign_in, session):
    claim = a.claimed(("country", "DE"))
    rosa, path = sign_in(a.decider().email), f"/claims/{claim.id}"
    assert rosa.get(f"{path}/limit").status_code == 200
    assert rosa.post(f"{path}/limit", data=form_of_terms(places="FR")).status_code == 422
    assert rosa.post(f"{path}/limit", data=form_of_terms()).status_code == 303
    session.refresh(claim)
    assert claim.status is ClaimStatus.ACTIVE and not claim.is_exclusive
    assert "One step at a time." in rosa.get(path).text


def test_a_change_is_announced_protested_and_answered_on_the_pages(a, sign_in, session):
    claim = a.holding(MUNICH, minimum_minor=100)
    path = f"/claims/{claim.id}"
    rosa, other = sign_in(a.decider().email), sign_in(a.manager())
    head = sign_in(a.head_of(claim).email)
    soon = {"change": "end", "on": "2026-12-01", "text": "We cover it ourselves."}
    refused = rosa.post(f"{path}/notice", data=soon)
    assert refused.status_code == 422 and "30 days before" in refused.text
    assert rosa.post(f"{path}/notice", data=soon | {"on": "2027-01-01"}).status_code == 303
    assert "You may protest until then" in head.get(path).text
    assert head.post(f"{path}/protest", data={"text": "We have hired two."}).status_code == 303
    assert "Answer the protest" not in rosa.get(path).text
    assert "Answer the protest" in other.get(path).text
    other.post(f"{path}/protest/answer", data={"stays": "no", "text": "You are right."})
    session.refresh(claim)
    assert claim.status is ClaimStatus.ACTIVE
    rosa.post(f"{path}/renewal/by-itself", data={"renews": "no"})
    assert rosa.post(f"{path}/renewal").status_code == 303
    assert head.post(f"{path}/giving-up", data={"text": ""}).status_code == 303
    session.refresh(claim)
    assert claim.status is ClaimStatus.ENDED


def test_a_refusal_and_a_withdrawal_are_read_on_the_page(a, sign_in, session):
    claim, gone = a.claimed(MUNICH), a.claimed(MUNICH)
    rosa = sign_in(a.decider().email)
    assert rosa.post(f"/claims/{claim.id}/refusal", data={"code": "plan"}).status_code == 422
    rosa.post(f"/claims/{claim.id}/refusal", data={"code": "plan", "text": "Too thin."})
    assert "Too thin." in sign_in(a.head_of(claim).email).get(f"/claims/{claim.id}").text
    head = sign_in(a.head_of(gone).email)
    head.post(f"/claims/{gone.id}/withdrawal")
    assert "Withdrawn" in head.get("/claims?status=withdrawn").text
    assert "Too thin" not in head.get("/claims").text
    assert head.get("/claims/export?as=csv").text.count("\n") == 2


def test_a_rival_and_a_draft_are_not_there(a, head, sign_in):
    claim = a.claim(MUNICH)
    assert sign_in(head).get(f"/claims/{claim.id}").status_code == 404
    assert sign_in(a.decider().email).get(f"/claims/{claim.id}").status_code == 404


def test_deals_of_a_claim_that_has_ended_are_handed_over_where_ticked(a, sign_in, session):
    partner = a.partner()
    claim = a.holding(MUNICH, partner=partner)
    deal = a.submitted(partner=partner, customer_postal_code="80331")
    path = f"/claims/{claim.id}"
    sign_in(a.head_of(claim).email).post(f"{path}/giving-up", data={"text": ""})
    rosa = sign_in(a.decider().email)
    assert "Open deals to hand over" in rosa.get(path).text
    rosa.post(f"{path}/hand-over", data={"deals": [str(deal.id)]})
    session.refresh(deal)
    assert deal.territory_id is None
    assert "Open deals to hand over" not in rosa.get(path).text
