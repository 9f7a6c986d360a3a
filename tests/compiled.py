"""What SQLAlchemy has compiled once is compiled for the whole run.

It keeps compiled statements by engine, and every test has an engine of its own: a third of a
test's time went into compiling the same statements anew.  Dialects of one kind are alike here,
because all engines of a run speak to one server, or to one version of SQLite.
"""

import sys
from functools import cache
from typing import Any

from sqlalchemy import Engine, util
from sqlalchemy.engine import default

KEPT: Any = util.LRUCache(4000)
KEEPER: Any = type(cache(len))


def share() -> None:
    """For all engines that are connected from now on."""
    default.DefaultDialect.__eq__ = lambda one, other: type(one) is type(other)  # type: ignore
    default.DefaultDialect.__hash__ = lambda one: hash(type(one))  # type: ignore
    made = Engine.__init__

    def kept(engine: Engine, *words: Any, **options: Any) -> None:
        made(engine, *words, **options)
        engine._compiled_cache = KEPT

    Engine.__init__ = kept  # type: ignore[method-assign]


def forget_statements() -> None:
    KEPT.clear()


def forget_answers() -> None:
    """What the portal itself has worked out once and keeps."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ("models", "portal"):
            for thing in list(vars(module).values()):
                if type(thing) is KEEPER:  # not isinstance: a proxy would answer for another
                    thing.cache_clear()
