"""Onboarding at Stripe: opened once, set up there, read again, chosen with one press."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import requests
from sqlalchemy import func, select

from models.audit import AuditEntry
from models.notices import Notice
from models.partners import destinations
from models.partners.destinations import DestinationKind
from models.partners.stripe_accounts import StripeAccount
from models.people import Role, passwords
from portal.payouts import stripe_onboarding
from tests.stripe_standin import Kind
from tests.stripe_story import ENVIRONMENT, KEY

PASSWORD = "uphill both ways"


@pytest.fixture(params=["v2", "v1"])
def connected(request, story):
    story.app.extensions["settings"] = replace(
        story.app.extensions["settings"],
        stripe_secret_key=KEY,
        stripe_api_base=story.served.url,
        stripe_environment=ENVIRONMENT,
        stripe_accounts=request.param,
    )
    story.session.commit()
    return story


@pytest.fixture
def partner(connected, a):
    return a.partner(name="Alpenrad GmbH", country="DE")


@pytest.fixture
def head(a, partner, sign_in):
    return sign_in(
        a.person(
            partner=partner, role=Role.PARTNER_ADMINISTRATOR,
            password_hash=passwords.hashed(PASSWORD),
        )
    )  # fmt: skip


def link_of(answer):
    assert answer.status_code == 200, answer.text
    return re.search(r'href="(http[^"]+/onboarding/[^"]+)"', answer.text)[1]


def finished(link):
    """What the partner does at Stripe: looks at the page and agrees."""
    assert "Set up your payouts" in requests.get(link, timeout=5).text
    back = requests.post(link, data={"press": "finish"}, timeout=5, allow_redirects=False)
    assert back.status_code == 303
    return back.headers["Location"]


def account(story):
    story.session.rollback()
    return story.session.scalars(select(StripeAccount)).one()


def test_from_nothing_to_being_paid_through_stripe(connected, head, partner, now):
    assert "Set up with Stripe" in head.get("/company/stripe").text
    link = link_of(head.post("/company/stripe/onboarding"))
    page = head.get("/company/stripe").text
    assert "Your bank account" in page
    assert "Not ready yet" in page
    back = finished(link)
    assert "/company/stripe?back=1" in back
    assert "Not ready yet" in head.get("/company/stripe?back=1").text  # coming back proves nothing
    assert head.post("/company/stripe/check").status_code == 303
    assert "is ready" in head.get("/company/stripe").text
    for _ in range(2):
        chosen = head.post("/company/stripe/destination")
        assert chosen.status_code == 303
    kept = destinations.current(connected.session, partner.id)
    assert (kept.kind, kept.account_id) == (DestinationKind.STRIPE, account(connected).account_id)
    assert not kept.is_held(now)
    assert "You are paid through it" in head.get("/company/stripe").text


def test_a_change_is_held_for_72_hours_and_every_administrator_is_told(
    connected, a, head, partner, now
):
    a.destination(partner)
    for _ in range(2):
        a.person(partner=partner, role=Role.PARTNER_ADMINISTRATOR)
    finished(link_of(head.post("/company/stripe/onboarding")))
    head.post("/company/stripe/check")
    head.post("/company/stripe/destination")
    kept = destinations.current(connected.session, partner.id)
    assert kept.is_held(now + timedelta(hours=72, seconds=-1))
    assert not kept.is_held(now + timedelta(hours=72))
    assert "nothing is paid to it before" in head.get("/company/stripe").text
    told = select(func.count(Notice.id)).where(
        Notice.kind == "destination-changed", Notice.partner_id == partner.id
    )
    assert connected.session.scalar(told) == 3


def test_pressing_twice_opens_one_account_and_gives_a_fresh_link_each_time(connected, head):
    links = {link_of(head.post("/company/stripe/onboarding")) for _ in range(3)}
    assert len(links) == 3
    assert len(connected.world.things["account"]) == 1


@pytest.mark.parametrize("fault", [Kind.DROP_AFTER, Kind.BAD_GATEWAY])
def test_an_answer_that_is_lost_opens_no_second_account(connected, head, fault):
    path = ".*/accounts"
    connected.served.faults.add(fault, "POST", path)
    lost = head.post("/company/stripe/onboarding", follow_redirects=True)
    assert "Stripe does not answer" in lost.text
    link_of(head.post("/company/stripe/onboarding"))
    assert len(connected.world.things["account"]) == 1


def test_a_link_is_neither_mailed_nor_kept(connected, head, session):
    link = link_of(head.post("/company/stripe/onboarding"))
    word = link.rsplit("/", 1)[1]
    for rows in (
        session.scalars(select(Notice.body)), session.scalars(select(Notice.link)),
    ):  # fmt: skip
        assert not any(word in text for text in rows)
    assert not any(word in str(row.detail) for row in session.scalars(select(AuditEntry)))


def test_nobody_chooses_stripe_before_the_account_is_ready(connected, head, partner):
    early = head.post("/company/stripe/destination")
    assert early.status_code == 422
    assert "not ready yet" in early.text
    head.post("/company/stripe/onboarding")
    assert head.post("/company/stripe/destination").status_code == 422
    assert destinations.current(connected.session, partner.id) is None


def test_an_event_has_the_account_read_and_the_partner_told_when_it_stops(connected, head):
    finished(link_of(head.post("/company/stripe/onboarding")))
    key = account(connected).account_id
    connected.session.rollback()
    for _ in range(2):
        with connected.app.app_context():
            assert stripe_onboarding.read_account({"account": key}) is None
    assert account(connected).is_ready
    told = select(Notice.title).where(Notice.kind == "stripe-account")
    assert connected.session.scalars(told).all() == ["Your account at Stripe is ready"]
    connected.world.things["account"][key]["status"] = "restricted"
    connected.session.rollback()
    with connected.app.app_context():
        stripe_onboarding.read_account({"account": key})
        stripe_onboarding.read_account({"account": "acct_of_somebody"})
    assert not account(connected).is_ready
    assert connected.session.scalars(told.order_by(Notice.id)).all()[-1] == (
        "Stripe needs something from you"
    )


def test_others_neither_see_nor_move_a_partners_account(connected, a, head, partner, sign_in):
    head.post("/company/stripe/onboarding")
    key = account(connected).account_id
    rival = sign_in(a.person(partner=a.partner(), role=Role.PARTNER_ADMINISTRATOR))
    distributor = a.partner()
    a.buys_through(partner, distributor) if hasattr(a, "buys_through") else None
    above = sign_in(a.person(partner=distributor, role=Role.PARTNER_ADMINISTRATOR))
    for client in (rival, above):
        assert key not in client.get("/company/stripe").text
        assert client.post("/company/stripe/check", follow_redirects=True).status_code == 200
    for client in (sign_in(a.seller(partner)), sign_in(a.finance())):
        assert client.get("/company/stripe").status_code == 403
        assert client.post("/company/stripe/onboarding").status_code == 403


def test_without_a_key_the_page_says_not_connected(story, a, sign_in):
    client = sign_in(a.person(partner=a.partner(), role=Role.PARTNER_ADMINISTRATOR))
    assert "Stripe is not connected" in client.get("/company/stripe").text
    answer = client.post("/company/stripe/onboarding", follow_redirects=True)
    assert "Stripe is not connected here" in answer.text


def test_what_is_still_due_is_said_in_plain_words():
    row = StripeAccount(
        due=["external_account", "tos_acceptance.date", "tos_acceptance.ip", "odd_x"]
    )
    assert row.due_in_words == ["Your bank account", "Your agreement to Stripe's terms", "Odd x"]
