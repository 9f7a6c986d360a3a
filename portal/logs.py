"""What the processes say on standard error: one JSON object a line, whatever is in it.

A line end, a quote or a control sign in what somebody sent is escaped, so nobody can write a line
of their own.  `request` is the same as in the audit, by which the two are read together.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from threading import Lock

from flask import g, has_request_context, request


class Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "says": record.getMessage(),
            "process": record.process,
        }
        if has_request_context():
            said |= _of_request()
        if record.exc_info:
            said["trace"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=True, default=str)


def _of_request() -> dict[str, object]:
    said = {
        "request": g.get("request_id"),
        "person": g.get("person_id"),
        "address": request.remote_addr,
        "method": request.method,
        "endpoint": request.endpoint,
        "ids": request.view_args or None,
    }
    return {name: value for name, value in said.items() if value is not None}


def install() -> None:
    """For this process and those it forks."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(True)


class Throttle:
    """Lets `most` a minute through for each; who walks through a thousand ids fills no disk."""

    def __init__(self, most: int) -> None:
        self.most, self._minute, self._counts, self._lock = most, -1, dict[object, int](), Lock()

    def count(self, who: object, at: datetime) -> int:
        """The how manieth it is in this minute."""
        minute = int(at.timestamp()) // 60
        with self._lock:
            if minute != self._minute:
                self._minute = minute
                self._counts.clear()
            self._counts[who] = self._counts.get(who, 0) + 1
            return self._counts[who]
