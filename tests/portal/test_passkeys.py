"""Passkeys: only the key, the page and the question of now let anybody in."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from models.factors.tables import Passkey
from models.people import passwords
from tests.passkey_device import Device

GOOD = "gravel Thursday umbrella"


@pytest.fixture(autouse=True)
def cheap():
    passwords.set_cost(rounds=1, memory_kib=8, lanes=1)


@pytest.fixture
def dana(a):
    a.vendor()
    return a.finance(password_hash=passwords.hashed(GOOD))


@pytest.fixture
def device(dana, sign_in):
    """Dana's, made at the portal."""
    return make(sign_in(dana), Device())


def make(client, device):
    asked = client.post("/account/second-factor/passkey-offer").json
    said = {"answer": device.create(asked), "name": "work laptop"}
    assert client.post("/account/second-factor/passkeys", data=said).status_code in (200, 303)
    return device


def come(client, person):
    client.post("/sign-in", data={"email": person.email, "password": GOOD})
    return client.post("/passkey-challenge").json


def send(client, answer):
    return client.post("/sign-in/second-factor", data={"proof_passkey": answer})


def test_the_owners_key_lets_in_and_is_counted(client, dana, device, session):
    assert send(client, device.get(come(client, dana))).location == "/"
    row = session.scalars(select(Passkey)).one()
    assert (row.name, row.sign_count) == ("work laptop", 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://localhost.evil.test"},
        {"origin": "https://localhost"},
        {"domain": "evil.test"},
        {"credential_id": b"another credential"},
        {"key": Device().key},
        {"count": -1},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_another_page_key_or_credential_lets_nobody_in(client, dana, device, wrong):
    bent = replace(device, **wrong) if wrong != {"count": -1} else device
    asked = come(client, dana)
    if wrong == {"count": -1}:  # a copy of the key has signed before
        send(client, device.get(asked))
        client.post("/sign-out")
        asked, bent = come(client, dana), replace(device, count=-1)
    assert send(client, bent.get(asked)).status_code == 422
    assert client.get("/account").status_code == 302


def test_a_question_is_answered_once_and_only_the_latest(app, client, dana, device):
    first = come(client, dana)
    client.post("/passkey-challenge")
    assert send(client, device.get(first)).status_code == 422
    asked = client.post("/passkey-challenge").json
    answer = device.get(asked)
    assert send(client, answer).status_code == 303
    other = app.test_client()
    come(other, dana)
    assert send(other, answer).status_code == 422


def test_a_wrong_answer_uses_the_question_up(client, dana, device):
    asked = come(client, dana)
    send(client, replace(device, origin="https://evil.test").get(asked))
    assert send(client, device.get(asked)).status_code == 422


def test_another_persons_key_is_not_ones_own(client, dana, device, a, sign_in):
    rival = a.finance(password_hash=passwords.hashed(GOOD))
    theirs = make(sign_in(rival), Device())
    assert send(client, theirs.get(come(client, dana))).status_code == 422


@pytest.mark.parametrize("answer", ["", "{}", "x", '{"id": 1}', "[]", "null"])
def test_an_answer_that_is_none_is_refused(client, dana, device, sign_in, answer):
    come(client, dana)
    assert send(client, answer).status_code == 422
    desk = sign_in(dana)
    desk.post("/account/second-factor/passkey-offer")
    said = {"answer": answer, "name": "x"}
    assert desk.post("/account/second-factor/passkeys", data=said).status_code == 422


def test_a_passkey_made_for_another_page_is_not_taken(dana, sign_in, session):
    client = sign_in(dana)
    asked = client.post("/account/second-factor/passkey-offer").json
    answer = Device(origin="https://evil.test").create(asked)
    said = {"answer": answer, "name": "x"}
    assert client.post("/account/second-factor/passkeys", data=said).status_code == 422
    assert session.scalars(select(Passkey)).all() == []


def test_the_last_passkey_of_who_must_have_one_stays(dana, device, sign_in, session):
    client, first = sign_in(dana), session.scalars(select(Passkey.id)).one()
    client.post(f"/account/second-factor/passkeys/{first}/removal")
    assert session.scalars(select(Passkey.id)).all() == [first]
    make(client, Device())
    client.post(f"/account/second-factor/passkeys/{first}/removal")
    left = session.scalars(select(Passkey.id)).all()
    assert len(left) == 1 and left != [first]
