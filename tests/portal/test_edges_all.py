"""The web's edges as tables: headers, cookies, limits, hosts, methods, extra fields, errors."""

from dataclasses import replace

import pytest
from flask import Flask
from flask import session as cookie
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models.deals import Deal
from models.people import Role
from models.saved_views import SavedView
from portal import database, footprints, security
from portal.mail import full_link
from portal.security import HEADERS

ANSWERS = [
    ("GET", "/sign-in", {}, 303),
    ("GET", "/programme", {}, 200),
    ("GET", "/people/export?as=csv", {}, 200),
    ("GET", "/nowhere", {}, 404),
    ("GET", "/deals/not-an-id", {}, 404),
    ("GET", "/partners/00000000-0000-0000-0000-000000000000", {}, 404),
    ("POST", "/payout-runs", {"month": "2026-10"}, 403),
    ("POST", "/programme", {"name": ""}, 422),
    ("DELETE", "/programme", {}, 405),
    ("TRACE", "/programme", {}, 405),
    ("GET", "/scim/v2/Users", {}, 401),
    ("GET", "/static/icons.svg", {}, 200),
]


@pytest.fixture
def admin(a, sign_in):
    a.vendor()
    return sign_in(a.administrator())


@pytest.mark.parametrize("method, path, sent, status", ANSWERS, ids=lambda one: str(one)[:30])
def test_every_kind_of_answer_has_every_header_and_is_kept_nowhere(
    admin, method, path, sent, status
):
    headers = {"Origin": "https://evil.test", "Access-Control-Request-Method": "POST"}
    with admin.open(path, method=method, data=sent, headers=headers) as answer:
        assert answer.status_code == status
        assert (status == 405) is ("Allow" in answer.headers)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        is_static = path.startswith("/static")
        assert (answer.headers["Cache-Control"] == "no-store") is not is_static
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
        if answer.mimetype.startswith("text/"):
            assert answer.headers["Content-Type"].endswith("charset=utf-8")


@pytest.mark.parametrize("is_https", [True, False])
def test_the_cookie_belongs_to_this_host_over_https_alone_and_to_no_script(app, is_https):
    settings = replace(
        app.extensions["settings"], base_url="https://p.test" if is_https else "http://p.test"
    )
    bare = Flask("bare")
    security.protect(bare, settings)

    @bare.get("/")
    def page():
        cookie["x"] = "y"
        return "z"

    answer = bare.test_client().get("/", base_url=settings.base_url)
    said = answer.headers["Set-Cookie"]
    assert "HttpOnly" in said and "SameSite=Lax" in said and "Domain" not in said
    assert ("Secure" in said) is said.startswith("__Host-") is is_https
    kept = answer.headers.get("Strict-Transport-Security", "")
    assert (kept == "max-age=31536000; includeSubDomains") is is_https


def test_what_is_left_in_the_browser_goes_at_the_sign_out(admin):
    assert admin.post("/sign-out").headers["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.parametrize(
    "sent, kind",
    [
        (b"name=" + b"x" * 1_100_000, "application/x-www-form-urlencoded"),
        ({f"n{number}": "" for number in range(2_100)}, "multipart/form-data"),
        (b"x" * 20_100_000, "application/x-www-form-urlencoded"),
    ],
    ids=["a field", "many fields", "a request"],
)
def test_what_is_too_much_is_refused_before_it_is_read(admin, sent, kind):
    assert admin.post("/programme", data=sent, content_type=kind).status_code == 413


HOSTS = [
    "evil.test", "evil.test:80", "localhost.evil.test", "localhost@evil.test", "evil.test#", "[::1",
    "evil.test/", "-", "localhost:99999", "xn--evil.test",
]  # fmt: skip


def test_a_foreign_host_stands_in_no_answer(client, a):
    a.vendor()
    asked = [(host, path) for host in HOSTS for path in ("/sign-in", "/programme", "/nowhere")]
    for host, path in asked:
        answer = client.get(path, headers={"Host": host})
        assert answer.status_code < 500
        assert "evil" not in answer.text + answer.headers.get("Location", "")


def test_links_in_mails_begin_with_the_one_address(app):
    with app.test_request_context("/", base_url="http://evil.test"):
        assert full_link("/deals", app.extensions["settings"]) == "http://localhost/deals"


@pytest.mark.parametrize(
    "headers, sent",
    [
        ({"X-HTTP-Method-Override": "POST"}, {}),
        ({"X-Method-Override": "POST"}, {}),
        ({}, {"_method": "POST"}),
    ],
)
def test_a_look_stays_a_look(admin, headers, sent):
    answer = admin.get("/programme", headers=headers, query_string=sent | {"name": "Other"})
    assert answer.status_code == 200
    assert "Other" not in admin.get("/programme").text


def test_fields_that_no_form_has_change_nothing(a, sign_in, session):
    a.vendor()
    rival, own = a.partner(), a.seller()
    extra = {
        "partner_id": str(rival.id), "status": "approved", "role": Role.ADMINISTRATOR.value,
        "registered_by_id": str(rival.id), "number": "D-2222222", "protected_through": "2030-01-01",
    }  # fmt: skip
    client = sign_in(own)
    client.post("/deals", data={"customer_name": "Customer", "save": "draft"} | extra)
    client.post("/account", data={"name": own.name, "locale": "en_US", "time_zone": "UTC"} | extra)
    for deal in session.scalars(select(Deal)):
        assert (deal.partner_id, deal.status.value) == (own.partner_id, "draft")
        assert deal.number != "D-2222222" and deal.protected_through is None
    assert (own.role, own.partner_id) == (Role.SELLER, own.partner_id)


def test_a_crash_is_a_page_without_a_trace_and_changes_nothing(admin, app, monkeypatch, caplog):
    def crash(**_ids):
        raise RuntimeError("secret of the inside")

    crash.permission = None
    monkeypatch.setitem(app.view_functions, "programme.show", crash)
    answer = admin.get("/programme")
    assert answer.status_code == 500
    assert "secret" not in answer.text and "Traceback" not in answer.text
    assert "secret of the inside" in caplog.text  # the log has the trace
    assert admin.get("/people").status_code == 200


def test_what_only_the_database_refuses_is_said_while_it_can_still_be_a_page(app, a, session, now):
    """Two who send the same at once: the second gets a 409, no crash in the last moment."""
    a.vendor()
    owner = a.manager()
    session.commit()
    view = {
        "owner_id": owner.id, "page": "deals.index", "name": "Same", "query": "", "created_at": now,
    }  # fmt: skip
    with app.test_request_context("/saved-views", method="POST"):
        footprints.open_session(None)
        database.session.add_all([SavedView(**view), SavedView(**view)])
        with pytest.raises(IntegrityError):
            database.flushed("page")
