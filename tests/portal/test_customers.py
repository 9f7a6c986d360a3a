"""Customers in the browser: what staff see and correct, what a partner sees."""

import json

import pytest
from sqlalchemy import select

from models import customers
from models.customers import Customer
from models.partners import Partner
from portal.command_line import portal


@pytest.fixture
def acme(a):
    a.vendor()
    return a.customer("Acme Marine GmbH", domain="acme-marine.de", postal_code="28195")


TYPED = {"name": "Acme Marine AG", "kind": "business", "country": "DE", "town": "Bremen"}


def test_staff_find_a_customer_by_name_and_open_it(acme, a, sign_in):
    a.customer("Northwind")
    client = sign_in(a.manager())
    page = client.get("/customers?q=acme")
    assert "Acme Marine GmbH" in page.text and "Northwind" not in page.text
    assert "acme-marine.de" in client.get(f"/customers/{acme.id}").text


def test_look_alikes_stand_beside_a_customer_with_their_reason(acme, a, sign_in):
    a.customer("Acme Marin")
    page = sign_in(a.manager()).get(f"/customers/{acme.id}")
    assert "Acme Marin</a>" in page.text and "Similar name" in page.text


def test_a_long_list_comes_a_page_at_a_time(a, sign_in):
    a.vendor()
    for number in range(60):
        a.customer(f"Customer {number:02}")
    client = sign_in(a.manager())
    first = client.get("/customers")
    assert "Customer 49" in first.text and "Customer 50" not in first.text
    after = first.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "Customer 50" in client.get(after).text


def test_the_export_holds_what_the_list_holds(acme, a, sign_in):
    a.customer("Northwind")
    file = sign_in(a.manager()).get("/customers/export?as=csv&q=north")
    assert file.mimetype == "text/csv"
    assert "Northwind" in file.text and "Acme" not in file.text


def test_a_manager_corrects_a_customer(acme, a, sign_in, session):
    client = sign_in(a.manager())
    assert client.get(f"/customers/{acme.id}/edit").status_code == 200
    for _ in range(2):
        assert client.post(f"/customers/{acme.id}", data=TYPED).status_code == 303
    kept = session.get(Customer, acme.id)
    assert (kept.name, kept.town, kept.domain) == ("Acme Marine AG", "Bremen", "")


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        ({"name": ""}, "Enter the customer&#39;s name"),
        ({"vat_id": "DE136695975"}, "not a VAT number"),
        ({"subdivision": "Bremen"}, "such as US-WA"),
        ({"naics": "5"}, "Two to six digits"),
        ({"name": "***"}, ""),
    ],
)
def test_a_wrong_correction_is_refused_and_kept_on_the_page(acme, a, sign_in, wrong, remedy):
    answer = sign_in(a.manager()).post(f"/customers/{acme.id}", data=TYPED | wrong)
    if wrong != {"name": "***"}:  # a name of signs only is a name after all
        assert answer.status_code == 422
        assert remedy in answer.text and 'value="Bremen"' in answer.text


def test_a_partner_sees_its_own_customers_and_nothing_else(acme, a, sign_in, session):
    rival, seller = a.customer("Northwind"), a.seller()
    customers.link(session, seller.partner_id, acme.id)
    client = sign_in(seller)
    page = client.get("/customers")
    assert "Acme Marine GmbH" in page.text and "Northwind" not in page.text
    assert "Northwind" not in client.get("/customers/export?as=csv").text
    own = client.get(f"/customers/{acme.id}")
    assert own.status_code == 200 and "Look-alikes" not in own.text
    assert client.get(f"/customers/{rival.id}").status_code == 404
    assert client.get(f"/customers/{acme.id}/edit").status_code == 403


def test_a_file_of_pairs_is_compared(app, tmp_path):
    pair = {"a": {"name": "Acme Inc", "country": "US"}, "b": {"name": "ACME", "country": "US"}}
    file = tmp_path / "pairs.json"
    runner = app.test_cli_runner()

    file.write_text(json.dumps(pair))
    answer = {"verdict": "same", "reason": "same_name", "core": {"a": "acme", "b": "acme"}}
    assert json.loads(runner.invoke(portal, ["customers", "compare", str(file)]).output) == answer

    file.write_text(json.dumps({"cases": [{"id": "K1"} | pair]}))
    many = json.loads(runner.invoke(portal, ["customers", "compare", str(file)]).output)
    assert many == {"K1": answer}


@pytest.mark.parametrize("text", ["nonsense", "[]", '{"a": {}, "b": {}}', '{"a": 1}'])
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(app, tmp_path, text):
    file = tmp_path / "pairs.json"
    file.write_text(text)
    run = app.test_cli_runner().invoke(portal, ["customers", "compare", str(file)])
    assert run.exit_code == 1 and run.output.startswith("Error: ")


def test_customers_without_deals_say_so(acme, a, sign_in, session):
    assert session.scalar(select(Customer.name)) == acme.name
    assert "No deals with this customer yet." in (
        sign_in(a.manager()).get(f"/customers/{acme.id}").text
    )


def test_a_customer_shows_the_deals_that_the_reader_may_see(a, sign_in, session):
    deal, rivals = a.submitted(), a.submitted(partner=a.partner(name="Rival Cycles"))
    page = f"/customers/{deal.customer_id}"
    assert deal.number in sign_in(a.manager()).get(page).text
    own = sign_in(a.seller(session.get(Partner, deal.partner_id))).get(page)
    assert deal.number in own.text and rivals.number not in own.text
