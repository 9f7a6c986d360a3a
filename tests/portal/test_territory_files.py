"""Files of territories, postal codes and accounts: looked at first, taken by the worker."""

import io
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from models import jobs, territories
from models.errors import Refused
from models.territories import (
    Area,
    LoadState,
    Territory,
    TerritoryDetails,
    TerritoryLoad,
    drawings,
)
from portal import worker
from portal.spreadsheets import as_csv
from portal.territories import loading

HEADER = "key,name,places,cut_out,from,until_before\n"


@pytest.fixture
def hand_in(app, a, sign_in, session):
    """hand_in(kind, content, **form) → the load, looked at; hand_in.take(load) takes it."""
    a.programme()
    person = a.manager()
    client = sign_in(person)

    def hand_in(kind, content, name="list.csv", **said):
        content = content.encode() if isinstance(content, str) else content
        answer = client.post(
            "/territory-files", data={"kind": kind, "file": (io.BytesIO(content), name)} | said
        )
        assert answer.status_code == 303
        return worked(answer.location)

    def worked(page):
        session.commit()
        with app.app_context():
            while worker.once(app):
                pass
        session.expire_all()
        row = session.scalars(select(TerritoryLoad).order_by(TerritoryLoad.id.desc())).first()
        assert row.file_name in client.get(page).text
        return row

    def take(row):
        answer = client.post(f"/territory-files/{row.id}/taking")
        return worked(answer.location)

    hand_in.take, hand_in.client, hand_in.by = take, client, person.actor()
    return hand_in


def test_a_file_of_territories_is_looked_at_then_taken_and_twice_changes_nothing(hand_in, session):
    text = HEADER + "N,North,country DE; postal US 981*,subdivision DE-BY,2026-01-01,\n"
    row = hand_in("territories", text)
    assert (row.state, row.added) == (LoadState.READY, 1)
    assert session.scalars(select(Territory)).all() == []  # looking changes nothing
    assert hand_in.take(row).state is LoadState.DONE
    (north,) = session.scalars(select(Territory))
    assert len(north.areas) == 3 and north.external_id == "N"
    again = hand_in("territories", text)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 1)
    given = hand_in.client.get("/territory-files/export?kind=territories&as=csv").data
    assert hand_in("territories", given).unchanged == 1


def test_each_bad_row_is_told_with_its_number_and_the_others_are_taken(hand_in, a, session):
    a.territory(("country", "US"), name="Boston")
    row = hand_in(
        "postal",
        "territory,country,postal_code\nBoston,US,02110\nBoston,US,2110\nNowhere,US,94103\n"
        "Boston,ZZ,1\n",
    )
    assert [problem[0] for problem in row.problems] == [3, 4, 5]
    assert "with its zero" in row.problems[0][2] and row.changed == 1
    report = hand_in.client.get(f"/territory-files/{row.id}/report?as=csv").text
    assert "Mend this row" in report and "1 place more, 0 fewer" in report
    hand_in.take(row)
    (boston,) = session.scalars(select(Territory))
    assert {area.value for area in boston.areas} == {"US", "02110"}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_given_out_says_all_of_a_territory_and_handed_in_again_changes_nothing(
    hand_in, a, session, kind
):
    partner, rosa, sam = a.partner(), a.manager(email="Rosa@vendor.test"), a.sales_manager()
    a.family(code="BIKES")
    by, world = hand_in.by, a.territory(("global",), name="World", external_id="W")
    for number, more in enumerate(({}, {"parent_id": world.id, "to_on": date(2030, 1, 1)})):
        details = TerritoryDetails(
            name=f"-North {number}",
            areas=[Area.read("postal", f"9{number}*", "US"), Area.read("account", f"a{number}.de")],
            excluded=[Area.read("postal", "90210", "US")], owner_id=partner.id,
            is_exclusive=True, channel_manager_id=rosa.id, sales_manager_id=sam.id,
            priority=-3, products=["bikes"], naics=["5221", "31-33"], employees_from=10,
            partner_roles=["reseller", "var"], quota_minor=123_45, minimum_minor=0, **more,
        )  # fmt: skip
        territories.draw(session, details, by=by, now=a.now)
    session.commit()
    given = hand_in.client.get(f"/territory-files/export?kind=territories&as={kind}").data
    row = hand_in("territories", given, f"all.{kind}")
    assert (row.problems, row.effects, row.unchanged) == ([], [], 3)


def test_a_file_says_whose_a_territory_is_and_what_it_stands_below_in_any_order(
    hand_in, a, session
):
    partner = a.partner()
    header = "key,name,places,partner,exclusive,belongs_to,quota\n"
    rows = f"N,North,subdivision DE-HH,{partner.number},yes,DE,1000\nDE,Germany,country DE,,no,,\n"
    row = hand_in("territories", header + rows)
    assert row.problems == [] and row.added == 2
    hand_in.take(row)
    above, north = session.scalars(select(Territory).order_by(Territory.external_id))
    assert (north.owner_id, north.is_exclusive, north.parent_id) == (partner.id, True, above.id)
    assert north.quota_minor == 1000_00
    again = hand_in("territories", header + rows.replace("1000", "2000").replace("HH", "HB"))
    assert again.effects == [["North", "quota; 1 place more, 1 fewer: loses DE-HH"]]
    wrong = "N,North,country DE,P-NONE,yes,DE,1\nM,Mid,country DE,,yes,,1\nX,X,country DE,,no,Y,1\n"
    faults = [what for _, _, what, _ in hand_in("territories", header + wrong).problems]
    assert ["called P-NONE" in faults[0], "Only a partner" in faults[1], "key Y" in faults[2]] == (
        [True] * 3
    )


def test_accounts_from_a_spreadsheet_point_to_their_customers(hand_in, a, session):
    known = a.customer("Acme GmbH", domain="acme.de")
    a.territory(("country", "DE"), name="Named")
    book = Workbook()
    for line in (["territory", "account"], ["Named", "www.acme.de"], ["Named", "other.de"]):
        book.active.append(line)
    file = io.BytesIO()
    book.save(file)
    hand_in.take(hand_in("accounts", file.getvalue(), "accounts.xlsx"))
    (named,) = session.scalars(select(Territory))
    assert {area.customer_id for area in named.areas} == {None, known.id}


def test_a_file_that_cannot_be_read_says_why_on_its_page(hand_in):
    row = hand_in("territories", "nonsense\n1\n")
    assert row.state is LoadState.REFUSED and "first row must name" in row.refusal
    assert row.refusal in hand_in.client.get(f"/territory-files/{row.id}").text.replace(
        "&#34;", '"'
    )


def test_a_file_into_a_draft_changes_only_the_draft(hand_in, session, now):
    draft = drawings.begin(session, "Next year", by=hand_in.by, now=now)
    text = HEADER + "N,North,country DE,,,\n"
    hand_in.take(hand_in("territories", text, into=str(draft.id)))
    assert session.scalars(select(Territory.drawing_id)).all() == [draft.id]


def test_a_list_by_name_goes_into_the_territory_that_holds_now(hand_in, a, session):
    a.territory(("country", "DE"), name="Germany", to_on=date(2026, 11, 1))
    now_there = a.territory(("country", "DE"), name="Germany", from_on=date(2026, 11, 1))
    hand_in.take(hand_in("postal", "territory,country,postal_code\nGermany,DE,80331\n"))
    session.expire_all()
    assert {area.value for area in now_there.areas} == {"DE", "80331"}


def test_a_file_whose_work_fails_again_and_again_says_so(hand_in, a, session, app, monkeypatch):
    row = hand_in("territories", HEADER + "N,North,country DE,,,\n")
    monkeypatch.setattr(loading, "_each", None)
    monkeypatch.setattr(jobs, "MOST_ATTEMPTS", 1)
    row = hand_in.take(row)
    assert row.state is LoadState.REFUSED and "failed 1 times" in row.refusal


def test_a_spreadsheet_that_unpacks_to_too_much_is_refused_unread():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * 20_000_000)
    with pytest.raises(Refused, match="too much"):
        as_csv(file.getvalue())
