"""People: an administrator's own, and nobody else's."""

import pytest
from sqlalchemy import select

from models.audit import AuditEntry
from models.people import Person, PersonStatus, Role


@pytest.fixture
def rhine(a):
    a.vendor()
    return a.partner(name="Rhine Bikes")


@pytest.fixture
def head(a, rhine):
    return a.person(partner=rhine, name="Ute Weber", role=Role.PARTNER_ADMINISTRATOR)


@pytest.fixture
def tom(a, rhine):
    return a.person(partner=rhine, name="Tom Achebe")


def test_a_partner_administrator_sees_own_people_only(sign_in, head, tom, a):
    rival, staff = a.person(name="Ana Rival"), a.finance(name="Fin Ance")
    page = sign_in(head).get("/people").text
    assert "Tom Achebe" in page
    assert rival.name not in page and staff.name not in page


def test_rivals_and_staff_are_not_there_for_a_partner(sign_in, head, a):
    client = sign_in(head)
    for stranger in (a.person(), a.finance()):
        for answer in (
            client.get(f"/people/{stranger.id}"),
            client.post(f"/people/{stranger.id}/deactivation"),
            client.post(f"/people/{stranger.id}/role", data={"role": "seller"}),
            client.post(f"/people/{stranger.id}/invitation"),
        ):
            assert answer.status_code == 404
        assert stranger.status is PersonStatus.ACTIVE


@pytest.mark.parametrize(
    "role", [Role.SELLER, Role.CHANNEL_MANAGER, Role.SALES_MANAGER, Role.FINANCE]
)
def test_only_administrators_see_people(sign_in, rhine, a, role):
    client = sign_in(a.person(role=role))
    assert client.get("/people").status_code == 403
    assert client.post("/people", data={}).status_code == 403


def test_a_vendor_administrator_sees_everybody_with_the_company(sign_in, head, tom, a):
    page = sign_in(a.administrator()).get("/people?q=rhine").text
    assert "Tom Achebe" in page and "Rhine Bikes" in page


def test_roles_offered_are_those_one_may_give(sign_in, head, a):
    assert 'value="finance"' not in sign_in(head).get("/people/new").text
    staff = sign_in(a.administrator()).get("/people/new").text
    assert 'value="finance"' in staff and 'value="seller"' not in staff


def test_a_role_that_was_not_offered_is_refused(sign_in, head, session):
    said = {"name": "X", "email": "x@rhine.test", "role": "administrator"}
    assert sign_in(head).post("/people", data=said).status_code == 422
    assert session.scalars(select(Person).where(Person.email == "x@rhine.test")).all() == []


def test_inviting_the_same_address_twice_is_one_person(sign_in, head, session):
    client, said = sign_in(head), {"name": "X", "email": "x@rhine.test", "role": "seller"}
    for _ in range(2):
        assert client.post("/people", data=said).status_code == 303
    [person] = session.scalars(select(Person).where(Person.email == "x@rhine.test")).all()
    assert person.status is PersonStatus.INVITED
    assert client.post(f"/people/{person.id}/invitation").status_code == 303


def test_an_address_of_the_vendor_is_refused_beside_its_field(sign_in, head, a):
    said = {"name": "X", "email": a.manager().email, "role": "seller"}
    page = sign_in(head).post("/people", data=said)
    assert page.status_code == 422 and "cannot be invited" in page.text
    assert 'value="X"' in page.text


def test_a_leavers_open_page_stops_working(sign_in, head, tom):
    toms = sign_in(tom)
    assert toms.get("/account").status_code == 200
    heads = sign_in(head)
    for _ in range(2):
        assert heads.post(f"/people/{tom.id}/deactivation").status_code == 303
    assert toms.get("/account").status_code == 302
    heads.get("/people")  # shows what was done, once
    assert "Tom Achebe" not in heads.get("/people").text
    assert "Tom Achebe" in heads.get("/people?status=left").text


def test_the_last_administrator_is_told_why_not(sign_in, head):
    client = sign_in(head)
    url = f"/people/{head.id}"
    client.post(f"{url}/deactivation", headers={"Referer": f"http://localhost{url}"})
    assert "last administrator" in client.get(url).text
    assert head.status is PersonStatus.ACTIVE


def test_a_changed_role_counts_at_once(sign_in, head, tom):
    toms = sign_in(tom)
    sign_in(head).post(f"/people/{tom.id}/role", data={"role": "partner_administrator"})
    assert tom.role is Role.PARTNER_ADMINISTRATOR
    assert toms.get("/account").status_code == 302


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_export_holds_what_the_page_shows(sign_in, head, tom, a, kind):
    rival = a.person(name="Ana Rival")
    answer = sign_in(head).get(f"/people/export?as={kind}&q=tom")
    assert answer.status_code == 200
    if kind == "csv":
        assert "Tom Achebe" in answer.text
        assert head.name not in answer.text and rival.name not in answer.text


def test_odd_filters_do_not_break_the_list(sign_in, head):
    client = sign_in(head)
    for query in ("role=emperor", "status=x", "sort=password_hash", "after=xyz", "q=%25_'"):
        assert client.get(f"/people?{query}").status_code == 200


def test_an_administrator_ends_the_sessions_of_one_and_of_all_but_their_own(
    sign_in, head, tom, a, session
):
    rival = a.person()
    browsers = {one: sign_in(one) for one in (head, tom, rival)}
    again = sign_in(tom)
    is_in = lambda client: client.get("/account").status_code == 200  # noqa: E731
    browsers[head].post(f"/people/{tom.id}/sessions/ending")
    assert not is_in(browsers[tom]) and not is_in(again) and is_in(browsers[head])
    assert browsers[head].post(f"/people/{rival.id}/sessions/ending").status_code == 404
    browsers[tom] = sign_in(tom)
    assert browsers[tom].post("/people/sessions/ending").status_code == 403
    browsers[head].post("/people/sessions/ending")
    assert [is_in(one) for one in browsers.values()] == [True, False, True]
    vendors = sign_in(a.administrator())
    vendors.post(f"/people/{head.id}/sessions/ending")
    assert [is_in(one) for one in browsers.values()] == [False, False, True]
    vendors.post("/people/sessions/ending")
    assert not is_in(browsers[rival]) and is_in(vendors)
    kept = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    kept = [one for one in kept if not one.startswith("refused")]
    assert kept == ["sessions ended", "everybody's sessions ended"] * 2
