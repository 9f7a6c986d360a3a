"""Moves between states: what a table allows, what it refuses, and how it says so."""

from enum import StrEnum

import pytest

from models.errors import Refused
from models.moves import Moves


class State(StrEnum):
    DRAFT = "draft"
    SENT_OUT = "sent_out"
    GONE = "gone"


@pytest.fixture
def moves():
    return Moves(
        "letter",
        send_out={State.DRAFT: State.SENT_OUT},
        drop={State.DRAFT: State.GONE, State.SENT_OUT: State.GONE},
    )


def test_a_move_in_the_table_leads_on(moves):
    assert moves.after("send_out", State.DRAFT) is State.SENT_OUT
    assert moves.after("drop", State.SENT_OUT) is State.GONE
    assert moves.allows("drop", State.DRAFT) and moves.allows("drop", State.SENT_OUT)


def test_a_move_that_is_not_in_it_is_refused_in_words(moves):
    assert not moves.allows("send_out", State.GONE)
    with pytest.raises(Refused) as no:
        moves.after("send_out", State.SENT_OUT)
    assert str(no.value) == "You cannot send out this letter: it is sent out."


def test_what_can_be_done_now_is_in_the_order_of_the_table(moves):
    assert moves.possible_from(State.DRAFT) == ["send_out", "drop"]
    assert moves.possible_from(State.SENT_OUT) == ["drop"]
    assert moves.possible_from(State.GONE) == []
