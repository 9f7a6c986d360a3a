"""What a page of commissions offers somebody, it lets them do: no link and no button is shut."""

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from models.people import Person, PersonStatus, Role
from portal import database
from portal.permissions import may

pytestmark = pytest.mark.demo

LINK = re.compile(r'<a [^>]*href="(/[^"#]*)')
FORM = re.compile(r'<form [^>]*?method="post"[^>]*>')
ACTION = re.compile(r'action="(/[^"]*)"')
OF_A_BUTTON = re.compile(r'formaction="(/[^"]*)"')
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d")
ENOUGH = 2
"""Pages of one kind: they are in different states."""
SHUT = (403, 404, 405)


@pytest.fixture
def nothing_stays(monkeypatch):
    """A button is really pressed; what it did is taken back."""

    def given_up(response):
        database.session.rollback()
        return response

    monkeypatch.setattr(database, "_committed", given_up)


@pytest.mark.parametrize("role", Role)
def test_nobody_is_offered_what_is_shut(app, session, sign_in, nothing_stays, role):
    people = select(Person).where(Person.role == role, Person.status == PersonStatus.ACTIVE)
    person = session.scalars(people.order_by(Person.created_at)).first()
    client, seen, shut = sign_in(person), {}, []
    waiting = [("GET", "/"), *_pages_for(app, person.actor())]
    while waiting:
        method, address = waiting.pop(0)
        kind = (method, UUID.sub("*", urlsplit(address).path))
        ours = _is_ours(app, method, address)
        known = seen.setdefault(kind, set())
        if address in known or len(known) >= (ENOUGH if ours else 1):
            continue
        known.add(address)
        answer = client.open(address, method=method)
        if answer.status_code in SHUT or answer.status_code >= 500:
            shut.append((method, address, answer.status_code))
        if method == "GET" and (ours or address == "/") and answer.mimetype == "text/html":
            waiting += _offered(answer.text.partition("<main")[2])
    assert shut == []


def _pages_for(app, person):
    """Also those that no menu of theirs leads to."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        is_list = rule.endpoint.startswith("commissions.") and not rule.arguments
        if is_list and "GET" in rule.methods and may(person, view.permission):
            yield "GET", rule.rule


def _offered(text):
    forms = [ACTION.search(one) for one in FORM.findall(text)]
    pressed = [one[1] for one in forms if one] + OF_A_BUTTON.findall(text)
    return [("GET", unescape(one)) for one in LINK.findall(text)] + [
        ("POST", unescape(one)) for one in pressed
    ]


def _is_ours(app, method, address):
    try:
        found = app.url_map.bind("localhost").match(urlsplit(address).path, method)[0]
    except HTTPException:
        return False
    return found.startswith("commissions.")
