"""Applications: everybody may apply, nobody learns whom we know, staff decide with a reason."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from models import applications
from models.applications import Application, ApplicationStatus, Enquiry
from models.errors import Refused
from models.notices import Notice
from models.partners import PartnerRole, PartnerStatus
from models.people import Person, PersonStatus, Role
from models.sealing import Seal

SEAL = Seal("a key that only the tests know, long enough")
ENQUIRY = Enquiry(
    company="Rhine Bikes GmbH",
    role=PartnerRole.RESELLER,
    country="DE",
    town="Köln",
    domain="https://www.rhine.test/",
    contact_name="Ute Weber",
    contact_email="Ute@rhine.test",
    contact_phone="+49 221 1",
    about="We sell touring bicycles to hotels along the Rhine.",
)


@pytest.fixture
def manager(a):
    a.vendor()
    return a.manager().actor()


@pytest.fixture
def submit(session, manager, now):
    def submit(address="192.0.2.1", **other):
        return applications.submit(session, replace(ENQUIRY, **other), address=address, now=now)

    return submit


@pytest.fixture
def accept(session, manager, now):
    def accept(application, email="ute@rhine.test"):
        return applications.accept(
            session, application, by=manager, role=PartnerRole.VAR, currency="EUR",
            channel_manager_id=manager.id, administrator_email=email, seal=SEAL, now=now,
        )  # fmt: skip

    return accept


def test_an_application_reaches_the_managers_and_the_applicant(session, submit, manager):
    application = submit()
    assert (application.status, application.domain) == (ApplicationStatus.RECEIVED, "rhine.test")
    rows = session.execute(select(Notice.kind, Notice.person_id, Notice.email))
    told = {tuple(row) for row in rows}
    assert told == {
        ("application-received", manager.id, ""),
        ("application-thanks", None, "ute@rhine.test"),
    }


def test_the_same_application_sent_twice_is_kept_once(session, submit):
    assert submit() is not None
    assert submit(company="RHINE BIKES") is None
    assert len(session.scalars(select(Application.id)).all()) == 1
    assert len(session.scalars(select(Notice.id)).all()) == 2


def test_one_address_cannot_flood_us(submit):
    for n in range(5):
        submit(company=f"Firm {n}", contact_email=f"p{n}@firm.test")
    with pytest.raises(Refused, match="Wait an hour"):
        submit(company="Firm 6", contact_email="p6@firm.test")
    assert submit("198.51.100.1", company="Firm 7", contact_email="p7@firm.test") is not None


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"contact_email": "ute"}, "e-mail address"),
        ({"country": "ZZ"}, "Choose a country"),
        ({"about": "bikes"}, "sentence or two"),
        ({"domain": "no domain"}, "web address"),
    ],
)
def test_an_application_that_says_too_little_is_refused(submit, wrong, message):
    with pytest.raises(Refused, match=message):
        submit(**wrong)


def test_a_known_company_is_shown_to_staff_only(session, a, submit):
    known = a.partner(name="RHINE BIKES", country="DE")
    a.partner(name="Rhine Bikes", country="AT")
    application = submit()
    found = applications.lookalikes(session, application)
    assert [(like.id, like.why) for like in found] == [(known.id, "same name")]


def test_a_shared_web_address_and_an_earlier_application_are_shown(session, a, submit):
    a.partner(name="Another name", country="AT", domain="rhine.test")
    submit()
    second = submit(company="Rhine Two", contact_email="tom@rhine.test")
    whys = [(like.kind, like.why) for like in applications.lookalikes(session, second)]
    assert whys == [("partner", "same web address"), ("application", "same web address")]


def test_acceptance_makes_a_partner_in_onboarding_and_invites_its_administrator(
    session, submit, accept, manager, now
):
    application = submit()
    applications.begin_review(session, application, by=manager, now=now)
    partner = accept(application)
    assert (partner.status, partner.role, partner.town) == (
        PartnerStatus.ONBOARDING,
        PartnerRole.VAR,
        "Köln",
    )
    ute = session.scalars(select(Person).where(Person.email == "ute@rhine.test")).one()
    assert (ute.status, ute.role, ute.partner_id) == (
        PersonStatus.INVITED,
        Role.PARTNER_ADMINISTRATOR,
        partner.id,
    )
    with pytest.raises(Refused, match="it is accepted"):
        accept(application)


def test_nothing_is_decided_before_somebody_looked(session, submit, accept, manager, now):
    application = submit()
    with pytest.raises(Refused, match="it is received"):
        accept(application)
    with pytest.raises(Refused, match="it is received"):
        applications.decline(session, application, by=manager, reason="no", now=now)


def test_an_applicant_who_signs_in_elsewhere_is_not_moved(session, a, submit, accept, manager, now):
    ana = a.seller(email="ute@rhine.test")
    elsewhere = ana.partner_id
    application = submit()
    applications.begin_review(session, application, by=manager, now=now)
    accept(application)
    assert (ana.status, ana.partner_id) == (PersonStatus.ACTIVE, elsewhere)
    both = select(Person.status).where(Person.email == ana.email).order_by(Person.status)
    assert session.scalars(both).all() == [PersonStatus.ACTIVE, PersonStatus.INVITED]


def test_somebody_of_the_vendor_does_not_become_a_partner(session, a, submit, accept, manager, now):
    a.finance(email="ute@rhine.test")
    application = submit()
    applications.begin_review(session, application, by=manager, now=now)
    with pytest.raises(Refused, match="cannot be invited"):
        accept(application)


def test_the_applicant_reads_the_reason_word_for_word(session, submit, manager, now):
    application = submit()
    applications.begin_review(session, application, by=manager, now=now)
    with pytest.raises(Refused, match="Say why"):
        applications.decline(session, application, by=manager, reason="  ", now=now)
    applications.decline(session, application, by=manager, reason="No new shops in Köln.", now=now)
    with pytest.raises(Refused, match="it is declined"):
        applications.decline(session, application, by=manager, reason="again", now=now)
    letters = session.scalars(select(Notice.body).where(Notice.kind == "application-declined"))
    [body] = letters.all()
    assert "No new shops in Köln." in body


def test_every_step_stands_in_the_timeline(session, submit, manager, now):
    application = submit()
    applications.begin_review(session, application, by=manager, now=now)
    applications.ask(session, application, by=manager, question="How many shops?", now=now)
    applications.ask(session, application, by=manager, question="And since when?", now=now)
    applications.decline(session, application, by=manager, reason="Too few", now=now)
    session.flush()
    steps = applications.timeline(session, application.id)
    assert [step.verb for step in steps] == ["submit", "review", "ask", "ask", "decline"]
    assert steps[2].note == "How many shops?" and steps[0].by_name == "Ute Weber"
