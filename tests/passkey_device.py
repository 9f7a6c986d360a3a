"""A security key made of software: it makes passkeys and signs with them, rightly or wrongly."""

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url as b64

PRESENT, VERIFIED, NEW_KEY = 0x01, 0x04, 0x40


@dataclass
class Device:
    """origin, domain: what it believes the page to be."""

    origin: str = "http://localhost"
    domain: str = "localhost"
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def create(self, asked: dict) -> str:
        """The browser's answer to what a page asked to make a passkey."""
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"),
                -3: numbers.y.to_bytes(32, "big")}  # fmt: skip
        attested = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id
        made = self._data(PRESENT | VERIFIED | NEW_KEY) + attested + cbor2.dumps(cose)
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": made})
        said = self._client("webauthn.create", asked["challenge"])
        return self._answer({"attestationObject": b64(statement), "clientDataJSON": b64(said)})

    def get(self, asked: dict) -> str:
        """The browser's answer to what a page asked to have signed."""
        self.count += 1
        data, said = (
            self._data(PRESENT | VERIFIED),
            self._client("webauthn.get", asked["challenge"]),
        )
        signed = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {"authenticatorData": b64(data), "clientDataJSON": b64(said), "signature": b64(signed)}
        )

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.domain.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin}
        return json.dumps(said).encode()

    def _answer(self, response: dict) -> str:
        name = b64(self.credential_id)
        said = {"id": name, "rawId": name, "type": "public-key", "response": response}
        return json.dumps(said | {"clientExtensionResults": {}})
