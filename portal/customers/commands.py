"""Commands about customers: try the matching on a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from models.customers import Company, compare
from models.errors import Refused
from portal.json_files import JSON_FILE, answers, say


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
