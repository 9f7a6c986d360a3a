"""The vendor's people in the browser: the queue, decisions, the sales manager's page."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import deals
from models.deals import DealMatch, DealStatus, ForecastCategory
from models.notices import Notice
from tests.queries import counting


@pytest.fixture
def rosa(a, sign_in):
    """The channel manager's browser."""
    return sign_in(a.decider().email)


@pytest.fixture
def linda(a, sign_in):
    """The sales manager's browser."""
    return sign_in(a.seller_of_vendor().email)


def test_the_queue_shows_overdue_first_and_opens_the_most_pressing(rosa, a, now, session):
    fresh = a.submitted(customer_name="Alder Motors")
    late = a.submitted(customer_name="Birch Bakery")
    late.decide_by = now - timedelta(hours=2)
    page = rosa.get("/deals/queue").text
    assert page.index("Birch Bakery") < page.index("Alder Motors")
    assert "2 h overdue" in page and "1 is past the deadline" in page
    assert f"/deals/{late.id}/approval" in page and f"/deals/{fresh.id}/approval" not in page
    opened = rosa.get(f"/deals/queue?deal={fresh.id}").text
    assert f"/deals/{fresh.id}/approval" in opened


def test_an_empty_queue_says_so(rosa):
    assert "Nothing waits for a decision" in rosa.get("/deals/queue").text


def test_approving_in_the_queue_moves_to_the_next_deal(rosa, a, session):
    first, second = a.submitted(), a.submitted()
    page = rosa.get("/deals/queue").text
    assert f'name="next" value="{second.id}"' in page
    answer = rosa.post(
        f"/deals/{first.id}/approval", data={"back": "queue", "next": str(second.id)}
    )
    assert answer.status_code == 303 and answer.location == f"/deals/queue?deal={second.id}"
    session.refresh(first)
    assert first.status is DealStatus.APPROVED


def test_the_second_decision_is_told_who_was_quicker(rosa, a):
    deal = a.submitted()
    here = f"http://localhost/deals/{deal.id}"
    rosa.post(f"/deals/{deal.id}/approval")
    page = rosa.post(f"/deals/{deal.id}/approval", headers={"Referer": here}, follow_redirects=True)
    assert "Rosa Kim approved this deal just now. Nothing was changed." in page.text


def test_the_evidence_stands_beside_the_buttons(rosa, a):
    rival = a.approved(
        customer_name="Kestrel Food Group", customer_country="GB",
        customer_domain="kestrelfoods.co.uk",
    )  # fmt: skip
    deal = a.submitted(
        customer_name="Kestrel Foods Ltd", customer_country="GB",
        customer_domain="kestrelfoods.co.uk",
    )  # fmt: skip
    page = rosa.get(f"/deals/queue?deal={deal.id}").text
    assert "Same customer as a protected deal" in page and rival.number in page
    assert "kestrelfoods.co.uk <em>same</em>" in page and "Feb 16, 2027" in page


def test_not_a_duplicate_is_noted_with_name_and_reason(rosa, a, session):
    a.approved(customer_name="Müller Maschinenbau GmbH & Co. KG")
    deal = a.submitted(customer_name="Mueller Maschinenbau")
    match = session.scalars(select(DealMatch).where(DealMatch.deal_id == deal.id)).one()
    url = f"/deals/{deal.id}/matches/{match.id}/clearance"
    assert "Likely duplicate of a protected deal" in rosa.get(f"/deals/{deal.id}").text
    assert rosa.post(url, data={"text": ""}).status_code == 422
    assert rosa.post(url, data={"text": "Another owner.", "back": "queue"}).status_code == 303
    page = rosa.get(f"/deals/{deal.id}").text
    assert "Not a duplicate. Rosa Kim: Another owner." in page
    assert "Approve" in page and url not in page


def test_rejecting_needs_a_reason_and_a_text_and_keeps_what_was_typed(rosa, a, session):
    deal = a.submitted()
    typed = "Our people have talked to them since May."
    page = rosa.post(f"/deals/{deal.id}/rejection", data={"text": typed, "back": "queue"})
    assert page.status_code == 422 and "Choose a reason." in page.text and typed in page.text
    assert 'name="back" value="queue"' in page.text
    sent = {"code": "vendor_engaged", "text": typed}
    assert rosa.post(f"/deals/{deal.id}/rejection", data=sent).status_code == 303
    session.refresh(deal)
    assert deal.status is DealStatus.REJECTED and deal.reject_text == typed


def test_asking_names_the_parts_that_open(rosa, a, session):
    deal = a.submitted()
    url = f"/deals/{deal.id}/question"
    assert rosa.post(url, data={"text": "Who signs?"}).status_code == 422
    sent = {"text": "Who signs?", "fields_asked": ["contact", "products"]}
    assert rosa.post(url, data=sent).status_code == 303
    session.refresh(deal)
    assert deal.asked_fields == ["contact", "products"]


def test_extending_and_revoking_work_by_plain_forms(rosa, a, session, now):
    deal = a.approved()
    deals.ask_to_extend(session, deal, note="March.", by=a.registrant(deal), now=now)
    assert "March." in rosa.get(f"/deals/{deal.id}").text
    assert rosa.post(f"/deals/{deal.id}/extension").status_code == 303
    assert rosa.post(f"/deals/{deal.id}/revocation", data={"text": "Hm."}).status_code == 422
    why = {"code": "untrue", "text": "They have never heard of you."}
    assert rosa.post(f"/deals/{deal.id}/revocation", data=why).status_code == 303
    session.refresh(deal)
    assert deal.extension_days == 30 and deal.status is DealStatus.REVOKED


def test_nobody_at_the_vendor_sees_a_draft(rosa, a, session, now):
    draft, gone = a.draft(customer_name="Secret Draft"), a.draft(customer_name="Secret Gone")
    deals.withdraw(session, gone, by=a.registrant(gone), now=now)
    for deal in (draft, gone):
        assert rosa.get(f"/deals/{deal.id}").status_code == 404
    for page in ("/deals", "/deals/export?as=csv", "/deals/pipeline?whose=all"):
        assert "Secret" not in rosa.get(page).text


def test_a_seller_neither_sees_the_queue_nor_decides(sign_in, a):
    deal = a.submitted()
    seller = sign_in(a.registrant(deal).email)
    assert seller.get("/deals/queue").status_code == 403
    assert seller.get("/deals/pipeline").status_code == 403
    for decision in ("approval", "rejection", "question", "revocation", "extension", "forecast"):
        assert seller.post(f"/deals/{deal.id}/{decision}").status_code == 403


def test_a_sales_manager_sees_the_business_that_is_routed_to_her(linda, a, session):
    deal = a.submitted(customer_name="Alder Motors", value=40_000_00)
    other = a.submitted(customer_name="Birch Bakery")
    other.sales_manager_id = a.sales_manager().id
    page = linda.get("/deals/pipeline").text
    assert "Alder Motors" in page and "Birch Bakery" not in page
    assert "€40,000.00" in page and "€4,000.00" in page and deal.number in page
    assert "Birch Bakery" in linda.get("/deals/pipeline?whose=all").text


def test_a_sales_manager_comments_takes_part_and_forecasts(linda, a, session, sign_in):
    deal = a.submitted()
    said = {"text": "Their rival bids too.", "visibility": "vendor_only"}
    assert linda.post(f"/deals/{deal.id}/comments", data=said).status_code == 303
    assert linda.post(f"/deals/{deal.id}/participation").status_code == 303
    assert linda.post(f"/deals/{deal.id}/forecast", data={"category": "commit"}).status_code == 303
    session.refresh(deal)
    assert deal.forecast_category is ForecastCategory.COMMIT
    assert "Their rival bids too." in linda.get(f"/deals/{deal.id}").text
    theirs = sign_in(a.registrant(deal).email).get(f"/deals/{deal.id}").text
    assert "Linda Mitchell" in theirs and "takes part in the deal" in theirs
    assert "Their rival bids too." not in theirs and ">Commit<" not in theirs
    assert linda.post(f"/deals/{deal.id}/participation/end").status_code == 303


def test_a_partner_never_reads_why_it_was_routed_nor_the_evidence(sign_in, a):
    rival = a.approved(customer_name="Kestrel Foods Ltd")
    deal = a.submitted(customer_name="Kestrel Foods")
    page = sign_in(a.registrant(deal).email).get(f"/deals/{deal.id}").text
    assert rival.number not in page and deal.routing_why not in page
    assert "Territory" not in page and "Same customer" not in page


@pytest.mark.parametrize(("page", "most"), [("/deals", 8), ("/deals/queue", 29), ("one", 24)])
def test_pages_ask_few_questions_however_many_deals_there_are(app, rosa, a, page, most):
    for _ in range(6):
        deal = a.submitted()
    rosa.get("/deals/queue")
    with counting(app) as asked:
        assert rosa.get(f"/deals/{deal.id}" if page == "one" else page).status_code == 200
    assert len(asked) <= most, asked


def test_each_notice_leads_to_its_deal(rosa, a, session):
    deal = a.submitted()
    links = set(session.scalars(select(Notice.link)))
    assert links == {f"/deals/{deal.id}"}
    assert rosa.get(links.pop()).status_code == 200


def test_the_list_narrows_to_a_family_and_to_what_is_routed_to_oneself(linda, a, session):
    mine = a.submitted(customer_name="Alder Motors", family="Bikes")
    a.submitted(customer_name="Birch Bakery", family="Helmets")
    other = a.submitted(customer_name="Elm Optics", family="Bikes")
    other.sales_manager_id = a.sales_manager().id
    of_family = linda.get(f"/deals?family={mine.family_id}").text
    assert "Alder Motors" in of_family and "Elm Optics" in of_family
    assert "Birch Bakery" not in of_family
    of_her = linda.get("/deals?whose=mine").text
    assert "Alder Motors" in of_her and "Elm Optics" not in of_her
    assert "Elm Optics" not in linda.get("/deals/export?whose=mine&as=csv").text
