"""Four eyes over privileges: nobody makes somebody finance, or forgets a factor, alone."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models import accounts, factors
from models.audit import AuditEntry
from models.errors import Refused
from models.factors.tables import CodeApp
from models.notices import Notice
from models.people import AccessToken, Person, PersonStatus, Role, UserSession
from models.privileges import AskState, PrivilegeRequest
from models.sealing import Seal
from portal.command_line import portal
from tests.conftest import SEALING_KEY

REASON = {"reason": "Called back at the number that we know."}
NEW = {"name": "Dana", "email": "dana@vendor.test", "role": "finance"}


@pytest.fixture
def two(a):
    a.vendor()
    return a.administrator(name="Kim Ralls"), a.administrator(name="Rosa Keller")


@pytest.fixture
def asked(session):
    return lambda: session.scalars(select(PrivilegeRequest).order_by(PrivilegeRequest.id)).all()[-1]


def agree(client, request):
    return client.post(f"/people/requests/{request.id}/confirmation", follow_redirects=True)


def with_app(session, person, now):
    sealed = Seal(SEALING_KEY).close("x")
    session.add(CodeApp(person_id=person.id, secret_sealed=sealed, last_step=0, added_at=now))


def test_somebody_becomes_finance_only_when_a_second_administrator_agrees(
    sign_in, two, a, asked, session
):
    maker, checker = map(sign_in, two)
    sales = a.sales_manager(name="Dana Burnell")
    open_page = sign_in(sales)
    maker.post(f"/people/{sales.id}/role", data={"role": "finance"})
    assert (sales.role, asked().state) == (Role.SALES_MANAGER, AskState.ASKED)
    assert "You asked for this yourself" in agree(maker, asked()).text
    assert sales.role is Role.SALES_MANAGER
    assert "Make finance: Dana Burnell" in checker.get("/people/requests").text
    assert "Dana Burnell is now finance" in agree(checker, asked()).text
    assert (sales.role, asked().state) == (Role.FINANCE, AskState.GIVEN)
    assert open_page.get("/account").status_code == 302
    assert "decided already" in agree(checker, asked()).text
    done = session.scalars(select(AuditEntry.action)).all()
    assert {"privilege asked", "role changed"} <= set(done)
    kinds = session.scalars(select(Notice.kind).where(Notice.person_id == two[1].id)).all()
    assert "privilege-asked" in kinds


def test_an_administrator_or_finance_is_invited_by_two(sign_in, two, asked, session):
    maker, checker = map(sign_in, two)
    maker.post("/people", data=NEW)
    assert session.scalars(select(Person).where(Person.email == NEW["email"])).all() == []
    assert session.scalars(select(AccessToken)).all() == []
    agree(checker, asked())
    person = session.scalars(select(Person).where(Person.email == NEW["email"])).one()
    assert (person.role, person.status) == (Role.FINANCE, PersonStatus.INVITED)
    assert session.scalars(select(AccessToken.person_id)).all() == [person.id]


def test_other_roles_are_given_by_one(sign_in, two, a):
    sales = a.sales_manager()
    sign_in(two[0]).post(f"/people/{sales.id}/role", data={"role": "channel_manager"})
    assert sales.role is Role.CHANNEL_MANAGER


def test_the_first_administrator_makes_the_second_alone_but_nobody_finance(sign_in, a, session):
    a.vendor()
    client = sign_in(a.administrator())
    client.post("/people", data=NEW | {"role": "administrator"})
    assert session.scalars(select(Person.role).where(Person.email == NEW["email"])).all() == [
        Role.ADMINISTRATOR
    ]
    page = client.post("/people", data=NEW | {"email": "x@vendor.test"})
    assert page.status_code == 422 and "you are the only one" in page.text


@pytest.mark.parametrize("way", ["deactivated", "demoted"])
def test_who_removed_the_other_administrator_does_not_make_another_alone(
    two, sign_in, way, session
):
    kim, other = two
    if way == "deactivated":
        sign_in(kim).post(f"/people/{other.id}/deactivation")
        other.last_signed_in_at = other.created_at
    else:
        sign_in(kim).post(f"/people/{other.id}/role", data={"role": "channel_manager"})
    page = sign_in(kim).post("/people", data=NEW | {"role": "administrator"})
    assert page.status_code == 422 and "you are the only one" in page.text
    assert session.scalars(select(Person).where(Person.email == NEW["email"])).all() == []


def test_no_road_of_the_business_leads_around_the_second_person(two, a, session, now):
    sales, kim = a.sales_manager(), two[0].actor()
    for asked_by in (None, kim.id):
        with pytest.raises(Refused, match="Two administrators together"):
            accounts.change_role(
                session, sales.id, by=kim, role=Role.FINANCE, asked_by=asked_by, now=now
            )


def test_the_database_itself_refuses_one_person_twice(two, session, now):
    kim = two[0]
    said = {
        "kind": "role", "email": "x@y.zz", "name": "X", "role": Role.FINANCE,
        "asked_by_id": kim.id, "asked_by_name": kim.name, "asked_at": now, "state": "given",
        "decided_by_id": kim.id, "decided_at": now,
    }  # fmt: skip
    session.add(PrivilegeRequest(**said))
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_what_changed_since_it_was_asked_is_void(sign_in, two, a, asked):
    maker, checker = map(sign_in, two)
    sales = a.sales_manager()
    maker.post(f"/people/{sales.id}/role", data={"role": "administrator"})
    maker.post(f"/people/{sales.id}/role", data={"role": "channel_manager"})
    assert "has changed since" in agree(checker, asked()).text
    assert sales.role is Role.CHANNEL_MANAGER


def test_what_waited_a_week_or_was_asked_by_somebody_who_left_is_void(
    sign_in, two, a, asked, now, session
):
    third, sales = a.administrator(), a.sales_manager()
    sign_in(two[0]).post(f"/people/{sales.id}/role", data={"role": "finance"})
    two[0].status = PersonStatus.LEFT
    assert "no longer administrator" in agree(sign_in(third), asked()).text
    two[0].status = PersonStatus.ACTIVE
    with time_machine.travel(now + timedelta(days=7), tick=False):
        assert "too old" in agree(sign_in(two[1]), asked()).text
    assert sales.role is Role.SALES_MANAGER


def test_a_request_is_refused_or_taken_back(sign_in, two, a, asked):
    maker, checker = map(sign_in, two)
    sales = a.sales_manager()
    for client in (checker, maker):
        maker.post(f"/people/{sales.id}/role", data={"role": "finance"})
        client.post(f"/people/requests/{asked().id}/refusal")
        assert asked().state is AskState.REFUSED
        assert "decided already" in agree(checker, asked()).text
    assert sales.role is Role.SALES_MANAGER


def test_a_lost_factor_is_forgotten_by_two_people_and_every_session_ends(
    sign_in, two, a, asked, session, now
):
    maker, checker = map(sign_in, two)
    dana = a.finance()
    with_app(session, dana, now)
    open_page = sign_in(dana)
    maker.post(f"/people/{dana.id}/factor-reset", data={"reason": ""})
    assert session.scalars(select(PrivilegeRequest)).all() == []
    maker.post(f"/people/{dana.id}/factor-reset", data=REASON)
    assert "yourself" in agree(maker, asked()).text
    assert len(session.scalars(select(CodeApp)).all()) == 1
    agree(checker, asked())
    assert session.scalars(select(CodeApp)).all() == []
    assert open_page.get("/account").status_code == 302
    ended = select(UserSession.ended_at).where(UserSession.person_id == dana.id)
    assert session.scalars(ended).all() == [now]


def test_nobody_has_a_say_about_their_own_factor(sign_in, two, a, asked, session, now):
    kim, rosa = two
    a.administrator()
    with_app(session, rosa, now)
    sign_in(kim).post(f"/people/{rosa.id}/factor-reset", data=REASON)
    assert "This is about you" in agree(sign_in(rosa), asked()).text
    sign_in(rosa).post(f"/people/{rosa.id}/factor-reset", data=REASON)
    assert len(session.scalars(select(PrivilegeRequest)).all()) == 1


def test_a_partners_requests_are_not_there_for_a_rival(sign_in, two, a, asked, session, now):
    rhine = a.partner()
    first, second = (a.person(partner=rhine, role=Role.PARTNER_ADMINISTRATOR) for _ in range(2))
    seller = a.seller(rhine, name="Tom Achebe")
    with_app(session, seller, now)
    sign_in(first).post(f"/people/{seller.id}/factor-reset", data=REASON)
    rival = sign_in(a.person(role=Role.PARTNER_ADMINISTRATOR))
    assert "Tom Achebe" not in rival.get("/people/requests").text
    for verb in ("confirmation", "refusal"):
        assert rival.post(f"/people/requests/{asked().id}/{verb}").status_code == 404
    assert "Tom Achebe" in sign_in(second).get("/people/requests").text
    agree(sign_in(second), asked())
    assert session.scalars(select(CodeApp)).all() == []


def test_a_factor_is_reset_from_the_server_in_everybodys_sight(app, two, session):
    kim, other = two
    run = app.test_cli_runner().invoke
    session.commit()
    with app.app_context():
        said = ["people", "reset-factor", kim.email]
        assert run(portal, [*said, "--reason", " "]).exit_code == 1
        with_app(session, kim, kim.created_at)
        session.commit()
        done = run(portal, [*said, "--reason", "came to my desk"])
        assert run(portal, [*said, "--reason", "once more"]).exit_code == 1
    assert done.exit_code == 0 and kim.name in done.output
    session.expire_all()
    assert not factors.held_by(session, kim.id)
    told = session.scalars(select(Notice.person_id).where(Notice.title.contains("from the server")))
    assert set(told.all()) == {kim.id, other.id}
    kept = select(AuditEntry).where(AuditEntry.action == "factor reset from the server")
    assert session.scalars(kept).one().detail["reason"] == "came to my desk"
