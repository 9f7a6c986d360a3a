"""Winning in the browser: the form, the orders on the deal's page, what the vendor looks at."""

from io import BytesIO

import pytest
from sqlalchemy import func, select

from models import wins
from models.commissions import CommissionLine, Trigger
from models.deals import DealStatus
from models.files import StoredFile
from models.partners import Partner
from models.wins import DealOrder, OrderState
from tests.queries import counting

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def seller(a):
    a.programme()
    return a.seller(a.partner())


@pytest.fixture
def deal(session, a, seller):
    deal = a.approved(partner=session.get(Partner, seller.partner_id), by=seller.actor())
    session.commit()
    return deal


def win(client, deal, **said):
    usual = {
        "order_number": "PO-1",
        "won_on": "2026-11-18",
        "amount": "10000",
        "whole": "complete",
        "customer_name": deal.customer_name,
        "family": str(deal.family_id),
        "support_contact": "desk@example.com",
        "starts_on": "2026-12-01",
        "renews_on": "2027-12-01",
    }
    return client.post(f"/deals/{deal.id}/win", data=usual | said)


def order_of(session, deal) -> DealOrder:
    session.expire_all()
    return session.scalars(select(DealOrder).where(DealOrder.deal_id == deal.id)).one()


def test_the_form_holds_what_was_registered_and_the_win_stands_on_the_page(
    sign_in, session, deal, seller
):
    client = sign_in(seller)
    page = client.get(f"/deals/{deal.id}/win").text
    assert deal.customer_name in page and 'value="10000.00"' in page
    proof = {"files": (BytesIO(PDF), "order.pdf")}
    assert win(client, deal, **proof).status_code == 303
    session.refresh(deal)
    assert deal.status is DealStatus.WON and deal.order_number == "PO-1"
    page = client.get(f"/deals/{deal.id}").text
    assert "Order number PO-1" in page and "order.pdf" in page
    assert session.scalar(select(func.count(StoredFile.id))) == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"order_number": ""}, "order number, or the day"),
        ({"renews_on": ""}, "nothing to renew"),
        ({"won_on": "2027-01-01"}, "in the future"),
        ({"amount": ""}, "Enter the amount"),
        ({"support_contact": ""}, "Enter a name"),
        ({"family": "00000000-0000-0000-0000-000000000000"}, "Not a valid choice"),
    ],
)
def test_what_lacks_is_said_and_what_was_typed_is_kept(sign_in, deal, seller, said, why):
    client = sign_in(seller)
    answer = win(client, deal, note="By phone on Monday.", **said)
    assert answer.status_code == 422 and why in answer.text
    assert "By phone on Monday." in answer.text


def test_the_win_sent_twice_is_one_win_and_another_is_told_who_was_first(
    sign_in, session, a, deal, seller
):
    client = sign_in(seller)
    assert [win(client, deal).status_code for _ in range(2)] == [303, 303]
    second = win(sign_in(a.manager(name="Second Manager")), deal, order_number="CRM-7")
    assert second.status_code == 422
    assert f"{seller.name} recorded the win of this deal" in second.text
    assert order_of(session, deal).state is OrderState.ACCEPTED


def test_a_different_win_waits_earns_nothing_and_is_approved_by_the_manager(
    sign_in, session, a, deal, seller
):
    a.plan(earning_event=Trigger.WON)
    session.commit()
    client = sign_in(seller)
    win(client, deal, amount="20000")
    page = client.get(f"/deals/{deal.id}").text
    assert "Waits for re-approval" in page and "Approve the win" not in page
    order = order_of(session, deal)
    path = f"/deals/{deal.id}/orders/{order.id}/approval"
    assert client.post(path).status_code == 403
    assert session.scalar(select(func.count(CommissionLine.id))) == 0
    manager = sign_in(a.manager(name="Other Manager"))
    assert "Approve the win" in manager.get(f"/deals/{deal.id}").text
    listed = manager.get("/deals/wins?whose=all").text
    assert deal.customer_name in listed and "another amount" in listed
    assert manager.post(path).status_code == 303
    session.expire_all()
    assert deal.status is DealStatus.WON
    assert session.scalars(select(CommissionLine.amount_minor)).all() == [2_000_00]
    manager.post(path)
    assert session.scalar(select(func.count(CommissionLine.id))) == 1


def test_a_win_is_sent_back_with_words_that_the_partner_reads(sign_in, session, a, deal, seller):
    client, manager = sign_in(seller), sign_in(a.manager())
    win(client, deal, customer_name="Wholly Other Holding")
    path = f"/deals/{deal.id}/orders/{order_of(session, deal).id}/return"
    assert manager.post(path, data={"text": ""}).status_code == 422
    assert manager.post(path, data={"text": "It is another customer."}).status_code == 303
    assert "It is another customer." in client.get(f"/deals/{deal.id}").text


def test_parts_are_recorded_one_by_one_and_completed_by_one_button(sign_in, session, deal, seller):
    client = sign_in(seller)
    win(client, deal, amount="4000", whole="partial")
    page = client.get(f"/deals/{deal.id}/win").text
    assert 'value="6000.00"' in page and "Ordered so far" in page
    win(client, deal, amount="4000", whole="partial", order_number="PO-2")
    page = client.get(f"/deals/{deal.id}").text
    assert "The deal is complete" in page and "Record another order" in page
    assert client.post(f"/deals/{deal.id}/completion").status_code == 303
    session.refresh(deal)
    assert deal.status is DealStatus.WON


def test_a_correction_is_new_evidence_of_both_sides(sign_in, session, a, deal, seller):
    client = sign_in(seller)
    win(client, deal)
    path = f"/deals/{deal.id}/orders/{order_of(session, deal).id}/evidence"
    assert client.get(path).status_code == 200
    assert client.post(path, data={"note": "Only a note."}).status_code == 422
    proof = {"order_number": "PO-1A", "files": (BytesIO(PDF), "right.pdf")}
    assert client.post(path, data=proof).status_code == 303
    for reader in (client, sign_in(a.manager())):
        page = reader.get(f"/deals/{deal.id}").text
        assert "Order number PO-1" in page and "PO-1A" in page and "right.pdf" in page


def test_an_early_win_is_shown_to_staff_alone_and_cleared_with_a_reason(
    sign_in, session, a, deal, seller
):
    client, manager = sign_in(seller), sign_in(a.manager())
    win(client, deal)
    assert "Won after" not in client.get(f"/deals/{deal.id}").text
    assert "Won after 0 h" in manager.get(f"/deals/{deal.id}").text
    assert "Won after 0 h" in manager.get("/deals/wins?whose=all&only=early").text
    path = f"/deals/{deal.id}/orders/{order_of(session, deal).id}/look"
    assert manager.post(path, data={"text": ""}).status_code == 422
    assert manager.post(path, data={"text": "A tender that was public."}).status_code == 303
    page = manager.get(f"/deals/{deal.id}").text
    assert "Won after" not in page and "A tender that was public." in page
    assert "A tender that was public." not in client.get(f"/deals/{deal.id}").text
    assert "No win waits" in manager.get("/deals/wins?whose=all").text


def test_the_file_of_wins_holds_the_rows_of_the_list(sign_in, session, a, deal, seller):
    win(sign_in(seller), deal, amount="20000")
    manager = sign_in(a.manager())
    rows = manager.get("/deals/wins/export?whose=all&as=csv").text.splitlines()
    assert len(rows) == 2 and "another amount" in rows[1] and "20000.00" in rows[1]
    assert len(manager.get("/deals/wins/export?whose=mine").text.splitlines()) == 1


def test_a_rival_reaches_none_of_it_by_any_id(sign_in, session, a, deal, seller):
    win(sign_in(seller), deal, amount="20000")
    order = order_of(session, deal)
    rival = sign_in(a.seller(a.partner()))
    for path in (f"/deals/{deal.id}/win", f"/deals/{deal.id}/orders/{order.id}/evidence"):
        assert rival.get(path).status_code == rival.post(path).status_code == 404
    assert rival.post(f"/deals/{deal.id}/completion").status_code == 404
    own = a.approved(partner=a.partner())
    session.commit()
    mine = sign_in(a.seller(session.get(Partner, own.partner_id)))
    crossed = f"/deals/{own.id}/orders/{order.id}/evidence"
    assert mine.get(crossed).status_code == mine.post(crossed).status_code == 404
    assert rival.get("/deals/wins").status_code == 403


def test_the_page_asks_as_much_for_one_order_as_for_many(app, sign_in, session, a, deal, seller):
    client = sign_in(seller)
    a.order(deal, amount_minor=100_00, is_complete=False)
    session.commit()
    client.get(f"/deals/{deal.id}")
    with counting(app) as few:
        client.get(f"/deals/{deal.id}")
    for _ in range(5):
        a.order(deal, amount_minor=100_00, is_complete=False)
    session.commit()
    with counting(app) as many:
        client.get(f"/deals/{deal.id}")
    assert len(many) <= len(few)
    assert wins.progress_of(session, deal.id).accepted == 6
