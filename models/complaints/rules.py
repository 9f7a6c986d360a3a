"""What is true of complaints: kinds, states, outcomes, and who may hear one.  Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from models.moves import Moves

LONGEST = 4_000
"""Characters of what either side writes at once."""


class ComplaintKind(StrEnum):
    DECISION = "decision"
    PERSON = "person"
    PRIVACY = "privacy"
    OTHER = "other"

    @property
    def words(self) -> str:
        return KIND_WORDS[self]


KIND_WORDS = {
    ComplaintKind.DECISION: "A decision is wrong or unfair",
    ComplaintKind.PERSON: "How somebody behaved",
    ComplaintKind.PRIVACY: "How information about us is used",
    ComplaintKind.OTHER: "Something else",
}


class ComplaintStatus(StrEnum):
    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"

    @property
    def words(self) -> str:
        return self.value.capitalize()


OPEN = (ComplaintStatus.RECEIVED, ComplaintStatus.ACKNOWLEDGED)

COMPLAINT_MOVES = Moves(
    "complaint",
    acknowledge={ComplaintStatus.RECEIVED: ComplaintStatus.ACKNOWLEDGED},
    pass_on=dict.fromkeys(OPEN, ComplaintStatus.RECEIVED),
    answer=dict.fromkeys(OPEN, ComplaintStatus.ANSWERED),
    withdraw=dict.fromkeys(OPEN, ComplaintStatus.WITHDRAWN),
)


class Outcome(StrEnum):
    UPHELD = "upheld"
    PARTLY = "partly_upheld"
    REJECTED = "not_upheld"

    @property
    def words(self) -> str:
        return {
            Outcome.UPHELD: "You are right",
            Outcome.PARTLY: "You are right in part",
            Outcome.REJECTED: "We see it differently",
        }[self]


NOTE_WORDS = {
    "complain": "complained",
    "acknowledge": "took it up",
    "write": "wrote",
    "hand_on": "handed it on",
    "overdue": "did not act in time",
    "answer": "answered",
    "withdraw": "withdrew it",
}


@dataclass(frozen=True, slots=True)
class Grievance:
    """What somebody complains about.

    about_person_id: None when it is about nobody by name.
    matter: the number of what it is about, such as D-4K7QXMP; empty when it has none.
    """

    kind: ComplaintKind
    text: str
    about_person_id: UUID | None = None
    matter: str = ""


@dataclass(frozen=True, slots=True)
class Hearer:
    """Somebody who may be asked to hear a complaint, in the order of asking."""

    id: UUID
    name: str
    answers_to: UUID | None
    """Their superior; None when they have none among us."""


def may_hear(
    hearer: Hearer, *, author: UUID | None, about: UUID | None, took_part: Collection[UUID]
) -> bool:
    """Not the author, not the person it is about nor who answers to them, nobody of the matter."""
    involved = {one for one in (author, about) if one is not None} | set(took_part)
    return (
        hearer.id not in involved
        and not (about is not None and hearer.answers_to == about)
        and not (hearer.answers_to is not None and hearer.answers_to in took_part)
    )


def first_to_hear(
    hearers: Iterable[Hearer],
    *,
    author: UUID | None,
    about: UUID | None,
    took_part: Collection[UUID],
    except_ids: Collection[UUID] = (),
) -> Hearer | None:
    """None when everybody is involved, or has had it already."""
    for hearer in hearers:
        if hearer.id not in except_ids and may_hear(
            hearer, author=author, about=about, took_part=took_part
        ):
            return hearer
    return None
