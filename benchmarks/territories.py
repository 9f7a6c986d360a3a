"""How fast addresses find their territory, and what many territories cost.

    python -m benchmarks.territories --territories 50000 --addresses 1000000

Makes a vendor's territories (named accounts, postal codes, prefixes and ranges, states,
countries, regions, the world; owners, dates, families, industries and sizes) and addresses of
which most are held by several, and says how long it takes to build the index, to resolve all
addresses and to resolve single ones, and the memory of the process.  Then the same from a
database: how long the first question waits after a change.  The same seed makes the same.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from multiprocessing import Process
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models import engine as engines
from models import schema
from models.base import new_id
from models.scope import Scope, open_session
from models.territories import Area, AreaKind, Facts, Qualifiers, Rule, TerritoryStatus
from models.territories.current import map_of
from models.territories.index import TerritoryIndex
from models.territories.tables import Territory, TerritoryArea

SEED = 4
DAY = date(2026, 11, 18)
HOMES = ("US", "DE", "FR", "GB", "CA", "AU", "IT", "ES", "PL", "NL")
STATES = ("US-CA", "US-TX", "US-NY", "US-WA", "DE-BY", "DE-NW", "FR-IDF", "CA-ON", "AU-NSW")
FAMILIES = ("bikes", "parts", "clothing", "accessories")
SINGLE = 2_000
WIDE = 600
"""At most so many territories are drawn wider than postal codes, however many there are."""


def rules(many: int) -> Iterator[Rule]:
    rng = random.Random(SEED)
    for number in range(many):
        has_end = rng.random() < 0.2
        yield Rule(
            id=new_id(),
            name=f"Territory {number}",
            areas=tuple(_areas(number, many, rng)),
            excluded=(Area.read("postal", "99*", "US"),) if rng.random() < 0.05 else (),
            qualifiers=_qualifiers(rng) if rng.random() < 0.3 else Qualifiers(),
            owner=f"P{number % 500}",
            status=TerritoryStatus.ACTIVE,
            from_on=date(2026, 1, 1) if has_end else None,
            to_on=date(2027, 1, 1) if has_end else None,
            priority=rng.randrange(3),
        )


def _areas(number: int, many: int, rng: random.Random) -> Iterator[Area]:
    if number < min(WIDE, many // 5):
        kind = rng.choice(("country", "subdivision", "region", "global"))
        value = {"country": HOMES, "subdivision": STATES, "region": ("EMEA", "NA", "DACH")}
        yield Area.read(kind, rng.choice(value.get(kind, ("",))))
    elif number % 5 < 2:
        for _ in range(2):
            yield Area.read("account", f"customer-{rng.randrange(many * 2)}.com")
    else:
        home = rng.choice(HOMES)
        code = rng.randrange(10_000, 99_990)
        yield Area.read("postal", str(code), home)
        yield Area.read("postal", f"{code // 10}*", home)
        yield Area.read("postal", f"{code}-{code + rng.randrange(1, 9)}", home)


def _qualifiers(rng: random.Random) -> Qualifiers:
    return Qualifiers(
        products=frozenset({rng.choice(FAMILIES)}),
        naics=(rng.choice(("52", "5221", "31-33", "54")),) if rng.random() < 0.5 else (),
        employees=(1, 249) if rng.random() < 0.3 else None,
    )


def addresses(count: int, territories: int) -> Iterator[Facts]:
    rng = random.Random(SEED + 1)
    for _ in range(count):
        home = rng.choice(HOMES)
        yield Facts(
            on=DAY,
            country=home,
            subdivision=rng.choice(STATES) if rng.random() < 0.5 else None,
            postal=str(rng.randrange(10_000, 100_000)),
            domain=f"www.customer-{rng.randrange(territories * 4)}.com",
            naics=rng.choice(("522110", "332710", "541511")),
            product=rng.choice(FAMILIES),
            employees=rng.randrange(1, 5_000),
            partner=f"P{rng.randrange(500)}",
        )


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(territories: int, count: int) -> None:
    before = megabytes()
    index, spent = _timed(lambda: TerritoryIndex(rules(territories)))
    click.echo(f"{territories:,} territories: index in {spent[0]:.1f} s ({spent[1]:.1f} s cpu)")
    clock, used, held = time.perf_counter(), time.process_time(), 0
    making = 0.0
    for facts in addresses(count, territories):
        held += index.resolve(facts).winner is not None
    clock, used = time.perf_counter() - clock, time.process_time() - used
    started = time.process_time()
    for _ in addresses(count // 10, territories):
        pass
    making = (time.process_time() - started) * 10
    click.echo(
        f"  {count:,} addresses, {held:,} held: {clock:.1f} s by the clock, {used:.1f} s of "
        f"processor time, of which {making:.1f} s making the addresses: "
        f"{(used - making) / count * 1e6:.1f} µs each"
    )
    single = []
    for facts in addresses(SINGLE, territories):
        started = time.perf_counter()
        index.resolve(facts)
        single.append((time.perf_counter() - started) * 1000)
    cuts = statistics.quantiles(single, n=1000)
    click.echo(f"  one: p50 {cuts[499]:.3f} ms, p99.9 {cuts[998]:.3f} ms, worst {max(single):.3f}")
    click.echo(f"  memory {megabytes():.0f} MB at most, {before:.0f} MB before")


def _timed(work):
    clock, used = time.perf_counter(), time.process_time()
    done = work()
    return done, (time.perf_counter() - clock, time.process_time() - used)


def from_database(territories: int, url: str | None) -> None:
    """Filled by another process, whose memory is not counted here."""
    with TemporaryDirectory() as folder:
        url = url or f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        filling = Process(target=fill, args=(url, territories))
        filling.start()
        filling.join()
        engine = engines.connect(url)
        with open_session(engines.for_writing(engine), Scope.vendor()) as session:
            _, spent = _timed(lambda: map_of(session))
            click.echo(f"  read and built: {spent[0]:.1f} s ({spent[1]:.1f} s cpu)")
            _, spent = _timed(lambda: map_of(session))
            click.echo(f"  asked again, nothing changed: {spent[0] * 1000:.2f} ms")
            click.echo(f"  memory {megabytes():.0f} MB at most")
            for many in (1, 100, 1_000, 10_000):
                click.echo(f"  {many:,} changed by another process: {_after(url, session, many)}")
            click.echo(f"  memory {megabytes():.0f} MB at most")
        engine.dispose()


def _after(url: str, session: Session, many: int) -> str:
    """How long the next question here waits; the middle and the longest of three."""
    waits = []
    for _ in range(3):
        session.rollback()
        changing = Process(target=change, args=(url, many))
        changing.start()
        changing.join()
        _, spent = _timed(lambda: map_of(session))
        waits.append(spent)
    clock, used = zip(*sorted(waits), strict=True)
    return f"{clock[1]:.3f} s, at most {clock[2]:.3f} s ({max(used):.3f} s cpu)"


def change(url: str, many: int) -> None:
    """Move the first area of so many territories, any."""
    engine, rng = engines.connect(url), random.Random()
    with open_session(engines.for_writing(engine), Scope.vendor()) as session:
        ids = list(session.scalars(select(TerritoryArea.territory_id).distinct()))
        chosen = rng.sample(ids, min(many, len(ids)))
        for at in range(0, len(chosen), 500):
            areas = select(TerritoryArea).where(
                TerritoryArea.territory_id.in_(chosen[at : at + 500])
            )
            for area in {each.territory_id: each for each in session.scalars(areas)}.values():
                area.country, area.kind = "US", AreaKind.POSTAL
                code = rng.randrange(10_000, 99_990)
                area.value = f"{code}-{code + rng.randrange(1, 9)}"
        session.commit()
    engine.dispose()


def fill(url: str, territories: int) -> None:
    engine = engines.connect(url)
    schema.metadata().create_all(engines.for_writing(engine))
    made, at = list(rules(territories)), datetime.now(UTC)
    with open_session(engines.for_writing(engine), Scope.vendor()) as session:
        session.execute(insert(Territory), [_row(rule, at) for rule in made])
        session.execute(insert(TerritoryArea), [row for rule in made for row in _rows(rule)])
        session.commit()
    engine.dispose()


def _row(rule: Rule, at: datetime) -> dict:
    asked = rule.qualifiers
    return {
        "id": rule.id, "name": rule.name, "created_at": at, "status": rule.status,
        "from_on": rule.from_on, "to_on": rule.to_on, "priority": rule.priority,
        "is_exclusive": False, "products": sorted(asked.products), "naics": list(asked.naics),
        "employees_from": asked.employees and asked.employees[0],
        "employees_to": asked.employees and asked.employees[1], "partner_roles": [],
    }  # fmt: skip


def _rows(rule: Rule) -> Iterator[dict]:
    for is_exclusion, areas in ((False, rule.areas), (True, rule.excluded)):
        for area in areas:
            yield {
                "territory_id": rule.id, "kind": AreaKind(area.kind), "value": area.value,
                "country": area.country or "", "is_exclusion": is_exclusion,
            }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--territories", type=int, default=50_000)
    parser.add_argument("--addresses", type=int, default=1_000_000)
    parser.add_argument("--stored", action="store_true", help="from a database instead")
    parser.add_argument("--database", help="an empty one; else a temporary SQLite")
    said = parser.parse_args()
    if said.stored:
        from_database(said.territories, said.database)
    else:
        measure(said.territories, said.addresses)


if __name__ == "__main__":
    main()
