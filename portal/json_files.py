"""JSON files that people give to a command, and answers that machines read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from models.errors import Refused

JSON_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def answers(file: Path, answer: Callable[[dict[str, Any]], Any]) -> Any:
    """The answer to the one case in the file, or an object by case id when it holds `cases`."""
    written = _read(file)
    if "cases" not in written:
        return answer(written)
    return {case["id"]: answer(case) for case in written["cases"]}


def say(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _read(file: Path) -> dict[str, Any]:
    try:
        written = json.loads(file.read_text("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Refused(f"{file.name} is not JSON: {error}") from error
    if not isinstance(written, dict):
        raise Refused(f"{file.name} must hold one object: a case, or cases under “cases”.")
    return written
