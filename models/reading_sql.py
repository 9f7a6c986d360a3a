"""What a statement's text says of its tables: which it names, and what they are bound to.

No parser of SQL: it reads what SQLAlchemy writes, and where it is in doubt it sees a table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

Place = str | int
"""Where a bound value stands: its name (psycopg) or its position (SQLite)."""

TOKEN = re.compile(
    r"""
    '(?:[^']|'')*'                      # a text
    | --[^\n]* | /\*.*?\*/              # a comment
    | %\((?P<named>[^)]+)\)s(?:::\w+)*  # a bound value of psycopg
    | (?P<positional>\?)                # a bound value of SQLite
    | "(?P<quoted>[^"]+)"
    | (?P<word>[A-Za-z_]\w*)
    | (?P<number>\d+)
    | (?P<sign>[^\s\w])
    """,
    re.X | re.S,
)
ENDS_TABLES = {
    "SELECT", "WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "OFFSET", "SET", "VALUES", "RETURNING",
    "UNION", "EXCEPT", "INTERSECT", "WINDOW", "FOR",
}  # fmt: skip
BEFORE_A_TABLE = {"FROM", "JOIN", "UPDATE", "INTO", "USING"}
NOT_A_NAME = (
    ENDS_TABLES
    | BEFORE_A_TABLE
    | {"ON", "AS", "AND", "LEFT", "RIGHT", "INNER", "OUTER", "FULL", "CROSS", "NATURAL"}
    | {"LATERAL", "ONLY", "DEFAULT", "DO", "NOTHING"}
)


@dataclass(frozen=True, slots=True)
class Mention:
    table: str
    name: str
    """What the statement calls it: its alias, or the table itself."""
    is_target: bool
    """Whether it is what is inserted into, updated or deleted from."""


@dataclass(frozen=True, slots=True)
class Reading:
    sql: str
    verb: str
    mentions: tuple[Mention, ...]
    bound: dict[tuple[str, str], list[tuple[Place, ...]]]
    """(name, column) → the bound values it must equal one of."""
    through: frozenset[tuple[str, str, str]]
    """(name, column, table) where the column must be among what a select of that table gives."""
    asks_nothing: bool
    """Whether a condition in it is never true."""


@dataclass(slots=True)
class _Token:
    text: str
    upper: str = ""
    """The word as a keyword; empty for anything that cannot be one."""
    place: Place | None = None
    is_name: bool = False


@dataclass(slots=True)
class _Walk:
    expecting: bool = False
    in_tables: bool = False
    outer: list[tuple[bool, bool]] = field(default_factory=list)


@lru_cache(maxsize=8192)
def read(sql: str) -> Reading:
    tokens = _tokens(sql)
    return Reading(
        sql,
        _verb(tokens),
        tuple(_mentions(tokens)),
        _bound(tokens),
        frozenset(_through(tokens)),
        _asks_nothing(tokens),
    )


def _tokens(sql: str) -> list[_Token]:
    tokens, position = [], 0
    for match in TOKEN.finditer(sql):
        kind, text = match.lastgroup, match.group()
        if kind == "named":
            tokens.append(_Token(text, place=match["named"]))
        elif kind == "positional":
            tokens.append(_Token(text, place=position))
            position += 1
        elif kind == "quoted":
            tokens.append(_Token(match["quoted"], is_name=True))
        elif kind == "word":
            tokens.append(_Token(text, text.upper(), is_name=text.upper() not in NOT_A_NAME))
        elif not text.startswith(("--", "/*")):
            tokens.append(_Token(text))
    return tokens


def _verb(tokens: list[_Token]) -> str:
    """What it does: its first word outside all brackets, whatever WITH stands before it."""
    depth = 0
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.upper in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            return token.upper
    return ""


def _mentions(tokens: list[_Token]) -> list[Mention]:
    found: list[Mention] = []
    walk, target = _Walk(), False
    for at, token in enumerate(tokens):
        if token.text == "(":
            walk.outer.append((walk.expecting, walk.in_tables))
        elif token.text == ")":
            walk.expecting, walk.in_tables = False, walk.outer.pop()[1] if walk.outer else False
        elif token.upper in BEFORE_A_TABLE:
            walk.expecting = walk.in_tables = True
            target = _is_target(tokens, at)
        elif token.upper in ENDS_TABLES:
            walk.expecting = walk.in_tables = False
        elif token.text == "," and walk.in_tables:
            walk.expecting, target = True, False
        elif walk.expecting and token.is_name:
            walk.expecting = False
            if _text(tokens, at + 1) == "." and _text(tokens, at + 2):
                continue  # a schema's table, or a column: EXTRACT(year FROM deal.won_on)
            if target and tokens[at - 1].upper == "INTO":
                walk.in_tables = False  # what follows are columns
            found.append(Mention(token.text, _alias(tokens, at), target))
    return found


def _is_target(tokens: list[_Token], at: int) -> bool:
    """INSERT INTO t, UPDATE t (but not FOR UPDATE, DO UPDATE), DELETE FROM t."""
    word, before = tokens[at].upper, tokens[at - 1].upper if at else ""
    return word in ("INTO", "UPDATE") or (word == "FROM" and before == "DELETE")


def _alias(tokens: list[_Token], at: int) -> str:
    after = at + 2 if at + 1 < len(tokens) and tokens[at + 1].upper == "AS" else at + 1
    named = after < len(tokens) and tokens[after].is_name and tokens[after].upper != "SET"
    return tokens[after].text if named else tokens[at].text


def _bound(tokens: list[_Token]) -> dict[tuple[str, str], list[tuple[Place, ...]]]:
    found: dict[tuple[str, str], list[tuple[Place, ...]]] = {}
    for at in range(len(tokens) - 4):
        name, dot, column, sign = tokens[at : at + 4]
        if not (name.is_name and dot.text == "." and column.is_name):
            continue
        places: tuple[Place, ...] = ()
        if sign.text == "=" and (place := tokens[at + 4].place) is not None:
            places = (place,)
        elif sign.upper == "IN" and tokens[at + 4].text == "(":
            places = _listed(tokens, at + 5)
        if places and not _negated(tokens, at):
            found.setdefault((name.text, column.text), []).append(places)
    return found


def _listed(tokens: list[_Token], at: int) -> tuple[Place, ...]:
    """The bound values up to the bracket; none when anything else stands among them."""
    places: list[Place] = []
    for token in tokens[at:]:
        if token.text == ")":
            return tuple(places)
        if token.place is not None:
            places.append(token.place)
        elif token.text != ",":
            return ()
    return ()


def _negated(tokens: list[_Token], at: int) -> bool:
    before = [token.upper or token.text for token in tokens[max(0, at - 2) : at]]
    return before[-1:] == ["NOT"] or before == ["NOT", "("]


def _through(tokens: list[_Token]) -> list[tuple[str, str, str]]:
    return [
        (tokens[at].text, tokens[at + 2].text, tokens[at + 6].text)
        for at in range(len(tokens) - 7)
        if tokens[at].is_name
        and tokens[at + 1].text == "."
        and tokens[at + 3].upper == "IN"
        and tokens[at + 4].text == "("
        and tokens[at + 5].upper == "SELECT"
        and tokens[at + 7].text == "."
    ]


def _asks_nothing(tokens: list[_Token]) -> bool:
    texts = [token.upper or token.text for token in tokens]
    nothing = {("WHERE",), ("AND",), ("ON",), ("(",)}
    return any(
        tuple(texts[at - 1 : at]) in nothing
        and (texts[at] == "FALSE" or texts[at : at + 3] == ["0", "=", "1"])
        for at in range(1, len(texts))
    )


def _text(tokens: list[_Token], at: int) -> str:
    return tokens[at].text if at < len(tokens) else ""
