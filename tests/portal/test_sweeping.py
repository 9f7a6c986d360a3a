"""What is past its time goes: each kind by its own clock, nothing younger, and only once."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DatabaseError

from models import jobs, notices, privacy
from models.applications import Application
from models.applications.tables import ApplicationEvent
from models.complaints import Complaint, ComplaintNote
from models.files import StoredFile
from models.jobs import Job, JobState
from models.leads import Lead, LeadOffer
from models.notices import Notice
from models.people import AccessToken, SignInAttempt, TokenPurpose, UserSession
from models.privacy import PERIODS, Kept
from portal.privacy import nightly

LONG_AGO = timedelta(days=11 * 365)


@pytest.fixture
def kim(a):
    a.vendor()
    return a.administrator(name="Kim Ralls")


def around(kind, now):
    """(an instant a day before its time is over, one a day after)."""
    usual = timedelta(days=PERIODS[kind].usual)
    return now - usual + timedelta(days=1), now - usual - timedelta(days=1)


def test_what_is_past_its_time_goes_and_a_second_run_does_nothing(session, kim, a, now):
    old, young = now - LONG_AGO, now - timedelta(days=1)
    for at in (old, young):
        session.add_all(
            [
                UserSession(
                    person_id=kim.id, token_hash=str(at), created_at=at, last_seen_at=at,
                    address="", browser="",
                ),
                SignInAttempt(account="x", address="y", at=at, succeeded=False),
                Notice(person_id=kim.id, kind="x", title="t", body="b", link="/", at=at,
                       mailed_at=at),
                Notice(person_id=kim.id, kind="x", title="t", body="b", link="/", at=at,
                       mailed_at=at, key=str(at)),
            ]
        )  # fmt: skip
    session.commit()
    gone = privacy.sweep(session, now)
    assert gone == {Kept.SESSIONS: 1, Kept.SIGN_INS: 1, Kept.MAILS: 2}
    assert privacy.sweep(session, now) == {}
    told = session.execute(select(Notice.title, Notice.body, Notice.key).order_by(Notice.at)).all()
    assert told[0] == ("Removed", "", str(old)) and len(told) == 3
    assert notices.unread(session, kim.id, now=now) == 2  # the young ones; nobody opens the other


def test_a_job_is_emptied_first_and_deleted_a_year_later(session, kim, now):
    for days in (1, 31, 31 + 365):
        at = now - timedelta(days=days)
        session.add(
            Job(topic="x", key=f"{days}", payload={"who": "Ann"}, run_at=at, state=JobState.DONE)
        )
    session.flush()
    assert privacy.sweep(session, now) == {Kept.JOBS: 2}
    kept = select(Job.key, Job.payload, Job.emptied_at).order_by(Job.key)
    assert session.execute(kept).all() == [("1", {"who": "Ann"}, None), ("31", {}, now)]
    assert privacy.sweep(session, now) == {}
    with pytest.raises(DatabaseError):  # the key still keeps it from being done twice
        jobs.enqueue(session, "x", "31", {}, run_at=now)
        session.flush()


def test_what_is_past_its_time_is_found_by_an_index(session, kim, now):
    """The large tables are asked for what is old, not read from beginning to end."""
    asked = []
    event.listen(
        session.get_bind(), "before_cursor_execute", lambda *told: asked.append((told[2], told[3]))
    )
    privacy.sweep(session, now)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN "
    else:
        explain = "EXPLAIN QUERY PLAN "
    plans = {}
    for table in ("sign_in_attempt", "notice", "job"):
        for statement, said in list(asked):
            told = statement.replace("\n", " ")
            if told.startswith("SELECT") and f"FROM {table} " in told and "id IN" not in told:
                rows = session.connection().exec_driver_sql(explain + statement, said).all()
                plans.setdefault(table, []).append(str(rows))
    assert [len(found) for found in plans.values()] == [1, 1, 2]
    for table, index in (("sign_in_attempt", "_at"), ("notice", "_to_remove"), ("job", "")):
        assert all(f"ix_{table}{index}" in plan for plan in plans[table]), plans[table]


def test_at_night_a_full_part_is_followed_by_another_and_the_next_night_begins_anew(
    app, session, kim, now, monkeypatch
):
    monkeypatch.setattr("models.privacy.BATCH", 2)
    monkeypatch.setattr("models.privacy.sweeping.BATCH", 2)
    for _ in range(3):
        session.add(SignInAttempt(account="x", address="y", at=now - LONG_AGO, succeeded=False))
    for at in (now, now + timedelta(minutes=10), now + timedelta(days=1)):
        nightly.every_night(session, at)
    session.commit()
    with app.app_context():
        again = [nightly.sweep_once({}) is not None for _ in range(2)]
    assert again == [True, False]
    assert session.scalars(select(SignInAttempt)).all() == []
    assert len(session.scalars(select(Job.id).where(Job.topic == nightly.SWEEP)).all()) == 2


def test_contacts_and_files_of_ended_deals_and_declined_applicants_go(session, kim, a, now):
    deal = a.submitted(contact_name="Carla", contact_email="carla@c.example")
    deal.status, deal.updated_at = "lost", now - LONG_AGO
    live = a.submitted(contact_name="Carl")
    live.updated_at = now - LONG_AGO
    session.flush()
    assert privacy.sweep(session, now) == {Kept.CONTACTS: 1}
    session.expire_all()
    assert (deal.contact_name, deal.contact_email, live.contact_name) == ("", "", "Carl")


def test_links_go_when_they_have_long_expired(session, kim, now):
    for at in around(Kept.LINKS, now):
        session.add(
            AccessToken(
                person_id=kim.id, purpose=TokenPurpose.INVITATION, token_hash=str(at),
                created_at=at, expires_at=at,
            )
        )  # fmt: skip
    young = str(around(Kept.LINKS, now)[0])
    assert privacy.sweep(session, now) == {Kept.LINKS: 1}
    assert session.scalars(select(AccessToken.token_hash)).all() == [young]


def test_of_declined_applicants_only_the_company_stays(session, kim, now):
    for status in ("declined", "received"):
        for at in around(Kept.APPLICATIONS, now):
            made = Application(
                number=f"{status} {at}", status=status, company="Harbour", name_key="harbour",
                role="reseller", country="DE", town="Kiel", contact_name="Jo Berg",
                contact_email="jo@h.example", contact_phone="1", about="Us", created_at=at,
                decided_at=at if status == "declined" else None,
            )  # fmt: skip
            session.add(made)
            session.flush()
            session.add(
                ApplicationEvent(
                    application_id=made.id, verb="apply", to_status=status, by_name="Jo Berg",
                    at=at, note="Hello",
                )
            )  # fmt: skip
    session.commit()
    assert privacy.sweep(session, now) == {Kept.APPLICATIONS: 1}
    session.expire_all()
    gone = session.scalars(select(Application).where(Application.contact_name == "Removed")).one()
    assert (gone.status, gone.contact_email, gone.contact_phone, gone.about) == (
        "declined", "", "", "",
    )  # fmt: skip
    names = session.execute(select(ApplicationEvent.by_name, ApplicationEvent.note)).all()
    assert sorted(names) == [("Jo Berg", "Hello")] * 3 + [("Removed", "")]
    assert privacy.sweep(session, now) == {}


def test_of_old_complaints_no_name_and_no_text_stays(session, kim, a, now):
    seller = a.seller()
    for at in around(Kept.COMPLAINTS, now):
        for person_id, email in ((seller.id, ""), (None, "jo@h.example")):
            made = Complaint(
                number=f"{at:%j}{email}", person_id=person_id, author_name="Jo Berg", email=email,
                kind="other", text="Kim shouted", about_person_id=kim.id, status="withdrawn",
                made_at=at, acknowledge_by=at, answer_by=at, closed_at=at,
            )  # fmt: skip
            session.add(made)
            session.flush()
            session.add(
                ComplaintNote(complaint_id=made.id, at=at, by_name="Jo Berg", verb="made", text="x")
            )
    session.commit()
    assert privacy.sweep(session, now) == {Kept.COMPLAINTS: 2}
    session.expire_all()
    swept = session.scalars(select(Complaint).where(Complaint.text == "Removed")).all()
    assert {(one.author_name, one.about_person_id) for one in swept} == {("Removed", None)}
    assert sorted(one.email for one in swept) == ["", "removed@erased.invalid"]
    texts = session.execute(select(ComplaintNote.by_name, ComplaintNote.text)).all()
    assert sorted(texts) == [("Jo Berg", "x")] * 2 + [("Removed", "")] * 2
    assert privacy.sweep(session, now) == {}


def test_files_of_deals_that_ended_lose_their_content(session, kim, a, now):
    kept = []
    for status in ("lost", "won"):
        for at in around(Kept.UPLOADS, now):
            deal = a.submitted()
            deal.status, deal.updated_at = status, at
            kept.append(
                StoredFile(
                    partner_id=deal.partner_id, is_private=False, about_kind="deal",
                    about_id=deal.id, name="order.pdf", media_type="application/pdf", size=3,
                    sha256="0" * 64, kept_at=at, by_name="Ann", content=b"abc",
                )
            )  # fmt: skip
    session.add_all(kept)
    session.commit()
    assert privacy.sweep(session, now)[Kept.UPLOADS] == 1
    session.expire_all()
    assert [(one.content, one.removed_at is not None) for one in kept] == [
        (b"abc", False), (b"", True), (b"abc", False), (b"abc", False),
    ]  # fmt: skip
    assert privacy.sweep(session, now) == {}


def test_a_partner_that_let_a_lead_go_reads_no_contact_and_old_leads_keep_none(
    session, kim, a, now
):
    def who(number):
        return {
            "number": number, "company": "Kestrel Foods", "country": "DE", "contact_name": "Carla",
            "contact_email": f"{number}@c.example", "note": "Call her",
        }  # fmt: skip

    partner, (young, old) = a.partner(), around(Kept.LEADS, now)
    for at, state in ((young, "closed"), (old, "closed"), (old, "registered"), (old, "new")):
        lead = Lead(
            **who(f"L-{at:%y}-{state}"), name_key=f"{at}{state}", state=state, created_at=at,
            entered_by_name="Kim",
        )  # fmt: skip
        session.add(lead)
    session.flush()
    for n, state in enumerate(("declined", "lapsed", "accepted")):
        session.add(
            LeadOffer(
                **who(f"O-{n}"), partner_id=partner.id, lead_id=lead.id, state=state,
                offered_at=now, answer_by=now,
            )
        )  # fmt: skip
    session.commit()
    assert privacy.sweep(session, now) == {Kept.LEADS: 4}
    session.expire_all()
    said = select(Lead.state, Lead.contact_name, Lead.note).order_by(Lead.created_at.desc())
    left = [(state, name) for state, name, note in session.execute(said) if name or note]
    assert sorted(left) == [("closed", "Carla"), ("new", "Carla")]
    offers = session.execute(select(LeadOffer.state, LeadOffer.contact_name, LeadOffer.note)).all()
    assert [row for row in offers if row[1] or row[2]] == [("accepted", "Carla", "Call her")]
    assert privacy.sweep(session, now) == {}
