"""What must be true of every file, whoever adds one: sizes, names, imports, walls."""

import ast
import configparser
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from models import schema
from models.scope import Owned, Public, SeenBy, VendorOnly

ROOT = Path(__file__).parent.parent
FILE_LINES, FUNCTION_LINES, LINE_LENGTH, TEMPLATE_LINES = 300, 40, 100, 150
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "misc"}
FROZEN = ROOT / "models" / "migrations" / "versions"

NOT_IMPORTED = {
    "cyclonedx-bom": "started as a command",
    "psycopg": "SQLAlchemy finds it by the address of the database",
    "tzdata": "zoneinfo reads it where the system has no time zones",
    "setuptools": "makes the portal command",
    "djlint": "a command",
    "import-linter": "a command",
    "mypy": "a command",
    "ruff": "a command",
    "uv": "a command",
    "pytest-playwright": "a plugin of pytest",
    "pytest-xdist": "a plugin of pytest",
}
IMPORT_NAMES = {
    "argon2-cffi": "argon2",
    "axe-playwright-python": "axe_playwright_python",
    "python-stdnum": "stdnum",
    "time-machine": "time_machine",
}


def sources() -> list[Path]:
    """The product's own Python files; migrations are frozen and judged by their own tests."""
    files = [*ROOT.glob("models/**/*.py"), *ROOT.glob("portal/**/*.py"), *ROOT.glob("*.py")]
    return sorted(file for file in files if FROZEN not in file.parents)


def everything() -> list[Path]:
    return [*sources(), *sorted(ROOT.glob("tests/**/*.py")), *sorted(ROOT.glob("benchmarks/*.py"))]


def by_name(file: Path) -> str:
    return str(file.relative_to(ROOT))


@cache
def parsed(file: Path) -> ast.Module:
    """Many rules ask about one file."""
    return ast.parse(file.read_text())


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


@pytest.mark.parametrize("file", everything(), ids=by_name)
def test_no_file_function_or_line_outgrows_a_page(file):
    text = file.read_text()
    lines = text.splitlines()
    assert len(lines) <= FILE_LINES
    assert [line for line in lines if len(line) > LINE_LENGTH] == []
    sizes = {node.name: node.end_lineno - node.lineno + 1 for node in functions(parsed(file))}
    assert {name: size for name, size in sizes.items() if size > FUNCTION_LINES} == {}


@pytest.mark.parametrize("file", sorted(ROOT.glob("templates/**/*.html")), ids=by_name)
def test_no_template_outgrows_a_page(file):
    assert len(file.read_text().splitlines()) <= TEMPLATE_LINES


@pytest.mark.parametrize("file", everything(), ids=by_name)
def test_every_module_says_what_it_is(file):
    text = file.read_text()
    assert not text.strip() or ast.get_docstring(parsed(file)), "open it with one sentence"


@pytest.mark.parametrize("file", sources(), ids=by_name)
def test_nothing_is_imported_inside_a_function(file):
    hidden = [
        f"{function.name}, line {node.lineno}"
        for function in functions(parsed(file))
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


@pytest.mark.parametrize("file", everything(), ids=by_name)
def test_no_file_is_named_for_nothing(file):
    assert file.stem not in FORBIDDEN_NAMES


@pytest.mark.parametrize("file", sources(), ids=by_name)
def test_one_dialect_of_sqlalchemy(file):
    spoken = [
        node.attr
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.Attribute)
        and node.attr in {"query", "filter_by"}
        and isinstance(node.value, ast.Name | ast.Attribute | ast.Call)
        and "session" in ast.unparse(node.value)
    ]
    assert spoken == []


@pytest.mark.parametrize("file", sorted(ROOT.glob("models/**/*.py")), ids=by_name)
def test_the_business_never_reads_the_clock_and_never_commits(file):
    if file.parent == ROOT / "models" / "migrations":
        pytest.skip("migrations are a tool, not the business")
    calls = {
        ast.unparse(node.func) for node in ast.walk(parsed(file)) if isinstance(node, ast.Call)
    }
    clock = {
        call
        for call in calls
        if re.search(r"(datetime\.(now|utcnow|today)|date\.today|time\.time)$", call)
    }
    commits = {call for call in calls if re.search(r"session\.(commit|rollback)$", call)}
    assert clock | commits == set()


@pytest.mark.parametrize("file", sorted(ROOT.glob("portal/**/*.py")), ids=by_name)
def test_one_file_of_the_portal_reads_the_clock_and_one_commits(file):
    text = file.read_text()
    if file != ROOT / "portal" / "clock.py":
        assert not re.search(r"datetime\.(now|utcnow|today)\(|date\.today\(", text)
    if file != ROOT / "portal" / "database.py":
        assert not re.search(r"session\.commit\(", text)


def tables() -> list[type]:
    return sorted(
        (mapper.class_ for mapper in registry_of_every_feature().mappers),
        key=lambda table: table.__name__,
    )


def registry_of_every_feature():
    schema.metadata()
    return schema.Base.registry


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.__name__)
def test_every_table_says_once_how_it_stands_to_the_wall_between_partners(table):
    walls = [wall for wall in (Owned, Public, VendorOnly, SeenBy) if issubclass(table, wall)]
    assert len(walls) == 1, walls
    if walls == [SeenBy]:
        assert "seen_in" in vars(table), "say in seen_in which rows a partner may see"


def requirements() -> list[str]:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    wanted = [config["options"]["install_requires"]]
    wanted += [config["options.extras_require"][extra] for extra in ("install", "test", "dev")]
    lines = [line.strip() for text in wanted for line in text.splitlines() if line.strip()]
    return sorted({re.split(r"[ \[<>=~]", line)[0] for line in lines})


@pytest.mark.parametrize("requirement", requirements())
def test_every_dependency_is_used_and_pinned(requirement):
    pinned = (ROOT / "requirements-dev.lock").read_text()
    assert re.search(rf"^{re.escape(requirement)}(\[\w+\])?==", pinned, re.M), "run make lock"
    if requirement not in NOT_IMPORTED:
        name = IMPORT_NAMES.get(requirement, requirement.replace("-", "_"))
        used = re.compile(rf"^\s*(import|from) {re.escape(name)}\b", re.M)
        assert any(used.search(file.read_text()) for file in everything()), "nobody imports it"


def test_the_import_contracts_are_kept():
    command = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


PORTAL = ROOT / "portal"


@pytest.mark.parametrize("file", sorted(PORTAL.glob("*/**/*.py")), ids=by_name)
def test_features_of_the_portal_do_not_know_each_other(file):
    own = file.relative_to(PORTAL).parts[0]
    features = {folder.name for folder in PORTAL.iterdir() if folder.is_dir()} - {own}
    imported = re.findall(r"^\s*(?:from|import) portal\.(\w+)", file.read_text(), re.M)
    assert features.intersection(imported) == set()
