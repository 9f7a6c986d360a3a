"""Moves: the allowed steps of a thing between its states, written as a table."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from models.errors import Refused

State = TypeVar("State", bound=StrEnum)


class Moves(Generic[State]):
    """What each verb does to each state; every pair not listed is refused."""

    def __init__(self, thing: str, **verbs: Mapping[State, State]) -> None:
        self.thing = thing
        self.verbs = verbs

    def allows(self, verb: str, state: State) -> bool:
        return state in self.verbs[verb]

    def after(self, verb: str, state: State) -> State:
        """The state that `verb` leads to from `state`.  Raises Refused if it may not."""
        if state not in self.verbs[verb]:
            words = verb.replace("_", " ")
            raise Refused(f"You cannot {words} this {self.thing}: it is {_said(state)}.")
        return self.verbs[verb][state]

    def possible_from(self, state: State) -> list[str]:
        """The verbs that may be used now, in the order of the table."""
        return [verb for verb, steps in self.verbs.items() if state in steps]


def _said(state: StrEnum) -> str:
    return state.value.replace("_", " ")
