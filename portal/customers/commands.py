"""Commands about customers: try the matching on a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from models.customers import Company, compare
from models.customers.operations import rebuild_keys
from models.errors import Refused
from portal.database import transaction
from portal.json_files import JSON_FILE, answers, say

BATCH = 1_000


@click.group("customers", help="Who is who among customers.")
def commands() -> None:
    pass


@commands.command("compare")
@click.argument("file", type=JSON_FILE)
def compare_file(file: Path) -> None:
    """Say whether two companies are one, from a JSON FILE.

    FILE holds one case {"a": {"name", "country", "domain", "postal", "lei", "vat", "duns"},
    "b": …}, or many under "cases", each with its "id".
    """
    say(answers(file, _compared))


@commands.command("rebuild-keys")
def rebuild() -> None:
    """Work out anew by what customers are found; once after an upgrade that says so.

    Killed, it is run again; the portal may go on meanwhile.
    """
    last, done = None, 0
    while True:
        with transaction() as session:
            last = rebuild_keys(session, after=last, most=BATCH)
        if last is None:
            break
        done += 1
        click.echo(f"{done * BATCH:,} customers at most are done.")
    click.echo("All customers are found by what they are found by now.")


def _compared(case: dict[str, Any]) -> dict[str, Any]:
    try:
        a, b = Company.known_as(**case["a"]), Company.known_as(**case["b"])
    except (KeyError, TypeError, AttributeError) as error:
        raise Refused(f"Case {case.get('id', '')} cannot be read: {error}") from error
    found = compare(a, b)
    return {
        "verdict": found.verdict.value,
        "reason": found.reason,
        "core": {"a": a.core, "b": b.core},
    }
