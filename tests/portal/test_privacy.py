"""Personal data: what is past its time goes, and a person is told and erased."""

import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from models import audit, deals, ledger, notices, privacy
from models.applications import Application
from models.applications.tables import ApplicationEvent
from models.audit import AuditAnchor, AuditEntry, AuditLink
from models.base import Base
from models.deals import Deal, Entry
from models.deals.batches import DealBatchLine
from models.deals.decisions import DealDecision
from models.deals.queries import registration_of
from models.errors import Refused
from models.notices import Notice
from models.people import SYSTEM, PersonStatus, SignInAttempt, UserSession
from models.privacy import PERIODS, Erasure, Kept, erasing
from models.privacy.rules import days_of

LONG_AGO = timedelta(days=11 * 365)
WHY = {"reason": "Ann wrote by letter; the signature is hers."}


@pytest.fixture
def house(a):
    a.vendor()
    return a.administrator(name="Kim Ralls"), a.administrator(name="Rosa Keller")


@pytest.fixture
def ann(a, session, now):
    """Somebody who applied for a partner, worked for it, did things, was told of, and left."""
    ann = a.seller(name="Änn Leaver", email="ann@rhine.example")
    deal, kim = a.submitted(), a.manager()
    deal.registered_by_id, deal.registered_by_name = ann.id, ann.name
    notices.tell(session, ann.id, "x", title="t", body="b", link="/", now=now)
    session.add(
        UserSession(
            person_id=ann.id, token_hash="x", created_at=now, last_seen_at=now,
            address="192.0.2.7", browser="Firefox",
        )
    )  # fmt: skip
    session.add(SignInAttempt(account=ann.email, address="192.0.2.7", at=now, succeeded=True))
    audit.record(session, ann.actor(), "deal registered", deal, now=now)
    _told_of(ann, deal, kim, session, a, now)
    ann.status = PersonStatus.LEFT
    session.commit()
    return ann


def _told_of(ann, deal, kim, session, a, now):
    """How they came, and where others read of them."""
    to_kim = {"title": f"By {ann.name}", "body": f"{ann.name} asks you", "link": "/", "now": now}
    notices.tell(session, kim.id, "x", **to_kim)
    session.add(
        Notice(email=ann.email, kind="x", title="Your application", body="b", link="/", at=now)
    )
    applied = a.keep(
        Application(
            number="A-1", status="accepted", company="Rhine", name_key="rhine", country="DE",
            role="reseller", town="Bonn", contact_name=ann.name, contact_phone="+49 228 4126",
            contact_email="Ann@rhine.example", about="Bikes.", created_at=now, decided_at=now,
        )
    )  # fmt: skip
    session.add(
        ApplicationEvent(
            application_id=applied.id, verb="apply", to_status="received", by_name=ann.name, at=now
        )
    )
    changed = [["deal", str(deal.id), {"registered_by_name": ["", ann.name]}]]
    session.add(
        DealDecision(
            deal_id=deal.id, verb="approve", by_id=kim.id, by_name=kim.name, at=now, is_final=True,
            counts=True, tier="gold", took_seconds=1, is_late=False, had_conflict=False,
            changes={"added": [], "changed": changed},
        )
    )  # fmt: skip


def remnants(session, *words) -> set[str]:
    """The tables in which one of these words still stands, whatever the column, files too."""
    forms = [form for word in words for form in (word.casefold(), str(word.encode())[2:-1])]
    found = set()
    for table in Base.metadata.sorted_tables:
        for row in session.connection().execute(select(table)):
            if any(form in str(value).casefold() for value in row for form in forms):
                found.add(table.name)
    return found


def test_two_administrators_erase_a_person_and_nothing_is_left_but_what_is_named(
    sign_in, house, ann, session, caplog, tmp_path
):
    caplog.set_level(logging.DEBUG)
    kim, rosa = (sign_in(one) for one in house)
    path, address, name = f"/privacy/people/{ann.id}", ann.email, ann.name
    told = kim.get(path).text
    assert "Is deleted" in told and "The audit is a chain" in told
    assert kim.post(f"{path}/erasure", data={"reason": " "}).status_code == 422
    kim.post(f"{path}/erasure", data=WHY)
    key = session.scalars(select(Erasure.id)).one()
    kim.post(f"/privacy/erasures/{key}/confirmation")
    assert session.get_one(type(ann), ann.id).name == name  # not by who asked
    rosa.post(f"/privacy/erasures/{key}/confirmation")
    assert remnants(session, address, "192.0.2.7", "+49 228 4126") == set()
    assert remnants(session, name) == {"audit_entry"}
    assert [Path(one) for one in tmp_path.rglob("*") if name in one.read_text("latin-1")] == []
    assert name not in caplog.text and address not in caplog.text
    assert list(audit.faults(session)) == [] and ledger.check(session) == []
    assert session.scalars(select(Notice.title).where(Notice.body.contains("asks you"))).one() == (
        f"By {session.get_one(type(ann), ann.id).name}"
    )
    assert "decided already" in rosa.post(
        f"/privacy/erasures/{key}/confirmation", follow_redirects=True
    ).text  # fmt: skip
    assert "Erased" in kim.get(path).text


def test_of_a_contact_at_a_customer_nothing_is_left_when_its_time_is_over(session, house, a, now):
    """Not in the deal, not in the file that it came in, not in what was changed of it."""
    carla = {"contact_name": "Carla Weiß", "contact_email": "carla@kestrel.example"}
    seller = a.seller(a.partner())
    entries = [
        Entry(row, "Kestrel", [carla], a.registration(customer_name="Kestrel", **carla, **more))
        for row, more in ((2, {}), (3, {"project": "Depot", "problem": "Short."}))
    ]
    told = {"file_name": "deals.csv", "partner_id": seller.partner_id, "by": seller.actor()}
    batch = deals.register_many(session, entries, now=now, **told)
    (deal,) = session.scalars(select(Deal))
    deals.approve(session, deal, by=a.decider(), now=now)
    other = replace(registration_of(session, deal), contact_email="c.weiss@kestrel.example")
    deals.amend(session, deal, other, note="She wrote.", by=seller.actor(), now=now)
    session.commit()
    assert remnants(session, "Carla Weiß", "kestrel.example") >= {
        "deal", "deal_amendment", "deal_batch_line",
    }  # fmt: skip
    deals.withdraw(session, deal, by=seller.actor(), now=now)
    session.flush()
    later = now + timedelta(days=PERIODS[Kept.CONTACTS].usual + 1)
    session.execute(update(Deal).values(updated_at=now))
    assert privacy.sweep(session, later)[Kept.CONTACTS] == 2  # the deal, and the refused line
    session.commit()
    assert remnants(session, "Carla Weiß", "kestrel.example") <= {"audit_entry"}
    assert privacy.sweep(session, later).get(Kept.CONTACTS) is None
    with pytest.raises(DatabaseError, match="never changed"):
        session.execute(update(DealBatchLine).values(cells=[], said="All is well."))
    session.rollback()
    with pytest.raises(DatabaseError, match="never changed"):
        session.execute(update(DealBatchLine).values(cells=[carla]))
    session.rollback()
    assert deals.lines_of_batch(session, batch.id)[1].said


def test_who_still_has_an_account_is_not_erased(session, house, a, now):
    ann = a.seller()
    with pytest.raises(Exception, match="Deactivate it first"):
        erasing.ask(session, ann, reason="x", by=house[0].actor(), now=now)


def test_a_namesake_keeps_its_records(session, house, ann, a, now):
    """Where a record has a name and no id, it may be another's."""
    a.seller(name=ann.name)
    kept = a.keep(Erasure(person_id=ann.id, reason="x", asked_by_id=house[0].id, asked_at=now))
    erasing.confirm(session, kept, by=house[1].actor(), now=now)
    assert session.scalars(select(type(ann)).where(type(ann).name == "Änn Leaver")).one()
    assert remnants(session, "Änn Leaver") >= {"notice", "application_event"}
    assert remnants(session, "ann@rhine.example") == set()


def test_when_who_asked_has_left_another_refuses_it_and_asks_anew(session, house, ann, now):
    kim, rosa = house
    asked = erasing.ask(session, ann, reason="A letter.", by=kim.actor(), now=now)
    kim.status = PersonStatus.LEFT
    with pytest.raises(Refused, match="Refuse it, and ask anew"):
        erasing.confirm(session, asked, by=rosa.actor(), now=now)
    erasing.refuse(session, asked, by=rosa.actor(), now=now)
    erasing.ask(session, ann, reason="A letter.", by=rosa.actor(), now=now)


def test_the_database_refuses_an_erasure_by_one_person(session, house, ann, now):
    row = Erasure(person_id=ann.id, reason="x", asked_by_id=house[0].id, asked_at=now)
    session.add(row)
    session.flush()
    row.decided_by_id = house[0].id
    with pytest.raises(DatabaseError):
        session.flush()


def test_everybody_gets_what_is_known_of_them_and_no_secret(sign_in, house, ann, session, a):
    ann.status = PersonStatus.ACTIVE
    own = sign_in(ann).get("/account/export")
    assert own.headers["Content-Disposition"].startswith("attachment")
    assert own.json["person"]["email"] == ann.email
    assert own.json["user_session"][0]["address"] == "192.0.2.7"
    assert own.json["user_session"][0]["token_hash"] == "•••"
    assert own.json["refers_to_you"]["deal.registered_by_id"] == 1
    theirs = sign_in(house[0]).get(f"/privacy/people/{ann.id}/export")
    assert theirs.json["person"] == own.json["person"]
    assert sign_in(ann).get(f"/privacy/people/{ann.id}/export").status_code == 403


def test_the_oldest_of_the_audit_goes_after_ten_years_and_the_chain_holds(session, house, a, now):
    for days in (4100, 4000, 30, 1):
        audit.record(session, SYSTEM, f"{days} ago", None, now=now - timedelta(days=days))
        session.commit()
    assert privacy.sweep(session, now)[Kept.AUDIT] == 2
    session.commit()
    assert list(audit.faults(session)) == []
    assert session.scalars(select(AuditLink.seq).order_by(AuditLink.seq)).first() == 3
    assert privacy.sweep(session, now) == {}
    young = session.scalars(select(AuditLink)).first()
    with pytest.raises(DatabaseError, match="never changed"):
        session.delete(young)
        session.flush()


def test_a_beginning_that_was_cut_off_too_early_is_found(session, house, now):
    """Whoever takes down the guards and invents the head after which the chain begins."""
    for days in (900, 800, 1):
        audit.record(session, SYSTEM, "x", None, now=now - timedelta(days=days))
        session.commit()
    head = session.scalars(select(AuditLink).where(AuditLink.seq == 2)).one()
    outside = [audit.Head(2, head.hash, now - timedelta(days=800))]
    session.add(AuditAnchor(at=now, seq=2, hash=head.hash, why=audit.BEGINS))
    session.commit()
    assert "cut off at its beginning" in [
        fault.what[:24] for fault in audit.faults(session, outside)
    ]


@pytest.mark.parametrize("kind", Kept)
def test_no_period_is_shorter_or_longer_than_it_may_be(session, house, kind, now):
    for days in (PERIODS[kind].least - 1, PERIODS[kind].most + 1):
        with pytest.raises(Exception, match="days"):
            privacy.keep_for(session, days_of(None) | {kind: days}, by=house[0].actor(), now=now)


def test_periods_are_kept_on_a_page_and_in_the_audit(sign_in, house, session):
    client = sign_in(house[0])
    sent = {kind.value: str(days) for kind, days in days_of(None).items()}
    assert client.post("/privacy", data=sent | {"mails": "3"}).status_code == 422
    client.post("/privacy", data=sent | {"mails": "90"})
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "retention changed")
    ).one()
    assert entry.detail == {"mails": [365, 90]}
    assert 'value="90"' in client.get("/privacy").text
