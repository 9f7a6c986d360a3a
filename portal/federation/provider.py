"""Talking to an identity provider.  The only file that fetches from one.

What it describes is fetched only from the address that an administrator entered, by https,
never from this machine or a private network, never along a redirect.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.integrations.requests_client import OAuth2Session
from flask import current_app
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from models.errors import Refused
from models.federation import IdentityProvider, Told
from portal import ways_out
from portal.clock import now
from portal.sealing import seal

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
"""Signed with a key that only the provider has; never "none", never a shared secret."""

SECONDS = 5
MOST_BYTES = 500_000
LEEWAY_SECONDS = 60
FAR = 4_000_000_000
"""A second in the year 2096."""
NO_ADDRESS = "Enter the provider's address as it begins with https://."
AWAY = "Your company's sign-in does not answer. Try again in a few minutes."
NOT_TRUSTED = "The answer of your company's sign-in was not accepted. Begin again."


@dataclass(frozen=True)
class Journey:
    """What must come back as it went out."""

    address: str
    """Where the browser goes."""
    state: str
    nonce: str
    verifier: str


def begin(
    provider: IdentityProvider, *, back: str, nonce: str, verifier: str, anew: bool = False
) -> Journey:
    """Where to send the browser.  Raises Refused when the provider does not answer.

    anew: the person signs in there again, whether or not they are in still.
    """
    extra = {"prompt": "login", "max_age": "0"} if anew else {}
    with _client(provider, back) as client:
        address, state = client.create_authorization_url(
            _described(provider)["authorization_endpoint"],
            nonce=nonce,
            code_verifier=verifier,
            **extra,
        )
    return Journey(address, state, nonce, verifier)


def finish(provider: IdentityProvider, journey: Journey, *, back: str, code: str) -> Told:
    """What the provider says about who came back.  Raises Refused for all that is not right."""
    described = _described(provider)
    try:
        with _client(provider, back) as client:
            pin(client, described["token_endpoint"])
            tokens = client.fetch_token(
                described["token_endpoint"],
                code=code,
                code_verifier=journey.verifier,
                timeout=SECONDS,
                allow_redirects=False,
            )
    except Refused:
        raise
    except Exception as error:
        raise Refused(AWAY) from error
    return _told(provider, _claims(provider, described, tokens.get("id_token") or "", journey))


def describe(issuer: str) -> dict[str, Any]:
    """The provider's own description.  Raises Refused unless it is of exactly this issuer."""
    described = _fetched(f"{issuer}/.well-known/openid-configuration")
    needed = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
    if any(not isinstance(described.get(name), str) for name in needed):
        raise Refused("There is no OpenID Connect provider at this address.")
    if described["issuer"].rstrip("/") != issuer:
        raise Refused("The provider at this address calls itself by another. Enter that one.")
    return described


class Pinned(HTTPAdapter):
    """Goes to the address that was looked at, whatever the name means a moment later.

    The certificate is still asked for the name.
    """

    def __init__(self, host: str, address: str) -> None:
        self.host, self.address = host, address
        super().__init__()

    def init_poolmanager(self, *words: Any, **options: Any) -> None:
        names = {"server_hostname": self.host, "assert_hostname": self.host}
        super().init_poolmanager(*words, **(options | names))

    def send(self, request: Any, *words: Any, **options: Any) -> Any:
        parts = urlsplit(request.url)
        there = f"[{self.address}]" if ":" in self.address else self.address
        request.url = parts._replace(netloc=there).geturl()
        request.headers["Host"] = self.host
        return super().send(request, *words, **options)


def pin(client: requests.Session, address: str) -> None:
    """Let this client go to the address and nowhere else.  Raises Refused for one inside."""
    found = must_be_outside(address)
    client.trust_env = False  # no proxy of the server's own network in between
    if found is not None:
        client.mount("https://", Pinned(urlsplit(address).hostname or "", found))


def must_be_outside(address: str) -> str | None:
    """Where it leads: a public address; None for the tests' provider on this machine.

    Raises Refused for an address that is not https, or leads into a private network.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise Refused(NO_ADDRESS) from None
    is_loopback_allowed = current_app.extensions["settings"].oidc_loopback
    if is_loopback_allowed and parts.hostname in ("127.0.0.1", "localhost"):
        return None
    if parts.scheme != "https" or not parts.hostname or parts.username or port not in (None, 443):
        raise Refused(NO_ADDRESS)
    ways_out.also(parts.hostname)
    try:
        found = socket.getaddrinfo(parts.hostname, 443, proto=socket.IPPROTO_TCP)
    except (OSError, ValueError):
        raise Refused(AWAY) from None
    if not all(ipaddress.ip_address(one[4][0]).is_global for one in found):
        raise Refused("This address leads into a private network.")
    ways_out.also(str(found[0][4][0]))
    return str(found[0][4][0])


def _described(provider: IdentityProvider) -> dict[str, Any]:
    return describe(provider.issuer)


def _fetched(address: str) -> dict[str, Any]:
    try:
        with requests.Session() as client:
            pin(client, address)
            read = _read(client, address)
    except (requests.RequestException, HTTPError, ValueError):
        raise Refused(AWAY) from None
    return read if isinstance(read, dict) else {}


def _read(client: requests.Session, address: str) -> Any:
    with client.get(address, timeout=SECONDS, allow_redirects=False, stream=True) as answer:
        content = answer.raw.read(MOST_BYTES + 1, decode_content=True)
        if answer.status_code != 200 or len(content) > MOST_BYTES:
            raise Refused(AWAY)
        answer._content = content
        return answer.json()


def _client(provider: IdentityProvider, back: str) -> OAuth2Session:
    return OAuth2Session(
        provider.client_id,
        seal().open(provider.client_secret_sealed),
        scope="openid email profile",
        redirect_uri=back,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic",
    )


def _claims(
    provider: IdentityProvider, described: dict[str, Any], id_token: str, journey: Journey
) -> dict[str, Any]:
    """The claims of a token that this provider signed, for us, for this journey, just now."""
    keys: Any = _fetched(described["jwks_uri"])
    rules = jwt.JWTClaimsRegistry(
        now=int(now().timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": described["issuer"]},
        aud={"essential": True, "value": provider.client_id},
        nonce={"essential": True, "value": journey.nonce},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
    )
    try:
        token = jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)
        rules.validate(token.claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise Refused(NOT_TRUSTED) from error
    claims = token.claims
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != provider.client_id:
        raise Refused(NOT_TRUSTED)
    return claims


def _told(provider: IdentityProvider, claims: dict[str, Any]) -> Told:
    groups = claims.get(provider.groups_claim) or ()
    return Told(
        subject=str(claims["sub"]),
        email=str(claims.get("email") or ""),
        is_verified=claims.get("email_verified", True) is True,
        name=str(claims.get("name") or ""),
        signed_in_at=_instant(claims.get("auth_time")),
        groups=tuple(str(one) for one in groups) if isinstance(groups, list) else (),
    )


def _instant(seconds: Any) -> datetime | None:
    is_number = isinstance(seconds, int | float) and 0 < seconds < FAR
    return datetime.fromtimestamp(seconds, UTC) if is_number else None
