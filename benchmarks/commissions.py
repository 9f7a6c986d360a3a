"""How fast payments are rated and a month is closed, and how much memory that takes.

    python -m benchmarks.commissions --events 100000 --partners 5000 [--postgresql] [--parts 2]
        [--ours-alone]

Makes invoices that were paid in one month, half of them of won deals, one in a hundred partly
refunded; resellers that buy through distributors; a plan with marginal monthly tiers, an uplift
and an override.  Then the month is caught up and closed, as `portal commissions close` does it;
and beside it, in a copy of the database, by SQL alone (commissions_sql.py).  Both must come to
the same, line by line.
"""

from __future__ import annotations

import argparse
import multiprocessing
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine, func, make_url, select

from benchmarks.clock import Clock, say
from benchmarks.commissions_made import CLOSED, MONTH, RULES, Sales, founded
from benchmarks.commissions_sql import statements
from models import bulk, commissions, pouring, roles, schema
from models import engine as engines
from models.commissions import CommissionLine, MonthClose, Plan, PlanVersion, Statement, closes
from models.commissions.operations import simulating
from models.people import SYSTEM
from models.scope import Scope, as_vendor, open_session
from tests.databases import OWNER, Postgresql

EVENTS_AT_ONCE = 10_000


def ours(engine: Engine, parts: int, looked_at: bool = True) -> float:
    """Seconds by the clock.  looked_at: the month's pages are asked for in between."""
    clock = Clock(engine)
    if parts > 1:
        _side_by_side(engine, parts)
    else:
        rate(engine, (1, 1))
    rated = clock.read()
    with open_session(engine, Scope.vendor()) as session:
        lines = session.scalar(select(func.count(CommissionLine.id))) or 0
    say(f"rated: {lines:,} lines", lines, rated)
    if looked_at:
        _looked_at(engine)
    stating = Clock(engine)
    stated = close(engine)
    told = stating.read()
    say(f"stated: {stated:,} statements", lines, told)
    together = tuple(one + other for one, other in zip(rated, told, strict=True))
    say("together", lines, together)
    return together[0]


def _looked_at(engine: Engine) -> None:
    """The page of a month before it is closed, and a draft simulated over what happened."""
    with open_session(engine, Scope.vendor()) as session:
        clock = Clock(engine)
        closes.checks(session, MONTH, now=CLOSED)
        closes.largest_changes(session, MONTH)
        closes.outliers(session, MONTH)
        closes.seen_of(session, MONTH)
        say("preview of the close", 0, clock.read())
        clock = Clock(engine)
        plan = session.scalars(select(Plan)).one()
        draft = commissions.begin_draft(
            session, plan, rules=RULES, from_on=CLOSED.date(), by=SYSTEM, now=CLOSED
        )
        simulation = commissions.ask_simulation(session, draft, by=SYSTEM, now=CLOSED)
        simulating.rated(session, simulation)
        say(f"simulation of {simulation.event_count:,} events", 0, clock.read())


def rate(engine: Engine, part: tuple[int, int]) -> None:
    with open_session(engine, Scope.vendor()) as session:
        ranges = commissions.slices(session, about=EVENTS_AT_ONCE, part=part)

    def some(partners: commissions.Range) -> commissions.Caught:
        with open_session(engine, Scope.vendor()) as session:
            caught = commissions.catch_up(session, now=CLOSED, partners=partners)
            session.commit()
            return caught

    for caught in bulk.each_part(engine, some, ranges):
        assert not caught.problems, caught


def _rate_apart(url: str, part: tuple[int, int]) -> None:
    engine = _connected(url)
    rate(engine, part)
    click.echo(f"    part {part[0]}: processor {time.process_time():.1f} s")
    engine.dispose()


def _side_by_side(engine: Engine, parts: int) -> None:
    url = engine.url.render_as_string(hide_password=False)
    _apart([(_rate_apart, (url, (which + 1, parts))) for which in range(parts)])


def _apart(works: Sequence[tuple[Callable[..., None], tuple[Any, ...]]]) -> None:
    """Each in a process of its own, at the same time."""
    context = multiprocessing.get_context("spawn")
    running = [context.Process(target=work, args=told) for work, told in works]
    for process in running:
        process.start()
    for process in running:
        process.join()
        assert process.exitcode == 0


def close(engine: Engine) -> int:
    """How many statements.  One transaction for each batch of partners."""
    with open_session(engine, Scope.vendor()) as session:
        begun = commissions.begin_close(session, MONTH, by=SYSTEM, now=CLOSED)
        session.commit()
        close_id = begun.id
    more = True
    while more:
        with open_session(engine, Scope.vendor()) as session:
            month = session.get_one(MonthClose, close_id)
            more = bool(commissions.state_some(session, month, by=SYSTEM, now=CLOSED))
            session.commit()
    with open_session(engine, Scope.vendor()) as session:
        return session.scalar(select(func.count(Statement.id))) or 0


def by_sql(engine: Engine) -> float:
    """Seconds by the clock."""
    with open_session(engine, Scope.vendor()) as session:
        version_id = session.scalars(select(PlanVersion.id)).one().hex
    clock = Clock(engine)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":  # as much of it in memory as ours has
            connection.exec_driver_sql(f"PRAGMA cache_size = -{pouring.CACHE_KIB}")
        for one in statements(engine.dialect.name, version_id):
            as_vendor(connection).exec_driver_sql(one)
    told = clock.read()
    with engine.connect() as connection:
        lines = (
            as_vendor(connection).exec_driver_sql("SELECT count(*) FROM commission_line").scalar()
            or 0
        )
    say("by SQL alone", lines, told)
    return told[0]


SAME = (
    """SELECT source_id, code, partner_id, period, "on", deal_id, invoice_id, amount_minor,
       currency, payout_minor, payout_currency, plan_version_id, working FROM commission_line
       ORDER BY source_id, code, partner_id""",
    """SELECT partner_id, period, currency, opening_minor, earned_minor, taken_back_minor,
       payable_minor, closing_minor, line_count FROM statement ORDER BY partner_id""",
    """SELECT account, partner_id, amount_minor, amount_currency FROM posting_line
       ORDER BY account, partner_id""",
    "SELECT id, sale_id, nth, month, line_count FROM rated_event ORDER BY id",
)


def compare(engine: Engine, beside: Engine) -> None:
    """Line by line, statement by statement, entry by entry."""
    for question in SAME:
        rows = 0
        with engine.connect() as one, beside.connect() as other:
            quietly = {"stream_results": True}
            mine = as_vendor(one).execution_options(**quietly).exec_driver_sql(question)
            theirs = as_vendor(other).execution_options(**quietly).exec_driver_sql(question)
            for row, same in zip(mine, theirs, strict=True):
                assert tuple(row) == tuple(same), (tuple(row), tuple(same))
                rows += 1
        click.echo(f"  {rows:,} rows of {question.split(' FROM ')[1].split()[0]} are the same")


@contextmanager
def _two_databases(is_postgresql: bool) -> Iterator[tuple[str, str]]:
    """An empty one, and where its copy is to be."""
    if is_postgresql:
        server = Postgresql(autovacuum="on", shared_buffers="1GB", max_wal_size="4GB")
        try:
            yield server.empty(), "copy"
        finally:
            server.stop()
        return
    with tempfile.TemporaryDirectory() as folder:
        yield (
            f"sqlite:///{Path(folder) / 'bench.sqlite'}",
            f"sqlite:///{Path(folder) / 'copy.sqlite'}",
        )


def _copied(engine: Engine, beside: str) -> Engine:
    url = engine.url
    engine.dispose()
    if url.get_backend_name() == "sqlite":
        shutil.copy(str(url.database), beside.removeprefix("sqlite:///"))
        return _connected(beside)
    as_admin = url.set(database="postgres", username="postgres")
    admin = engines.connect(as_admin.render_as_string(hide_password=False))
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {beside} TEMPLATE {url.database}")
    admin.dispose()
    return _connected(url.set(database=beside).render_as_string(hide_password=False))


def _with_tables(url: str) -> Engine:
    """Made by the owner of the tables, used as the portal uses them."""
    as_owner = make_url(url).set(username=OWNER) if url.startswith("postgresql") else make_url(url)
    owner = engines.connect(as_owner.render_as_string(hide_password=False))
    schema.metadata().create_all(engines.for_writing(owner))
    roles.let_in(owner, url)
    owner.dispose()
    return _connected(url)


def _fill(url: str, events: int, partners: int) -> None:
    """On PostgreSQL without asking each key and trigger, by the one who may; then ANALYZE."""
    options: dict[str, Any] = {}
    if url.startswith("postgresql"):
        url = make_url(url).set(username="postgres").render_as_string(hide_password=False)
        options = {"connect_args": {"options": "-c session_replication_role=replica"}}
    engine = engines.for_writing(engines.connect(url, **options))
    with open_session(engine, Scope.vendor()) as session:
        Sales(events, *founded(session, partners)).fill(session)
        session.commit()
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def _connected(url: str) -> Engine:
    return engines.for_writing(engines.connect(url, pool_size=bulk.BESIDE, max_overflow=0))


def main(words: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--partners", type=int, default=1_000)
    parser.add_argument("--postgresql", action="store_true", help="a server of our own")
    parser.add_argument("--parts", type=int, default=1, help="processes that rate side by side")
    parser.add_argument("--ours-alone", action="store_true", help="no SQL beside it, no looking")
    said = parser.parse_args(None if words is None else list(words))
    with _two_databases(said.postgresql) as (url, beside):
        engine = _with_tables(url)
        _apart([(_fill, (url, said.events, said.partners))])  # its memory is not the engine's
        click.echo(f"{said.events:,} events of {said.partners:,} partners, {engine.dialect.name}")
        if said.ours_alone:
            ours(engine, said.parts, looked_at=False)
            engine.dispose()
            return
        copy = _copied(engine, beside)
        seconds = ours(engine, said.parts)
        alone = by_sql(copy)
        click.echo(f"  ours takes {seconds / alone:.2f} times as long by the clock")
        compare(engine, copy)
        for one in (engine, copy):
            one.dispose()


if __name__ == "__main__":
    main()
