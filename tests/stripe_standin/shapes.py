"""What the installed SDK says of each operation: its path, its parameters and its answer."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import stripe

SDK = Path(stripe.__file__).parent
NAMES = re.compile(r"\w+")


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    """With its placeholders, such as /v1/transfers/{transfer}."""
    pattern: re.Pattern
    params: tuple[str, str] | None
    """Module and name of the TypedDict; None when it takes none."""
    answer: str
    """As annotated, such as ListObject[Transfer]."""

    @property
    def params_type(self) -> Any:
        return getattr(import_module(self.params[0]), self.params[1]) if self.params else None


@cache
def operations() -> list[Operation]:
    """Every operation of the SDK, those with fewer placeholders first."""
    found = [operation for file in SDK.glob("**/_*_service.py") for operation in _in_file(file)]
    return sorted(found, key=lambda operation: operation.path.count("{"))


def find(method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    """The operation and what stands in its placeholders; None when the SDK knows no such path."""
    for operation in operations():
        if operation.method == method and (match := operation.pattern.fullmatch(path)):
            return operation, match.groupdict()
    return None


def _in_file(file: Path) -> Iterator[Operation]:
    tree = ast.parse(file.read_text())
    modules = {
        alias.name: node.module or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield from _in_function(node, modules)


def _in_function(function: ast.FunctionDef, modules: dict[str, str]) -> Iterator[Operation]:
    for call in ast.walk(function):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "self._request":
            method, path = (_text(argument) for argument in call.args[:2])
            answer = ast.unparse(function.returns).strip("'\"") if function.returns else ""
            pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))
            yield Operation(method.upper(), path, pattern, _params(function, modules), answer)


def _text(argument: ast.expr) -> str:
    """A path is written as a text, or as "…{id}…".format(id=…)."""
    if isinstance(argument, ast.Call):
        argument = argument.func.value  # type: ignore[attr-defined]
    return str(argument.value)  # type: ignore[attr-defined]


def _params(function: ast.FunctionDef, modules: dict[str, str]) -> tuple[str, str] | None:
    for argument in function.args.args:
        if argument.arg == "params" and argument.annotation:
            for name in NAMES.findall(ast.unparse(argument.annotation)):
                if name in modules and name.endswith("Params"):
                    return modules[name], name
    return None
