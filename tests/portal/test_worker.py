"""The worker: mails leave once, jobs are done or tried again, nothing stops the rest."""

import socket
from dataclasses import replace

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from sqlalchemy import select

from models import jobs
from models.jobs import Job, JobState
from models.notices import Notice, tell
from portal import worker


class Letterbox(Message):
    """Keeps what arrives."""

    def __init__(self):
        super().__init__()
        self.mails = []

    def handle_message(self, message):
        self.mails.append(message)


@pytest.fixture
def post_office():
    letterbox = Letterbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(letterbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield letterbox, f"smtp://127.0.0.1:{port}"
    controller.stop()


@pytest.fixture
def told(a, session, now):
    a.vendor(mail_from="portal@example.com")
    person = a.person(email="ann@example.com")
    tell(
        session, person.id, "deal-approved", title="Kestrel Foods\nis approved",
        body="Protected through 20 February 2027.", link="/deals/1", now=now,
        partner_id=person.partner_id,
    )  # fmt: skip
    session.commit()


def work(app):
    with app.app_context():
        return worker.once(app)


def with_smtp(app, url):
    app.extensions["settings"] = replace(app.extensions["settings"], smtp_url=url)


def test_a_notice_leaves_as_a_mail_once(app, told, post_office, session):
    letterbox, url = post_office
    with_smtp(app, url)
    assert (work(app), work(app)) == (1, 0)
    [mail] = letterbox.mails
    assert mail["Subject"] == "Kestrel Foods is approved"
    assert (mail["From"], mail["To"]) == ("portal@example.com", "ann@example.com")
    assert "http://localhost/deals/1" in mail.get_payload()


def test_without_a_mail_server_the_notice_is_kept_for_the_outbox(app, told, session, now):
    assert (work(app), work(app)) == (1, 0)
    assert session.scalar(select(Notice.mailed_at)) == now


def test_a_mail_server_that_is_down_loses_nothing(app, told, session):
    with_smtp(app, "smtp://127.0.0.1:9")
    assert work(app) == 0
    assert session.scalar(select(Notice.mailed_at)) is None


@pytest.fixture
def handler(monkeypatch):
    done = []
    monkeypatch.setitem(
        worker.HANDLERS, "greet", lambda session, payload, now: done.append(payload)
    )
    return done


def queue(session, now, topic="greet"):
    jobs.enqueue(session, topic, f"{topic} 1", {"name": "Ann"}, run_at=now)
    session.commit()


def test_a_job_is_done_once(app, session, now, handler):
    queue(session, now)
    assert (work(app), work(app)) == (1, 0)
    assert handler == [{"name": "Ann"}]
    assert session.scalar(select(Job.state)) is JobState.DONE


def test_what_a_failing_job_wrote_is_undone_and_it_waits(app, session, now, monkeypatch, a):
    person = a.person()
    queue(session, now)

    def fail(own, payload, at):
        tell(own, person.id, "x", title="t", body="b", link="/", now=at)
        own.flush()
        raise ValueError("no such customer")

    monkeypatch.setitem(worker.HANDLERS, "greet", fail)
    work(app)
    job = session.scalars(select(Job)).one()
    assert (job.state, job.attempts) == (JobState.WAITING, 1)
    assert "no such customer" in job.last_error
    assert session.scalars(select(Notice)).all() == []


def test_a_job_of_an_unknown_kind_is_not_lost(app, session, now):
    queue(session, now, topic="unheard of")
    work(app)
    assert session.scalar(select(Job.state)) is JobState.WAITING


def test_a_job_that_died_is_seen_by_administrators_alone_and_run_again(
    app, a, session, sign_in, now
):
    a.vendor()
    kim = sign_in(a.administrator())
    jobs.enqueue(session, "mail a password reset", "one", {"account": "x"}, run_at=now)
    session.flush()
    job = session.scalars(select(Job)).one()
    job.state, job.attempts, job.last_error = JobState.DEAD, 8, "TimeoutError: no answer"
    assert "no answer" in kim.get("/worker").text
    assert sign_in(a.manager()).get("/worker").status_code == 403
    kim.post(f"/worker/{job.id}/revival"), kim.post(f"/worker/{job.id}/revival")
    assert (job.state, job.attempts) == (JobState.WAITING, 0)
    session.commit()
    work(app)
    session.expire_all()
    assert job.state is JobState.DONE and "Nothing." in kim.get("/worker").text
