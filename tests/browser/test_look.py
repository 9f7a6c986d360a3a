"""The look: what must be true of every page, and of the ones people live on."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.pages import Looked, reachable

HOST = "adventure-works.example"
ADMINISTRATOR, FINANCE = f"administrator@{HOST}", f"finance@{HOST}"
MANAGER, SALES = f"channel.europe@{HOST}", f"rachel.valdez@{HOST}"
SELLER, OWNER = "seller@enterprise-center.example", "administrator@enterprise-center.example"
DISTRIBUTOR = "seller@global-bike-retailers.example"
EVERYBODY = [ADMINISTRATOR, FINANCE, MANAGER, SALES, SELLER, OWNER, DISTRIBUTOR]

BRIEFLY = {"resultTypes": ["violations"], "elementRef": False}
BROKEN = """options => axe.run(document, options).then(({violations}) => violations.flatMap(
  rule => rule.nodes.map(node => [rule.id, node.html.slice(0, 160)])))"""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
TOUCH_PX = 44

TOO_SMALL = f"""() => [...document.querySelectorAll(
    "button, select, textarea, summary, .button, .menu a, .views a, "
    + "input:not([type=hidden], [type=checkbox], [type=radio])"
  )]
  .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < {TOUCH_PX} - .5)
  .map(e => e.outerHTML.slice(0, 90) + " " + e.getBoundingClientRect().height)"""
SIDEWAYS = "() => document.documentElement.scrollWidth - innerWidth"


def broken_rules(page, rules=WCAG):
    """(rule, element) of what axe finds; axe is handed to a page once, and answers briefly."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return [tuple(found) for found in page.evaluate(BROKEN, {"runOnly": rules, **BRIEFLY})]


@pytest.fixture(scope="module")
def looked(request, tmp_path_factory):
    run = getattr(request.config, "workerinput", {}).get("testrunuid")
    folder = tmp_path_factory.getbasetemp()
    return Looked(folder.parent / f"looked-{run}" if run else folder / "looked")


LOOKS = [(DESK, "light"), (PHONE, "dark")]
"""Both sizes and both schemes, every rule in each; the phone's own rules last."""


@pytest.mark.parametrize("who", EVERYBODY)
def test_every_page_can_be_used_by_everybody(visit, looked, who):
    page = visit(who)
    wrong = []
    for address in reachable(page, looked):
        if page.title().startswith(("Something", "That was our fault", "This is not for")):
            wrong.append((address, page.title()))
        for size, scheme in LOOKS:
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            wrong += [(address, scheme, rule) for rule in broken_rules(page)]
        wrong += [(address, "sideways")] if page.evaluate(SIDEWAYS) > 0 else []
        wrong += [(address, "small", small) for small in page.evaluate(TOO_SMALL)]
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(DESK)
    assert wrong == []


@pytest.mark.parametrize("path", ["/sign-in", "/forgotten-password", "/become-a-partner"])
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_the_pages_of_strangers_can_be_used_by_everybody(visit, path, phone):
    page = visit(None, path, phone=phone)
    assert broken_rules(page) == []
    assert page.evaluate(SIDEWAYS) <= 0


@pytest.mark.parametrize(
    ("who", "path"),
    [
        (SELLER, "/deals"),
        (MANAGER, "/deals/queue"),
        (FINANCE, "/invoices"),
        (SELLER, "/statements"),
    ],
)
def test_a_phone_shows_who_and_how_much_of_the_first_row_without_scrolling(visit, who, path):
    page = visit(who, path, phone=True)
    row = page.locator(".table tbody tr").first
    expect(row.locator(".main")).to_be_in_viewport(ratio=1)
    expect(row.locator(".amount")).to_be_in_viewport(ratio=1)
    name, amount = row.locator(".main").bounding_box(), row.locator(".amount").bounding_box()
    assert abs(name["y"] - amount["y"]) < 4  # both on line one


def test_a_table_says_how_it_is_sorted_and_how_many_rows_there_are(visit):
    page = visit(MANAGER, "/deals")
    headings = page.locator("th[aria-sort]")
    assert headings.count() >= 3
    first = headings.first
    expect(first).to_have_attribute("aria-sort", "none")
    first.locator("a").click()
    expect(page.locator("th[aria-sort]").first).to_have_attribute("aria-sort", "ascending")
    page.locator("th[aria-sort]").first.locator("a").click()
    expect(page.locator("th[aria-sort]").first).to_have_attribute("aria-sort", "descending")
    total = page.locator("caption .count").inner_text()
    assert int(total.replace(",", "")) > 50


def test_the_head_of_a_table_stays_in_sight(visit):
    page = visit(MANAGER, "/deals")
    page.mouse.wheel(0, 1500)
    page.wait_for_function("scrollY > 900")
    assert page.locator("thead th").first.bounding_box()["y"] == pytest.approx(0, abs=1)


def test_an_export_has_exactly_the_filtered_rows(visit):
    page = visit(SELLER, "/deals?status=won")
    numbers = page.locator(".table td.main small").all_inner_texts()
    with page.expect_download() as coming:
        page.get_by_role("link", name="CSV").click()
    lines = coming.value.path().read_text().strip().splitlines()
    assert len(lines) - 1 == len(numbers) > 0
    assert all(any(number.split(",")[0] in line for line in lines[1:]) for number in numbers)


def is_sent(answer) -> bool:
    """The form itself; the live check asks beside it."""
    return answer.request.method == "POST" and not answer.url.endswith("/deals/check")


def test_a_refused_form_takes_the_focus_names_each_field_and_keeps_what_was_typed(visit):
    page = visit(SELLER, "/deals/new")
    page.get_by_label("Company").fill("Halvorsen Marine AS")
    with page.expect_response(is_sent) as answer:
        page.get_by_role("button", name="Continue").click()
    assert answer.value.status == 422
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(page.get_by_label("Company")).to_have_value("Halvorsen Marine AS")
    assert broken_rules(page) == []
    for link in summary.locator("a").all():
        field = page.locator(link.get_attribute("href"))
        expect(field).to_have_attribute("aria-invalid", "true")
        message = page.locator(f"#{field.get_attribute('aria-describedby').split()[-1]}")
        expect(message).to_be_visible()
    summary.locator("a").first.click()
    assert page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"


def test_filters_live_in_the_address_and_going_back_restores_them(visit):
    page = visit(MANAGER, "/deals")
    page.get_by_label("Customer or deal number").fill("Bike")
    page.get_by_role("button", name="Filter").click()
    assert "Bike" in page.url
    filtered = page.url
    page.locator(".table td.main a").first.click()
    page.go_back()
    assert page.url == filtered
    expect(page.get_by_label("Customer or deal number")).to_have_value("Bike")


def test_a_waiting_deal_shows_the_time_left_in_words_and_exactly_on_focus(visit):
    page = visit(MANAGER, "/deals/queue")
    clock = page.locator(".table .when").first
    assert "overdue" in clock.inner_text()  # the most overdue first
    exact = clock.locator(".exact")
    expect(exact).to_be_hidden()
    clock.focus()
    expect(exact).to_be_visible()


def test_the_reader_chooses_dark_and_it_stays(visit):
    page = visit(SELLER)
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Dark or light").click()
    page.goto("/deals")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_dialogs_and_menus_open_by_keyboard_and_close_by_escape(visit):
    page = visit(MANAGER, "/styleguide")
    for name, place in (
        ("Reject", "#reject"),
        ("Account of", "#account"),
        ("More", "#all-pages"),
    ):
        page.get_by_role("button", name=name).first.press("Enter")
        expect(page.locator(place)).to_be_visible()
        assert broken_rules(page) == []
        page.keyboard.press("Escape")
        expect(page.locator(place)).to_be_hidden()


def test_letters_press_buttons_but_never_while_typing(visit):
    page = visit(MANAGER, "/styleguide")
    page.locator("#why").evaluate("e => e")  # the dialog's field is there, shut
    page.get_by_label("Search", exact=True).press("r")
    expect(page.locator("#reject")).to_be_hidden()
    page.locator("h1").click()
    page.keyboard.press("r")
    expect(page.locator("#reject")).to_be_visible()


def test_control_and_k_finds_anything(visit):
    page = visit(MANAGER)
    page.keyboard.press("Control+k")
    page.wait_for_url("**/search*")


def test_nothing_is_asked_of_anybody_else(visit):
    asked = []
    page = visit(MANAGER)
    page.on("request", lambda request: asked.append(request.url))
    for path in ("/", "/deals", "/deals/queue", "/styleguide"):
        page.goto(path)
    here = page.evaluate("origin")
    assert asked and all(url.startswith(here) for url in asked)
