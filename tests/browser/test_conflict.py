"""A conflict from registration through evidence, decision and appeal, as its people live it."""

from playwright.sync_api import Page, expect

from tests.browser.registering import register
from tests.browser.test_look import ADMINISTRATOR, MANAGER, SELLER

RIVAL = "seller@off-price-bike-center.example"
CUSTOMER = "Zugspitz Wheels"
WHY = "We trained the mechanics and hold the letter of the city."


def test_a_conflict_is_heard_decided_and_judged_without_a_name(visit, own_site):
    winner, loser, manager = visit(RIVAL), visit(SELLER), visit(MANAGER)
    for page in (winner, loser):
        page.goto("/deals/new")
        register(page, CUSTOMER)
        expect(page.get_by_role("heading", level=1)).to_have_text(CUSTOMER)
    from_the_deal(loser)
    file(loser, "We met the board twice, and the city asked us for an offer.")
    never_names(loser, "Off-Price")
    from_the_deal(winner)
    file(winner, "Since spring we made three visits to their depot.")
    never_names(winner, "Enterprise Center")
    case = decide(manager)
    appeal(loser)
    manager.goto(case)
    expect(manager.get_by_role("button", name="Make it final")).to_have_count(0)
    judge(visit(ADMINISTRATOR, case))
    loser.reload()
    expect(loser.get_by_role("heading", name="Looked at again")).to_be_visible()
    expect(loser.get_by_text("Decided for you").first).to_be_visible()
    never_names(loser, "Off-Price")
    winner.reload()
    expect(winner.get_by_text("Decided against you").first).to_be_visible()
    never_names(winner, "Enterprise Center")


def from_the_deal(page: Page) -> None:
    page.goto("/deals?q=Zugspitz")
    page.get_by_role("table").get_by_role("link", name=CUSTOMER).first.click()
    page.get_by_role("link", name="See your side of it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(CUSTOMER)


def file(page: Page, text: str) -> None:
    page.get_by_label("What you know").fill(text)
    page.get_by_label("Files").set_input_files(
        {"name": "letter.txt", "mimeType": "text/plain", "buffer": b"A letter of the city"}
    )
    page.get_by_role("button", name="File it").click()
    expect(page.get_by_text(text)).to_be_visible()
    expect(page.get_by_role("link", name="letter.txt")).to_be_visible()


def decide(page: Page) -> str:
    page.goto("/conflicts")
    page.get_by_role("table").get_by_role("link", name=CUSTOMER).click()
    expect(page.get_by_role("table", name="Side by side")).to_contain_text("Enterprise Center")
    expect(page.get_by_text("three visits")).to_be_visible()
    fill(page, "Off-Price", loses="Off-Price Bike Center was earlier.")
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_text("names the other party").first).to_be_visible()
    fill(page, "Off-Price", loses="An earlier protection stands, until February.")
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_text("Decided", exact=True).first).to_be_visible()
    return page.url


def fill(page: Page, winner: str, *, loses: str) -> None:
    choice = page.get_by_label("Decision", exact=True)
    options = choice.locator("option").all_inner_texts()
    choice.select_option(label=next(text for text in options if winner in text))
    for box in page.get_by_label("reads").all():
        is_winner = winner in box.locator("xpath=ancestor::div[1]/label").inner_text()
        box.fill("You keep this customer." if is_winner else loses)


def appeal(page: Page) -> None:
    page.reload()
    expect(page.get_by_text("An earlier protection stands, until February.")).to_be_visible()
    page.get_by_label("Why it should be decided otherwise").fill(WHY)
    page.get_by_role("button", name="Appeal").click()
    expect(page.get_by_text(WHY)).to_be_visible()


def judge(page: Page) -> None:
    expect(page.get_by_text(WHY).first).to_be_visible()
    fill(page, "Enterprise", loses="The customer chose another partner, in writing.")
    page.get_by_label("By the rule").select_option(value="customers_choice")
    page.get_by_role("button", name="Make it final").click()
    expect(page.get_by_text("Final", exact=True).first).to_be_visible()


def never_names(page: Page, name: str) -> None:
    assert name not in page.content()
