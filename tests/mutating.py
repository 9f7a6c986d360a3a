"""Changes what decides, bit by bit and one at a time: which change does no test notice?

    python -m tests.mutating [models/scope.py …]

The changes are mutmut's; it leaves functions with decorators alone, this does not.  Each is made
in a process of its own, forked from one that has read everything and knows which test walks
which function: a change costs no more than the tests that could notice it, the quickest first.
Modules and their tests stand in setup.cfg, what no test can notice and why in docs/mutants.md.
"""

import ast
import configparser
import difflib
import gc
import importlib
import inspect
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import CodeType, FunctionType, ModuleType, SimpleNamespace
from typing import Any

import libcst
import pytest
from mutmut.mutation.file_mutation import MutationVisitor
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

from tests import compiled

ROOT = Path(__file__).parent.parent
ALIKE = ROOT / "docs" / "mutants.md"
AS_IT_IS_MADE = libcst.Name("declared_attr")
"""Asked once, when the class is made: as over as what stands outside all functions."""
IN_EVERY_STATEMENT = {"models.scope", "models.walls"}
"""What they add to a statement SQLAlchemy keeps with it: it is compiled anew."""
LONGEST_SECONDS = 60
"""By the clock; a change that only goes round and round is stopped earlier."""


@dataclass(frozen=True)
class Change:
    function: str
    source: str
    words: tuple[str, ...]
    """The lines that it takes away (-) and puts there (+)."""


class Visitor(MutationVisitor):
    """mutmut's, but for its rule that what carries a decorator is left as it is."""

    def _skip_node_and_children(self, node: libcst.CSTNode) -> bool:
        if isinstance(node, libcst.FunctionDef) and node.decorators:
            if any(one.decorator.deep_equals(AS_IT_IS_MADE) for one in node.decorators):
                return True
            node = node.with_changes(decorators=[])
        return super()._skip_node_and_children(node)


def changes(path: str) -> list[Change]:
    text = (ROOT / path).read_text()
    wrapper = libcst.metadata.MetadataWrapper(libcst.parse_module(text))
    visitor = Visitor(mutation_operators, IgnoredCode(set(), set(), set()))
    module = wrapper.visit(visitor)
    names = dict(_functions(module))
    found = []
    for one in visitor.mutations:
        if (function := names.get(one.contained_by_top_level_function)) is None:
            continue
        changed = module.deep_replace(one.original_node, one.mutated_node).code
        found.append(Change(function, changed, _difference(text, changed)))
    return found


def _functions(module: libcst.Module) -> Iterator[tuple[libcst.CSTNode, str]]:
    for node in module.body:
        if isinstance(node, libcst.FunctionDef):
            yield node, node.name.value
        elif isinstance(node, libcst.ClassDef):
            for inner in node.body.body:
                if isinstance(inner, libcst.FunctionDef):
                    yield inner, f"{node.name.value}.{inner.name.value}"


def _difference(before: str, after: str) -> tuple[str, ...]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return tuple(
        f"{line[0]} {' '.join(line[1:].split())}" for line in list(lines)[2:] if line[0] in "-+"
    )


def apply(change: Change, module: ModuleType) -> None:
    """Whoever holds the function holds the changed one."""
    function = _live(module, change.function)
    changed = _code(compile(change.source, module.__file__ or "", "exec"), change.function)
    assert changed is not None, change
    if len(changed.co_freevars) != len(function.__code__.co_freevars):  # no more super() in it
        changed = changed.replace(co_freevars=function.__code__.co_freevars)
    function.__code__ = changed
    arguments = _tree(change).args
    function.__defaults__ = tuple(_value(one, module) for one in arguments.defaults) or None
    named = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    function.__kwdefaults__ = {one.arg: _value(word, module) for one, word in named if word}
    _forget(module)


def _forget(module: ModuleType) -> None:
    compiled.forget_answers()
    if module.__name__ in IN_EVERY_STATEMENT:
        compiled.forget_statements()


def _live(module: ModuleType, name: str) -> FunctionType:
    place, _, last = name.rpartition(".")
    found: Any = vars(getattr(module, place) if place else module)[last]
    if isinstance(found, property):
        found = found.fget
    elif isinstance(found, cached_property):
        found = found.func
    found = inspect.unwrap(getattr(found, "__func__", found))
    assert isinstance(found, FunctionType), name
    return found


def _code(outer: CodeType, name: str) -> CodeType | None:
    inner = [one for one in outer.co_consts if isinstance(one, CodeType)]
    found = [one for one in inner if one.co_qualname == name]
    found += [deeper for one in inner if (deeper := _code(one, name))]
    return found[-1] if found else None


def _tree(change: Change) -> ast.FunctionDef:
    body: list[ast.stmt] = ast.parse(change.source).body
    for name in change.function.split("."):
        found = [one for one in body if getattr(one, "name", "") == name][-1]
        body = found.body  # type: ignore[attr-defined]
    assert isinstance(found, ast.FunctionDef)
    return found


def _value(word: ast.expr, module: ModuleType) -> Any:
    return eval(compile(ast.Expression(word), "", "eval"), vars(module))


class Trial:
    """As a plugin of pytest: walks every test once, then some again for every change."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
        self.walks: dict[str, list[pytest.Item]] = defaultdict(list)
        self.seconds: dict[pytest.Item, float] = {}
        self.has_failed = False
        self.count, self.unnoticed = 0, list[Change]()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.has_failed |= report.failed
        if report.failed:
            print(report.longreprtext)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.between: Any = SimpleNamespace(listchain=lambda: [session])
        self.run = session.config.hook.pytest_runtest_protocol
        for item in session.items:
            self._walk(item)
        if self.has_failed:
            pytest.exit("a test fails without any change", returncode=2)
        gc.freeze()  # what nobody collects need not be copied for each process
        for change in changes(self.path):
            self.count += 1
            if not self._is_noticed(change):
                self.unnoticed.append(change)
        return True

    def _walk(self, item: pytest.Item) -> None:
        walked: set[str] = set()
        before = time.process_time()
        _forget(self.module)  # else only the first test would walk what is worked out once
        with _watching(self.module.__file__ or "", walked):
            self.run(item=item, nextitem=self.between)
        self.seconds[item] = time.process_time() - before
        for name in walked:
            self.walks[name].append(item)

    def _is_noticed(self, change: Change) -> bool:
        items = sorted(self.walks[change.function], key=self.seconds.__getitem__)
        if not items:
            return False
        if (child := os.fork()) == 0:
            os._exit(self._notices(change, items))
        return os.waitpid(child, 0)[1] != 0

    def _notices(self, change: Change, items: list[pytest.Item]) -> int:
        try:
            _be_quiet_and_quick(2 + 3 * sum(self.seconds[item] for item in items))
            apply(change, self.module)
            for item in items:
                self.run(item=item, nextitem=self.between)
                if self.has_failed:
                    return 1
        except BaseException:
            return 1
        return 0


@contextmanager
def _watching(file: str, walked: set[str]) -> Iterator[None]:
    def note(frame: Any, event: str, _more: Any) -> None:
        if event == "call" and frame.f_code.co_filename == file:
            walked.add(frame.f_code.co_qualname.partition(".<locals>")[0])

    sys.setprofile(note)
    threading.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]


def _be_quiet_and_quick(seconds: float) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    for kind in (signal.SIGALRM, signal.SIGVTALRM):
        signal.signal(kind, lambda *_: pytest.fail("goes round and round"))
    signal.setitimer(signal.ITIMER_REAL, LONGEST_SECONDS, 1)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1)


def asked_for() -> dict[str, list[str]]:
    """Each module that is changed, and the words of pytest that choose its tests."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    return {path: tests.split() for path, tests in config["mutate"].items()}


def alike(path: str) -> set[tuple[str, ...]]:
    """The changes of this module that the documents say nobody can notice."""
    blocks = re.findall(r"^```diff\n(.+?)\n((?:[-+] .+\n)+)```", ALIKE.read_text(), re.M)
    return {tuple(words.splitlines()) for name, words in blocks if name == path}


def judge(path: str) -> bool:
    """Whether every change of this module is noticed, or known to be like what was there."""
    trial, known = Trial(path), alike(path)
    words = ["-n0", "-s", "-o", "addopts=", "-p", "no:terminal", "-p", "no:cacheprovider"]
    if code := pytest.main([*words, *asked_for()[path]], plugins=[trial]):
        print(f"{path}: its tests fail by themselves ({code})")
        return False
    left = [one for one in trial.unnoticed if one.words not in known]
    same = {one.words for one in trial.unnoticed} & known
    for one in left:
        print(f"{path}: {one.function}", *one.words, sep="\n    ")
    for stale in known - same:
        print(f"{path}: noticed after all, or gone", *stale, sep="\n    ")
    noticed = trial.count - len(trial.unnoticed)
    said = f", {len(trial.unnoticed) - len(left)} change nothing" if same else ""
    seconds = sum(os.times()[:4])
    print(f"{path}: {noticed} of {trial.count} noticed{said}; {seconds:.0f} s of processor time")
    return not left and same == known


def main(paths: list[str]) -> int:
    """One module here; several each in a process of its own, as many at once as there are cores."""
    if len(paths) == 1:
        return not judge(paths[0])
    with ThreadPoolExecutor(os.cpu_count()) as cores:
        ends = list(cores.map(_judge_elsewhere, paths or asked_for()))
    return int(any(ends))


def _judge_elsewhere(path: str) -> int:
    words = [sys.executable, "-m", "tests.mutating", path]
    ended = subprocess.run(words, stdout=subprocess.PIPE, text=True)
    print(ended.stdout, end="", flush=True)
    return ended.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
