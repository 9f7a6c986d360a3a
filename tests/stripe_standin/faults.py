"""Faults: what may go wrong between us and Stripe, at a path and the n-th call to it."""

import re
import threading
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    DROP_BEFORE = "drop before"
    """The connection is cut; nothing was done."""
    DROP_AFTER = "drop after"
    """Done, and then the connection is cut."""
    TIMEOUT_AFTER = "time-out after"
    """Done, and then no answer until the client has given up."""
    TOO_MANY = "429"
    IN_USE = "409"
    UNAUTHORISED = "401"
    FORBIDDEN = "403"
    ERROR_BEFORE = "500 before"
    """Nothing was done and nothing is kept under the key."""
    ERROR_AFTER = "500 after"
    """Done; the 500 is kept under the key and is replayed."""
    PARTIAL = "partial body"
    BAD_GATEWAY = "HTML 502"
    """Done; a proxy answers with a page."""
    HOLD = "hold"
    """Waits in Stripe, key in use, until `release` is set; then done."""


REFUSED = {
    Kind.TOO_MANY: (429, "rate_limit_error", "rate_limit"),
    Kind.IN_USE: (409, "idempotency_error", "idempotency_key_in_use"),
    Kind.UNAUTHORISED: (401, "invalid_request_error", ""),
    Kind.FORBIDDEN: (403, "invalid_request_error", ""),
    Kind.ERROR_BEFORE: (500, "api_error", ""),
}
"""Answered before anything is done."""


@dataclass
class Fault:
    kind: Kind
    method: str
    path: re.Pattern
    call: int
    """The first call it applies to, counting from 1."""
    times: int
    seen: int = 0
    release: threading.Event = field(default_factory=threading.Event)
    reached: threading.Event = field(default_factory=threading.Event)


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self.happened: Counter[Kind] = Counter()

    def add(
        self, kind: Kind, method: str = "POST", path: str = ".*", *, call: int = 1, times: int = 1
    ) -> Fault:
        """From the call-th request to a path on (1 is the next), so many times."""
        fault = Fault(kind, method, re.compile(path), call, times)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            for fault in self._faults:
                fault.release.set()
            self._faults.clear()

    def next(self, method: str, path: str) -> Fault | None:
        """The fault that this request meets."""
        met = None
        with self._lock:
            for fault in self._faults:
                if fault.method == method and fault.path.fullmatch(path):
                    fault.seen += 1
                    if fault.call <= fault.seen < fault.call + fault.times:
                        met = met or fault
            if met:
                self.happened[met.kind] += 1
        return met
