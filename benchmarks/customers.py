"""How well and how fast a mistyped customer is found among many.

    python -m benchmarks.customers --customers 1000000 --questions 20000 --database sqlite:///…

Loads the crowd unless the database holds it, asks for mistyped customers, and says what share
of what a scan of all customers finds by the same rules is found, how long that takes, and how
long a pre-check and a whole registration take; with --keys-alone only what shares a key.  The
same seed makes the same companies and mistakes.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from sqlalchemy import Engine, event, func, select

from benchmarks.crowd import COMMON, FORMS, SEED, companies, load, sample
from benchmarks.full_scan import alike, everybody
from models import customers, deals, schema
from models import engine as engines
from models.customers import Company, Customer, CustomerDetails
from models.customers.keys import certain_keys, kept_under, stretch_keys
from models.deals import Enquiry, prechecks
from models.scope import Scope, ScopedSession, open_session
from tests.factories import Factories

ACCENTS = str.maketrans("aeou", "áéöü")


def one_letter(name: str, rng: random.Random) -> str:
    at = rng.randrange(len(name))
    letter = rng.choice("abcdefghijklmnopqrstuvwxyz")
    return rng.choice(
        (
            name[:at] + name[at + 1 :],
            name[:at] + letter + name[at:],
            name[:at] + letter + name[at + 1 :],
            name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :],
        )
    )


def shuffled(name: str, rng: random.Random) -> str:
    words = customers.core_name(name).split()  # nobody writes the legal form in the middle
    rng.shuffle(words)
    return " ".join(words)


def shortened(name: str, rng: random.Random) -> str:
    words = name.split()
    words.pop(rng.randrange(len(words)))
    return " ".join(words) or name


MISTAKES: dict[str, Callable[[str, random.Random], str]] = {
    "one typing error": one_letter,
    "two typing errors": lambda name, rng: one_letter(one_letter(name, rng), rng),
    "words in another order": shuffled,
    "a word left out": shortened,
    "words joined": lambda name, rng: name.replace(" ", "", 1),
    "another legal form": lambda name, rng: f"{name} {rng.choice(FORMS)}",
    "accents": lambda name, rng: name.translate(ACCENTS),
    "another name, the same domain": lambda name, rng: f"New {rng.choice(COMMON)}",
}


class Stopwatch:
    """Times of one thing, by the clock and of this process's processor, in milliseconds."""

    def __init__(self, name: str) -> None:
        self.name, self.clock, self.cpu = name, list[float](), list[float]()

    @contextmanager
    def running(self) -> Iterator[None]:
        started, used = time.perf_counter(), time.process_time()
        yield
        self.cpu.append((time.process_time() - used) * 1000)
        self.clock.append((time.perf_counter() - started) * 1000)

    def say(self) -> None:
        told = []
        for kind, times in (("clock", self.clock), ("processor", self.cpu)):
            cuts = statistics.quantiles(times, n=100)
            told.append(f"{kind} p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms")
        click.echo(f"  {self.name} ({len(self.clock):,}): {'; '.join(told)}")


def mistyped(details: CustomerDetails, kind: str, rng: random.Random) -> Company:
    name = MISTAKES[kind](details.name, rng)
    domain = details.domain if kind.endswith("domain") else ""
    return Company.known_as(name, country=details.country, domain=domain)


def ask(session: ScopedSession, known: list[CustomerDetails]) -> None:
    """Ask for mistyped customers: what share of what a full scan finds is found, and the times."""
    watch, found = Stopwatch("match step"), []
    kinds, asked = questions_about(known)
    for typed in asked:
        with watch.running():
            matches = customers.matches_of(session, typed)
        found.append({match.customer_id for match in matches})
    watch.say()
    started = time.process_time()
    say_found(kinds, alike(everybody(session), asked), found)
    click.echo(f"  the full scan took {time.process_time() - started:.0f} s of processor time")


def questions_about(known: list[CustomerDetails]) -> tuple[list[str], list[Company]]:
    """Which mistake each question has, and what is asked."""
    rng = random.Random(SEED + 1)
    kinds = [list(MISTAKES)[number % len(MISTAKES)] for number in range(len(known))]
    return kinds, [mistyped(each, kind, rng) for each, kind in zip(known, kinds, strict=True)]


def say_found(kinds: list[str], wanted: list[set[Any]], found: list[set[Any]]) -> None:
    """Of what a full scan finds, what the keys find: by the mistake, and all together."""
    counted = defaultdict[str, Counter[str]](Counter)
    for kind, wants, has in zip(kinds, wanted, found, strict=True):
        counted[kind].update(wanted=len(wants), found=len(wants & has))
    counted["together"] = sum(counted.values(), Counter())
    for kind, of in counted.items():
        share = of["found"] / (of["wanted"] or 1)
        click.echo(f"  {kind:30} {of['found']:6,} of {of['wanted']:6,} found, {share:.2%}")


def share_a_key(many: int, known: list[CustomerDetails]) -> None:
    """Without a database: of what a full scan finds, what shares a key, and how many keys."""
    crowd = [each.company for each in companies(many, random.Random(SEED))]
    kinds, asked = questions_about(known)
    wanted = alike(list(enumerate(crowd)), asked)
    looked = [{*certain_keys(typed), *stretch_keys(typed)} for typed in asked]
    found = [
        {place for place in places if keys & kept_under(crowd[place])}
        for keys, places in zip(looked, wanted, strict=True)
    ]
    say_found(kinds, wanted, found)
    kept = statistics.mean(len(kept_under(company)) for company in crowd[:1_000])
    asks = statistics.mean(map(len, looked))
    click.echo(f"  a customer is kept under {kept:.0f} keys and looked for under {asks:.0f}")


def register(engine: Engine, session: ScopedSession, known: list[CustomerDetails]) -> None:
    """Pre-checks and whole registrations of one partner, limits aside; nothing is kept."""
    now, a = datetime.now(UTC), Factories(session, datetime.now(UTC))
    a.programme()
    seller = a.seller(a.partner()).actor()
    product = a.sold()
    for limits in (prechecks.NEW_QUESTIONS, prechecks.ANSWERS):
        limits.update(dict.fromkeys(limits, 10**9))
    checks, whole = Stopwatch("pre-check"), Stopwatch("registration, submitted")
    for details in known:
        enquiry = Enquiry(name=details.name, country=details.country)
        with checks.running():
            deals.ask_precheck(session, enquiry, live=False, by=seller, now=now)
    with counting(engine) as statements:
        deals.ask_precheck(session, enquiry, live=False, by=seller, now=now)
    for number, details in enumerate(known):
        at = now + timedelta(seconds=number)
        written = a.registration(
            customer_name=details.name, customer_country=details.country,
            lines=(deals.Line(product.id, 1, 10_000_00),),
        )  # fmt: skip
        deal = deals.draft(session, written, partner_id=seller.partner_id, by=seller, now=at)
        with whole.running():
            deals.submit(session, deal, by=seller, now=at)
            session.flush()
    checks.say()
    click.echo(f"  a pre-check asks the database {len(statements)} times")
    whole.say()
    session.rollback()


@contextmanager
def counting(engine: Engine) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=2_000)
    parser.add_argument("--registered", type=int, default=200)
    parser.add_argument("--database", help="empty, or with this crowd; else a temporary SQLite")
    parser.add_argument("--keys-alone", action="store_true", help="without a database")
    said = parser.parse_args()
    if said.keys_alone:
        share_a_key(said.customers, list(sample(said.customers, said.questions)))
        return
    with TemporaryDirectory() as folder:
        engine = engines.connect(said.database or f"sqlite:///{Path(folder) / 'bench.sqlite'}")
        schema.metadata().create_all(engines.for_writing(engine))
        with open_session(engines.for_writing(engine), Scope.vendor()) as session:
            is_empty = not session.scalar(select(func.count()).select_from(Customer))
        if is_empty:
            started = time.perf_counter()
            load(engines.for_writing(engine), said.customers, datetime.now(UTC))
            click.echo(f"{said.customers:,} loaded in {time.perf_counter() - started:.0f} s")
        known = list(sample(said.customers, said.questions))
        with open_session(engines.for_writing(engine), Scope.vendor()) as session:
            ask(session, known)
            session.rollback()
            register(engine, session, known[: said.registered])
        engine.dispose()


if __name__ == "__main__":
    main()
