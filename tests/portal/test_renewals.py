"""Renewals in the browser: the list, the proposal, its one button."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import renewals
from models.deals import Deal, DealStatus, DealType
from models.notices import Notice
from models.partners import Partner
from tests.queries import counting


@pytest.fixture
def seller(a):
    a.programme()
    return a.seller(a.partner())


def sold(session, a, seller, days=100, **said):
    partner = session.get(Partner, seller.partner_id)
    deal = a.approved(partner=partner, by=seller.actor(), **said)
    starts_on = a.now.date() - timedelta(days=1)
    renews_on = a.now.date() + timedelta(days=days)
    a.order(deal, hand_over=a.hand_over(starts_on=starts_on, renews_on=renews_on))
    session.commit()
    return deal


def test_the_notice_leads_to_one_button_and_the_button_to_a_filled_in_draft(
    sign_in, session, a, seller
):
    deal = sold(session, a, seller)
    renewals.propose_due(session, a.now)
    session.commit()
    link = session.scalars(select(Notice.link).where(Notice.kind == "renewal-due")).first()
    client = sign_in(seller)
    assert "Begin the renewal" in client.get(link).text
    answers = [client.post(link) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    form = client.get(answers[0].location)
    assert form.status_code == 200 and deal.customer_name in form.text
    drafts = select(func.count(Deal.id)).where(Deal.status == DealStatus.DRAFT)
    assert session.scalar(drafts.where(Deal.kind == DealType.RENEWAL)) == 1
    assert "Open the renewal" in client.get(link).text


def test_partner_and_staff_list_what_is_due_and_the_file_is_the_same(sign_in, session, a, seller):
    deal = sold(session, a, seller, customer_name="Kestrel Foods Ltd")
    late = sold(session, a, seller, days=300, customer_name="Alder Optics")
    for person in (seller, a.manager(), a.sales_manager()):
        client = sign_in(person)
        page = client.get("/renewals").text
        assert deal.customer_name in page and late.customer_name not in page
        assert late.customer_name in client.get("/renewals?view=year").text
        rows = client.get("/renewals/export?as=csv").text.splitlines()
        assert len(rows) == 2 and "Kestrel" in rows[1] and ",100," in rows[1]
    assert "No renewal is due" in sign_in(a.seller(a.partner())).get("/renewals").text


def test_a_rival_reaches_no_proposal_by_id_and_staff_begin_none(sign_in, session, a, seller):
    deal = sold(session, a, seller)
    rival = sign_in(a.seller(a.partner()))
    path = f"/renewals/{deal.id}"
    assert rival.get(path).status_code == rival.post(path).status_code == 404
    staff = sign_in(a.manager())
    assert "Begin the renewal" not in staff.get(path).text
    assert staff.post(path).status_code == 403


def test_the_list_asks_as_much_for_many_as_for_one(app, sign_in, session, a, seller):
    sold(session, a, seller)
    client = sign_in(seller)
    client.get("/renewals")
    with counting(app) as few:
        client.get("/renewals")
    for _ in range(4):
        sold(session, a, seller)
    with counting(app) as many:
        client.get("/renewals")
    assert len(many) <= len(few)
