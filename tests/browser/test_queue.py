"""The approval queue under the hands of a channel manager: keys, undo, selection, going back."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from models import deals
from models.deals import Deal, DealDecision, DealStatus
from models.people import Person
from portal import database
from portal.clock import now
from tests.browser.test_look import MANAGER, broken_rules

TREES = (
    "Alder", "Birch", "Cypress", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel", "Juniper", "Larch",
    "Maple", "Poplar",
)  # fmt: skip


@pytest.fixture
def twelve(own_site):
    """Twelve clean deals of one partner, registered just now, for customers nobody else has."""
    with own_site.app.app_context(), database.transaction() as session:
        seller = session.scalars(
            select(Person).where(Person.email == "seller@enterprise-center.example")
        ).one()
        model = session.scalars(
            select(Deal).where(Deal.partner_id == seller.partner_id, Deal.status == "won")
        ).first()
        for tree in TREES:
            registration = deals.registration_of(session, model)
            words = {"customer_name": f"{tree}wood Zyklometrie", "customer_domain": ""}
            words |= {"customer_vat_id": "", "customer_postal_code": ""}
            words |= {"expected_close_on": now().date() + timedelta(days=60)}
            registration = type(registration)(**(registration.__dict__ | words))
            deal = deals.draft(
                session, registration, partner_id=seller.partner_id, by=seller.actor(), now=now()
            )
            deals.submit(session, deal, by=seller.actor(), now=now())
    return own_site


def decided(site):
    with site.app.app_context(), database.reading() as session:
        return session.scalar(
            select(func.count(DealDecision.id)).where(
                DealDecision.counts.is_(True), DealDecision.by_name == _manager(session)
            )
        )


def _manager(session):
    return session.scalar(select(Person.name).where(Person.email == MANAGER))


def test_ten_clean_deals_are_decided_in_ten_keys(visit, twelve):
    before = decided(twelve)
    page = visit(MANAGER, "/deals/queue?view=all&q=Zyklometrie")
    for _ in range(10):
        opened = page.locator("#opened-deal").inner_text()
        page.keyboard.press("a")
        expect(page.locator("#opened-deal")).not_to_have_text(opened)
        expect(page.locator(".toast")).to_contain_text("approved")
    assert decided(twelve) == before + 10
    assert "q=Zyklometrie" in page.url


def test_each_key_has_a_button_and_none_fires_while_typing(visit, twelve):
    page = visit(MANAGER, "/deals/queue?view=all&q=Zyklometrie")
    for key in ("J", "A", "R", "I", "X", "/", "?"):
        assert page.locator(f'[aria-keyshortcuts="{key}"]').count() == 1, key
    first = page.locator("#opened-deal").inner_text()
    page.keyboard.press("/")
    search = page.get_by_label("Customer or deal number")
    expect(search).to_be_focused()
    page.keyboard.type("jarix?")
    expect(search).to_have_value(re.compile(r"jarix\?"))
    expect(page.locator("#opened-deal")).to_have_text(first)
    page.locator("h1").click()
    page.keyboard.press("j")
    expect(page.locator("#opened-deal")).not_to_have_text(first)
    page.keyboard.press("k")
    expect(page.locator("#opened-deal")).to_have_text(first)
    for key, place in (("r", "#reject"), ("i", "#ask"), ("?", "#keys")):
        page.keyboard.press(key)
        expect(page.locator(place)).to_be_visible()
        assert broken_rules(page) == []
        page.keyboard.press("Escape")
        expect(page.locator(place)).to_be_hidden()


def test_undo_is_offered_and_the_timeline_shows_both_steps(visit, twelve):
    page = visit(MANAGER, "/deals/queue?view=all&q=Zyklometrie")
    first = page.locator("#opened-deal").inner_text()
    page.keyboard.press("a")
    expect(page.locator(".toast").get_by_role("button", name="Undo")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator("#opened-deal")).to_have_text(first)
    timeline = page.locator("article .timeline")
    expect(timeline).to_contain_text("approved the deal")
    expect(timeline).to_contain_text("took back the decision on the deal")


def test_a_selection_stays_while_one_walks_and_is_decided_together(visit, twelve):
    page = visit(MANAGER, "/deals/queue?view=all&q=Zyklometrie")
    page.keyboard.press("x")
    expect(page.locator("#selection")).to_contain_text("1 selected")
    page.keyboard.press("j")
    page.wait_for_url("**deal=*")
    page.keyboard.press("x")
    expect(page.locator("#selection")).to_contain_text(re.compile(r"2 selected, €[\d,.]+"))
    page.get_by_role("button", name="Approve…").click()
    page.get_by_role("button", name="Approve 2").click()
    expect(page.locator("main")).to_contain_text("2 approved, 0 left out.")
    assert broken_rules(page) == []
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_contain_text("2 taken back")
    with twelve.app.app_context(), database.reading() as session:
        waiting = select(func.count(Deal.id)).where(
            Deal.customer_name.contains("Zyklometrie"), Deal.status == DealStatus.SUBMITTED
        )
        assert session.scalar(waiting) == 12


def test_going_back_restores_filters_scroll_and_row(visit, shared_site):
    page = visit(MANAGER, "/deals?q=e&sort=customer")
    row = page.locator(".table tbody tr").nth(30)
    link = row.locator("td.main a")
    link.scroll_into_view_if_needed()
    scrolled = page.evaluate("scrollY")
    link.click()
    page.wait_for_url("**/deals/*-*")
    page.go_back()
    page.wait_for_url("**/deals?q=e&sort=customer")
    expect(link).to_be_focused()
    assert scrolled > 300 and abs(page.evaluate("scrollY") - scrolled) < 50
