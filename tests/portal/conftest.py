"""A company with a sign-in of its own, and a browser's way through it."""

from urllib.parse import urlsplit

import pytest
import requests

from models import federation
from models.sealing import Seal
from tests.conftest import SEALING_KEY
from tests.oidc_provider import CLIENT, SECRET, Account, served

DOMAIN = "kestrel.example"


@pytest.fixture(scope="module")
def running():
    with served() as provider:
        yield provider


@pytest.fixture
def outside(running, app, now):
    """The provider, as right as can be; its clock is the portal's."""
    object.__setattr__(app.extensions["settings"], "oidc_loopback", True)
    running.account, running.bend, running.sign = Account(), {}, "rightly"
    running.says_issuer = ""
    return running


@pytest.fixture
def kestrel(a):
    a.vendor()
    return a.partner(name="Kestrel Foods")


@pytest.fixture
def arrange(session, outside, a, now):
    def arrange(partner=None, **said):
        kim = a.administrator().actor()
        usual = {
            "by": kim, "partner_id": partner and partner.id, "name": "Kestrel login",
            "issuer": outside.url, "client_id": CLIENT, "client_secret": SECRET,
            "groups_claim": "groups", "groups": {}, "is_only_way": False,
            "seal": Seal(SEALING_KEY), "now": now,
        }  # fmt: skip
        provider = federation.arrange(session, None, **(usual | said))
        federation.add_domain(session, provider, DOMAIN, by=kim, now=now)
        return provider

    return arrange


@pytest.fixture
def travel(client):
    """A browser's way to the provider and back; what it gets in the end."""

    def travel(provider, **query):
        out = client.get(f"/sign-in/company/{provider.id}", query_string=query)
        assert out.status_code == 302, out.text
        back = requests.get(out.location, allow_redirects=False, timeout=5)
        parts = urlsplit(back.headers["Location"])
        assert parts.path == "/sign-in/callback"
        return client.get(f"{parts.path}?{parts.query}")

    return travel
