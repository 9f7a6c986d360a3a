"""The rules of deals: states, dates, what a complete registration is.  Pure, so quick."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from models.deals.registration import (
    BEHIND,
    REGISTRATION_FIELDS,
    Line,
    Question,
    Registration,
    changed,
    fields_open,
    what_is_missing,
)
from models.deals.rules import ago_in_words, ends_at, main_family, protected_through
from models.deals.states import (
    DEAL_MOVES,
    OPEN,
    VERBS_DONE,
    DealStatus,
    DealType,
    ForecastCategory,
    RejectReason,
    Stage,
)
from models.errors import Refused

TODAY = date(2026, 11, 22)
BIKES, HELMETS = UUID(int=1), UUID(int=2)
COMPLETE = Registration(
    customer_name="Kestrel Foods Ltd",
    customer_country="GB",
    expected_close_on=date(2027, 2, 28),
    problem="Couriers lose an hour a day because the old cargo bikes break down.",
    contact_name="Ruth Okafor",
    contact_email="ruth@kestrelfoods.example",
    lines=(Line(BIKES, 60, 315_83),),
)


def but(**changes) -> Registration:
    return Registration(**{f: getattr(COMPLETE, f) for f in REGISTRATION_FIELDS} | changes)


def test_every_state_is_reached_by_some_move():
    reached = {to for steps in DEAL_MOVES.verbs.values() for to in steps.values()}
    assert reached | {DealStatus.DRAFT} == set(DealStatus)


def test_a_deal_that_ended_never_moves_again():
    for ended in (DealStatus.WON, DealStatus.LOST, DealStatus.WITHDRAWN):
        assert DEAL_MOVES.possible_from(ended) == []
    assert DEAL_MOVES.possible_from(DealStatus.REVOKED) == ["reinstate"]


def test_an_open_deal_may_always_be_withdrawn():
    assert all("withdraw" in DEAL_MOVES.possible_from(status) for status in OPEN)


def test_only_a_submitted_deal_is_approved():
    allowed = [status for status in DealStatus if DEAL_MOVES.allows("approve", status)]
    assert allowed == [DealStatus.SUBMITTED]


def test_a_rejected_deal_may_be_submitted_again_but_not_won():
    assert DEAL_MOVES.after("submit", DealStatus.REJECTED) is DealStatus.SUBMITTED
    with pytest.raises(Refused, match="You cannot win this deal: it is rejected"):
        DEAL_MOVES.after("win", DealStatus.REJECTED)


def test_every_move_can_be_told_in_words():
    assert set(DEAL_MOVES.verbs) <= set(VERBS_DONE)


@pytest.mark.parametrize("words", [DealStatus, DealType, RejectReason, Stage, ForecastCategory])
def test_every_choice_has_words_of_its_own(words):
    said = [choice.words for choice in words]
    assert len(set(said)) == len(said) and all(said) and not any("_" in text for text in said)


def test_probability_grows_with_the_stage_and_never_reaches_certainty():
    chances = [stage.probability for stage in Stage]
    assert chances == sorted(set(chances))
    assert Decimal(0) < chances[0] and chances[-1] < Decimal(1)


def test_protection_lasts_ninety_days_and_the_last_day_counts():
    assert protected_through(TODAY, 90) == date(2027, 2, 20)


def test_protection_ends_at_the_vendors_midnight_not_at_ours():
    assert ends_at(date(2027, 2, 20), "UTC") == datetime(2027, 2, 21, tzinfo=UTC)
    assert ends_at(date(2027, 2, 20), "Asia/Tokyo") == datetime(2027, 2, 20, 15, tzinfo=UTC)
    assert ends_at(date(2027, 2, 20), "America/New_York") == datetime(2027, 2, 21, 5, tzinfo=UTC)


def test_the_end_of_protection_follows_summer_time():
    before, after = date(2027, 3, 12), date(2027, 3, 14)  # the clocks change on the 14th
    assert ends_at(before, "America/New_York").hour == 5
    assert ends_at(after, "America/New_York").hour == 4


def test_a_complete_registration_lacks_nothing():
    assert what_is_missing(COMPLETE, today=TODAY) == {}


def test_an_empty_registration_is_told_everything_it_lacks_at_once():
    lacking = what_is_missing(Registration(), today=TODAY)
    assert len(lacking) == 7 and all(text.endswith(".") for text in lacking.values())


def test_a_problem_in_a_few_words_is_not_enough():
    short = what_is_missing(but(problem="They need bikes."), today=TODAY)
    assert short["problem"].endswith("34 to go.")


def test_a_close_in_the_past_is_not_an_expected_close():
    assert "expected_close_on" in what_is_missing(
        but(expected_close_on=TODAY - timedelta(days=1)), today=TODAY
    )
    assert what_is_missing(but(expected_close_on=TODAY), today=TODAY) == {}


def test_lines_need_a_quantity_and_some_price():
    assert "lines" in what_is_missing(but(lines=(Line(BIKES, 0, 100),)), today=TODAY)
    assert "lines" in what_is_missing(but(lines=(Line(BIKES, 1, 0),)), today=TODAY)


def test_the_value_is_the_sum_of_the_lines():
    assert but(lines=(Line(BIKES, 3, 1_999), Line(HELMETS, 2, 500))).value_minor == 6_997


def test_a_deal_is_about_the_family_with_the_most_value():
    assert main_family([(HELMETS, 100), (BIKES, 150), (HELMETS, 60)]) == HELMETS
    assert main_family([(HELMETS, 100), (BIKES, 100)]) == HELMETS


def test_every_field_can_be_asked_about_and_only_those_open_again():
    assert fields_open(Question) == set(REGISTRATION_FIELDS)
    assert fields_open([Question.CLOSE]) == {"expected_close_on"}
    assert set(BEHIND) == set(Question)


def test_a_change_is_named_by_its_field():
    assert changed(COMPLETE, but(competitors="Contoso")) == {"competitors"}
    assert changed(COMPLETE, but()) == set()


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "just now"), (2, "2 min ago"), (61, "1 h ago"), (1500, "a day ago"), (2900, "2 days ago")],
)
def test_how_long_ago_is_said_in_words(minutes, words):
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert ago_in_words(now - timedelta(minutes=minutes), now) == words
