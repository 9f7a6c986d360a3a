"""Drafts of territories in the browser, what they would change, maps, ties and holes."""

from datetime import date

import pytest
from sqlalchemy import select

from models.deals import Deal
from models.people import Role
from models.territories import RoutingLog, Territory, TerritoryDrawing
from tests.portal.test_territories import drawn


@pytest.fixture
def rosa(a):
    a.programme()
    return a.manager(name="Rosa Kim")


@pytest.fixture
def boss(a):
    return a.administrator()


@pytest.fixture
def draft(rosa, sign_in, session):
    """A draft begun by the channel manager, and her browser."""
    client = sign_in(rosa)
    answer = client.post("/territory-drafts", data={"name": "Next year", "note": "Two halves"})
    assert answer.status_code == 303
    return session.scalars(select(TerritoryDrawing)).one(), client


def in_germany(**said):
    place = {"areas-0-kind": "country", "areas-0-value": "DE", "areas-0-country": ""}
    rest = {"areas-1-kind": "", "areas-1-value": "", "areas-1-is_exclusion": ""}
    return drawn(**({"name": "Germany"} | place | rest | said))


def test_a_draft_is_changed_looked_at_published_by_permission_and_readable(
    draft, a, sign_in, session, boss
):
    drawing, client = draft
    bolt = a.partner(name="Bolt Cycles")
    standing = a.territory(("country", "DE"), name="Old Germany")
    deal = a.approved(value=5_000_00)
    page = f"/territory-drafts/{drawing.id}"
    assert "Nothing yet" in client.get(page).text
    assert "Old Germany" in client.get(f"{page}?q=germany").text
    form = client.get(f"{page}/territory?of={standing.id}")
    assert 'value="Old Germany"' in form.text and "nothing changes before" in form.text
    answer = client.post(
        f"{page}/territory?of={standing.id}", data=in_germany(owner="Bolt Cycles", quota="1000")
    )
    assert answer.status_code == 303
    assert "owner, quota" in client.get(page).text

    told = client.get(f"{page}/simulation").text
    assert "Old Germany → Germany" in told
    assert "Bolt Cycles" in told and "Open deals that would stand elsewhere" in told
    export = client.get(f"{page}/simulation/export?as=csv").text
    assert deal.number in export and "Bolt Cycles" in export

    assert client.post(f"{page}/publication", data={"on": "2026-11-18"}).status_code == 403
    published = sign_in(boss).post(f"{page}/publication", data={"on": "2026-11-18"})
    assert published.status_code == 303
    session.expire_all()
    successor = session.scalars(select(Territory).where(Territory.name == "Germany")).one()
    assert (successor.owner_id, successor.quota_minor) == (bolt.id, 1_000_00)
    assert session.get_one(Deal, deal.id).territory_id == standing.id  # it did not move
    assert "as it was" in client.get(page).text
    assert "Another took its place" in client.get(f"/territories/{standing.id}").text


def test_only_the_open_deals_that_are_ticked_move_and_the_log_says_so(draft, a, session, rosa, now):
    _, client = draft
    ticked, left, won = a.approved(), a.approved(), a.won(order_number="SO-9")
    territory = a.territory(("country", "DE"), name="Germany")
    page = client.get("/territories/moves").text
    assert ticked.number in page and left.number in page and won.number not in page
    assert client.post("/territories/moves", data={}).status_code == 422
    answer = client.post("/territories/moves", data={"deal": [str(ticked.id), str(won.id)]})
    assert answer.status_code == 303
    session.expire_all()
    stands = {deal.id: deal.territory_id for deal in session.scalars(select(Deal))}
    assert stands[ticked.id] == territory.id
    assert stands[left.id] is None and stands[won.id] is None
    log = session.scalars(select(RoutingLog).where(RoutingLog.about_id == ticked.id)).all()
    assert len(log) == 2 and log[-1].territory_id == territory.id


def test_a_day_that_has_passed_and_an_empty_draft_are_refused_with_the_reason(draft, sign_in, boss):
    drawing, client = draft
    page = f"/territory-drafts/{drawing.id}"
    chief = sign_in(boss)
    empty = chief.post(f"{page}/publication", data={"on": "2026-12-01"})
    assert empty.status_code == 422 and "changes nothing yet" in empty.text
    client.post(f"{page}/territory", data=in_germany())
    late = chief.post(f"{page}/publication", data={"on": "2026-11-17"})
    assert late.status_code == 422 and "has passed" in late.text
    refused = client.post(f"{page}/territory", data=in_germany(name=""))
    assert refused.status_code == 422 and "Enter a name" in refused.text


def test_changes_are_taken_back_and_drafts_given_up(draft, a, session):
    drawing, client = draft
    standing = a.territory(("country", "DE"))
    page = f"/territory-drafts/{drawing.id}"
    client.post(f"{page}/removal", data={"of": str(standing.id)})
    row = session.scalars(select(Territory).where(Territory.drawing_id == drawing.id)).one()
    assert "Ends" in client.get(page).text
    assert client.get(f"/territories/{row.id}").status_code == 404  # it stands nowhere
    client.post(f"{page}/undo", data={"of": str(row.id)})
    assert "Nothing yet" in client.get(page).text
    assert client.post(f"{page}/undo", data={"of": str(standing.id)}).status_code == 404
    assert client.get(f"{page}/territory?of=nonsense").status_code == 404
    assert client.post(f"{page}/end").status_code == 303
    assert "Given up" in client.get("/territory-drafts").text


def test_the_list_shows_the_territories_of_a_day(rosa, a, sign_in):
    a.territory(("country", "DE"), name="Summer", to_on=date(2026, 9, 1))
    a.territory(("country", "FR"), name="Autumn", from_on=date(2026, 9, 1))
    client = sign_in(rosa)
    page = client.get("/territories?on=2026-08-31").text
    assert "Summer" in page and "Autumn" not in page
    page = client.get("/territories?on=2026-09-01").text
    assert "Autumn" in page and "Summer" not in page


def test_the_map_says_whose_every_place_is_and_how_much_is_there(rosa, a, sign_in):
    bolt = a.partner(name="Bolt Cycles")
    a.territory(("country", "DE"), name="Germany", owner_id=bolt.id, quota_minor=20_000_00)
    a.territory(("subdivision", "US-WA"), name="Northwest")
    a.won(value=5_000_00)
    a.approved(value=7_000_00)
    a.customer(country="MT")
    client = sign_in(rosa)
    world = client.get("/territories/map").text
    assert "Germany: Germany: Bolt Cycles" in world and "In parts: 1 territories" in world
    assert "7K" in client.get("/territories/map?show=pipeline").text
    assert "25 %: " in client.get("/territories/map?show=attainment").text
    assert "1 customers" in client.get("/territories/map?show=white-space").text
    states = client.get("/territories/map?of=US").text
    assert "Washington: Northwest: nobody&#39;s" in states and "Germany</a>" not in states
    assert "Bayern" in client.get("/territories/map?of=DE").text
    a.territory(("postal", "972*", "US"), name="Portland")
    part = client.get("/territories/map?of=US&part=US-OR").text
    assert "Portland</a>" in part and "Northwest</a>" not in part
    assert 'part=US-WA#listed"' in part and part.count('aria-current="true"') >= 2
    assert "Northwest</a>" in client.get("/territories/map?of=US&part=XX").text
    assert client.get("/territories/map?of=XX").status_code == 404


def test_ties_and_holes_are_listed_with_their_counts(rosa, a, sign_in):
    one, two = a.partner(), a.partner()
    a.territory(("country", "DE"), name="First", owner_id=one.id)
    a.territory(("country", "DE"), name="Second", owner_id=two.id, channel_manager_id=rosa.id)
    a.customer("Tied GmbH", country="DE")
    a.customer("Alone SARL", country="FR")
    page = sign_in(a.sales_manager(name="Idle Ida")).get("/territories/gaps").text
    assert "First</a>" in page and "Second</a>" in page and "Tied GmbH" in page
    assert "France" in page and "Idle Ida" in page and "channel manager and sales manager" in page


def test_nobody_of_a_partner_sees_any_of_this(a, sign_in, draft):
    drawing, _ = draft
    partner = sign_in(a.person(role=Role.PARTNER_ADMINISTRATOR, partner=a.partner()))
    for path in (
        "/territory-drafts",
        f"/territory-drafts/{drawing.id}",
        f"/territory-drafts/{drawing.id}/simulation",
        "/territories/map",
        "/territories/gaps",
        "/territories/moves",
    ):
        assert partner.get(path).status_code == 403
