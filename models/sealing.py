"""Sealing: what must be kept but must not be readable in the database, such as an IBAN.

The key comes from outside and is an argument; this file keeps none.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from models.errors import Refused


class Seal:
    """Closes and opens secrets.  The first key closes; older ones still open.

    Raises ValueError when there is no key.
    """

    def __init__(self, *keys: str) -> None:
        if not keys or not all(keys):
            raise ValueError("a seal needs a key")
        self._fernet = MultiFernet([Fernet(_derived(key, b"seal")) for key in keys])
        self._signing = _derived(keys[0], b"links")
        self._marking = [_derived(key, b"marks") for key in keys]

    def close(self, secret: str) -> str:
        return self._fernet.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """The secret again.  Raises Refused when it was closed with a key we do not have."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise Refused(
                "What is kept here was sealed with another key. Ask whoever runs the portal "
                "to name the SEALING_KEY it was sealed with as SEALING_KEY_BEFORE."
            ) from None

    def link_secret(self, token_id: UUID) -> str:
        """The secret half of a mailed link: it can be made again, so it is kept nowhere."""
        return _signature(self._signing, token_id)

    def marks(self, text: str) -> list[str]:
        """What is kept instead of a short secret, the newest first: without the key nobody can
        try through what it may have been."""
        return [hmac.new(key, text.encode(), hashlib.sha256).hexdigest() for key in self._marking]


def _derived(key: str, purpose: bytes) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(purpose + b"\0" + key.encode()).digest())


def _signature(key: bytes, token_id: UUID) -> str:
    digest = hmac.new(key, token_id.bytes, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
