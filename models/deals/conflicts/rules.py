"""What is true of conflict cases: states, rules that decide, what a decision must say.  Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from models.errors import Refused
from models.moves import Moves

EVIDENCE_BUSINESS_DAYS = 2
"""How long each party may say what it knows; an incumbent has as long for its comment."""


class ConflictStatus(StrEnum):
    OPEN = "open"
    DECIDED = "decided"
    APPEALED = "appealed"
    FINAL = "final"
    SETTLED = "settled"

    @property
    def words(self) -> str:
        return STATUS_WORDS[self]


STATUS_WORDS = {
    ConflictStatus.OPEN: "To decide",
    ConflictStatus.DECIDED: "Decided",
    ConflictStatus.APPEALED: "Appealed",
    ConflictStatus.FINAL: "Final",
    ConflictStatus.SETTLED: "Closed by itself",
}
CONFLICT_MOVES = Moves(
    "conflict case",
    decide={ConflictStatus.OPEN: ConflictStatus.DECIDED},
    settle={ConflictStatus.OPEN: ConflictStatus.SETTLED},
    appeal={
        ConflictStatus.DECIDED: ConflictStatus.APPEALED,
        ConflictStatus.APPEALED: ConflictStatus.APPEALED,  # another losing party
    },
    judge={ConflictStatus.APPEALED: ConflictStatus.FINAL},
    finish={ConflictStatus.DECIDED: ConflictStatus.FINAL},
)
APPEALABLE = (ConflictStatus.DECIDED, ConflictStatus.APPEALED)


class Rule(StrEnum):
    """What may decide a case; the words are the partners' too."""

    FIRST_COMPLETE = "first_complete"
    INCUMBENT = "incumbent"
    CUSTOMERS_CHOICE = "customers_choice"
    EXISTING_PROTECTION = "existing_protection"
    VENDOR_ENGAGED = "vendor_engaged"
    NOT_THE_SAME = "not_the_same"
    OTHER = "other"

    @property
    def words(self) -> str:
        return RULE_WORDS[self]


RULE_WORDS = {
    Rule.FIRST_COMPLETE: "The first complete registration comes first",
    Rule.INCUMBENT: "On a renewal, whoever sold to the customer before has priority",
    Rule.CUSTOMERS_CHOICE: "The customer's own choice, in writing, goes before everything",
    Rule.EXISTING_PROTECTION: "A protection that stands goes before a later registration",
    Rule.VENDOR_ENGAGED: "Where our own sales people were engaged first, that goes first",
    Rule.NOT_THE_SAME: "Two customers that only look alike do not stand in each other's way",
    Rule.OTHER: "Another rule, as written in the decision",
}


class Outcome(StrEnum):
    PARTNER = "partner"
    VENDOR = "vendor"
    NOBODY = "nobody"
    APART = "apart"

    @property
    def words(self) -> str:
        return OUTCOME_WORDS[self]


OUTCOME_WORDS = {
    Outcome.PARTNER: "In favour of one partner",
    Outcome.VENDOR: "In favour of our own sales",
    Outcome.NOBODY: "In favour of nobody",
    Outcome.APART: "Not the same customer",
}


class Standing(StrEnum):
    """How one party stands, in words that say nothing about the other."""

    OPEN = "open"
    FAVOURED = "favoured"
    REFUSED = "refused"
    FREE = "free"
    LEFT = "left"
    SETTLED = "settled"

    @property
    def words(self) -> str:
        return STANDING_WORDS[self]


STANDING_WORDS = {
    Standing.OPEN: "Being looked at",
    Standing.FAVOURED: "Decided for you",
    Standing.REFUSED: "Decided against you",
    Standing.FREE: "Nothing stands in your way",
    Standing.LEFT: "Your registration has ended",
    Standing.SETTLED: "Closed without a decision",
}


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What somebody decides, by which rule, and what each party reads, word for word."""

    outcome: Outcome
    favoured: UUID | None = None
    """The side it is in favour of; only with Outcome.PARTNER."""
    rule: Rule
    texts: Mapping[UUID, str] = field(default_factory=dict)
    """By side."""

    def standing_of(self, side_id: UUID) -> Standing:
        if self.outcome is Outcome.APART:
            return Standing.FREE
        is_it = self.outcome is Outcome.PARTNER and side_id == self.favoured
        return Standing.FAVOURED if is_it else Standing.REFUSED

    def must_fit(self, sides: Iterable[UUID], *, has_vendor: bool) -> None:
        """Raises Refused when outcome, rule and texts do not belong together."""
        parties = set(sides)
        if self.outcome is Outcome.PARTNER and self.favoured not in parties:
            raise Refused("Choose one of the parties of this case.")
        if self.outcome is Outcome.VENDOR and not has_vendor:
            raise Refused("Our own sales people are no party of this case.")
        if (self.outcome is Outcome.APART) != (self.rule is Rule.NOT_THE_SAME):
            raise Refused(
                "“Not the same customer” is decided by its own rule, and by that rule only."
            )
        if self.outcome is Outcome.PARTNER and self.rule is Rule.VENDOR_ENGAGED:
            raise Refused("This rule decides in favour of our own sales. Choose another.")
        if any(len(self.texts.get(side, "").strip()) < 3 for side in parties):
            raise Refused("Write a decision for each party; each reads its own, word for word.")


NOTE_WORDS = {
    "open": "opened the case",
    "joined": "added a party",
    "left": "took a party out",
    "evidence": "filed evidence",
    "our_evidence": "says for our own people",
    "decide": "decided",
    "appeal": "appealed",
    "judge": "judged the appeal",
    "settle": "closed the case",
    "finish": "made the decision final",
}
"""What each step of a case is called, after the name of who took it."""


def rule_that_applies(
    *, is_protected: bool, is_renewal: bool, has_vendor: bool, only_alike: bool
) -> Rule:
    """Which rule decides unless the evidence says otherwise."""
    if only_alike:
        return Rule.NOT_THE_SAME
    if is_renewal:
        return Rule.INCUMBENT
    if is_protected:
        return Rule.EXISTING_PROTECTION
    return Rule.VENDOR_ENGAGED if has_vendor else Rule.FIRST_COMPLETE


def names_in(text: str, names: Iterable[str]) -> list[str]:
    """Those of `names` that the text gives away, whatever the case."""
    said = " ".join(text.casefold().split())
    return [name for name in names if len(name) > 2 and name.casefold() in said]
