"""SCIM 2.0: a company's directory keeps its own people, and leavers are out at once."""

import uuid

import pytest
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_models import ScimProvider
from scim2_tester import Status, check_server
from sqlalchemy import select

from models import federation, provisioning
from models.audit import AuditEntry
from models.people import Person, PersonStatus, Role
from models.provisioning import ScimToken
from models.sealing import Seal
from portal.provisioning.resources import TYPES, Group, User, config
from tests.conftest import SEALING_KEY

DOMAIN, ROOT = "kestrel.example", "/scim/v2"
SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class Addresses(list):
    """Examples without end: each one that is read is another address of the company."""

    def __getitem__(self, _at):
        return f"{uuid.uuid4()}@{DOMAIN}"


@pytest.fixture
def kestrel(a):
    a.vendor()
    partner = a.partner(name="Kestrel Foods")
    a.person(partner=partner, role=Role.PARTNER_ADMINISTRATOR, email=f"head@{DOMAIN}")
    return partner


@pytest.fixture
def provider(session, a, now):
    """provider(partner) → its identity provider, with the domain of the tests."""

    def provider(partner, domain=DOMAIN, **said):
        kim = a.administrator().actor()
        usual = {
            "by": kim, "partner_id": partner and partner.id, "name": "Kestrel login",
            "issuer": "https://login.example", "client_id": "x", "client_secret": "y",
            "groups_claim": "groups", "groups": {}, "is_only_way": False,
            "seal": Seal(SEALING_KEY), "now": now,
        }  # fmt: skip
        made = federation.arrange(session, None, **(usual | said))
        federation.add_domain(session, made, domain, by=kim, now=now)
        return made

    return provider


@pytest.fixture
def speak(client, session, a, now):
    """speak(provider)(method, path, json) → the answer to a directory."""

    def speak(provider, may_write=True):
        token = provisioning.new_token(
            session, provider, name="t", may_write=may_write, by=a.administrator().actor(), now=now
        )
        heard = {"Authorization": f"Bearer {token}"}

        def say(method, path, json=None, headers=None):
            return client.open(
                f"{ROOT}{path}",
                method=method,
                json=json,
                headers=heard if headers is None else headers,
            )

        say.token = token
        return say

    return speak


def user(name="ute", **said):
    return {"schemas": [SCHEMA], "userName": f"{name}@{DOMAIN}", "displayName": "Ute Weber"} | said


def test_the_testers_of_the_standard_find_nothing_wrong(app, kestrel, provider, speak, session):
    say = speak(provider(kestrel))
    session.commit()
    models = [User.model_rebuild() or User, Group]
    User.model_fields["user_name"].examples = Addresses([""])
    try:
        described = ScimProvider(models, TYPES, config_of(app))
        server = WSGISCIMClient(
            app,
            base_url=f"http://localhost{ROOT}",
            provider=described,
            environ={"HTTP_AUTHORIZATION": f"Bearer {say.token}"},
        )
        results = check_server(server)
    finally:
        User.model_fields["user_name"].examples = None
    wrong = [
        (one.title, one.reason) for one in results if one.status in (Status.ERROR, Status.CRITICAL)
    ]
    assert wrong == []
    assert sum(one.status is Status.SUCCESS for one in results) > 40


def config_of(app):
    with app.test_request_context():
        return config()


def test_somebody_added_has_the_least_role_and_no_password(kestrel, provider, speak, session):
    answer = speak(provider(kestrel))("POST", "/Users", user(externalId="E-1"))
    assert answer.status_code == 201
    assert answer.mimetype == "application/scim+json"
    assert answer.headers["Location"].endswith(f"{ROOT}/Users/{answer.json['id']}")
    ute = session.get(Person, uuid.UUID(answer.json["id"]))
    assert (ute.role, ute.partner_id, ute.status) == (
        Role.SELLER, kestrel.id, PersonStatus.ACTIVE,
    )  # fmt: skip
    assert ute.password_hash is None and answer.json["externalId"] == "E-1"


@pytest.mark.parametrize("how", ["patch", "patch as text", "put", "delete"])
def test_who_is_deactivated_by_the_directory_is_out_at_once(
    kestrel, provider, speak, sign_in, session, how
):
    say = speak(provider(kestrel))
    key = say("POST", "/Users", user()).json["id"]
    ute = session.get(Person, uuid.UUID(key))
    open_pages = [sign_in(ute) for _ in range(3)]
    off = {"schemas": [PATCH], "Operations": [{"op": "Replace", "path": "active", "value": False}]}
    match how:
        case "patch":
            assert say("PATCH", f"/Users/{key}", off).json["active"] is False
        case "patch as text":
            off["Operations"] = [{"op": "replace", "value": {"active": "False"}}]
            assert say("PATCH", f"/Users/{key}", off).status_code == 200
        case "put":
            assert say("PUT", f"/Users/{key}", user(active=False)).status_code == 200
        case "delete":
            assert say("DELETE", f"/Users/{key}").status_code == 204
            assert say("GET", f"/Users/{key}").status_code == 404
    assert ute.status is PersonStatus.LEFT
    assert [page.get("/account").status_code for page in open_pages] == [302, 302, 302]
    done = (
        session.execute(
            select(AuditEntry.actor_name).where(AuditEntry.action == "person deactivated")
        )
        .scalars()
        .all()
    )
    assert done == ["Kestrel login (directory)"]


def test_who_is_let_in_again_is_the_same_person(kestrel, provider, speak, session):
    say = speak(provider(kestrel))
    key = say("POST", "/Users", user()).json["id"]
    say("DELETE", f"/Users/{key}")
    again = say("POST", "/Users", user())
    assert (again.status_code, again.json["id"]) == (201, key)
    assert session.get(Person, uuid.UUID(key)).status is PersonStatus.ACTIVE


def test_who_governed_and_is_let_in_again_governs_no_more(kestrel, provider, speak, session, a):
    say = speak(provider(kestrel))
    second = a.person(partner=kestrel, role=Role.PARTNER_ADMINISTRATOR, email=f"second@{DOMAIN}")
    say("PUT", f"/Users/{second.id}", user("second", active=False))
    assert say("PUT", f"/Users/{second.id}", user("second", active=True)).status_code == 200
    session.expire_all()
    assert (second.status, second.role) == (PersonStatus.ACTIVE, Role.SELLER)


def test_the_last_administrator_stays_and_none_gets_another_address(
    kestrel, provider, speak, session
):
    say = speak(provider(kestrel))
    head = session.scalars(select(Person).where(Person.email == f"head@{DOMAIN}")).one()
    answer = say("PUT", f"/Users/{head.id}", user("head", active=False))
    assert answer.status_code == 400 and "last administrator" in answer.json["detail"]
    moved = say("PUT", f"/Users/{head.id}", user("helpdesk"))
    assert moved.status_code == 400 and "cannot change" in moved.json["detail"]
    session.expire_all()
    assert (head.status, head.email) == (PersonStatus.ACTIVE, f"head@{DOMAIN}")


def test_a_directory_finds_and_touches_only_its_own_people(
    kestrel, provider, speak, a, session, sign_in
):
    rival = a.person(name="Ana Rival", email="ana@rival.example")
    staff = a.finance()
    say = speak(provider(kestrel))
    assert [one["userName"] for one in say("GET", "/Users").json["Resources"]] == [f"head@{DOMAIN}"]
    for stranger in (rival, staff):
        path = f"/Users/{stranger.id}"
        answers = [say(m, path, user()) for m in ("GET", "PUT", "PATCH", "DELETE")]
        missing = [
            say(m, f"/Users/{uuid.uuid4()}", user()) for m in ("GET", "PUT", "PATCH", "DELETE")
        ]
        assert [one.status_code for one in answers] == [404] * 4
        assert [one.status_code for one in missing] == [404] * 4
    taken = say("POST", "/Users", user() | {"userName": "ana@rival.example"})
    assert taken.status_code == 400 and "verified mail domain" in taken.json["detail"]
    group = {"schemas": [SCHEMA.replace("User", "Group")], "displayName": "G"}
    foreign = say("POST", "/Groups", group | {"members": [{"value": str(rival.id)}]})
    assert foreign.status_code == 400
    assert rival.status is PersonStatus.ACTIVE


def test_the_same_address_twice_is_refused(kestrel, provider, speak):
    say = speak(provider(kestrel))
    say("POST", "/Users", user())
    again = say("POST", "/Users", user())
    assert (again.status_code, again.json["scimType"]) == (409, "uniqueness")


def test_filters_pages_and_attributes(kestrel, provider, speak):
    say = speak(provider(kestrel))
    for name in ("ana", "bo", "cy"):
        say("POST", "/Users", user(name))
    found = say("GET", f'/Users?filter=userName eq "BO@{DOMAIN}"').json
    assert (found["totalResults"], found["Resources"][0]["userName"]) == (1, f"bo@{DOMAIN}")
    page = say("GET", "/Users?sortBy=userName&startIndex=2&count=2&attributes=userName").json
    assert [one["userName"] for one in page["Resources"]] == [f"bo@{DOMAIN}", f"cy@{DOMAIN}"]
    assert "displayName" not in page["Resources"][0] and page["totalResults"] == 4
    assert say("GET", "/Users?filter=nonsense").status_code == 400


def test_groups_stand_for_roles_but_never_take_one_from_who_governs(
    kestrel, provider, speak, session
):
    say = speak(provider(kestrel, groups={"Heads": "partner_administrator", "Sales": "seller"}))
    key = say("POST", "/Users", user()).json["id"]
    group = {"schemas": [SCHEMA.replace("User", "Group")], "displayName": "Heads"}
    made = say("POST", "/Groups", group | {"members": [{"value": key}]})
    assert made.status_code == 201
    assert session.get(Person, uuid.UUID(key)).role is Role.PARTNER_ADMINISTRATOR
    assert say("DELETE", f"/Groups/{made.json['id']}").status_code == 204
    assert session.get(Person, uuid.UUID(key)).role is Role.PARTNER_ADMINISTRATOR


def test_who_is_taken_out_of_a_group_loses_the_role_that_it_gave(kestrel, provider, speak, session):
    say = speak(provider(None, groups={"Channel": "channel_manager"}))
    key = say("POST", "/Users", user()).json["id"]
    group = {"schemas": [SCHEMA.replace("User", "Group")], "displayName": "Channel"}
    made = say("POST", "/Groups", group | {"members": [{"value": key}]})
    assert session.get(Person, uuid.UUID(key)).role is Role.CHANNEL_MANAGER
    assert say("PUT", f"/Groups/{made.json['id']}", group | {"members": []}).status_code == 200
    session.expire_all()
    assert session.get(Person, uuid.UUID(key)).role is Role.SALES_MANAGER


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer guess"}, {"Authorization": "Basic eDp5"}]
)
def test_without_a_living_token_nothing_is_said(kestrel, provider, speak, headers):
    say = speak(provider(kestrel))
    for path in (
        "/Users",
        "/ServiceProviderConfig",
        "/Schemas",
        "/nothing",
        f"/Users/{uuid.uuid4()}",
    ):
        answer = say("GET", path, headers=headers)
        assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_is_kept_as_its_hash_shown_once_and_ends_at_once(
    kestrel, provider, sign_in, a, session, client
):
    desk, made = sign_in(a.administrator()), provider(kestrel)
    path = f"/single-sign-on/{made.id}/directory"
    page = desk.post(path, data={"name": "Entra", "may_write": "y"}).text
    token = page.split('<p class="code">')[1].split("<")[0]
    assert token not in desk.get(path).text
    row = session.scalars(select(ScimToken)).one()
    assert token not in row.token_hash
    heard = {"Authorization": f"Bearer {token}"}
    assert client.get(f"{ROOT}/Users", headers=heard).status_code == 200
    desk.post(f"{path}/{row.id}/ending")
    assert client.get(f"{ROOT}/Users", headers=heard).status_code == 401


def test_a_token_that_only_reads_changes_nothing(kestrel, provider, speak):
    say = speak(provider(kestrel), may_write=False)
    assert say("GET", "/Users").status_code == 200
    assert say("POST", "/Users/.search", {"count": 1}).status_code == 200
    assert say("POST", "/Users", user()).status_code == 403


@pytest.mark.parametrize("sent", [None, [], "x", {"userName": 7}, {"schemas": "x"}, {"active": {}}])
def test_odd_requests_are_answered_by_a_reason(kestrel, provider, speak, sent):
    say = speak(provider(kestrel))
    for method, path in (("POST", "/Users"), ("POST", "/Groups"), ("POST", "/Users/.search")):
        answer = say(method, path, sent)
        assert answer.status_code in (200, 400), (path, answer.text)
