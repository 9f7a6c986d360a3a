"""Partners in the browser: staff see all, partners their own company, distributors resellers."""

from datetime import date

import pytest
from sqlalchemy import select

from models import partners
from models.partners import Partner, PartnerRole, PartnerStatus, Tier, destinations
from models.partners.destinations import PayoutDestination
from models.people import Person, Role, passwords

GOOD = "gravel Thursday umbrella"
IBAN = "DE89 3704 0044 0532 0130 00"


@pytest.fixture(autouse=True)
def cheap():
    passwords.set_cost(rounds=1, memory_kib=8, lanes=1)


@pytest.fixture
def rhine(a):
    a.vendor()
    return a.partner(name="Rhine Bikes", status=PartnerStatus.ONBOARDING, town="Köln")


@pytest.fixture
def head(a, rhine):
    return a.person(
        partner=rhine, role=Role.PARTNER_ADMINISTRATOR, password_hash=passwords.hashed(GOOD)
    )


@pytest.fixture
def desk(a, rhine, sign_in):
    """A channel manager's browser."""
    return sign_in(a.manager())


PROFILE = {
    "street": "Uferstr.", "building": "1", "postal_code": "50667", "town": "Köln",
    "vat_id": "DE136695976", "tax_form": "", "country": "US", "tier": "platinum",
}  # fmt: skip


def test_the_list_filters_sorts_and_counts(desk, a):
    for name, tier in (("Elbe", Tier.GOLD), ("Oder", Tier.REGISTERED), ("Main", Tier.PLATINUM)):
        a.partner(name=name, tier=tier, country="AT")
    page = desk.get("/partners?country=AT&sort=-tier").text
    places = [page.index(f">{name}</a>") for name in ("Main", "Elbe", "Oder")]
    assert places == sorted(places) and "Rhine" not in page
    assert 'aria-sort="descending"' in page


def test_long_lists_come_in_pages_that_meet(desk, a):
    names = {a.partner(name=f"Firm {n:03}").name for n in range(60)} | {"Rhine Bikes"}
    first = desk.get("/partners?sort=tier").text
    onward = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = desk.get(onward).text
    shown = [{name for name in names if f">{name}</a>" in page} for page in (first, second)]
    assert shown[0] | shown[1] == names and not shown[0] & shown[1]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_export_holds_the_filtered_rows(desk, a, kind):
    a.partner(name="Elbe")
    answer = desk.get(f"/partners/export?as={kind}&q=elb")
    assert answer.status_code == 200
    if kind == "csv":
        assert "Elbe" in answer.text and "Rhine" not in answer.text


def test_a_partner_is_added_and_its_name_is_taken_once(desk, session):
    said = {"name": "Elbe Rad", "role": "var", "country": "DE", "currency": "eur"}
    assert desk.post("/partners", data=said).status_code == 303
    page = desk.post("/partners", data=said)
    assert page.status_code == 422 and "already a partner" in page.text
    [elbe] = session.scalars(select(Partner).where(Partner.name == "Elbe Rad")).all()
    assert (elbe.role, elbe.currency, elbe.status) == (
        PartnerRole.VAR,
        "EUR",
        PartnerStatus.ONBOARDING,
    )


def test_a_new_partner_needs_its_fields(desk):
    page = desk.post("/partners", data={"name": "", "role": "king", "country": ""})
    assert page.status_code == 422 and "Choose a country" in page.text


def test_terms_are_staffs_and_profile_fields_fit_the_country(desk, rhine):
    url = f"/partners/{rhine.id}"
    assert desk.get(f"{url}/edit").status_code == 200
    terms = {"name": "Rhine", "role": "var", "tier": "gold", "currency": "EUR"}
    for _ in range(2):
        assert desk.post(f"{url}/terms", data=terms).status_code == 303
    assert (rhine.name, rhine.tier) == ("Rhine", Tier.GOLD)
    page = desk.post(f"{url}/profile", data=PROFILE | {"postal_code": "5066"})
    assert page.status_code == 422 and "looks like 10115" in page.text
    assert 'value="5066"' in page.text
    assert desk.post(f"{url}/profile", data=PROFILE).status_code == 303
    assert (rhine.street, rhine.country, rhine.tier) == ("Uferstr.", "DE", Tier.GOLD)


def test_onboarding_from_the_first_step_to_activation(desk, rhine, session, sign_in):
    url = f"/partners/{rhine.id}"
    desk.post(
        f"{url}/administrator",
        data={"administrator-name": "Ute", "administrator-email": "ute@rhine.test"},
    )
    ute = session.scalars(select(Person).where(Person.email == "ute@rhine.test")).one()
    assert ute.role is Role.PARTNER_ADMINISTRATOR
    ute.status, ute.password_hash = "active", passwords.hashed(GOOD)
    second = {"administrator-name": "Jo", "administrator-email": "jo@rhine.test"}
    desk.post(f"{url}/administrator", data=second)
    company = sign_in(ute)
    assert "Jo is invited as an administrator" in company.get("/notices").text
    assert "Before you can register deals" in company.get("/company").text
    company.post("/company", data=PROFILE)
    company.post("/company/payout-destination", data=pay())
    refused = desk.post(f"{url}/activation", headers={"Referer": f"http://localhost{url}"})
    assert "The partner agreement is signed" in desk.get(refused.location).text
    assert rhine.status is PartnerStatus.ONBOARDING
    desk.post(f"{url}/agreement", data={"agreement-signed_on": "2026-11-02"})
    desk.post(f"{url}/activation")
    assert rhine.status is PartnerStatus.ACTIVE
    desk.post(f"{url}/activation")
    assert rhine.status is PartnerStatus.ACTIVE


def test_a_partner_is_suspended_with_a_reason_and_resumed(desk, a):
    elbe = a.partner()
    url = f"/partners/{elbe.id}"
    desk.post(f"{url}/suspension", data={"reason": ""})
    assert elbe.status is PartnerStatus.ACTIVE
    for _ in range(2):
        desk.post(f"{url}/suspension", data={"reason": "Unpaid"})
    assert elbe.status is PartnerStatus.SUSPENDED
    assert "Unpaid" in desk.get(url).text
    for _ in range(2):
        desk.post(f"{url}/resumption")
    assert elbe.status is PartnerStatus.ACTIVE


def test_an_ended_partners_open_page_stops_working(desk, head, rhine, sign_in):
    open_page = sign_in(head)
    assert open_page.get("/company").status_code == 200
    for _ in range(2):
        desk.post(f"/partners/{rhine.id}/ending", data={"reason": "Closed", "tail_months": "3"})
    assert open_page.get("/company").status_code == 302


def test_a_distributor_is_named_from_a_day_on(desk, rhine, a, session):
    north = a.distributor(name="North")
    said = {"distributor": str(north.id), "from_on": "2026-11-01"}
    for _ in range(2):
        assert desk.post(f"/partners/{rhine.id}/distributor", data=said).status_code == 303
    assert partners.parent_on(session, rhine.id, date(2026, 11, 18)) == north.id
    assert "North" in desk.get(f"/partners/{rhine.id}").text
    assert "Rhine Bikes" in desk.get(f"/partners?distributor={north.id}").text


@pytest.mark.parametrize("role", [Role.SELLER, Role.PARTNER_ADMINISTRATOR])
def test_partners_never_see_the_list_of_partners(sign_in, a, rhine, role):
    client = sign_in(a.person(partner=rhine, role=role))
    for url in ("/partners", f"/partners/{rhine.id}", "/partners/export?as=csv"):
        assert client.get(url).status_code == 403


@pytest.mark.parametrize("role", [Role.FINANCE, Role.SALES_MANAGER])
def test_other_staff_look_and_change_nothing(sign_in, a, rhine, role):
    client = sign_in(a.person(role=role))
    assert client.get(f"/partners/{rhine.id}").status_code == 200
    for verb in ("terms", "profile", "activation", "suspension", "ending", "distributor"):
        assert client.post(f"/partners/{rhine.id}/{verb}", data={}).status_code == 403


def test_a_partner_that_does_not_exist_is_404(desk):
    assert desk.get("/partners/01930000-0000-7000-8000-000000000000").status_code == 404


def pay(**other):
    usual = {"kind": "sepa", "holder": "Rhine GmbH", "iban": IBAN, "bic": ""}
    return usual | other


def test_the_bank_account_is_kept_sealed_and_shown_as_its_end(sign_in, head, session, rhine):
    client = sign_in(head)
    for _ in range(2):
        assert client.post("/company/payout-destination", data=pay()).status_code == 303
    [kept] = session.scalars(select(PayoutDestination)).all()
    page = client.get("/company").text
    assert "DE •••• 3000" in page
    assert "370400440532" not in page + client.get("/company/payout-destination").text
    assert kept.held_until is None


def test_a_changed_account_is_held_and_the_page_says_so(sign_in, head, session, rhine, now):
    client = sign_in(head)
    client.post("/company/payout-destination", data=pay())
    client.post("/company/payout-destination", data=pay(iban="FR14 2004 1010 0505 0001 3M02 606"))
    assert destinations.current(session, rhine.id).is_held(now)
    assert "Nothing is paid to it before" in client.get("/company").text


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"iban": "DE89 3704 0044 0532 0130 01"}, "does not add up"),
        ({"iban": ""}, "Enter the IBAN"),
        ({"kind": "by_hand"}, "who is paid and how"),
        ({"kind": "cash"}, "valid choice"),
    ],
)
def test_a_wrong_destination_is_explained_and_keeps_what_was_typed(
    sign_in, head, session, wrong, message
):
    page = sign_in(head).post("/company/payout-destination", data=pay(**wrong))
    assert page.status_code == 422
    assert message in page.text.replace("&#39;", "'")
    assert 'value="Rhine GmbH"' in page.text
    assert session.scalars(select(PayoutDestination)).all() == []


def test_a_seller_sees_the_company_without_the_bank_and_changes_nothing(sign_in, a, rhine, head):
    sign_in(head).post("/company/payout-destination", data=pay())
    seller = sign_in(a.person(partner=rhine))
    page = seller.get("/company")
    assert page.status_code == 200 and "••••" not in page.text
    assert seller.get("/company/payout-destination").status_code == 403
    assert seller.post("/company/payout-destination", data=pay()).status_code == 403
    assert seller.post("/company", data=PROFILE).status_code == 403


def test_a_partner_changes_only_what_is_its_own_to_change(sign_in, head, rhine):
    sign_in(head).post(
        "/company", data=PROFILE | {"name": "X", "status": "active", "currency": "USD"}
    )
    assert (rhine.name, rhine.tier, rhine.currency, rhine.status) == (
        "Rhine Bikes",
        Tier.REGISTERED,
        "EUR",
        PartnerStatus.ONBOARDING,
    )


def test_a_distributor_sees_its_resellers_and_no_others(sign_in, a, rhine):
    north, stranger = a.distributor(name="North"), a.partner(name="Stranger")
    a.parent(rhine, north)
    client = sign_in(a.person(partner=north, role=Role.PARTNER_ADMINISTRATOR))
    for url in ("/resellers", "/resellers/export?as=csv"):
        page = client.get(url).text
        assert "Rhine Bikes" in page and stranger.name not in page
    assert "Rhine Bikes" not in client.get(f"/resellers?q={stranger.name}").text


def test_who_is_no_distributor_has_no_resellers_page(sign_in, head):
    assert sign_in(head).get("/resellers").status_code == 404


def test_a_reseller_sees_the_name_of_its_distributor(sign_in, head, a, rhine):
    a.parent(rhine, a.distributor(name="North Supply"))
    assert "North Supply" in sign_in(head).get("/company").text
