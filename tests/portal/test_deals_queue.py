"""The queue in the browser: undo, filters that stay, typed text that is kept, many at once."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import func, select

from models.base import new_id
from models.deals import MOST_TOGETHER, Deal, DealDecision, DealStatus
from models.notices import Notice
from portal.mail import send_waiting
from tests.queries import counting


@pytest.fixture
def rosa(a, sign_in):
    """The channel manager's browser."""
    return sign_in(a.decider().email)


def together(browser, picked, *, verb="approve", round_id=None, **said):
    data = {
        "verb": verb,
        "round": str(round_id or uuid4()),
        "pick": [str(deal.id) for deal in picked],
    }
    return browser.post("/deals/together", data=data | said)


def test_the_toast_offers_the_way_back_and_it_is_a_plain_button(rosa, a, session):
    deal = a.submitted()
    rosa.post(f"/deals/{deal.id}/approval", data={"back": "queue", "query": "view=mine"})
    page = rosa.get("/deals/queue").text
    assert f'action="/deals/{deal.id}/undo?back=queue&amp;query=view%3Dmine"' in page
    answer = rosa.post(f"/deals/{deal.id}/undo?back=queue&query=view%3Dmine")
    assert answer.location == f"/deals/queue?view=mine&deal={deal.id}"
    session.refresh(deal)
    assert deal.status is DealStatus.SUBMITTED
    page = rosa.get(f"/deals/{deal.id}").text
    assert "Taken back" in page and "took back the decision on the deal" in page
    assert "approved the deal" in page


def test_taking_back_twice_or_late_says_why_not(rosa, a, session, now):
    first, second = a.submitted(), a.submitted()
    for deal in (first, second):
        rosa.post(f"/deals/{deal.id}/approval")
    rosa.post(f"/deals/{first.id}/undo")
    rosa.post(f"/deals/{first.id}/undo")
    assert "taken back already. Nothing was changed." in rosa.get("/deals").text
    with time_machine.travel(now + timedelta(seconds=16), tick=False):
        rosa.post(f"/deals/{second.id}/undo")
        assert "the partner has been told" in rosa.get("/deals").text
    session.refresh(second)
    assert second.status is DealStatus.APPROVED


def test_the_mail_of_a_decision_waits_until_it_can_no_longer_be_taken_back(
    app, rosa, a, session, now
):
    deal = a.submitted()
    rosa.post(f"/deals/{deal.id}/approval")
    mailed = select(Notice.mailed_at).where(Notice.kind == "deal-approved").limit(1)
    session.commit()
    with app.app_context():
        send_waiting(app)
    assert session.scalar(mailed) is None
    session.commit()
    with time_machine.travel(now + timedelta(seconds=15), tick=False), app.app_context():
        send_waiting(app)
    session.expire_all()
    assert session.scalar(mailed) is not None


def test_a_decision_leads_back_to_the_same_filters(rosa, a):
    first, second = a.submitted(customer_name="Alder Motors"), a.submitted(customer_name="Alder B")
    a.submitted(customer_name="Birch Bakery")
    page = rosa.get(f"/deals/queue?view=all&q=alder&deal={first.id}").text
    assert "Birch Bakery" not in page
    assert 'name="query" value="view=all&amp;q=alder"' in page
    sent = {"back": "queue", "query": "view=all&q=alder&next=//evil", "next": str(second.id)}
    answer = rosa.post(f"/deals/{first.id}/approval", data=sent)
    assert answer.location == f"/deals/queue?view=all&q=alder&deal={second.id}"


def test_who_comes_second_keeps_what_was_typed(rosa, a, session, sign_in):
    deal = a.submitted()
    tom = sign_in(a.manager(name="Tom").email)
    tom.post(f"/deals/{deal.id}/approval")
    typed = "Our people have talked to them since May."
    said = {"code": "vendor_engaged", "text": typed, "back": "queue", "query": "view=all"}
    page = rosa.post(f"/deals/{deal.id}/rejection", data=said)
    assert page.status_code == 422 and typed in page.text
    assert "Tom approved this deal just now. Nothing was changed." in page.text
    assert 'name="query" value="view=all"' in page.text
    asked = {"fields_asked": ["contact"], "text": typed}
    page = rosa.post(f"/deals/{deal.id}/question", data=asked)
    assert page.status_code == 422 and typed in page.text and "Tom approved" in page.text
    session.refresh(deal)
    assert deal.status is DealStatus.APPROVED and not deal.reject_text


def test_the_bar_says_how_many_and_how_much_in_each_currency(rosa, a):
    euros = [a.submitted(value=10_000_00), a.submitted(value=6_000_50)]
    dollars = a.submitted(partner=a.partner(currency="USD"), value=7_000_00)
    picked = "&".join(f"pick={deal.id}" for deal in (*euros, dollars))
    said = rosa.get(f"/deals/together/selection?{picked}").text
    assert "3 selected" in said and "€16,000.50 + $7,000.00" in said
    assert "3 selected" in rosa.get("/deals/together/selection?all=yes&view=all").text
    assert "Nothing selected" in rosa.get("/deals/together/selection").text


def test_deals_with_a_conflict_are_left_out_and_listed_with_why(rosa, a, session):
    clean = a.submitted(customer_name="Zebra Optics")
    a.approved(customer_name="Kestrel Foods Ltd")
    rival = a.submitted(customer_name="Kestrel Foods")
    page = rosa.get(f"/deals/together?pick={clean.id}&pick={rival.id}").text
    assert "1 deal worth" in page and "Left out" in page
    assert "Another partner has registered this customer; look at both." in page
    assert f'value="{clean.id}"' in page and f'value="{rival.id}"' not in page


def test_one_refusal_does_not_stop_the_rest_and_each_says_why(rosa, a, session):
    a.approved(customer_name="Kestrel Foods Ltd")
    rival = a.submitted(customer_name="Kestrel Foods")
    fine = [a.submitted() for _ in range(3)]
    page = together(rosa, [fine[0], rival, *fine[1:]], round_id=(round_id := uuid4()))
    assert page.location == f"/deals/together/{round_id}"
    said = rosa.get(page.location).text
    assert "3 approved, 1 left out." in said and "is protected for" in said
    session.expire_all()
    assert [deal.status for deal in fine] == [DealStatus.APPROVED] * 3
    assert rival.status is DealStatus.SUBMITTED


def test_a_round_sent_twice_does_nothing_twice(rosa, a, session):
    deal, round_id = a.submitted(), uuid4()
    for _ in range(2):
        assert together(rosa, [deal], round_id=round_id).status_code == 303
    decided = select(func.count(DealDecision.id)).where(DealDecision.deal_id == deal.id)
    assert session.scalar(decided) == 1
    assert "1 approved, 0 left out." in rosa.get(f"/deals/together/{round_id}").text


def test_what_was_decided_together_is_taken_back_together(rosa, a, session):
    picked, round_id = [a.submitted() for _ in range(3)], uuid4()
    together(rosa, picked, round_id=round_id)
    assert f"/deals/together/{round_id}/undo" in rosa.get("/deals").text
    rosa.post(f"/deals/together/{round_id}/undo")
    assert "3 taken back" in rosa.get("/deals").text
    session.expire_all()
    assert {deal.status for deal in picked} == {DealStatus.SUBMITTED}
    rosa.post(f"/deals/together/{round_id}/undo")
    assert "0 taken back" in rosa.get("/deals").text


def test_what_changed_since_the_page_was_opened_is_left_out(rosa, a, session, now):
    deal = a.submitted()
    deal.updated_at = now - timedelta(minutes=1)
    seen = (now - timedelta(minutes=2)).isoformat()
    page = rosa.get(together(rosa, [deal], seen_at=seen).location).text
    assert "after you looked. Look again." in page
    session.refresh(deal)
    assert deal.status is DealStatus.SUBMITTED


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("reject", {"code": "not_qualified", "text": "Too early, sorry."}),
        ("ask", {"fields_asked": ["contact"], "text": "Who signs?"}),
    ],
)
def test_rejecting_and_asking_together_need_words_that_each_partner_reads(
    rosa, a, session, verb, said
):
    picked = [a.submitted(), a.submitted()]
    page = together(rosa, picked, verb=verb, text=said["text"])
    assert page.status_code == 422 and said["text"] in page.text
    assert together(rosa, picked, verb=verb, **said).status_code == 303
    session.expire_all()
    read = {deal.reject_text or deal.asked_note for deal in picked}
    assert read == {said["text"]}


def test_a_round_is_bounded_and_says_so(rosa, a, session, monkeypatch):
    for name in ("models.deals.together.MOST_TOGETHER", "models.deals.MOST_TOGETHER"):
        monkeypatch.setattr(name, 2)
    for _ in range(3):
        a.submitted()
    page = rosa.get("/deals/together?all=yes&view=all").text
    assert "At most 2 are decided at once" in page and page.count('name="pick"') == 2
    assert MOST_TOGETHER == 200


def test_a_deal_that_no_longer_waits_says_who_was_quicker(rosa, a):
    deal = a.approved()
    page = rosa.get(f"/deals/together?pick={deal.id}").text
    assert "Rosa Kim approved this deal just now." in page and 'name="pick"' not in page


def test_what_cannot_be_read_is_nobodys_deal(rosa, a):
    a.submitted()
    assert "No deal was selected" in rosa.get("/deals/together?pick=x&pick=").text
    assert rosa.get("/deals/together?verb=win").status_code == 404
    assert rosa.get(f"/deals/together/{new_id()}").status_code == 404
    assert rosa.get(f"/deals/together?pick={new_id()}").status_code == 200
    assert together(rosa, []).status_code == 422


def test_a_seller_neither_selects_nor_decides(sign_in, a):
    deal = a.submitted()
    seller = sign_in(a.registrant(deal).email)
    for path in ("/deals/together", "/deals/together/selection"):
        assert seller.get(f"{path}?pick={deal.id}").status_code == 403
    assert together(seller, [deal]).status_code == 403
    assert seller.post(f"/deals/{deal.id}/undo").status_code == 403


def test_looking_at_many_asks_few_questions(app, rosa, a):
    picked = [a.submitted() for _ in range(8)]
    query = "&".join(f"pick={deal.id}" for deal in picked)
    rosa.get("/deals")
    with counting(app) as asked:
        assert rosa.get(f"/deals/together?{query}").status_code == 200
    assert len(asked) <= 12, asked


def test_the_list_of_deals_says_more_than_when_it_is_long(rosa, a, monkeypatch, session):
    for name in ("portal.deals.listing.COUNTED_UP_TO", "portal.formats.COUNTED_UP_TO"):
        monkeypatch.setattr(name, 2)
    for _ in range(3):
        a.submitted()
    page = rosa.get("/deals").text
    assert "more than 2" in page and ">2+<" in page
    assert rosa.get("/deals/export?as=csv").text.count("\n") == 1 + session.scalar(
        select(func.count(Deal.id))
    )
