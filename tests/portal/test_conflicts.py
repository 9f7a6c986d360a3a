"""Conflict cases in the browser: the vendor sees everything, each partner only its own side."""

from datetime import timedelta
from io import BytesIO

import pytest

from models.deals import DealStatus
from models.deals.conflicts import ConflictStatus, Rule, Standing
from models.deals.conflicts import operations as conflicts
from tests.queries import counting


@pytest.fixture
def contest(a):
    return a.contest()


@pytest.fixture
def rosa(a, sign_in):
    """The channel manager's browser."""
    return sign_in(a.decider().email)


@pytest.fixture
def seller(a, sign_in):
    """seller(deal): the browser of who registered it."""
    return lambda deal: sign_in(a.registrant(deal).email)


def of_side(a, deal, what="") -> str:
    return f"/conflicts/sides/{a.side_of(deal).id}{what}"


def sent(a, case, favoured, rule="first_complete", **texts):
    """The decision form, filled in."""
    decision = a.decision(case, favoured)
    said = {f"text_{side}": text for side, text in decision.texts.items()}
    return {"verdict": str(decision.favoured), "rule": rule} | said | texts


def test_staff_see_both_parties_side_by_side(a, contest, rosa):
    first, second = contest
    a.evidence(first, "Our first visit was in May.")
    page = rosa.get(f"/conflicts/{a.case_of(first).id}").text
    for text in ("Bike World", "Velo Haus", first.number, second.number, "The same customer"):
        assert text in page
    assert "Our first visit was in May." in page and "Nothing written yet." in page


def test_a_look_alike_shows_how_alike_it_is(a, rosa):
    first, _ = a.contest(alike=True)
    page = rosa.get(f"/conflicts/{a.case_of(first).id}").text
    assert "% alike" in page and "The same customer record" not in page


def test_a_partner_reads_its_own_side_and_nothing_of_the_other(a, contest, seller):
    first, second = contest
    a.evidence(first, "Our first visit was in May.")
    page = seller(second).get(of_side(a, second)).text
    assert second.number in page and Rule.EXISTING_PROTECTION.words in page
    case = a.case_of(first)
    theirs = ("Bike World", first.number, "in May", a.side_of(first).number, case.number)
    assert [text for text in theirs if text in page] == []


def test_evidence_with_a_file_is_filed_once_and_downloaded_by_nobody_else(a, contest, seller):
    first, second = contest
    client = seller(second)
    for _ in range(2):
        body = {"text": "We met in May.", "files": (BytesIO(b"A letter of May"), "letter.txt")}
        answer = client.post(of_side(a, second, "/evidence"), data=body)
        assert answer.status_code == 303
    page = client.get(of_side(a, second)).text
    assert page.count("We met in May.") == 1 and page.count("letter.txt") == 1
    address = page.split('href="/files/')[1].split('"')[0]
    assert client.get(f"/files/{address}").status_code == 200
    assert seller(first).get(f"/files/{address}").status_code == 404


def test_late_or_empty_evidence_comes_back_with_a_reason(a, contest, seller, session, now):
    _, second = contest
    client = seller(second)
    assert client.post(of_side(a, second, "/evidence"), data={"text": ""}).status_code == 422
    a.side_of(second).evidence_by = now - timedelta(minutes=1)
    answer = client.post(of_side(a, second, "/evidence"), data={"text": "We met in May."})
    assert answer.status_code == 422 and "time for evidence is over" in answer.text
    assert "File it" not in client.get(of_side(a, second)).text


def test_anothers_side_and_the_case_itself_are_not_there(a, contest, seller):
    first, second = contest
    client = seller(second)
    assert client.get(of_side(a, first)).status_code == 404
    assert client.post(of_side(a, first, "/evidence"), data={"text": "Hm?"}).status_code == 404
    assert client.post(of_side(a, first, "/appeal"), data={"text": "Hm?"}).status_code == 404
    assert client.get(f"/conflicts/{a.case_of(first).id}").status_code == 403
    assert client.get("/conflicts").status_code == 403


def test_deciding_appealing_and_judging_by_plain_forms(a, contest, rosa, seller, sign_in, session):
    first, second = contest
    case = a.case_of(first)
    a.evidence(first), a.evidence(second)
    where = f"/conflicts/{case.id}"
    assert rosa.post(f"{where}/decision", data=sent(a, case, first)).status_code == 303
    assert case.status is ConflictStatus.DECIDED and second.status is DealStatus.REJECTED
    loser = seller(second)
    page = loser.get(of_side(a, second)).text
    assert f"Words for {a.side_of(second).number}." in page and "Rosa Kim" in page
    appeal = loser.post(of_side(a, second, "/appeal"), data={"text": "Not so."})
    assert appeal.status_code == 303 and case.status is ConflictStatus.APPEALED
    assert "Make it final" not in rosa.get(where).text
    own = rosa.post(f"{where}/appeal-decision", data=sent(a, case, second))
    assert own.status_code == 422 and "somebody else" in own.text
    ada = sign_in(a.manager(name="Ada Second"))
    assert "Make it final" in ada.get(where).text
    turned = sent(a, case, second, rule="customers_choice")
    assert ada.post(f"{where}/appeal-decision", data=turned).status_code == 303
    assert case.status is ConflictStatus.FINAL and first.status is DealStatus.REVOKED
    assert "Looked at again" in loser.get(of_side(a, second)).text


def test_a_decision_that_names_the_other_comes_back_and_nothing_has_happened(a, contest, rosa):
    first, second = contest
    case = a.case_of(first)
    a.evidence(first), a.evidence(second)
    named = {f"text_{a.side_of(second).id}": "Bike World was first."}
    answer = rosa.post(f"/conflicts/{case.id}/decision", data=sent(a, case, first, **named))
    assert answer.status_code == 422 and "names the other party" in answer.text
    assert "Bike World was first." in answer.text
    assert case.status is ConflictStatus.OPEN and second.status is DealStatus.SUBMITTED


def test_the_second_decision_in_two_windows_is_told_so(a, contest, rosa):
    first, second = contest
    case = a.case_of(first)
    a.evidence(first), a.evidence(second)
    where, body = f"/conflicts/{case.id}/decision", sent(a, case, first)
    assert rosa.post(where, data=body).status_code == 303
    answer = rosa.post(where, data=body)
    assert answer.status_code == 422 and "decided this case already" in answer.text


def test_the_list_narrows_counts_and_exports_what_it_shows(a, contest, rosa):
    first, _ = contest
    number = a.case_of(first).number
    assert number in rosa.get("/conflicts").text
    assert number in rosa.get(f"/conflicts?q={first.number}").text
    assert number not in rosa.get("/conflicts?q=nobody").text
    assert number not in rosa.get("/conflicts?status=decided").text
    assert number in rosa.get("/conflicts?status=all&outcome=nonsense&whose=mine").text
    assert number in rosa.get("/conflicts/export?as=csv").text
    assert number not in rosa.get("/conflicts/export?as=csv&status=final").text


def test_a_deal_leads_to_its_case_each_reader_to_their_own(a, contest, rosa, seller):
    first, second = contest
    case, side = a.case_of(first), a.side_of(second)
    assert f"/conflicts/{case.id}" in rosa.get(f"/deals/{second.id}").text
    theirs = seller(second).get(f"/deals/{second.id}").text
    assert f"/conflicts/sides/{side.id}" in theirs and case.number not in theirs


def test_empty_lists_say_why(a, rosa, sign_in):
    assert "No case fits" in rosa.get("/conflicts").text
    page = sign_in(a.seller()).get("/conflicts/sides").text
    assert "Nothing stands against any registration of yours" in page


def test_what_our_own_people_know_is_read_by_no_partner(a, contest, rosa, seller):
    first, _ = contest
    where = f"/conflicts/{a.case_of(first).id}"
    body = {"text": "Our man heard otherwise.", "files": (BytesIO(b"A note"), "ours.txt")}
    assert rosa.post(f"{where}/evidence", data=body).status_code == 303
    page = rosa.get(where).text
    assert "Our man heard otherwise." in page and "ours.txt" in page
    assert "Our man" not in seller(first).get(of_side(a, first)).text


def test_pages_ask_few_questions_however_many_parties_there_are(app, a, contest, rosa, seller):
    first, second = contest
    for _ in range(4):
        a.submitted(customer_name="Kestrel Foods Ltd")
    case, browser = a.case_of(first), seller(second)
    for client, path, most in (
        (rosa, "/conflicts", 8),
        (rosa, f"/conflicts/{case.id}", 30),
        (browser, of_side(a, second), 10),
        (browser, "/conflicts/sides", 8),
    ):
        client.get(path)
        with counting(app) as asked:
            assert client.get(path).status_code == 200
        assert len(asked) <= most, (path, len(asked), asked)


def test_a_case_closed_by_itself_says_so_to_whoever_is_left(a, contest, seller, session, now):
    first, second = contest
    a.reject(second)
    session.flush()
    assert a.side_of(first).standing is Standing.SETTLED
    page = seller(first).get(of_side(a, first)).text
    assert "Closed without a decision" in page and "File it" not in page
    assert conflicts.JOBS  # the clock's own tests are with the model
