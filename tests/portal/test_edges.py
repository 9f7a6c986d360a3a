"""The web's edges: headers, strangers, methods, sessions that end, refusals that lead back."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from models.people import PersonStatus, Role, UserSession
from portal.errors import say_no


@pytest.fixture
def manager(a):
    a.vendor()
    return a.manager()


def test_every_answer_carries_the_headers(client, manager):
    for path in ("/sign-in", "/nowhere", "/static/css/counterpart.css"):
        with client.get(path) as answer:
            headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]


def test_pages_are_never_kept_and_static_files_are(client, manager, sign_in):
    assert sign_in(manager).get("/programme").headers["Cache-Control"] == "no-store"
    with client.get("/static/icons.svg?v=1") as answer:
        assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_a_stranger_is_sent_to_the_sign_in_and_comes_back(client):
    answer = client.get("/programme?tab=money")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/sign-in?next=/programme?tab%3Dmoney"


def test_a_strangers_form_is_refused(client):
    assert client.post("/programme").status_code == 401


def test_an_unknown_path_and_a_wrong_method_have_pages(client):
    assert client.get("/nowhere").status_code == 404
    assert client.delete("/programme").status_code == 405


def test_a_form_without_its_token_is_refused(app, manager, sign_in):
    app.config["WTF_CSRF_ENABLED"] = True
    answer = sign_in(manager).post("/programme", data={"name": "x"})
    assert answer.status_code == 400
    assert "open for too long" in answer.text


def test_an_ended_session_counts_no_more(manager, sign_in, session, now):
    client = sign_in(manager)
    assert client.get("/programme").status_code == 200
    session.execute(update(UserSession).values(ended_at=now))
    assert client.get("/programme").status_code == 302


@pytest.mark.parametrize(
    "role, minutes, status",
    [
        (Role.CHANNEL_MANAGER, 29, 200),
        (Role.CHANNEL_MANAGER, 31, 302),
        (Role.FINANCE, 14, 200),
        (Role.FINANCE, 16, 302),
    ],
)
def test_an_idle_session_runs_out(a, sign_in, session, now, role, minutes, status):
    a.vendor()
    client = sign_in(a.person(role=role))
    session.execute(update(UserSession).values(last_seen_at=now - timedelta(minutes=minutes)))
    assert client.get("/programme").status_code == status


def test_nobody_stays_signed_in_for_ever(manager, sign_in, session, now):
    client = sign_in(manager)
    session.execute(update(UserSession).values(created_at=now - timedelta(hours=12, minutes=1)))
    assert client.get("/programme").status_code == 302


def test_somebody_who_left_is_out_at_the_next_click(manager, sign_in, session):
    client = sign_in(manager)
    manager.status = PersonStatus.LEFT
    assert client.get("/programme").status_code == 302


def test_a_changed_role_counts_at_the_next_click(manager, sign_in, session):
    client = sign_in(manager)
    manager.role = Role.ADMINISTRATOR
    assert "Save the programme" in client.get("/programme").text


def test_using_a_session_is_written_down_once_a_minute(manager, sign_in, session, now):
    client = sign_in(manager)
    session.execute(update(UserSession).values(last_seen_at=now - timedelta(minutes=2)))
    client.get("/programme")
    assert session.scalar(select(UserSession.last_seen_at)) == now


@pytest.mark.parametrize(
    "referrer, back",
    [
        ("http://localhost/programme?tab=1", "/programme?tab=1"),
        ("http://evil.test/programme", "/"),
        ("http://localhost/nowhere", "/"),
        ("http://localhost//evil.test", "/"),
        ("", "/"),
    ],
)
def test_a_refusal_leads_back_to_a_page_of_ours_only(app, referrer, back):
    with app.test_request_context("/programme", method="POST", headers={"Referer": referrer}):
        assert say_no("No.").headers["Location"] == back
