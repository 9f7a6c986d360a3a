"""Eight processes register and approve rivals for the same customers, 200 times.

python -m benchmarks.rivals --rounds 200 --database postgresql
"""

from __future__ import annotations

import argparse
import sys
import time

from models import engine as engines
from models import roles, schema
from models.scope import Scope, open_session
from tests.conftest import NOW
from tests.databases import Postgresql, Sqlite
from tests.factories import Factories
from tests.rush import check, contenders_for, rush

KINDS = {"sqlite": Sqlite, "postgresql": Postgresql}


def main() -> None:
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--rounds", type=int, default=200)
    wanted.add_argument("--many", type=int, default=8)
    wanted.add_argument("--database", choices=sorted(KINDS), default="sqlite")
    said = wanted.parse_args()
    kind = KINDS[said.database]()
    try:
        engine = engines.connect(kind.as_owner(kind.template_url))
        schema.metadata().create_all(engines.for_writing(engine))
        roles.let_in(engine, kind.template_url)
        with open_session(engines.for_writing(engine), Scope.vendor()) as session:
            a = Factories(session, NOW)
            contenders = contenders_for(a, kind.template_url, many=said.many, rounds=said.rounds)
            began = time.monotonic()
            told = rush(contenders)
            took = time.monotonic() - began
            check(session, told, many=said.many, rounds=said.rounds)
        sys.stdout.write(
            f"{said.database}: {said.rounds} rounds of {said.many} rivals in {took:.0f} s; "
            f"{sum(told.approved.values())} approvals, one a round; {len(told.refused)} told why; "
            f"nothing lost; pressed again because the database was busy: {told.tried_again}\n"
        )
        engine.dispose()
    finally:
        kind.stop()


if __name__ == "__main__":
    main()
