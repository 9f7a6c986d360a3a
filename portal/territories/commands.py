"""Commands about territories: try a model on a file before using it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from models import territories
from portal.json_files import JSON_FILE, answers, say


@click.group("territories", help="Who gets what, and why.")
def commands() -> None:
    pass


@commands.command()
@click.argument("file", type=JSON_FILE)
@click.option("--explain", is_flag=True, help="Add the reason, step by step.")
def resolve(file: Path, explain: bool) -> None:
    """Say which territory gets a deal, from a JSON FILE.

    FILE holds one case {"deal": …, "territories": […], "default_manager": …}, or many under
    "cases", each with its "id".
    """

    def answer(case: dict[str, Any]) -> dict[str, Any]:
        told, steps = territories.resolve_case(case)
        return told | {"steps": steps} if explain else told

    say(answers(file, answer))
