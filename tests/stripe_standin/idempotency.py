"""Idempotency keys as Stripe keeps them: replayed, refused for other parameters, pruned."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.stripe_standin.refusals import Refusal

KEPT = timedelta(hours=24)


@dataclass
class Kept:
    fingerprint: str
    at: datetime
    status: int = 0
    """0 while the first request under the key is still in use."""
    body: bytes = b""


class Keys:
    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}
        self._pruned_at: datetime | None = None

    def begin(self, key: str, method: str, path: str, body: bytes, now: datetime) -> Kept | None:
        """What was answered before under this key; None when it is new.  Raises Refusal."""
        fingerprint = hashlib.sha256(b"\n".join([method.encode(), path.encode(), body])).hexdigest()
        if now != self._pruned_at:
            self._kept = {k: kept for k, kept in self._kept.items() if now < kept.at + KEPT}
            self._pruned_at = now
        kept = self._kept.get(key)
        if kept is None:
            self._kept[key] = Kept(fingerprint, now)
            return None
        if kept.fingerprint != fingerprint:
            raise Refusal(
                400, "idempotency_error", "",
                "Keys for idempotent requests can only be used with the same parameters they "
                f"were first used with. Try using a key other than '{key}'.",
            )  # fmt: skip
        if kept.status == 0:
            raise Refusal(
                409, "idempotency_error", "idempotency_key_in_use",
                "There is currently another in-progress request using this Idempotent Key.",
            )  # fmt: skip
        return kept

    def finish(self, key: str, status: int, body: bytes) -> None:
        self._kept[key].status, self._kept[key].body = status, body

    def forget(self, key: str) -> None:
        """The request was refused before it began: nothing is kept under its key."""
        self._kept.pop(key, None)
