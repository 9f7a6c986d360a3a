"""Our own sales in the browser: the form, the file, the list, what a partner is shown."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from models.deals.conflicts import ConflictStatus
from models.engagements import Touch, TouchKind
from tests.queries import counting


@pytest.fixture
def linda(a, sign_in):
    """The sales manager's browser."""
    return sign_in(a.seller_of_vendor().email)


@pytest.fixture
def filled(a, now):
    """filled(deal): the form about the deal's customer."""

    def form(deal, **said):
        usual = {
            "customer_name": deal.customer_name,
            "customer_country": "DE",
            "family": str(deal.family_id),
            "kind": "call",
            "person": str(a.seller_of_vendor().id),
            "happened_on": f"{now.date()}",
        }
        return usual | said

    return form


def how_many(session) -> int:
    return session.scalar(select(func.count(Touch.id)))


def test_a_call_on_a_protected_account_is_shown_to_the_partner_and_flagged(
    a, linda, sign_in, filled, session
):
    deal = a.approved()
    for _ in range(2):
        assert linda.post("/own-sales", data=filled(deal, note="For us.")).status_code == 303
    assert how_many(session) == 1
    theirs = sign_in(a.registrant(deal).email).get(f"/deals/{deal.id}").text
    assert "Our own sales person Linda Mitchell called on" in theirs and "For us." not in theirs
    assert f"On {deal.number}" in linda.get("/own-sales?only=breaches").text


def test_a_direct_opportunity_on_a_protected_account_opens_a_case_and_can_be_closed(
    a, linda, filled, session, now
):
    deal = a.approved()
    assert linda.post("/own-sales", data=filled(deal, kind="direct")).status_code == 303
    case = a.case_of(deal)
    assert case.status is ConflictStatus.OPEN
    page = linda.get("/own-sales?only=open").text
    assert f"/own-sales/{case.touch_id}/closing" in page
    for _ in range(2):
        assert linda.post(f"/own-sales/{case.touch_id}/closing").status_code == 303
    assert session.get_one(Touch, case.touch_id).ended_on == now.date()


def test_a_bad_form_comes_back_with_what_was_typed(a, linda, filled, now, session):
    deal = a.approved()
    tomorrow = f"{now.date() + timedelta(days=1)}"
    answer = linda.post("/own-sales", data=filled(deal, happened_on=tomorrow))
    assert (
        answer.status_code == 422 and "future" in answer.text and deal.customer_name in answer.text
    )
    alike = linda.post("/own-sales", data=filled(deal, customer_name=f"{deal.customer_name}s"))
    assert alike.status_code == 422 and f"Did you mean {deal.customer_name}" in alike.text
    assert how_many(session) == 0


def test_recorded_from_the_customers_page_it_is_that_customer(a, linda, filled, session):
    deal = a.approved()
    page = linda.get(f"/own-sales/new?customer={deal.customer_id}&family={deal.family_id}").text
    assert deal.customer_name in page and f'value="{deal.customer_id}"' in page
    said = filled(deal, customer_id=str(deal.customer_id))
    assert linda.post("/own-sales", data=said).status_code == 303
    assert session.scalar(select(Touch.customer_id)) == deal.customer_id
    assert linda.get("/own-sales/new").status_code == 200
    assert linda.get("/own-sales/new?customer=nonsense&family=nonsense").status_code == 200


HEADER = "customer,customer_country,family,person,kind,happened_on,ended_on,note\n"


def hand_in(client, *rows):
    content = (HEADER + "\n".join(rows)).encode()
    return client.post("/own-sales/file", data={"file": (BytesIO(content), "touches.csv")})


def test_the_same_file_twice_changes_nothing(a, linda, session):
    deal, family = a.approved(customer_name="Alder Motors"), "Bikes"
    rows = (
        f"Alder Motors,DE,{family},Linda Mitchell,call,2026-11-18,,A note",
        f"Elm Optics,DE,{family},linda@nowhere.example,call,2026-11-02,,",
        f"Elm Optics,DE,{family},Somebody Else,direct,2026-11-02,2026-11-10,",
    )
    answer = hand_in(linda, *rows)
    assert answer.status_code == 200 and "Nobody here has the address" in answer.text
    assert how_many(session) == 2
    kept = [(touch.id, touch.ended_on) for touch in session.scalars(select(Touch))]
    assert hand_in(linda, rows[0], rows[2]).status_code == 303
    assert [(touch.id, touch.ended_on) for touch in session.scalars(select(Touch))] == kept
    assert len(a.session.scalars(select(Touch).where(Touch.kind == TouchKind.DIRECT)).all()) == 1
    assert deal.customer_id in {touch.customer_id for touch in session.scalars(select(Touch))}


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("Elm,DE,Boats,Linda Mitchell,call,2026-11-02,,", "no product family"),
        ("Elm,DE,Bikes,Linda Mitchell,wave,2026-11-02,,", "no kind of touch"),
        ("Elm,DE,Bikes,Linda Mitchell,call,2099-11-02,,", "cannot be in the future"),
        ("Elm,DE,Bikes,Linda Mitchell,call,2 November,,", "not a date"),
        ("Elm,DE,Bikes,Linda Mitchell,call,2026-11-02,2026-11-03,", "Only a direct opportunity"),
    ],
)
def test_a_bad_row_is_named_and_left_out(a, linda, session, row, what):
    a.programme(), a.sold("Bikes")
    answer = hand_in(linda, row)
    assert answer.status_code == 200 and what in answer.text
    assert how_many(session) == 0


def test_a_file_that_cannot_be_read_is_refused_whole(a, linda):
    answer = linda.post("/own-sales/file", data={"file": (BytesIO(b"PK\x03\x04"), "x.xlsx")})
    assert answer.status_code == 422 and "spreadsheet" in answer.text
    assert "customer,customer_country" in linda.get("/own-sales/file/sample").text


def test_partners_have_no_such_pages(a, sign_in):
    seller = sign_in(a.seller())
    for path in ("/own-sales", "/own-sales/export", "/own-sales/new", "/own-sales/file"):
        assert seller.get(path).status_code == 403


def test_the_list_exports_what_it_shows_and_asks_little(app, a, linda, now):
    deal = a.approved(customer_name="Alder Motors")
    for days in range(5):
        a.touch(deal, happened_on=now.date() - timedelta(days=days))
    assert "Alder Motors" in linda.get("/own-sales/export?as=csv&q=alder").text
    assert "Alder Motors" not in linda.get("/own-sales/export?as=csv&kind=visit").text
    linda.get("/own-sales")
    with counting(app) as asked:
        assert linda.get("/own-sales").status_code == 200
    assert len(asked) <= 8, asked
