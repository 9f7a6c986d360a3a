"""Files of territories, postal codes and accounts: looked at first, taken by the worker."""

import io
import zipfile

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from models.errors import Refused
from models.territories import LoadState, Territory, TerritoryLoad
from portal import worker
from portal.spreadsheets import as_csv

HEADER = "key,name,places,cut_out,from,until_before\n"


@pytest.fixture
def hand_in(app, a, sign_in, session):
    """hand_in(kind, content, **form) → the load, looked at; hand_in.take(load) takes it."""
    a.programme()
    client = sign_in(a.manager())

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

    hand_in.take, hand_in.client = take, client
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
    hand_in.take(row)
    (boston,) = session.scalars(select(Territory))
    assert {area.value for area in boston.areas} == {"US", "02110"}


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


def test_a_spreadsheet_that_unpacks_to_too_much_is_refused_unread():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * 20_000_000)
    with pytest.raises(Refused, match="too much"):
        as_csv(file.getvalue())
