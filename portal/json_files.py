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
        return _answered("This case", written, answer)
    found: dict[str, Any] = {}
    for number, case in enumerate(_cases(file, written["cases"]), start=1):
        key = case.get("id")
        if not isinstance(key, str) or not key:
            raise Refused(f"Case {number} of {file.name} needs an id that is a text.")
        if key in found:
            raise Refused(f"The id {key} stands twice in {file.name}.")
        found[key] = _answered(f"Case {key}", case, answer)
    return found


def _cases(file: Path, cases: Any) -> list[dict[str, Any]]:
    if not isinstance(cases, list) or not all(isinstance(case, dict) for case in cases):
        raise Refused(f"“cases” of {file.name} must be a list of objects.")
    return cases


def _answered(what: str, case: dict[str, Any], answer: Callable[[dict[str, Any]], Any]) -> Any:
    """What a case lacks, or what is of another kind than it should be, is said in a sentence."""
    try:
        return answer(case)
    except KeyError as error:
        raise Refused(f"{what} cannot be read: it lacks {error}.") from error
    except (TypeError, AttributeError, ValueError, ArithmeticError) as error:
        raise Refused(f"{what} cannot be read: {error}.") from error


def say(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _read(file: Path) -> dict[str, Any]:
    try:
        written = json.loads(file.read_text("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise Refused(f"{file.name} is not JSON: {error}") from error
    if not isinstance(written, dict):
        raise Refused(f"{file.name} must hold one object: a case, or cases under “cases”.")
    return written
