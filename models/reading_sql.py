"""What a statement's text says of its tables: which it names, and what they are bound to.

No parser of SQL: it reads what SQLAlchemy writes, and where it is in doubt it sees a table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

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


@dataclass(frozen=True, slots=True)
class _Token:
    text: str = ""
    upper: str = ""
    """The word as a keyword; empty for anything that cannot be one."""
    place: Place | None = None
    is_name: bool = False


NOTHING = _Token()
THE_END = [NOTHING] * 7
"""Stands behind the last token, so that whoever looks ahead needs not ask whether it ends."""

A_TABLE, THE_TARGET, ANOTHER = "a table", "the target", "another"
"""What may come next where tables are listed: one, the one that is changed, or a comma and one."""


@lru_cache(maxsize=8192)
def read(sql: str) -> Reading:
    tokens = [*_tokens(sql), *THE_END]
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
            tokens.append(_Token(place=match["named"]))
        elif kind == "positional":
            tokens.append(_Token(place=position))
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
        if depth <= 0 and token.upper in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            return token.upper
    return ""


def _mentions(tokens: list[_Token]) -> list[Mention]:
    found: list[Mention] = []
    outer: list[str | None] = []
    awaited: str | None = None
    for at, (before, token) in enumerate(pairwise([NOTHING, *tokens])):
        if token.text == "(":
            outer.append(awaited)
        elif token.text == ")":
            awaited = outer.pop() and ANOTHER if outer else None
        elif token.upper in BEFORE_A_TABLE:
            awaited = THE_TARGET if _is_target(before, token) else A_TABLE
        elif token.upper in ENDS_TABLES:
            awaited = None
        elif token.text == "," and awaited is not None:
            awaited = A_TABLE
        elif token.is_name and awaited in (A_TABLE, THE_TARGET):
            if tokens[at + 1].text != ".":  # a schema's table, or EXTRACT(year FROM deal.won_on)
                found.append(Mention(token.text, _alias(tokens, at), awaited == THE_TARGET))
            awaited = None if before.upper == "INTO" else ANOTHER  # columns, or more tables
    return found


def _is_target(before: _Token, token: _Token) -> bool:
    """INSERT INTO t, UPDATE t, DELETE FROM t."""
    return token.upper in ("INTO", "UPDATE") or before.upper == "DELETE"


def _alias(tokens: list[_Token], at: int) -> str:
    after = tokens[at + 2] if tokens[at + 1].upper == "AS" else tokens[at + 1]
    return after.text if after.is_name else tokens[at].text


def _bound(tokens: list[_Token]) -> dict[tuple[str, str], list[tuple[Place, ...]]]:
    found: dict[tuple[str, str], list[tuple[Place, ...]]] = {}
    for at, name in enumerate(tokens):
        if not (name.is_name and tokens[at + 1].text == "." and tokens[at + 2].is_name):
            continue
        places = _equals(tokens, at + 3)
        if places and not _negated(tokens, at):
            found.setdefault((name.text, tokens[at + 2].text), []).append(places)
    return found


def _equals(tokens: list[_Token], at: int) -> tuple[Place, ...]:
    """The bound values of which it must be one; none when anything else stands there."""
    sign, first = tokens[at : at + 2]
    if sign.text == "=" and first.place is not None:
        return (first.place,)
    if sign.upper == "IN" and first.text == "(":
        return _listed(tokens, at + 2)
    return ()


def _listed(tokens: list[_Token], at: int) -> tuple[Place, ...]:
    """The bound values up to the bracket; none when anything else stands among them."""
    places: list[Place] = []
    while (token := tokens[at]).place is not None or token.text == ",":
        places += [] if token.place is None else [token.place]
        at += 1
    return tuple(places) if token.text == ")" else ()


def _negated(tokens: list[_Token], at: int) -> bool:
    before = [token.upper or token.text for token in tokens[max(0, at - 2) : at]]
    return before[-1:] == ["NOT"] or before == ["NOT", "("]


def _through(tokens: list[_Token]) -> list[tuple[str, str, str]]:
    return [
        (name.text, tokens[at + 2].text, tokens[at + 6].text)
        for at, name in enumerate(tokens)
        if name.is_name
        and tokens[at + 1].text == "."
        and tokens[at + 3].upper == "IN"
        and tokens[at + 4].text == "("
        and tokens[at + 5].upper == "SELECT"
        and tokens[at + 7].text == "."
    ]


def _asks_nothing(tokens: list[_Token]) -> bool:
    texts = [token.upper or token.text for token in tokens]
    return any(
        before in ("WHERE", "AND", "ON", "(")
        and (text == "FALSE" or texts[at : at + 3] == ["0", "=", "1"])
        for at, (before, text) in enumerate(pairwise(texts), 1)
    )
