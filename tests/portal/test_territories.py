"""Territories in the browser: drawn, changed, tried; absences."""

import json
from datetime import date

import pytest
from sqlalchemy import select

from models.territories import ManagerAbsence, Territory
from portal.command_line import portal


@pytest.fixture
def rosa(a):
    rosa = a.manager(name="Rosa Kim")
    a.vendor(default_channel_manager_id=rosa.id)
    return rosa


def drawn(**said):
    """The form as it is sent: two places, one cut out."""
    usual = {
        "name": "Northwest",
        "status": "active",
        "areas-0-kind": "postal",
        "areas-0-value": "98*",
        "areas-0-country": "us",
        "areas-1-kind": "subdivision",
        "areas-1-value": "US-OR",
        "areas-1-country": "",
        "areas-1-is_exclusion": "y",
        "areas-2-kind": "",
        "areas-2-value": "",
        "areas-2-country": "",
        "parent_id": "",
        "channel_manager_id": "",
        "sales_manager_id": "",
        "priority": "0",
    }
    return usual | said


def test_a_territory_is_drawn_shown_and_changed(rosa, a, sign_in, session):
    client = sign_in(rosa)
    assert client.get("/territories/new").status_code == 200
    answer = client.post(
        "/territories", data=drawn(channel_manager_id=str(rosa.id), naics="5221 31-33")
    )
    assert answer.status_code == 303
    territory = session.scalars(select(Territory)).one()
    places = [(area.kind, area.value, area.country, area.is_exclusion) for area in territory.areas]
    assert places == [("postal", "98*", "US", False), ("subdivision", "US-OR", "", True)]
    assert territory.naics == ["5221", "31-33"]

    page = client.get(answer.location)
    assert "Rosa Kim" in page.text and "98*" in page.text
    form = client.get(f"/territories/{territory.id}/edit").text
    assert 'value="98*"' in form and "5221 31-33" in form

    changed = client.post(
        f"/territories/{territory.id}", data=drawn(name="Washington", **{"areas-1-kind": ""})
    )
    assert changed.status_code == 422  # a place without its kind
    changed = client.post(
        f"/territories/{territory.id}",
        data=drawn(name="Washington", **{"areas-1-kind": "", "areas-1-value": ""}),
    )
    assert changed.status_code == 303
    session.refresh(territory)
    assert territory.name == "Washington" and len(territory.areas) == 1


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        ({"name": ""}, "Enter a name"),
        ({"areas-0-kind": "", "areas-0-value": ""}, "at least one place"),
        ({"areas-0-value": "99-98"}, "lower code first"),
        ({"areas-0-country": ""}, "in which country"),
        ({"areas-1-value": "US-XX"}, "no state or province"),
        ({"owner": "P-NOBODY"}, "No partner has this number"),
        ({"is_exclusive": "y"}, "choose the partner"),
        ({"naics": "five"}, "no industry"),
        ({"from_on": "2026-11-18", "to_on": "2026-11-18"}, "ends before it starts"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_the_remedy(rosa, sign_in, session, wrong, remedy):
    answer = sign_in(rosa).post("/territories", data=drawn(**wrong))
    assert answer.status_code == 422 and remedy in answer.text
    assert session.scalars(select(Territory)).all() == []


def test_the_owner_is_named_by_number_or_name(rosa, a, sign_in, session):
    partner = a.partner(name="Bolt Cycles")
    client = sign_in(rosa)
    for owner in (partner.number, "Bolt Cycles"):
        client.post("/territories", data=drawn(owner=owner))
    assert [row.owner_id for row in session.scalars(select(Territory))] == [partner.id] * 2
    a.partner(name="Bolt Cycles")
    answer = client.post("/territories", data=drawn(owner="Bolt Cycles"))
    assert "Several partners are called so" in answer.text


def test_an_address_is_tried_and_answered_with_names_and_reasons(rosa, a, sign_in):
    a.territory(("country", "US"), name="All states")
    a.territory(("postal", "98*", "US"), name="Northwest", channel_manager_id=rosa.id)
    client = sign_in(a.sales_manager())
    assert "Who gets it" not in client.get("/territories/trial").text
    page = client.get("/territories/trial?country=US&postal=98101")
    assert "United States, Northwest: postal code 98… beats the country rule" in page.text
    assert "Rosa Kim" in page.text and "All states" in page.text
    assert client.get("/territories/trial?country=US&employees=many").status_code == 422


def test_the_list_narrows_and_the_export_follows(rosa, a, sign_in):
    a.territory(("country", "US"), name="North", channel_manager_id=rosa.id)
    a.territory(("country", "DE"), name="South", status="draft")
    client = sign_in(rosa)
    page = client.get("/territories?status=active")
    assert "North" in page.text and "South</a>" not in page.text
    file = client.get("/territories/export?as=csv&status=active").text
    assert "North,Active,country US,,,no,Rosa Kim" in file and "South" not in file


def test_an_absence_is_noted_and_taken_back(rosa, a, sign_in, session):
    ben = a.manager(name="Ben Ode")
    client = sign_in(rosa)
    away = {"person_id": rosa.id, "delegate_id": ben.id, "from_on": "2026-11-18"}
    assert client.post("/absences", data=away | {"through": "2026-11-17"}).status_code == 422
    assert client.post("/absences", data=away | {"delegate_id": ""}).status_code == 422
    assert client.post("/absences", data=away | {"through": "2026-11-20"}).status_code == 303
    noted = session.scalars(select(ManagerAbsence)).one()
    assert noted.through == date(2026, 11, 20)
    end = f"/absences/{noted.id}/end"
    assert "Ben Ode stands in" in client.get("/absences").text
    assert client.post(end).status_code == 303
    assert client.post(end).status_code == 404
    assert "Nobody is away" in client.get("/absences").text


def test_who_may_not_draw_may_look(rosa, a, sign_in):
    territory = a.territory(("country", "US"), name="North")
    looker = sign_in(a.sales_manager())
    assert "New territory" not in looker.get("/territories").text
    assert looker.get(f"/territories/{territory.id}").status_code == 200
    assert looker.post("/territories", data=drawn()).status_code == 403
    partner = sign_in(a.seller())
    for address in ("/territories", f"/territories/{territory.id}", "/territories/trial"):
        assert partner.get(address).status_code == 403


def test_a_file_of_deals_is_resolved_and_explained(app, tmp_path):
    case = {
        "deal": {"on": "2026-11-10", "country": "US", "postal": "98101"},
        "territories": [{"id": "NW", "geo": [{"kind": "postal", "country": "US", "value": "98*"}]}],
        "default_manager": "M",
    }
    file = tmp_path / "case.json"
    file.write_text(json.dumps(case))
    run = app.test_cli_runner().invoke
    answer = json.loads(run(portal, ["territories", "resolve", str(file)]).output)
    assert answer == {
        "territory": "NW", "owner": None, "manager": "M", "action": "accept", "conflict": False,
    }  # fmt: skip
    told = json.loads(run(portal, ["territories", "resolve", str(file), "--explain"]).output)
    assert "no other territory holds" in told["steps"][0]
    file.write_text('{"deal": {"on": "soon"}, "territories": []}')
    bad = run(portal, ["territories", "resolve", str(file)])
    assert bad.exit_code == 1 and "cannot be read" in bad.output
