"""Customers in the browser: what staff see and correct, what a partner sees."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select

from models import customers
from models.customers import Customer
from models.customers.tables import CUSTOMER_KEYS
from models.partners import Partner
from portal.command_line import portal
from portal.customers import commands


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


@pytest.fixture
def pair(a):
    a.programme()
    return a.customer("Acme Marin"), a.customer("Acme Marine GmbH")


def test_staff_merge_two_records_after_a_preview_and_undo_it(a, sign_in, session):
    deal = a.submitted(customer_name="Alder Motors", customer_country="DE")
    into = a.customer("Quartz Optics")
    client = sign_in(a.manager())
    path = f"/customers/{deal.customer_id}/merge"
    assert "Look-alikes" in client.get(path).text
    assert "Quartz Optics</a>" in client.get(f"{path}?q=quartz").text
    preview = client.get(f"{path}?into={into.id}")
    assert "Side by side" in preview.text and deal.number in preview.text
    answer = client.post(path, data={"into": into.id, "reason": ""})
    assert answer.status_code == 422 and "Say why" in answer.text
    assert client.post(path, data={"into": into.id, "reason": "One firm"}).status_code == 303
    page = client.get(f"/customers/{into.id}").text
    assert "Also known as" in page and "Alder Motors" in page and "One firm" in page
    merged = session.scalars(select(Customer.id).where(Customer.name == "Alder Motors")).one()
    assert client.get(f"/customers/{merged}").headers["Location"].endswith(str(into.id))
    again = client.post(path, data={"into": into.id, "reason": "One firm"}, follow_redirects=True)
    assert "one record already" in again.text
    undo = page.split("/customers/merges/")[1].split('"')[0]
    assert client.get(f"/customers/merges/{undo}").status_code == 200
    for status in (303, 422):
        answer = client.post(f"/customers/merges/{undo}", data={"reason": "They are two"})
        assert answer.status_code == status
    assert "is undone already" in answer.text
    assert client.get(f"/customers/{merged}").status_code == 200


def test_two_protections_are_not_merged_and_the_page_says_what_to_do(a, sign_in):
    one = a.approved(customer_name="Alder Motors", customer_country="DE")
    other = a.approved(customer_name="Quartz Optics", customer_country="DE")
    client, path = sign_in(a.manager()), f"/customers/{one.customer_id}/merge"
    page = client.get(f"{path}?into={other.customer_id}").text
    assert "cannot be merged now" in page and "then merge" in page and ">Merge</button>" not in page
    answer = client.post(path, data={"into": other.customer_id, "reason": "One firm"})
    assert answer.status_code == 422 and "then merge" in answer.text


def test_possible_duplicates_are_listed_until_they_are_said_to_be_two(pair, a, sign_in):
    client = sign_in(a.administrator())
    assert "Acme Marin</a>" in client.get("/customers/duplicates").text
    data = {"one": pair[0].id, "other": pair[1].id}
    for _ in range(2):
        answer = client.post("/customers/duplicates/apart", data=data)
        assert answer.status_code == 303
    assert "None of these customers" in client.get("/customers/duplicates").text
    assert client.post("/customers/duplicates/apart", data={"one": "x"}).status_code == 404


def test_a_partner_neither_merges_nor_sees_duplicates(pair, a, sign_in, session):
    seller = a.seller()
    customers.link(session, seller.partner_id, pair[0].id)
    client = sign_in(seller)
    assert client.get("/customers/duplicates").status_code == 403
    assert client.get(f"/customers/{pair[0].id}/merge").status_code == 403


def test_a_partners_old_address_leads_to_the_record_that_stayed(a, sign_in, session, now):
    deal = a.submitted(customer_name="Alder Motors", customer_country="DE")
    into, old = a.customer("Quartz Optics"), deal.customer_id
    merged = session.get_one(Customer, old)
    customers.merge(session, into, merged, reason="One", by=a.manager().actor(), now=now)
    own = sign_in(a.seller(session.get(Partner, deal.partner_id)))
    assert own.get(f"/customers/{old}").headers["Location"].endswith(str(into.id))
    assert own.get(f"/customers/{into.id}").status_code == 200
    stranger = sign_in(a.seller())
    assert stranger.get(f"/customers/{old}").status_code == 404


def test_keys_are_worked_out_anew_by_a_command_as_often_as_one_likes(app, session, a, monkeypatch):
    monkeypatch.setattr(commands, "BATCH", 2)
    a.vendor()
    for name in ("Acme Marine", "Bolt Works", "Cargo Nord"):
        a.customer(name)
    session.commit()
    before = set(session.execute(select(CUSTOMER_KEYS)).all())
    session.execute(delete(CUSTOMER_KEYS))
    session.commit()
    for _ in range(2):
        session.rollback()  # lets the command write
        with app.app_context():
            run = CliRunner().invoke(portal, ["customers", "rebuild-keys"])
        assert run.exit_code == 0, run.output
        assert {tuple(row) for row in session.execute(select(CUSTOMER_KEYS))} == {
            tuple(row) for row in before
        }
