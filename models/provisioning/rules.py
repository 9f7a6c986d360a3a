"""What is true of provisioning.  Pure: no session, no clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


class Taken(Exception):
    """Somebody else has this name already."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a directory wants one person to be."""

    email: str
    name: str
    is_active: bool
    external_id: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    """What the directory says besides, kept as it was said."""
