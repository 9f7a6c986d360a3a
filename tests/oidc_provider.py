"""A real OpenID Connect provider on loopback, by Authlib's server side; its tokens can be bent."""

import json
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc6749.models import AuthorizationCodeMixin, ClientMixin
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from flask import Flask, jsonify, request
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "counterpart", "only the provider and we know this"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
OTHER = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})


@dataclass
class Account:
    """Who is signed in at the provider."""

    sub: str = "0000-ute"
    email: str = "ute@kestrel.example"
    name: str = "Ute Weber"
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass
class Provider:
    """url: its issuer.  bend: changes the claims; sign: makes the token from them."""

    url: str = ""
    account: Account = field(default_factory=Account)
    bend: dict[str, Any] = field(default_factory=dict)
    sign: str = "rightly"
    says_issuer: str = ""
    codes: dict[str, "Code"] = field(default_factory=dict)


@dataclass
class Code(AuthorizationCodeMixin):
    code: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    auth_time: int = field(default_factory=lambda: int(time.time()))

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return self.auth_time


class Client(ClientMixin):
    client_id = CLIENT

    def get_client_id(self):
        return CLIENT

    def get_default_redirect_uri(self):
        return ""

    def get_allowed_scope(self, scope):
        return scope

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri.endswith("/sign-in/callback")

    def check_client_secret(self, client_secret):
        return secrets.compare_digest(client_secret, SECRET)

    def check_endpoint_auth_method(self, method, endpoint):
        return method == "client_secret_basic"

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type == "authorization_code"


def _grant(provider: Provider) -> type:
    class Grant(grants.AuthorizationCodeGrant):
        def save_authorization_code(self, code, request):
            data = request.payload.data
            names = ("nonce", "code_challenge", "code_challenge_method")
            provider.codes[code] = Code(
                code, request.payload.redirect_uri, request.payload.scope,
                *(data.get(name, "") for name in names),
            )  # fmt: skip

        def query_authorization_code(self, code, client):
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code):
            del provider.codes[authorization_code.code]

        def authenticate_user(self, authorization_code):
            return provider.account

    return Grant


def _open_id(provider: Provider) -> type:
    class OpenId(OpenIDCode):
        def exists_nonce(self, nonce, request):
            return any(code.nonce == nonce for code in provider.codes.values())

        def encode_id_token(self, token, request):
            return _id_token(provider, request.authorization_code.nonce)

    return OpenId


def _id_token(provider: Provider, nonce: str) -> str:
    who, at = provider.account, int(time.time())
    claims = {
        "iss": provider.url, "aud": CLIENT, "sub": who.sub, "nonce": nonce, "iat": at,
        "exp": at + 300, "email": who.email, "email_verified": True, "name": who.name,
    }  # fmt: skip
    claims = UserInfo(claims | who.extra | provider.bend)
    claims = {name: value for name, value in claims.items() if value is not None}
    if provider.sign == "none":
        parts = ({"alg": "none", "kid": "one"}, claims)
        return ".".join(urlsafe_b64encode(json.dumps(one).encode()).decode() for one in parts) + "."
    if provider.sign == "shared secret":
        key = OctKey.import_key(SECRET)
        return jwt.encode({"alg": "HS256", "kid": "one"}, claims, key)
    key = OTHER if provider.sign == "another key" else KEY
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)


def _app(provider: Provider) -> Flask:
    app = Flask("provider")
    app.config["SECRET_KEY"] = "of the provider in the tests"
    server = AuthorizationServer(
        app, query_client=lambda asked: Client() if asked == CLIENT else None,
        save_token=lambda token, request: None,
    )  # fmt: skip
    server.register_grant(
        _grant(provider), [_open_id(provider)(require_nonce=True), CodeChallenge(required=True)]
    )

    @app.get("/.well-known/openid-configuration")
    def describe():
        return jsonify(
            issuer=provider.says_issuer or provider.url,
            authorization_endpoint=f"{provider.url}/authorize",
            token_endpoint=f"{provider.url}/token",
            jwks_uri=f"{provider.url}/keys",
        )

    @app.get("/keys")
    def keys():
        return jsonify(KeySet([KEY]).as_dict(private=False))

    @app.get("/authorize")
    def authorize():
        grant = server.get_consent_grant(end_user=provider.account)
        return server.create_authorization_response(grant=grant, grant_user=provider.account)

    @app.post("/token")
    def token():
        return server.create_token_response(request)

    return app


@contextmanager
def served() -> Iterator[Provider]:
    """The provider, until the block ends."""
    provider = Provider()
    server = make_server("127.0.0.1", 0, _app(provider), threaded=True)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
