"""Territories: which part of the market is whose, and to whom everything is routed.

A deal goes to the territory whose area holds it at the highest level (named account, postal
code, state, country, region, world), and there to the one that asks for most and is drawn
most finely.  What nothing tells apart is a conflict for a person; what no territory holds
goes to the vendor's default managers.

    route(facts, on, about) -> who looks after it and why, kept in the routing log
"""

from models.territories.by_hand import assign, set_defaults
from models.territories.changes import TerritoryChange, TerritoryRevision
from models.territories.current import as_rules, map_of
from models.territories.hold_tables import TerritoryHold
from models.territories.holding import (
    MOST_HOLDS,
    Taken,
    hold,
    hold_missing,
    one_at_a_time,
    stretches,
    unheld,
)
from models.territories.index import TerritoryIndex as Index
from models.territories.loads import limits, listed_limits, set_limit
from models.territories.operations import (
    TerritoryDetails,
    area_fault,
    details_of,
    draw,
    end_absence,
    note_absence,
    pointed,
    redraw,
    refuse_faults,
)
from models.territories.places import subdivision_name, widest
from models.territories.publishing import publish
from models.territories.queries import (
    absences_from,
    defaults,
    holding,
    how_many,
    listed,
    quotas,
    routed_to,
    routings_of,
    still_here,
    successor_of,
)
from models.territories.regions import PASSIVE_SALES_PROTECTED, regions_of
from models.territories.relisting import relist, relisted, weigh_list
from models.territories.resolving import Action, assigned, is_passive_sale, last_of, nearest
from models.territories.routing import Routing, preview, route
from models.territories.rules import (
    Area,
    AreaKind,
    ExclusivePolicy,
    Facts,
    Key,
    Qualifiers,
    Rule,
    TerritoryStatus,
)
from models.territories.same_customer import held_apart, hold_accounts
from models.territories.stand_ins import acting_for, next_manager, who_acts_for
from models.territories.states import DrawingState, LoadKind, LoadState
from models.territories.tables import (
    ManagerAbsence,
    ManagerLimit,
    RoutingLog,
    Territory,
    TerritoryArea,
    TerritoryDrawing,
    TerritoryLoad,
)
from models.territories.words import ACTION_WORDS, place_name
from models.territories.written import resolve_case

__all__ = [
    "ACTION_WORDS",
    "MOST_HOLDS",
    "PASSIVE_SALES_PROTECTED",
    "Action",
    "Area",
    "AreaKind",
    "DrawingState",
    "ExclusivePolicy",
    "Facts",
    "Index",
    "Key",
    "LoadKind",
    "LoadState",
    "ManagerAbsence",
    "ManagerLimit",
    "Qualifiers",
    "Routing",
    "RoutingLog",
    "Rule",
    "Taken",
    "Territory",
    "TerritoryArea",
    "TerritoryChange",
    "TerritoryDetails",
    "TerritoryDrawing",
    "TerritoryHold",
    "TerritoryLoad",
    "TerritoryRevision",
    "TerritoryStatus",
    "absences_from",
    "acting_for",
    "area_fault",
    "as_rules",
    "assign",
    "assigned",
    "defaults",
    "details_of",
    "draw",
    "end_absence",
    "held_apart",
    "hold",
    "hold_accounts",
    "hold_missing",
    "holding",
    "how_many",
    "is_passive_sale",
    "last_of",
    "limits",
    "listed",
    "listed_limits",
    "map_of",
    "nearest",
    "next_manager",
    "note_absence",
    "one_at_a_time",
    "place_name",
    "pointed",
    "preview",
    "publish",
    "quotas",
    "redraw",
    "refuse_faults",
    "regions_of",
    "relist",
    "relisted",
    "resolve_case",
    "route",
    "routed_to",
    "routings_of",
    "set_defaults",
    "set_limit",
    "still_here",
    "stretches",
    "subdivision_name",
    "successor_of",
    "unheld",
    "weigh_list",
    "who_acts_for",
    "widest",
]
