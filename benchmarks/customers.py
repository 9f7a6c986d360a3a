"""How well and how fast a mistyped customer is found among many.

    python -m benchmarks.customers --customers 100000 --questions 2000

Makes companies with names as they are (few words are in many names), asks for mistyped ones,
and says what share of what the rules call alike is found, and how long the finding takes.
The same seed makes the same companies and mistakes.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from rapidfuzz import fuzz, process

from models import customers, schema
from models import engine as engines
from models.customers import Company, CustomerDetails, Verdict, compare, word_list
from models.scope import Scope, ScopedSession, open_session

SEED = 20261122
BATCH = 5_000
SYLLABLES = word_list(
    "al an ar bel ber bor cas cor dal del den dor el er fal fer gal gar gor hal har hel hol il in "
    "jor kal kar kel kor lan lar lin lor mal mar mel mer mon nar nel nor ol or pal par pel por ral "
    "ren ri ros sal san sel sol stan tal tar tel tor ul van var vel ver vil vor wal wer wil zan"
)
COMMON = word_list(
    "global solutions systems technologies logistics partners group services industries trading "
    "international engineering consulting energy foods medical marine cycles sports design media "
    "capital software networks motors steel tools textiles packaging plastics hospital foundry"
)
FORMS = ["Inc.", "LLC", "GmbH", "Ltd", "S.A.", "AG", "B.V.", "Co., Ltd.", "Corporation", ""]
COUNTRIES = ["US"] * 50 + ["DE"] * 14 + ["GB"] * 12 + ["FR"] * 10 + ["NL"] * 7 + ["SE"] * 7
ACCENTS = str.maketrans("aeou", "áéöü")


def companies(count: int, rng: random.Random) -> Iterator[CustomerDetails]:
    for number in range(count):
        made = ["".join(rng.choices(SYLLABLES, k=rng.choice((2, 2, 3)))) for _ in range(2)]
        words = [made[0], *rng.choices(COMMON, k=rng.choice((0, 1, 1, 2)))]
        if rng.random() < 0.4:
            words.insert(1, made[1])
        name = " ".join(word.capitalize() for word in words)
        yield CustomerDetails(
            name=f"{name} {rng.choice(FORMS)}".strip(),
            country=rng.choice(COUNTRIES),
            domain=f"{''.join(words[:2])}{number % 97}.com" if rng.random() < 0.6 else "",
            postal_code=f"{rng.randrange(100_000):05}",
        )


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


MISTAKES = {
    "one typing error": one_letter,
    "two typing errors": lambda name, rng: one_letter(one_letter(name, rng), rng),
    "words in another order": shuffled,
    "a word left out": shortened,
    "words joined": lambda name, rng: name.replace(" ", "", 1),
    "another legal form": lambda name, rng: f"{name} {rng.choice(FORMS)}",
    "accents": lambda name, rng: name.translate(ACCENTS),
}


def filled(session: ScopedSession, count: int, now: datetime) -> list[tuple[CustomerDetails, str]]:
    """The companies that were added, each with its id."""
    rng = random.Random(SEED)
    source, kept = companies(count, rng), []
    while batch := [details for _, details in zip(range(BATCH), source, strict=False)]:
        added = customers.add_many(session, batch, now=now)
        kept += [(details, customer.id) for details, customer in zip(batch, added, strict=True)]
        session.expunge_all()
    return kept


def ask(session: ScopedSession, kept: list, questions: int) -> None:
    """Ask for mistyped customers; print what share of those alike was found, and the times."""
    rng = random.Random(SEED + 1)
    asked, found, times = defaultdict(int), defaultdict(int), []
    for number in range(questions):
        kind = list(MISTAKES)[number % len(MISTAKES)]
        details, key = rng.choice(kept)
        typed = Company.known_as(MISTAKES[kind](details.name, rng), country=details.country)
        started = time.process_time()
        matches = customers.matches_of(session, typed)
        times.append((time.process_time() - started) * 1000)
        if compare(typed, details.company).verdict is not Verdict.DIFFERENT:
            asked[kind] += 1
            found[kind] += any(match.customer_id == key for match in matches)
    for kind in MISTAKES:
        share = found[kind] / asked[kind] if asked[kind] else 1
        click.echo(f"  {kind:24} {found[kind]:6,} of {asked[kind]:6,} found, {share:.2%}")
    click.echo(f"  {'together':24} {sum(found.values()) / sum(asked.values()):.2%}")
    cuts = statistics.quantiles(times, n=100)
    click.echo(f"  match step, processor time: p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms")


def against_a_full_scan(session: ScopedSession, kept: list, questions: int) -> None:
    """What a scan of all names finds similar, and what share of it the keys find too."""
    rng = random.Random(SEED + 2)
    names: dict[str, dict[object, str]] = defaultdict(dict)
    for details, key in kept:
        names[details.country][key] = details.company.core
    expected = found = 0
    for _ in range(questions):
        details, _key = rng.choice(kept)
        typed = Company.known_as(one_letter(details.name, rng), country=details.country)
        scanned = process.extract(
            typed.core, names[details.country], scorer=fuzz.ratio, score_cutoff=88, limit=None
        )
        matched = {match.customer_id for match in customers.matches_of(session, typed)}
        expected += len(scanned)
        found += sum(key in matched for _, _, key in scanned)
    click.echo(f"  of what a full scan finds: {found:,} of {expected:,}, {found / expected:.2%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=2_000)
    parser.add_argument("--scanned", type=int, default=200, help="questions of the full scan")
    parser.add_argument("--database", help="an empty database; a temporary SQLite otherwise")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = engines.connect(said.database or f"sqlite:///{Path(folder) / 'bench.sqlite'}")
        schema.metadata().create_all(engines.for_writing(engine))
        with open_session(engines.for_writing(engine), Scope.vendor()) as session:
            started = time.perf_counter()
            kept = filled(session, said.customers, datetime.now(UTC))
            session.commit()
            click.echo(
                f"{said.customers:,} customers, added in {time.perf_counter() - started:.0f} s"
            )
            ask(session, kept, said.questions)
            against_a_full_scan(session, kept, said.scanned)
        engine.dispose()


if __name__ == "__main__":
    main()
