"""Passwords known from break-ins: a sorted file of their SHA-1, as Have I Been Pwned hands out.

The file has some forty gigabytes, so nothing of it is loaded: a line is looked for by halves.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO

DIGITS = 40
"""Of a SHA-1 in hexadecimal; a line is `HASH` or `HASH:COUNT`."""


def is_known(file: Path, password: str) -> bool:
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with file.open("rb") as lines:
        low, high = 0, file.stat().st_size
        while low < high:
            middle = (low + high) // 2
            found = _line_from(lines, middle)
            if not found or found >= wanted:
                high = middle
            else:
                low = middle + 1
        return _line_from(lines, low) == wanted


def _line_from(lines: BinaryIO, at: int) -> bytes:
    """The hash of the first line that begins at or after this byte; empty behind the last."""
    lines.seek(max(at - 1, 0))
    if at:
        lines.readline()
    return lines.readline()[:DIGITS].upper()
