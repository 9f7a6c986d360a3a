"""Sell-through: what distributors report to have sold, line by line, and whose business each is.

A distributor hands in a file, or a channel manager does for it; the worker reads it.  Good lines
are kept once, bad ones are told with how to mend them.  Each line is matched with the reseller,
the customer and the deal, and routed to managers with a reason in the routing log.  A sale stands
once: by invoice, article and serial numbers, else by all that it says and its place among equals.
A corrected report takes the place of the earlier ones of its name, whole or not at all, and says
what it replaced.

    handed in -> being read -> taken, with rows to mend or without
                            -> not taken: unreadable, or a correction with bad rows

Sell-through is not sell-in: no line is an invoice, counts as revenue or earns a commission.
"""

from models.sellthrough.operations import (
    GAVE_UP,
    TOPIC,
    expect,
    finish,
    hand_in,
    judge,
    nothing_sold,
    refuse,
    remind,
    take,
    waits_for_another,
    withdraw,
)
from models.sellthrough.queries import (
    LineFilter,
    Missing,
    distributors,
    how_many,
    lines,
    missing,
    named_lines,
    one_line,
    period_words,
    reports,
)
from models.sellthrough.rules import (
    Amounts,
    Fault,
    ReportState,
    Rhythm,
    SaleLine,
    numbered,
    serials_of,
)
from models.sellthrough.tables import PosLine, PosNamedLine, PosReport, PosRouting, PosSchedule

__all__ = [
    "GAVE_UP",
    "TOPIC",
    "Amounts",
    "Fault",
    "LineFilter",
    "Missing",
    "PosLine",
    "PosNamedLine",
    "PosReport",
    "PosRouting",
    "PosSchedule",
    "ReportState",
    "Rhythm",
    "SaleLine",
    "distributors",
    "expect",
    "finish",
    "hand_in",
    "how_many",
    "judge",
    "lines",
    "missing",
    "named_lines",
    "nothing_sold",
    "numbered",
    "one_line",
    "period_words",
    "refuse",
    "remind",
    "reports",
    "serials_of",
    "take",
    "waits_for_another",
    "withdraw",
]
