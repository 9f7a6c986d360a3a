"""The third part of a registration's key: customer, product family and project.  Pure.

A registration without a project is about the whole family, so it stands in the way of
every project, and every project in its way.  Two projects are the same when they are
called the same, whatever the case, the accents and the punctuation.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, literal, or_


def project_key(name: str) -> str:
    """What two names of one project have in common; empty for the whole family."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    letters = (mark if mark.isalnum() else " " for mark in plain if not unicodedata.combining(mark))
    return " ".join("".join(letters).split())[:120].rstrip()


def collide(one: str, other: str) -> bool:
    """Whether two registrations of one customer and family are about the same thing."""
    return not one or not other or one == other


def collides_with(column: Any, key: Any) -> ColumnElement[bool]:
    """The same as a condition: `column` is another registration's project_key.

    key: this one's, as a text or as a column.
    """
    own = literal(key) if isinstance(key, str) else key
    return or_(column == "", own == "", column == own)
