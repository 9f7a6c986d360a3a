"""A partner in the browser: registers, keeps drafts, answers, wins; sees only its own."""

from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from models import deals
from models.deals import Deal, DealStatus, Question, RejectReason
from models.money import Money
from models.partners import Partner
from tests.queries import counting

WRITTEN = {
    "customer_name": "Kestrel Foods Ltd",
    "customer_country": "GB",
    "lines-0-quantity": "60",
    "lines-0-unit": "315.83",
    "expected_close_on": "2027-02-28",
    "problem": "Couriers lose an hour a day because the old cargo bikes break down.",
    "kind": "new_business",
    "contact_name": "Ruth Okafor",
    "contact_email": "ruth@kestrelfoods.example",
}


@pytest.fixture
def seller(a):
    a.programme()
    return a.seller(a.partner(currency="EUR"))


@pytest.fixture
def portal(sign_in, seller):
    return sign_in(seller)


@pytest.fixture
def written(a):
    return WRITTEN | {"lines-0-product": str(a.sold().id)}


def own(session, seller) -> list[Deal]:
    return list(session.scalars(select(Deal).where(Deal.partner_id == seller.partner_id)))


def test_a_partner_registers_a_deal_and_sees_the_clock(portal, seller, session, written):
    page = portal.post("/deals", data=written | {"button": "submit"}, follow_redirects=True)
    assert page.status_code == 200, page.text
    assert "Kestrel Foods Ltd" in page.text and "€18,949.80" in page.text
    assert "provisionally protected until then" in page.text
    (deal,) = own(session, seller)
    assert deal.status is DealStatus.SUBMITTED and deal.registered_by_id == seller.id


def test_the_rules_stand_beside_the_form_before_anything_is_submitted(portal):
    page = portal.get("/deals/new").text
    for rule in ("2 business days", "90 days", "one extension of 30 days", "€5,000.00"):
        assert rule in page


def test_what_is_missing_is_said_beside_the_field_and_everything_typed_is_kept(portal, written):
    page = portal.post(
        "/deals", data=written | {"problem": "Bikes break.", "button": "submit"}
    )  # fmt: skip
    assert page.status_code == 422
    assert "at least 50 characters" in page.text and "Bikes break." in page.text
    assert 'value="ruth@kestrelfoods.example"' in page.text and 'value="315.83"' in page.text


def test_everything_wrong_is_said_at_once(portal, written):
    wrong = {"lines-0-quantity": "0", "problem": "Short.", "contact_email": "ruth"}
    page = portal.post("/deals", data=written | wrong | {"button": "submit"})
    assert page.status_code == 422
    for sentence in ("Enter 1 or more.", "at least 50 characters", "such as name@company.com"):
        assert sentence in page.text


def test_an_empty_form_submitted_names_all_that_is_required(portal):
    page = portal.post("/deals", data={"button": "submit"})
    assert page.status_code == 422
    assert page.text.count('class="error"') >= 7


def test_a_refusal_of_the_business_keeps_the_form(portal, session, written, seller):
    page = portal.post("/deals", data=written | {"lines-0-unit": "1.00", "button": "submit"})
    assert page.status_code == 422 and "Registration starts at EUR 5,000.00" in page.text
    assert 'value="Kestrel Foods Ltd"' in page.text and own(session, seller) == []


def test_a_draft_survives_leaving_and_is_finished_later(portal, session, seller, written):
    page = portal.post("/deals", data={"customer_name": "Kestrel", "button": "save"})
    assert page.status_code == 303
    address = urlsplit(page.location).path
    assert 'value="Kestrel"' in portal.get(address).text
    (deal,) = own(session, seller)
    assert deal.status is DealStatus.DRAFT
    answer = portal.post(
        f"/deals/{deal.id}/registration", data=written | {"button": "submit"}
    )  # fmt: skip
    assert answer.status_code == 303
    assert own(session, seller)[0].status is DealStatus.SUBMITTED


def test_a_form_saves_itself_once_however_often_it_is_changed(portal, session, seller):
    first = portal.post("/deals/draft", data={"customer_name": "Kes", "customer_country": "??"})
    assert "Draft saved" in first.text
    (deal,) = own(session, seller)
    again = {"customer_name": "Kestrel", "draft_id": str(deal.id)}
    assert portal.post("/deals/draft", data=again).status_code == 200
    assert [(d.customer_name, d.customer_country) for d in own(session, seller)] == [
        ("Kestrel", "")
    ]


def test_another_line_is_added_without_script(portal, session, seller, written):
    page = portal.post("/deals", data=written | {"button": "line"}, follow_redirects=True)
    assert 'name="lines-1-product"' in page.text and 'value="60"' in page.text


def test_a_line_without_a_price_takes_the_list_price(portal, session, seller, a, written):
    product = a.product()
    a.price(product, Money(99_99, "EUR"))
    data = written | {"lines-0-product": str(product.id), "lines-0-unit": "", "button": "submit"}
    portal.post("/deals", data=data)
    (deal,) = own(session, seller)
    assert deal.value.minor == 60 * 99_99


@pytest.mark.parametrize("odd", ["kind=nonsense", "lines-0-unit=1e99999999", "lines-0-unit=NaN"])
def test_the_live_check_reads_past_what_makes_no_sense(portal, seller, odd):
    name, value = odd.split("=")
    data = {"customer_name": "Quite Other", "customer_country": "GB", name: value}
    page = portal.post("/deals/check", data=data)
    assert page.status_code == 200 and "Free" in page.text


def test_odd_words_in_the_address_of_the_list_are_no_error_of_ours(portal, seller):
    assert portal.get("/deals?endpoint=x").status_code == 200
    assert portal.get("/deals?q=%00").status_code in (200, 400)  # PostgreSQL refuses a NUL


def test_the_live_check_says_free_yours_or_needs_review_and_names_nobody(
    portal, a, seller, session
):
    rival = a.approved(customer_name="Kestrel Foods Ltd", customer_country="GB")
    a.submitted(partner=session.get(Partner, seller.partner_id), customer_name="Own Ltd")
    said = {
        name: portal.post(
            "/deals/check", data={"customer_name": name, "customer_country": country}
        ).text
        for name, country in (("Kestrel Foods", "GB"), ("Quite Other", "GB"), ("Own Ltd", "DE"))
    }
    assert "Needs review" in said["Kestrel Foods"]
    assert "Free" in said["Quite Other"] and "Yours" in said["Own Ltd"]
    partner = session.get(Partner, rival.partner_id)
    for secret in (rival.number, partner.name, "2027", "10,000"):
        assert secret not in said["Kestrel Foods"]


def test_a_rejected_partner_reads_the_words_and_mends_the_deal(
    portal, a, seller, session, now, written
):
    deal = a.submitted(partner=session.get(Partner, seller.partner_id), by=seller.actor())
    words = "Tell us who signs the order."
    deals.reject(session, deal, code=RejectReason.INCOMPLETE, text=words, by=a.decider(), now=now)
    page = portal.get(f"/deals/{deal.id}").text
    assert words in page and "The registration is incomplete" in page
    assert words in portal.get(f"/deals/{deal.id}/edit").text


def test_only_what_was_asked_is_open_in_the_answer(portal, a, seller, session, now):
    deal = a.submitted(partner=session.get(Partner, seller.partner_id), by=seller.actor())
    deals.ask(
        session, deal, questions=[Question.CLOSE], text="Is it certain?", by=a.decider(), now=now
    )
    page = portal.get(f"/deals/{deal.id}/answer").text
    assert "Is it certain?" in page and 'name="expected_close_on"' in page
    assert 'name="customer_name"' not in page and 'name="lines-0-product"' not in page
    data = {"note": "Yes, signed.", "expected_close_on": "2027-03-01", "customer_name": "Other"}
    assert portal.post(f"/deals/{deal.id}/answer", data={"note": ""}).status_code == 422
    assert portal.post(f"/deals/{deal.id}/answer", data=data).status_code == 303
    session.refresh(deal)
    assert deal.status is DealStatus.SUBMITTED and deal.customer_name != "Other"
    assert deal.expected_close_on.isoformat() == "2027-03-01"


def test_losing_withdrawing_commenting_and_asking_for_time_work_by_plain_forms(
    portal, a, seller, session
):
    partner = session.get(Partner, seller.partner_id)
    lost, gone, kept = (a.approved(partner=partner, by=seller.actor()) for _ in range(3))
    assert portal.post(f"/deals/{lost.id}/loss", data={"text": "Contoso won."}).status_code == 303
    assert portal.post(f"/deals/{gone.id}/withdrawal", data={}).status_code == 303
    said = {"text": "They saw two bikes."}
    assert portal.post(f"/deals/{kept.id}/comments", data=said).status_code == 303
    asked = portal.post(f"/deals/{kept.id}/extension-request", data={"text": "Board in March."})
    assert asked.status_code == 303
    assert portal.post(f"/deals/{kept.id}/stage", data={"stage": "proposal"}).status_code == 303
    for deal in (lost, gone, kept):
        session.refresh(deal)
    assert (lost.status, gone.status) == (DealStatus.LOST, DealStatus.WITHDRAWN)
    assert kept.extension_asked_at and "They saw two bikes." in portal.get(f"/deals/{kept.id}").text


def test_the_list_filters_by_the_address_and_the_file_holds_the_same_rows(
    portal, a, seller, session
):
    partner = session.get(Partner, seller.partner_id)
    won = a.won(partner=partner, by=seller.actor(), customer_name="Alder Bikes")
    a.submitted(partner=partner, by=seller.actor(), customer_name="=cmd|Birch")
    a.submitted(customer_name="Rival Secret")
    page = portal.get("/deals").text
    assert "Alder Bikes" in page and "Birch" in page and "Rival Secret" not in page
    only = portal.get("/deals?status=won").text
    assert "Alder Bikes" in only and "Birch" not in only
    file = portal.get("/deals/export?status=won&as=csv").text
    assert won.number in file and len(file.strip().splitlines()) == 2
    everything = portal.get("/deals/export?as=csv").text
    assert "'=cmd|Birch" in everything and "Rival Secret" not in everything
    assert portal.get("/deals/export?as=xlsx").status_code == 200


def test_a_long_list_is_paged_and_counted(portal, a, seller, session):
    partner = session.get(Partner, seller.partner_id)
    for _ in range(52):
        a.draft(partner=partner, by=seller.actor(), lines=())
    page = portal.get("/deals").text
    assert page.count('id="row-') == 50 and 'class="count">52<' in page and 'rel="next"' in page


def test_the_list_takes_at_most_eight_questions_to_the_database(app, portal, a, seller, session):
    partner = session.get(Partner, seller.partner_id)
    for _ in range(5):
        a.submitted(partner=partner, by=seller.actor())
    portal.get("/deals")
    with counting(app) as asked:
        portal.get("/deals?status=submitted")
    assert len(asked) <= 8, asked


def test_a_rival_finds_no_page_of_somebody_elses_deal(portal, a):
    deal = a.approved()
    for page in ("", "/edit", "/answer"):
        assert portal.get(f"/deals/{deal.id}{page}").status_code == 404
    for page in ("registration", "withdrawal", "win", "loss", "comments", "stage", "answer"):
        assert portal.post(f"/deals/{deal.id}/{page}").status_code == 404
    assert portal.post("/deals/draft", data={"draft_id": str(deal.id)}).status_code == 404


def test_a_distributor_reads_its_resellers_deals_and_changes_nothing(sign_in, a, session):
    distributor, reseller = a.distributor(), a.partner()
    a.programme()
    a.parent(reseller, distributor)
    deal = a.approved(partner=reseller, customer_name="Alder Bikes")
    above = sign_in(a.seller(distributor))
    assert "Alder Bikes" in above.get("/deals").text
    page = above.get(f"/deals/{deal.id}")
    assert page.status_code == 200 and "What next" not in page.text
    assert above.post(f"/deals/{deal.id}/loss", data={"text": "Ha."}).status_code == 403
    session.refresh(deal)
    assert deal.status is DealStatus.APPROVED
    assert session.scalar(select(func.count(Deal.id))) == 1
