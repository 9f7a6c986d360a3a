"""Complaints: heard by somebody who is not involved, in time, in writing, and in confidence."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from models import audit, complaints
from models.applications import Application
from models.audit import AuditEntry
from models.complaints import Complaint, ComplaintKind, ComplaintStatus, Grievance
from models.complaints.rules import Hearer, may_hear
from models.notices import Notice
from models.people import PersonStatus, Role
from models.vendor import Vendor

BOSS, OFFICER, OTHER, AUTHOR = (f"{number}" for number in range(4))
SAID = {"kind": "decision", "text": "Nobody told us why.", "about_person": "", "matter": ""}


@pytest.fixture
def house(a):
    """A vendor with two officers: Olga, who answers to the boss, and then Oleg."""
    a.vendor()
    boss, olga, oleg = a.administrator(name="Boss"), a.finance(name="Olga"), a.manager(name="Oleg")
    by = boss.actor()
    complaints.name_officer(a.session, olga.id, boss.id, by=by, now=a.now)
    complaints.name_officer(a.session, oleg.id, None, by=by, now=a.now + timedelta(seconds=1))
    return {"boss": boss, "olga": olga, "oleg": oleg}


@pytest.fixture
def tom(a):
    return a.seller(name="Tom Achebe")


@pytest.fixture
def made(session):
    """made(): the last complaint."""
    return lambda: session.scalars(select(Complaint).order_by(Complaint.id.desc())).first()


@pytest.mark.parametrize(
    ("hearer", "answers_to", "about", "took_part", "may"),
    [
        (OFFICER, None, OTHER, (), True),
        (OFFICER, BOSS, OTHER, (), True),
        (OFFICER, None, OFFICER, (), False),  # about themselves
        (OFFICER, BOSS, BOSS, (), False),  # about their superior
        (OFFICER, None, None, (OFFICER,), False),  # took part in the matter
        (OFFICER, BOSS, None, (BOSS,), False),  # their superior took part
        (AUTHOR, None, None, (), False),  # their own complaint
    ],
)
def test_who_may_hear_a_complaint(hearer, answers_to, about, took_part, may):
    one = Hearer(hearer, "", answers_to)
    assert may_hear(one, author=AUTHOR, about=about, took_part=took_part) is may


def test_the_first_who_is_not_involved_hears_it_and_both_are_told(sign_in, house, tom, made):
    page = sign_in(tom).post("/complaints", data=SAID, follow_redirects=True)
    assert "Nobody told us why." in page.text and "Olga" in page.text
    assert made().handler_id == house["olga"].id
    assert made().number in sign_in(house["olga"]).get("/complaints").text
    assert "1" in re.findall(r"Notices.{0,200}", sign_in(house["olga"]).get("/").text, re.S)[0]


def test_about_the_boss_it_goes_past_who_answers_to_them(sign_in, house, tom, made):
    about = SAID | {"kind": "person", "about_person": str(house["boss"].id)}
    sign_in(tom).post("/complaints", data=about)
    assert made().handler_id == house["oleg"].id


def test_about_a_decision_it_goes_past_who_took_part_in_it(sign_in, house, a, session, made):
    deal = a.submitted()
    audit.record(session, house["olga"].actor(), "deal rejected", deal, now=a.now)
    client = sign_in(a.person(partner_id=deal.partner_id))
    client.post("/complaints", data=SAID | {"matter": deal.number.lower()})
    assert (made().about_id, made().handler_id) == (deal.id, house["oleg"].id)
    foreign = client.post("/complaints", data=SAID | {"matter": a.submitted().number})
    missing = client.post("/complaints", data=SAID | {"matter": "D-2222222"})
    assert foreign.status_code == missing.status_code == 422
    assert "Nothing that you can see has the number" in foreign.text


def test_nobody_but_author_and_hearer_reads_it(sign_in, house, tom, a, made):
    about = SAID | {"kind": "person", "about_person": str(house["boss"].id)}
    sign_in(tom).post("/complaints", data=about)
    path = f"/complaints/{made().id}"
    colleague = a.person(partner_id=tom.partner_id, role=Role.PARTNER_ADMINISTRATOR)
    for person in (house["boss"], house["olga"], colleague, a.seller()):
        client = sign_in(person)
        assert client.get(path).status_code == 404
        assert client.post(f"{path}/notes", data={"words": "x"}).status_code == 404
        assert made().number not in client.get("/complaints").text
    assert sign_in(tom).post(f"{path}/answer", data={}).status_code == 403
    assert sign_in(house["oleg"]).post(f"{path}/withdrawal").status_code == 403


def test_neither_audit_nor_outbox_tells_the_one_complained_about(
    sign_in, house, tom, session, made
):
    about = SAID | {"kind": "person", "about_person": str(house["boss"].id)}
    assert sign_in(tom).post("/complaints", data=about | {"text": ""}).status_code == 422
    refused = session.scalars(
        select(AuditEntry).where(AuditEntry.action.startswith("refused"))
    ).one()
    assert (refused.actor_id, refused.address, refused.partner_id, refused.detail) == (
        None, None, None, {},
    )  # fmt: skip
    sign_in(tom).post("/complaints", data=about)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.about_kind == "complaint")).one()
    assert (entry.action, entry.about_id) == ("complaint made", made().id)
    told = (entry.actor_id, entry.address, entry.session_id, entry.request_id, entry.partner_id)
    assert told == (None,) * 5 and entry.detail == {}
    boss = sign_in(house["boss"])
    assert "Tom" not in boss.get("/audit?kind=complaint").text
    assert made().number not in boss.get("/outbox").text
    assert list(audit.faults(session)) == []


def test_who_is_complained_about_reads_nothing_of_it_through_its_authors_eyes(
    sign_in, house, tom, session, made
):
    about = SAID | {"kind": "person", "about_person": str(house["boss"].id)}
    sign_in(tom).post("/complaints", data=about)
    said = {"words": "You say the boss shouted. Who saw it?"}
    sign_in(house["oleg"]).post(f"/complaints/{made().id}/notes", data=said)
    told = session.scalars(select(Notice.body).where(Notice.person_id == tom.id)).all()
    assert len(told) == 2 and "shouted" not in "".join(told)  # nor does a mail say it
    boss = sign_in(house["boss"])
    assert boss.post(f"/people/{tom.id}/visit", data={"reason": "Ticket 4126: a look"}).location
    for path in ("/notices", f"/complaints/{made().id}", "/complaints"):
        assert boss.get(path).status_code == 403, path
    home = boss.get("/").text
    assert made().number not in home and 'href="/notices"' not in home


def test_it_is_taken_up_written_about_and_answered_in_writing(sign_in, house, tom, session, made):
    client, olga = sign_in(tom), sign_in(house["olga"])
    client.post("/complaints", data=SAID)
    path = f"/complaints/{made().id}"
    assert olga.post(f"{path}/acknowledgement").status_code == 303
    assert client.post(f"{path}/notes", data={"words": "Here is more."}).status_code == 303
    assert "Here is more." in olga.get(path).text
    refused = olga.post(f"{path}/answer", data={"answer": "We looked."})
    assert refused.status_code == 422 and "We looked." in refused.text
    olga.post(f"{path}/answer", data={"answer": "We looked.", "outcome": "upheld"})
    assert "We looked." in client.get(path).text and made().status is ComplaintStatus.ANSWERED
    kinds = select(Notice.kind).where(Notice.person_id == tom.id).order_by(Notice.at, Notice.id)
    assert session.scalars(kinds).all() == [
        "complaint-received", "complaint-heard", "complaint-answered",
    ]  # fmt: skip
    late = client.post(f"{path}/notes", data={"words": "And?"}, follow_redirects=True)
    assert "This complaint is closed" in late.text


def test_what_is_not_taken_up_in_time_goes_to_the_next(sign_in, house, tom, session, made, now):
    sign_in(tom).post("/complaints", data=SAID)
    assert complaints.keep_the_clock(session, made().acknowledge_by) == 0
    late = made().acknowledge_by + timedelta(seconds=1)
    assert complaints.keep_the_clock(session, late) == 1
    assert made().handler_id == house["oleg"].id
    assert made().acknowledge_by > late + timedelta(days=2) and made().answer_by > late
    assert complaints.keep_the_clock(session, late) == 0  # run twice does nothing
    house["oleg"].status = PersonStatus.LEFT
    complaints.keep_the_clock(session, late)
    assert made().handler_id == house["boss"].id  # after the officers come the administrators


def test_the_day_of_the_answer_is_the_vendors_own(sign_in, house, tom, session, made):
    """21:30 in New York is the next day in UTC."""
    session.scalars(select(Vendor)).one().time_zone = "America/New_York"
    session.commit()
    sign_in(tom).post("/complaints", data=SAID)
    late = datetime(2027, 1, 5, 2, 30, tzinfo=UTC)
    complaints.keep_the_clock(session, late)
    session.flush()
    told = session.scalars(select(Notice).where(Notice.person_id == tom.id)).all()
    local = made().answer_by.astimezone(ZoneInfo("America/New_York"))
    assert local.date() < made().answer_by.date()
    assert f"by {local:%-d %B %Y}" in told[-1].body


def test_a_hearer_hands_it_on_and_reads_it_no_longer(sign_in, house, tom, made):
    sign_in(tom).post("/complaints", data=SAID)
    olga, path = sign_in(house["olga"]), f"/complaints/{made().id}"
    olga.post(f"{path}/handing-on", data={"why": "I know them privately."})
    assert olga.get(path).status_code == 404
    assert "I know them privately." in sign_in(house["oleg"]).get(path).text


def test_where_everybody_is_involved_it_goes_outside(sign_in, a, session, tom, made):
    a.vendor(complaint_outside_email="ombuds@lawyers.example")
    boss = a.administrator(name="Boss")
    about = SAID | {"kind": "person", "about_person": str(boss.id)}
    sign_in(tom).post("/complaints", data=about)
    letter = session.scalars(select(Notice).where(Notice.email != "")).one()
    assert letter.email == "ombuds@lawyers.example" and "Nobody told us why." in letter.body
    assert made().handler_id is None
    asked = session.scalars(select(Notice).where(Notice.person_id == boss.id)).one()
    assert "Tom" not in asked.title + asked.body and asked.link == "/programme/complaints"
    second = a.administrator(name="Sally Second")
    later = a.now + timedelta(days=60)
    complaints.keep_the_clock(session, later)
    assert made().handler_id == second.id
    assert made().acknowledge_by > later and made().answer_by > later  # she has all the days
    told = session.scalars(select(Notice).where(Notice.person_id == tom.id)).all()
    assert told[-1].title == "Sally Second hears your complaint now"
    day = session.scalars(select(Vendor)).one().calendar.day_of(made().answer_by)
    assert f"by {day:%-d %B %Y}" in told[-1].body
    assert complaints.keep_the_clock(session, later + timedelta(hours=1)) == 0


def test_a_declined_applicant_is_heard_and_answered_by_letter(
    client, sign_in, house, a, session, made
):
    declined = a.keep(
        Application(
            number="A-4K7QXMP", company="New Bikes", name_key="new bikes", role="reseller",
            country="DE", town="Bonn", domain="", contact_name="Ann", contact_phone="", about="",
            contact_email="ann@new.example", status="declined", created_at=a.now,
        )
    )  # fmt: skip
    audit.record(session, house["olga"].actor(), "application declined", declined, now=a.now)
    sent = {"number": declined.number, "contact_email": "ann@new.example", "text": "You erred."}
    answers = [
        client.post("/complaints/application", data=sent | change)
        for change in ({}, {"contact_email": "x@y.example"}, {"number": "A-2222222"})
    ]
    assert {(one.status_code, one.location) for one in answers} == {(303, "/complaints/thanks")}
    assert made().handler_id == house["oleg"].id and made().author_name == declined.contact_name
    path = f"/complaints/{made().id}/answer"
    sign_in(house["oleg"]).post(path, data={"outcome": "upheld", "answer": "You are welcome."})
    letters = select(Notice.body).where(Notice.kind == "complaint-answered")
    assert "You are welcome." in session.scalars(letters).one()
    assert len(session.scalars(select(Complaint)).all()) == 1


def test_the_applicants_door_shuts_after_three(client, house):
    sent = {"number": "A-2222222", "contact_email": "ann@new.example", "text": "You erred."}
    told = [client.post("/complaints/application", data=sent).status_code for _ in range(4)]
    assert told == [303, 303, 303, 422]


def test_the_database_refuses_whom_it_is_about_as_hearer(session, house, tom):
    grievance = Grievance(ComplaintKind.PERSON, "Rude.", about_person_id=house["boss"].id)
    key = complaints.complain(session, grievance, by=tom.actor(), now=house["boss"].created_at)
    session.get_one(Complaint, key).handler_id = house["boss"].id
    with pytest.raises(Exception, match="heard_by_somebody_else"):
        session.flush()


def test_officers_are_named_by_administrators_and_known_to_all_staff(sign_in, house, a):
    boss, named = sign_in(house["boss"]), a.sales_manager(name="Nora")
    sent = {"person": str(named.id), "answers_to": str(named.id)}
    assert boss.post("/programme/complaints/officers", data=sent).status_code == 422
    boss.post("/programme/complaints/officers", data=sent | {"answers_to": ""})
    assert "Nora" in sign_in(house["oleg"]).get("/programme/complaints").text
    rules = {"complaint_acknowledge_days": "2", "complaint_answer_days": "9"}
    assert boss.post("/programme/complaints", data=rules).status_code == 303
    bad = boss.post("/programme/complaints", data=rules | {"complaint_answer_days": "900"})
    assert bad.status_code == 422
