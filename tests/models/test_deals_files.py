"""Files beside a registration: while it is written, and when the vendor asks for them."""

import pytest

from models import deals, files
from models.deals import Question, Registration
from models.errors import Refused
from models.files import Upload

LETTER = Upload("letter.txt", b"We want to buy from you.")


def attached(session, deal) -> list[str]:
    return [row.name for row in files.attached(session, "deal", deal.id)]


def test_a_draft_takes_files_once_and_gives_them_back(session, a, now):
    deal = a.draft()
    by = a.registrant(deal)
    kept = [deals.attach(session, deal, LETTER, by=by, now=now) for _ in range(2)]
    assert attached(session, deal) == ["letter.txt"]
    deals.detach(session, deal, kept[0], by=by, now=now)
    assert attached(session, deal) == []


def test_what_was_handed_in_stays_and_nothing_is_added_behind_the_managers_back(session, a, now):
    deal = a.draft()
    by = a.registrant(deal)
    kept = deals.attach(session, deal, LETTER, by=by, now=now)
    deals.submit(session, deal, by=by, now=now)
    with pytest.raises(Refused, match="or when we ask for them"):
        deals.attach(session, deal, Upload("b.txt", b"Another."), by=by, now=now)
    with pytest.raises(Refused, match="What was handed in stays"):
        deals.detach(session, deal, kept, by=by, now=now)


@pytest.mark.parametrize("asked", [Question.FILES, Question.CLOSE])
def test_an_open_question_takes_files_only_when_it_is_about_them(session, a, now, asked):
    deal = a.submitted()
    by = a.registrant(deal)
    deals.ask(session, deal, questions=[asked], text="Please.", by=a.decider(), now=now)
    assert deals.takes_files(deal) is (asked is Question.FILES)
    if asked is Question.FILES:
        deals.attach(session, deal, LETTER, by=by, now=now)
        written = deals.registration_of(session, deal)
        deals.answer(session, deal, written, note="Attached.", by=by, now=now)
        assert attached(session, deal) == ["letter.txt"] and not deals.takes_files(deal)


def test_a_new_file_is_a_change_that_lets_a_rejected_deal_be_submitted_again(session, a, now):
    deal = a.submitted()
    by = a.registrant(deal)
    deals.reject(
        session,
        deal,
        code=deals.RejectReason.INCOMPLETE,
        text="No letter.",
        by=a.decider(),
        now=now,
    )
    later = now.replace(hour=now.hour + 1)
    deals.attach(session, deal, LETTER, by=by, now=later)
    deals.submit(session, deal, by=by, now=later)
    assert deals.registration_of(session, deal) != Registration()
