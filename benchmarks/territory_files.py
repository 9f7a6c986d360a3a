"""How long a file of territories, postal codes or accounts takes, and how much memory.

    python -m benchmarks.territory_files --rows 200000 --kind territories --as csv

Makes a file of so many rows, hands it in to an empty database, lets the worker look at it, take
it, and look at it once more (nothing may change then), and says how often somebody who waits
would have read how far it is.  The same seed makes the same.
"""

from __future__ import annotations

import argparse
import csv
import io
import resource
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from flask import Flask
from sqlalchemy import event, insert
from xlsxwriter import Workbook

from models import engine as engines
from models import schema
from models.base import new_id
from models.people import Person, Role
from models.territories import AreaKind, LoadKind, Territory, TerritoryArea, TerritoryLoad
from models.vendor import Vendor
from portal import database
from portal.territories import loading

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
LANDS = 500
"""Territories among which the lists of postal codes and accounts are divided."""


def lines(kind: str, rows: int) -> Iterator[list[str]]:
    if kind == "territories":
        yield ["key", "name", "places", "channel_manager", "belongs_to", "priority", "quota"]
        for number in range(rows):
            place = f"postal US {number % 99_000 + 501:05}; account customer-{number}.com"
            above = f"K{number // 100 * 100}" if number % 100 else ""
            yield [f"K{number}", f"Territory {number}", place, "rosa@vendor.test", above,
                   str(number % 3), f"{number}.50"]  # fmt: skip
    elif kind == "postal":
        yield ["territory", "country", "postal_code"]
        for number in range(rows):
            yield [f"K{number % LANDS}", "US" if number % 2 else "DE", f"{number // 2 + 10:05}"]
    else:
        yield ["territory", "account"]
        for number in range(rows):
            yield [f"K{number % LANDS}", f"customer-{number}.com"]


def written(kind: str, rows: int, form: str) -> bytes:
    if form == "csv":
        text = io.StringIO()
        csv.writer(text).writerows(lines(kind, rows))
        return text.getvalue().encode()
    file = io.BytesIO()
    with Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, line in enumerate(lines(kind, rows)):
            for column, cell in enumerate(line):
                sheet.write_string(at, column, cell)
    return file.getvalue()


def measure(url: str, kind: str, rows: int, form: str) -> None:
    app = Flask(__name__)
    engine = engines.connect(url)
    schema.metadata().create_all(engines.for_writing(engine))
    database.connect(app, url)
    content = written(kind, rows, form)
    click.echo(f"{rows:,} rows of {kind} as {form}, {len(content) / 1e6:.1f} MB")
    with app.app_context():
        person = begin(kind)
        told = tellings(database.engine())
        for verb in ("looked at", "taken", "looked at again"):
            if verb != "taken":
                load = hand_in(kind, content, person)
            told.clear()
            clock, used = time.perf_counter(), time.process_time()
            if verb == "taken":
                with database.transaction() as session:
                    session.get_one(TerritoryLoad, load).state = "taking"
            loading.load({"load": str(load)})
            clock, used = time.perf_counter() - clock, time.process_time() - used
            click.echo(f"  {verb}: {clock:.0f} s ({used:.0f} s cpu), {len(told)} times told how "
                       f"far; {outcome(load)}; {megabytes():.0f} MB at most")  # fmt: skip


def begin(kind: str) -> object:
    with database.transaction() as session:
        session.add(
            Vendor(
                name="Bench",
                legal_name="Bench",
                country="US",
                base_currency="USD",
                time_zone="Europe/Berlin",
            )
        )
        rosa = Person(email="rosa@vendor.test", name="Rosa", role=Role.ADMINISTRATOR,
                      created_at=NOW)  # fmt: skip
        session.add(rosa)
        session.flush()
        lands = range(LANDS if kind != "territories" else 0)
        ids = [new_id() for _ in lands]
        if ids:
            session.execute(
                insert(Territory),
                [{"id": ids[at], "name": f"Land {at}", "external_id": f"K{at}", "created_at": NOW}
                 for at in lands],
            )  # fmt: skip
            session.execute(
                insert(TerritoryArea),
                [{"territory_id": each, "kind": AreaKind.COUNTRY, "value": "DE"} for each in ids],
            )
        return rosa.id


def hand_in(kind: str, content: bytes, person_id: object) -> object:
    with database.transaction() as session:
        row = TerritoryLoad(kind=LoadKind(kind), file_name="bench", content=content, at=NOW,
                            by_id=person_id, by_name="Rosa")  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def tellings(engine: object) -> list[str]:
    told: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def count(_connection, _cursor, statement, *_more):
        if statement.startswith("UPDATE territory_load"):
            told.append(statement)

    return told


def outcome(load: object) -> str:
    with database.reading() as session:
        row = session.get_one(TerritoryLoad, load)
        return (f"{row.added:,} new, {row.changed:,} changed, {row.unchanged:,} unchanged, "
                f"{row.refused:,} refused")  # fmt: skip


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--kind", choices=[each.value for each in LoadKind], default="territories")
    parser.add_argument("--as", dest="form", choices=("csv", "xlsx"), default="csv")
    parser.add_argument("--database", help="an empty one; else a temporary SQLite")
    said = parser.parse_args()
    with TemporaryDirectory() as folder:
        url = said.database or f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        measure(url, said.kind, said.rows, said.form)


if __name__ == "__main__":
    main()
