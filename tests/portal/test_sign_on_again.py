"""Single sign-on once more: as a proof, as an invitation's way in, and where its requests go."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import requests
import time_machine
from sqlalchemy import select

from models.accounts import links
from models.audit import AuditEntry
from models.errors import Refused
from models.factors import new_app_secret
from models.factors.tables import CodeApp
from models.notices import Notice
from models.people import PersonStatus, Role, TokenPurpose
from models.sealing import Seal
from portal.federation import provider
from tests.conftest import SEALING_KEY

GOOD = "gravel Thursday umbrella"
DOMAIN = "kestrel.example"


def test_who_has_nothing_else_proves_it_at_the_company_again(
    client, travel, arrange, kestrel, outside, session, now
):
    """With prompt and max_age, by the same person, who signed in there meanwhile."""
    travel(arrange(kestrel))
    later = now + timedelta(minutes=10)
    with time_machine.travel(later, tick=False):
        page = client.get("/account/second-factor/app", follow_redirects=True).text
        assert "Sign in again with your company" in page and "Your password" not in page
        for bent in ({}, {"auth_time": int(now.timestamp())}, {"auth_time": "now"}):
            outside.account.extra = bent
            assert prove_again(client).status_code == 403
            assert client.get("/account/second-factor/app").status_code == 303
        outside.account.extra = {"auth_time": int(later.timestamp())}
        outside.account.sub = "1111-other"
        assert prove_again(client).status_code == 403
        outside.account.sub = "0000-ute"
        assert prove_again(client).location == "/account/second-factor/app"
        assert client.get("/account/second-factor/app").status_code == 200
    assert "proved through single sign-on" in session.scalars(select(AuditEntry.action)).all()


@pytest.mark.parametrize(
    ("minutes_ago", "status"), [(0, 200), (4, 200), (6, 303), (3 * 24 * 60, 303), (None, 303)]
)
def test_coming_in_through_a_company_is_as_fresh_as_the_sign_in_there(
    client, travel, arrange, kestrel, outside, now, minutes_ago, status
):
    if minutes_ago is not None:
        then = now - timedelta(minutes=minutes_ago)
        outside.account.extra = {"auth_time": int(then.timestamp())}
    assert travel(arrange(kestrel)).status_code == 303
    assert client.get("/account/second-factor/app").status_code == status


def test_our_own_sign_in_is_changed_in_everybodys_sight_and_alone_makes_nobody_finance(
    travel, arrange, kestrel, a, session, now
):
    """Who set it up could otherwise come in as a colleague who has no factor yet."""
    finance = a.person(role=Role.FINANCE, email=f"ute@{DOMAIN}", status=PersonStatus.INVITED)
    watching = a.person(role=Role.FINANCE)
    provider = arrange(None)
    told = select(Notice.title).where(
        Notice.person_id == watching.id, Notice.kind == "sign-in-changed"
    )
    assert len(session.scalars(told).all()) == 2  # the provider, and its domain
    answer = travel(provider)
    assert answer.status_code == 403 and "second factor of your own first" in answer.text
    session.expire_all()
    assert finance.status is PersonStatus.INVITED
    sealed = Seal(SEALING_KEY).close(new_app_secret())
    session.add(CodeApp(person_id=finance.id, secret_sealed=sealed, last_step=0, added_at=now))
    assert travel(provider).location == "/sign-in/second-factor"


def prove_again(client):
    out = client.get("/confirm/company", query_string={"next": "/account/second-factor/app"})
    assert "prompt=login" in out.location and "max_age=0" in out.location
    back = requests.get(out.location, allow_redirects=False, timeout=5)
    parts = urlsplit(back.headers["Location"])
    return client.get(f"{parts.path}?{parts.query}")


def test_who_came_with_a_password_is_not_sent_to_a_company(sign_in, a):
    assert sign_in(a.seller(a.partner())).get("/confirm/company").status_code == 404


def test_a_name_that_means_another_address_a_moment_later_leads_nowhere_else(app, monkeypatch):
    """First a public address, then one inside: the request goes to the one that was looked at."""
    answers = [[(2, 1, 6, "", ("93.184.216.34", 443))], [(2, 1, 6, "", ("10.0.0.7", 443))]]
    monkeypatch.setattr(provider.socket, "getaddrinfo", lambda *_words, **_more: answers.pop(0))
    went = []

    def send(own, request, **_options):
        went.append((request.url, request.headers["Host"], own.poolmanager.connection_pool_kw))
        raise requests.ConnectionError

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
    with app.app_context(), pytest.raises(Refused):
        provider.describe("https://login.kestrel.example")
    [(url, host, names)] = went
    assert url == "https://93.184.216.34/.well-known/openid-configuration"
    assert (host, names["assert_hostname"]) == ("login.kestrel.example", host)
    assert names["server_hostname"] == host and len(answers) == 1


@pytest.mark.parametrize("address", ["https://[x", "https://login.x.com:99999", "https://a..b"])
def test_what_is_no_address_is_refused_in_words(app, address):
    with app.app_context(), pytest.raises(Refused):
        provider.must_be_outside(address)


def test_where_passwords_are_refused_an_invitation_leads_to_the_companys_sign_in(
    client, travel, arrange, kestrel, a, session, now
):
    provider = arrange(kestrel, is_only_way=True)
    ute = a.seller(kestrel, email=f"ute@{DOMAIN}", status=PersonStatus.INVITED, password_hash=None)
    seal = Seal(SEALING_KEY)
    token = links.make(session, ute.id, TokenPurpose.INVITATION, seal=seal, now=now)
    path, key = f"/invitations/{token.id}", seal.link_secret(token.id)
    client.post(f"{path}/opening", data={"key": key})
    page = client.get(path).text
    assert f"/sign-in/company/{provider.id}" in page and 'type="password"' not in page
    said = {"name": "Ute", "new": GOOD, "again": GOOD, "locale": "en_US", "time_zone": "UTC"}
    assert client.post(path, data=said).status_code == 422
    assert ute.status is PersonStatus.INVITED
    assert travel(provider).status_code == 303
    assert (ute.status, ute.password_hash) == (PersonStatus.ACTIVE, None)
