"""Moves between states: what a table allows, what it refuses, and how it says so."""

from enum import StrEnum

import pytest

from models.errors import Refused
from models.moves import Moves


class State(StrEnum):
    DRAFT = "draft"
    SENT_OUT = "sent_out"
    GONE = "gone"


MOVES = Moves(
    "letter",
    send_out={State.DRAFT: State.SENT_OUT},
    drop={State.DRAFT: State.GONE, State.SENT_OUT: State.GONE},
)


def test_a_move_in_the_table_leads_on():
    assert MOVES.after("send_out", State.DRAFT) is State.SENT_OUT
    assert MOVES.after("drop", State.SENT_OUT) is State.GONE
    assert MOVES.allows("drop", State.DRAFT) and MOVES.allows("drop", State.SENT_OUT)


def test_a_move_that_is_not_in_it_is_refused_in_words():
    assert not MOVES.allows("send_out", State.GONE)
    with pytest.raises(Refused) as no:
        MOVES.after("send_out", State.SENT_OUT)
    assert str(no.value) == "You cannot send out this letter: it is sent out."


def test_what_can_be_done_now_is_in_the_order_of_the_table():
    assert MOVES.possible_from(State.DRAFT) == ["send_out", "drop"]
    assert MOVES.possible_from(State.SENT_OUT) == ["drop"]
    assert MOVES.possible_from(State.GONE) == []
