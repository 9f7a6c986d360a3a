"""The commission engine: pure integer functions from a plan, a sale and an event to lines.

A plan's JSON is read by `parse_rules`; `rate` turns one event into lines, each with
its working; what it must remember is `State`, which the caller loads and stores.
"""

from models.commissions.engine.beforehand import asked, asked_next
from models.commissions.engine.desk import Desk, World
from models.commissions.engine.facts import (
    Code,
    Event,
    EventKind,
    Line,
    Rate,
    Registration,
    Sale,
    SaleLine,
)
from models.commissions.engine.parsing import parse_rules
from models.commissions.engine.plan import FxPolicy, Plan, Rules, Trigger, Version
from models.commissions.engine.rating import rate, rate_at, release_at, release_due, set_up
from models.commissions.engine.state import State
from models.commissions.engine.statements import Drawn, Figures, drawn, figures, is_taken_back

__all__ = [
    "Code",
    "Desk",
    "Drawn",
    "Event",
    "EventKind",
    "Figures",
    "FxPolicy",
    "Line",
    "Plan",
    "Rate",
    "Registration",
    "Rules",
    "Sale",
    "SaleLine",
    "State",
    "Trigger",
    "Version",
    "World",
    "asked",
    "asked_next",
    "drawn",
    "figures",
    "is_taken_back",
    "parse_rules",
    "rate",
    "rate_at",
    "release_at",
    "release_due",
    "set_up",
]
