"""The table of what can happen to a deal: who may, which fields open, who is told.  Pure data.

From which state to which stands in `states.DEAL_MOVES`; together they are what the page for
staff shows, and what the tests hold every operation to.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.deals.states import DEAL_MOVES, DealStatus
from models.people import PARTNER_ROLES, Role

PARTNER = PARTNER_ROLES
DECIDERS = frozenset({Role.CHANNEL_MANAGER, Role.ADMINISTRATOR})
APPROVERS = DECIDERS | {Role.SALES_MANAGER, Role.FINANCE}
"""Those whom approval rules name may be anybody of the staff; without rules, the deciders."""
CLOSERS = PARTNER | {Role.CHANNEL_MANAGER, Role.SALES_MANAGER}
CLOCK: frozenset[Role] = frozenset()
"""Nobody: time does it."""


@dataclass(frozen=True)
class Transition:
    """One verb.  tells_*: kinds of the notices that may leave; the audit says "deal: <verb>"."""

    who: frozenset[Role]
    fields: str
    tells_partner: tuple[str, ...] = ()
    tells_staff: tuple[str, ...] = ()
    condition: str = ""


ALL, NONE = "All of the registration", "None"

TRANSITIONS: dict[str, Transition] = {
    "submit": Transition(
        PARTNER, ALL, ("deal-received",), ("deal-submitted", "deal-approval-asked"),
        "Complete; after a rejection, with changes",
    ),
    "ask": Transition(APPROVERS, "The fields asked about", ("deal-asked",), (),
                      "By whoever is to decide now; the clock stands"),
    "answer": Transition(PARTNER, "Only the fields asked about", (),
                         ("deal-answered", "deal-approval-asked"), "The clock runs on"),
    "approve_step": Transition(APPROVERS, NONE, (), ("deal-approval-asked",),
                               "By whoever the rules name, when others are still to come"),
    "approve": Transition(APPROVERS, NONE, ("deal-approved",), (),
                          "The last approval; nobody else protected or earlier"),
    "miss": Transition(CLOCK, NONE, ("deal-late",), ("deal-overdue",),
                       "The clock has run out; protected until we decide"),
    "reject": Transition(APPROVERS, NONE, ("deal-rejected",), (), "With a reason and a text"),
    "win": Transition(CLOSERS, "The order and the hand-over", ("deal-won",), ("deal-won",),
                      "With evidence"),
    "lose": Transition(CLOSERS, "The reason", ("deal-lost",), ("deal-lost",)),
    "ask_to_extend": Transition(PARTNER, "The reason", (), ("deal-extension-asked",),
                                "Once, before the end, with something done lately"),
    "extend": Transition(DECIDERS, NONE, ("deal-extended",), (),
                         "Asked before the end; nobody else protected by now"),
    "refuse_extension": Transition(DECIDERS, NONE, ("deal-not-extended",), (), "With a text"),
    "expire": Transition(CLOCK, NONE, ("deal-expired",), ("deal-expired",),
                         "At the vendor's midnight after the last protected day"),
    "warn_stale": Transition(CLOCK, NONE, ("deal-stale",), ("deal-stale",),
                             "Nothing heard for long"),
    "amend": Transition(PARTNER, ALL, (), ("deal-changed",), "What is not material, at once"),
    "ask_to_amend": Transition(PARTNER, ALL, (), ("deal-change-asked", "deal-approval-asked"),
                               "What is material; the protection stays meanwhile"),
    "accept_amendment": Transition(APPROVERS, NONE, ("deal-changed",), (),
                                   "Nobody else protected for what it would be"),
    "refuse_amendment": Transition(APPROVERS, NONE, ("deal-not-changed",), (), "With a text"),
    "take_back_amendment": Transition(PARTNER, NONE, (), ("deal-change-taken-back",),
                                      "While it waits for an approval"),
    "appeal": Transition(PARTNER, "The reason", (), ("deal-appealed",), "Once, in time"),
    "uphold": Transition(DECIDERS, NONE, ("deal-upheld",), (), "By somebody else, with a text"),
    "overturn": Transition(DECIDERS, NONE, ("deal-approved",), (),
                           "By somebody else; nobody else protected by now"),
    "name_choice": Transition(PARTNER | DECIDERS, "The letter", (), ("deal-choice",),
                              "The customer's choice in writing"),
    "back_choice": Transition(DECIDERS, NONE, (), ("deal-choice",), "A first manager"),
    "decline_choice": Transition(DECIDERS, NONE, ("deal-choice-declined",), (), "With a text"),
    "take_over": Transition(DECIDERS, NONE, ("deal-approved",), (),
                            "A second manager; whoever was protected is released"),
    "release": Transition(DECIDERS, NONE, ("deal-released",), (),
                          "A second manager; never says whom the customer chose"),
    "withdraw": Transition(PARTNER, NONE, (), ("deal-withdrawn",), "At any time"),
    "revoke": Transition(DECIDERS, NONE, ("deal-revoked",), (),
                         "Quiet after a warning, untrue, or the agreement has ended"),
    "reinstate": Transition(DECIDERS, NONE, (), ("deal-approval-asked",),
                            "By a conflict case, or an appeal in one"),
}  # fmt: skip


def steps_of(verb: str) -> list[tuple[DealStatus, DealStatus]]:
    """(from, to) of a verb, in the order of the states."""
    moves = DEAL_MOVES.verbs[verb]
    return [(state, moves[state]) for state in DealStatus if state in moves]
