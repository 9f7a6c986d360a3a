"""Registering in the browser: two screens, each type its own fields, told beforehand."""

import io
import re
from datetime import date

import pytest
from sqlalchemy import select

from models import deals, files
from models.deals import Deal, DealStatus, DealType, Question
from models.money import Money
from models.partners import Partner, Tier
from tests.queries import counting

FIRST = {"screen": "customer", "customer_name": "Kestrel Foods Ltd", "customer_country": "GB"}
OF_TYPE = {
    "new_business": {"problem": "Couriers lose an hour a day because the old bikes break down."},
    "renewal": {"previous_order": "C-17", "previous_ends_on": "2027-01-31"},
    "expansion": {
        "previous_order": "SO-9",
        "problem": "Couriers lose an hour a day because the old bikes break down.",
    },
    "rfp": {"tender_number": "2026/S 12", "tender_published_on": "2026-12-24"},
    "take_out": {"replaces": "Litware", "replace_reason": "Its support has ended."},
}
REQUIRED = re.compile(r"<(?:input|select|textarea)[^>]*\srequired[^>]*>")


@pytest.fixture
def seller(a):
    a.programme()
    return a.seller(a.partner(currency="EUR"))


@pytest.fixture
def portal(sign_in, seller):
    return sign_in(seller)


@pytest.fixture
def second(a):
    return {
        "screen": "deal",
        "lines-0-product": str(a.sold().id),
        "lines-0-quantity": "60",
        "lines-0-unit": "315.83",
        "expected_close_on": "2027-02-28",
        "contact_name": "Ruth Okafor",
        "contact_email": "ruth@kestrelfoods.example",
    }


def the_deal(session) -> Deal:
    return session.scalars(select(Deal)).one()


def begun(portal, session, kind="new_business") -> Deal:
    answer = portal.post("/deals", data=FIRST | {"kind": kind, "button": "next"})
    assert answer.status_code == 303, answer.text
    return the_deal(session)


@pytest.mark.parametrize("kind", DealType)
def test_both_screens_together_require_nine_fields_at_most(portal, session, kind):
    first = REQUIRED.findall(portal.get(f"/deals/new?kind={kind}").text)
    chosen = [field for field in first if 'name="kind"' in field]
    deal = begun(portal, session, kind)
    second = REQUIRED.findall(portal.get(f"/deals/{deal.id}/edit").text)
    assert len(chosen) == 1  # it is chosen already, so nobody has to fill it in
    assert 7 <= len(first) + len(second) - len(chosen) <= 9


@pytest.mark.parametrize("kind", OF_TYPE)
def test_each_type_is_registered_on_two_screens(portal, session, second, kind):
    deal = begun(portal, session, kind)
    assert deal.status is DealStatus.DRAFT and deal.kind == kind
    send = f"/deals/{deal.id}/registration"
    bare = portal.post(send, data=second | {"button": "submit"})
    assert bare.status_code == 422 and 'value="ruth@kestrelfoods.example"' in bare.text
    for name in OF_TYPE[kind]:
        assert f'id="{name}-error"' in bare.text
    answer = portal.post(send, data=second | OF_TYPE[kind] | {"button": "submit"})
    assert answer.status_code == 303
    session.refresh(deal)
    assert deal.status is DealStatus.SUBMITTED
    page = portal.get(f"/deals/{deal.id}").text
    for said in ("C-17", "2026/S 12", "Litware", "SO-9"):
        assert (said in page) == (said in OF_TYPE[kind].values())


def test_a_type_asks_only_what_is_its_own(portal, session):
    deal = begun(portal, session, "rfp")
    page = portal.get(f"/deals/{deal.id}/edit").text
    assert 'name="tender_number"' in page and 'name="customer_name"' not in page
    assert 'name="replaces"' not in page and "request for proposal" in page


def test_the_customer_is_named_before_the_second_screen(portal, session):
    answer = portal.post("/deals", data=FIRST | {"customer_name": "", "button": "next"})
    assert answer.status_code == 422 and 'id="customer_name-error"' in answer.text
    assert session.scalars(select(Deal)).all() == []


def test_going_back_keeps_what_was_written_on_the_second_screen(portal, session, second):
    deal = begun(portal, session)
    answer = portal.post(f"/deals/{deal.id}/registration", data=second | {"button": "back"})
    assert answer.location.endswith("/edit?screen=customer")
    assert 'value="Kestrel Foods Ltd"' in portal.get(answer.location).text
    assert 'value="Ruth Okafor"' in portal.get(f"/deals/{deal.id}/edit").text


def test_a_type_can_still_be_changed_and_takes_its_fields_along(portal, session, second):
    deal = begun(portal, session, "rfp")
    portal.post(f"/deals/{deal.id}/registration", data=second | {"button": "save"})
    portal.post(
        f"/deals/{deal.id}/registration", data=FIRST | {"kind": "take_out", "button": "next"}
    )
    page = portal.get(f"/deals/{deal.id}/edit").text
    assert 'name="replaces"' in page and 'name="tender_number"' not in page


def test_what_is_promised_stands_beside_the_form(portal, session, a, second):
    a.plan({"base": {"type": "flat", "rate": "0.10"}})
    deal = begun(portal, session)
    portal.post(f"/deals/{deal.id}/registration", data=second | {"button": "save"})
    page = portal.get(f"/deals/{deal.id}/edit").text
    for said in ("2 business days", "90 days", "one extension of 30 days", "€5,000.00", "€1,894.98",
                 "which applies to you today", "Rosa Kim", "How registration works"):  # fmt: skip
        assert said in page


def test_a_form_that_saves_itself_tells_what_it_could_earn(portal, session, a, second):
    a.plan({"base": {"type": "flat", "rate": "0.10"}})
    deal = begun(portal, session)
    said = portal.post("/deals/draft", data=second | {"draft_id": str(deal.id)})
    assert "Draft saved" in said.text and "€1,894.98" in said.text
    assert said.headers["HX-Replace-Url"] == f"/deals/{deal.id}/edit"


def test_a_duplicate_of_ones_own_is_warned_of_with_a_link(portal, session, a, seller, second):
    own = session.get(Partner, seller.partner_id)
    known = a.submitted(
        partner=own, by=seller.actor(), customer_name="Kestrel Foods", customer_country="GB"
    )
    answer = portal.post("/deals", data=FIRST | {"kind": "new_business", "button": "next"})
    address = answer.location
    portal.post(address.replace("edit", "registration"), data=second | {"button": "save"})
    page = portal.get(address).text
    assert "You have registered this already" in page and f'href="/deals/{known.id}"' in page
    projected = second | {"project": "Depot South", "button": "save"}
    known.project_key, known.project = "depot north", "Depot North"
    session.commit()
    portal.post(address.replace("edit", "registration"), data=projected)
    assert "You have registered this already" not in portal.get(address).text


def test_what_cannot_be_registered_is_said_before_the_second_screen(portal, session, a):
    a.programme().tender_policy = "never"
    session.commit()
    answer = portal.post("/deals", data=FIRST | {"kind": "rfp", "button": "next"})
    assert answer.status_code == 422 and "Public tenders cannot be registered" in answer.text


def test_a_full_tier_is_told_on_the_form_already(portal, session, a, seller):
    session.get(Partner, seller.partner_id).tier = Tier.GOLD
    a.programme().capacity = {"gold": 0}
    session.commit()
    assert "You have 0 open registrations" in portal.get("/deals/new").text


def test_files_are_attached_taken_away_and_seen_by_both_sides(portal, session, a, sign_in):
    deal = begun(portal, session)
    sent = {"files": (io.BytesIO(b"We want to buy from you."), "letter.txt")}
    assert portal.post(f"/deals/{deal.id}/files", data=sent).status_code == 303
    assert "letter.txt" in portal.get(f"/deals/{deal.id}/edit").text
    (row,) = files.attached(session, "deal", deal.id)
    rival = sign_in(a.seller(a.partner()))
    assert rival.post(f"/deals/{deal.id}/files/{row.id}/removal").status_code == 404
    assert portal.post(f"/deals/{deal.id}/files/{row.id}/removal").status_code == 303
    assert files.attached(session, "deal", deal.id) == []


def test_a_file_of_the_wrong_kind_is_refused_in_words(portal, session):
    deal = begun(portal, session)
    sent = {"files": (io.BytesIO(b"MZ\x90\x00" + bytes(60)), "offer.pdf")}
    page = portal.post(f"/deals/{deal.id}/files", data=sent, follow_redirects=True)
    assert "cannot be taken" in page.text and files.attached(session, "deal", deal.id) == []


def test_a_manager_sees_the_files_and_may_ask_for_more(portal, session, a, seller, sign_in):
    own = session.get(Partner, seller.partner_id)
    deal = a.submitted(partner=own, by=seller.actor())
    deals.ask(
        session, deal, questions=[Question.FILES], text="The tender?", by=a.decider(), now=a.now
    )
    session.commit()
    sent = {"files": (io.BytesIO(b"Tender."), "tender.txt")}
    assert portal.post(f"/deals/{deal.id}/files", data=sent).location.endswith(str(deal.id))
    assert "tender.txt" in sign_in(a.manager()).get(f"/deals/{deal.id}").text


def test_how_registration_works_shows_the_values_in_force(portal, session, a, sign_in):
    programme = a.programme()
    programme.protection_days, programme.capacity = 45, {"gold": 25}
    programme.tender_policy, programme.minimum_deal_minor = "always", 0
    session.commit()
    for page in (portal, sign_in(a.manager())):
        text = page.get("/deals/how-it-works").text
        for said in ("45 days", "25 open registrations", "also after they were published",
                     "Every size", "Take-out of a competitor"):  # fmt: skip
            assert said in text


def test_the_form_takes_few_questions_to_the_database(app, portal, session, second, a):
    a.plan({"base": {"type": "flat", "rate": "0.10"}})
    deal = begun(portal, session)
    portal.post(f"/deals/{deal.id}/registration", data=second | {"button": "save"})
    with counting(app) as asked:
        portal.get(f"/deals/{deal.id}/edit")
    assert len(asked) <= 48, asked  # whose area it is takes three


def test_what_comes_after_the_submission_changes_nothing(portal, session, second):
    deal = begun(portal, session)
    whole = second | OF_TYPE["new_business"] | {"draft_id": str(deal.id)}
    assert portal.post("/deals", data=whole | {"button": "submit"}).status_code == 303
    late = portal.post("/deals/draft", data=whole | {"contact_name": "Somebody else"})
    twice = portal.post("/deals", data=whole | {"button": "submit"})
    assert late.status_code == 204 and twice.location == f"/deals/{deal.id}"
    session.refresh(deal)
    assert deal.status is DealStatus.SUBMITTED and deal.contact_name == "Ruth Okafor"
    assert the_deal(session) is deal


def test_a_list_price_is_taken_where_none_is_written(portal, session, a, second):
    product = a.product()
    a.price(product, Money(99_99, "EUR"))
    deal = begun(portal, session)
    said = second | {"lines-0-product": str(product.id), "lines-0-unit": "", "button": "save"}
    portal.post(f"/deals/{deal.id}/registration", data=said)
    session.refresh(deal)
    assert deal.value.minor == 60 * 99_99 and deal.expected_close_on == date(2027, 2, 28)


def test_a_deal_keeps_its_currency_when_the_partners_is_changed(portal, session, a, seller, second):
    partner = session.get_one(Partner, seller.partner_id)
    deal = a.draft(partner=partner, by=seller.actor(), customer_name="Kestrel Foods Ltd")
    partner.currency = "JPY"
    page = portal.get(f"/deals/{deal.id}/edit").text
    assert "Price of one, EUR" in page and "JPY" not in page
    portal.post(f"/deals/{deal.id}/registration", data=second | {"button": "save"})
    session.expire_all()
    assert deal.value == Money(60 * 315_83, "EUR")
