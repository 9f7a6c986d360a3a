"""What can happen to a conflict case.  Each function is one business verb in one transaction."""

from models.deals.conflicts.leaving import LOOK_AGAIN
from models.deals.conflicts.operations.appealing import appeal, judge
from models.deals.conflicts.operations.clock import (
    handle_evidence_over,
    handle_finish,
    handle_late,
    handle_look_again,
)
from models.deals.conflicts.operations.deciding import decide
from models.deals.conflicts.operations.filing import add_our_evidence, file_evidence
from models.deals.conflicts.operations.touching import record_touch
from models.deals.operations.contesting import (
    EVIDENCE_OVER,
    FINISH,
    LATE,
    look_again,
    open_if_contested,
)

JOBS = {
    EVIDENCE_OVER: handle_evidence_over,
    LATE: handle_late,
    FINISH: handle_finish,
    LOOK_AGAIN: handle_look_again,
}
"""What the worker does about conflict cases, by the job's topic."""

__all__ = [
    "JOBS",
    "add_our_evidence",
    "appeal",
    "decide",
    "file_evidence",
    "judge",
    "look_again",
    "open_if_contested",
    "record_touch",
]
