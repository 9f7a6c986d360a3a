"""Coming in through one's own company, and being shown out while a page is open."""

from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.accounts import links
from models.people import Person, TokenPurpose
from portal import database
from portal.clock import now
from portal.sealing import seal
from tests.browser.test_look import ADMINISTRATOR, OWNER, SELLER
from tests.oidc_provider import CLIENT, SECRET, Account, served

DOMAIN = "enterprise-center.example"


def test_a_company_gets_its_own_sign_in_and_a_newcomer_comes_in_through_it(own_site, visit):
    object.__setattr__(own_site.app.extensions["settings"], "oidc_loopback", True)
    with served() as provider:
        provider.account = Account(email=f"new@{DOMAIN}", name="Nora Lindqvist")
        set_up(visit(ADMINISTRATOR, "/programme/sign-in"), provider.url)
        page = visit(None, "/deals")
        page.get_by_role("link", name="Sign in with your company").click()
        page.get_by_label("Your work e-mail address").fill(f"new@{DOMAIN}")
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("link", name="Continue to Kestrel login").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Deals")
        page.get_by_role("button", name="Account of Nora Lindqvist").click()
        expect(page.get_by_text("Enterprise Center").first).to_be_visible()


def set_up(page: Page, issuer: str) -> None:
    page.get_by_role("link", name="Single sign-on").click()
    page.get_by_role("link", name="Set one up").click()
    page.get_by_label("Whose people").select_option("Enterprise Center")
    page.get_by_label("Name of the sign-in").fill("Kestrel login")
    page.get_by_label("Address (issuer)").fill(issuer)
    page.get_by_label("Client ID").fill(CLIENT)
    page.get_by_label("Client secret").fill(SECRET)
    page.get_by_role("button", name="Save").click()
    page.get_by_label("Mail domain").fill(DOMAIN)
    page.get_by_role("button", name="Add the domain").click()
    expect(page.get_by_role("table", name="Domains")).to_contain_text(DOMAIN)


def test_a_leavers_open_page_stops_working(own_site, visit):
    leaver = visit(SELLER, "/deals/new")
    leaver.get_by_label("Company").fill("Halv")
    head = visit(OWNER, "/people")
    head.get_by_role("table").get_by_role("link").filter(has_not_text="Administrator").last.click()
    head.get_by_role("button", name="Deactivate").first.click()
    head.locator("#leave").get_by_role("button", name="Deactivate").click()
    expect(head.get_by_text("can no longer sign in").first).to_be_visible()
    leaver.get_by_label("Company").press_sequentially("orsen Marine AS")
    expect(leaver.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_mailed_link_opens_and_its_secret_is_sent_in_no_address(own_site, visit):
    link = mailed(own_site)
    page = visit(None, "/sign-in")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose a new password")
    secret = link.split("#")[1]
    assert secret not in page.url and not [url for url in asked if secret in url.split("#")[0]]
    page.get_by_label("New password").fill("seven lamps by the harbour")
    page.get_by_label("The same again").fill("seven lamps by the harbour")
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_text("Your password is set").first).to_be_visible()


def mailed(site) -> str:
    """As it stands in a mail to the seller."""
    with site.app.app_context(), database.transaction() as session:
        seller = session.scalars(select(Person).where(Person.email == SELLER)).one()
        token = links.make(session, seller.id, TokenPurpose.PASSWORD_RESET, seal=seal(), now=now())
        return links.completed(links.path(token), seal())
