"""What must be true of the whole portal, whoever adds a page to it."""

import re

import flask
import pytest
from sqlalchemy import func, select

from models.people import Person, Role
from portal.app import create_app
from portal.database import session as portal_session
from portal.permissions import anyone

PATH = re.compile(r"(/[a-z0-9-]+|/<(uuid|int|month|path|word):\w+>)*(\.(csv|xlsx|pdf|xml|svg))?/?")


@pytest.fixture
def app(app):
    """One that these tests may add pages to."""
    own = create_app(app.extensions["settings"])
    own.config.update({"TESTING": False, "PROPAGATE_EXCEPTIONS": False, "WTF_CSRF_ENABLED": False})
    yield own
    own.extensions["engine"].dispose()


def test_every_view_says_who_may_use_it(app):
    unguarded = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint != "static" and not hasattr(view, "permission")
    ]
    assert unguarded == []


def test_a_view_that_declares_no_permission_cannot_be_reached(app, session, a, sign_in):
    a.vendor()
    app.add_url_rule("/forgotten", view_func=lambda: "everything")
    assert sign_in(a.administrator()).get("/forgotten").status_code == 404


def test_every_path_is_in_kebab_case_and_its_parts_are_typed(app):
    odd = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if not PATH.fullmatch(rule.rule) and not rule.rule.startswith("/scim/v2/")  # RFC 7644's
    ]
    assert odd == []


def test_a_view_looks_or_changes_but_never_both(app):
    both = [rule.endpoint for rule in app.url_map.iter_rules() if {"GET", "POST"} <= rule.methods]
    assert both == []


def test_looking_at_a_page_changes_nothing(app, client, session, now):
    app.add_url_rule("/careless", view_func=anyone(_adding("ghost@example.com", now)))
    assert client.get("/careless").text == "done"
    assert session.scalar(select(func.count(Person.id))) == 0


def test_a_commit_that_fails_says_nothing_good(app, client, session, a, now):
    taken = a.finance().email
    view = anyone(_adding(taken, now))
    app.add_url_rule("/late", view_func=view, methods=["POST"])
    answer = client.post("/late")
    assert answer.status_code >= 300
    with client.session_transaction() as cookie:
        assert "Saved." not in str(cookie.get("_flashes"))


def test_a_form_without_its_token_is_refused(app, client, now):
    app.config["WTF_CSRF_ENABLED"] = True
    app.add_url_rule("/form", view_func=anyone(_adding("x@example.com", now)), methods=["POST"])
    assert client.post("/form").status_code == 400


def _adding(email, now):
    """A view that writes and says so; the database hears of it only at the end."""

    def careless():
        person = Person(email=email, name="Ghost", role=Role.FINANCE, created_at=now)
        portal_session.add(person)
        if flask.request.method == "GET":
            portal_session.flush()
        flask.flash("Saved.")
        return "done"

    return careless
