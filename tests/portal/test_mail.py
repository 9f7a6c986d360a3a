"""Mails leave one by one: what is wrong with one address holds up no other."""

import socket
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from sqlalchemy import select

from models import notices, partners
from models.notices import Notice
from models.partners import Partner
from models.people import PersonStatus
from portal.mail import send_waiting
from tests.smtp_standin import mail_server


@pytest.fixture
def came(app, session, a):
    """What came to a mail server that the portal is connected to."""
    a.vendor()
    with mail_server() as (url, came):
        app.extensions["settings"] = replace(app.extensions["settings"], smtp_url=url)
        yield came


@pytest.fixture
def send(app, session):
    def send(at):
        session.commit()
        with app.app_context(), time_machine.travel(at, tick=False):
            done = send_waiting(app)
        session.expire_all()
        return done

    return send


def write(session, now, *addresses):
    for number, address in enumerate(addresses):
        notices.write_to(
            session, address, "application", title=f"To {address}", body="Good day.", link="/",
            now=now + timedelta(seconds=number),
        )  # fmt: skip


def outcome(session, address):
    return session.scalars(select(Notice).where(Notice.email == address)).one()


def test_an_address_that_is_refused_holds_up_no_other_and_nobody_is_written_twice(
    came, send, session, now
):
    write(session, now, "ana@a.example", "closed@b.example", "bo@c.example", "zoé@d.example")
    assert send(now) == 4
    assert send(now) == 0
    assert came == ["ana@a.example", "bo@c.example"]
    assert outcome(session, "closed@b.example").mail_problem == "550 no such mailbox"
    assert outcome(session, "zoé@d.example").mail_problem.startswith("553 ")


def test_a_mail_that_is_put_off_is_tried_again_later_and_given_up_after_three_days(
    came, send, session, now
):
    write(session, now, "grey@a.example", "ana@a.example")
    assert [send(now), send(now)] == [2, 0]
    assert came == ["ana@a.example"]
    assert outcome(session, "grey@a.example").mailed_at is None
    assert send(now + timedelta(minutes=16)) == 1
    assert send(now + timedelta(days=4)) == 1
    assert send(now + timedelta(days=5)) == 0
    assert outcome(session, "grey@a.example").mail_problem == "450 come back later"


def test_the_outbox_says_what_the_mail_server_said(came, send, session, a, sign_in, now):
    write(session, now, "closed@b.example")
    send(now)
    page = sign_in(a.finance()).get("/outbox").text
    assert "Refused" in page and "550 no such mailbox" in page


def test_who_has_left_is_told_nothing_more(came, send, session, a, now):
    seller = a.seller()
    notices.tell(
        session, seller.id, "deal-approved", title="Approved", body="Good news.", link="/deals/1",
        now=now, partner_id=seller.partner_id,
    )  # fmt: skip
    seller.status = PersonStatus.LEFT
    assert send(now) == 0
    assert came == []


def test_the_end_of_a_partnership_is_the_last_that_its_people_are_told(came, send, session, a, now):
    seller = a.seller()
    partner = session.get_one(Partner, seller.partner_id)
    partners.end(session, partner, by=a.manager().actor(), reason="Agreed.", now=now)
    assert send(now) == 1
    assert came == [seller.email]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_mail_server_elsewhere_is_spoken_to_by_checked_tls_or_not_at_all(
    app, send, session, a, now, monkeypatch, scheme
):
    """It offers no TLS, or none that shows a certificate: the mail waits, nothing is said."""
    a.vendor()
    with mail_server() as (url, came):
        port = urlsplit(url).port
        far = f"{scheme}://name:secret@mail.example.com:{port}"
        app.extensions["settings"] = replace(app.extensions["settings"], smtp_url=far)
        here = socket.create_connection
        monkeypatch.setattr(
            socket, "create_connection", lambda _there, *words, **said: here(("127.0.0.1", port))
        )
        write(session, now, "ana@a.example")
        assert send(now) == 0
        assert came == []
        app.extensions["settings"] = replace(app.extensions["settings"], smtp_url="")
        assert [send(now), send(now + timedelta(minutes=6))] == [0, 1]  # left alone for a while


def test_nobody_waits_while_a_mail_leaves(app, session, a, now):
    """On SQLite there is one who writes: the talk with the mail server is not part of it."""
    a.vendor()
    with mail_server(while_taking=lambda: write(session, now, "bo@b.example")) as (url, came):
        app.extensions["settings"] = replace(app.extensions["settings"], smtp_url=url)
        write(session, now, "ana@a.example")
        session.commit()
        with app.app_context():
            assert send_waiting(app) == 1
    session.commit()
    assert came == ["ana@a.example"] and outcome(session, "bo@b.example").mailed_at is None
