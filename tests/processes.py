"""Several people at once, each in a process of its own: `at_once(act, …)` → what each was told.

The processes are forked from one that has imported the tables already and has no connection of
anybody's: a fresh interpreter for each would take longer to import than to act.
"""

from collections.abc import Callable, Sequence
from multiprocessing import get_context
from typing import Any

from models.schema import metadata

metadata()  # every table, before anybody is forked
CONTEXT = get_context("forkserver")
CONTEXT.set_forkserver_preload([__name__])

PATIENCE_SECONDS = 180


def at_once(
    act: Callable[..., None],
    each: Sequence[tuple],
    *,
    times: int = 1,
    patience: int = PATIENCE_SECONDS,
) -> list[Any]:
    """act(*said, gate, answers): waits at the gate for all others, and puts `times` answers."""
    gate, answers = CONTEXT.Barrier(len(each)), CONTEXT.Queue()
    running = [CONTEXT.Process(target=act, args=(*said, gate, answers)) for said in each]
    for process in running:
        process.start()
    told = [answers.get(timeout=patience) for _ in range(times * len(each))]
    for process in running:
        process.join()
    return told
