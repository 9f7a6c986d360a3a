"""Who guesses learns nothing and is braked; the same work is done whoever is asked about."""

import re
from datetime import timedelta

import argon2
import pytest
import time_machine
from sqlalchemy import event, select

from models.jobs import Job
from models.people import Role, passwords

GOOD = "gravel Thursday umbrella"
KNOWN, UNKNOWN = "ute@rhine.test", "no1@rhine.test"


@pytest.fixture(autouse=True)
def cheap():
    passwords.set_cost(rounds=1, memory_kib=8, lanes=1)


@pytest.fixture
def ute(a):
    a.vendor()
    return a.person(
        email=KNOWN,
        password_hash=passwords.hashed(GOOD),
        role=Role.PARTNER_ADMINISTRATOR,
        partner=a.partner(name="Kestrel Velodrome Supplies"),
    )


@pytest.fixture
def work(app, monkeypatch):
    """What a request costs: its statements, and the hashes that were computed, with their cost."""
    done = []
    verify = argon2.PasswordHasher.verify

    def counted(hasher, kept, typed):
        done.append(kept.rpartition("$")[0].rpartition("$")[0])  # algorithm, version and cost
        return verify(hasher, kept, typed)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counted)

    def statement(_connection, _cursor, said, *_more):
        done.append(re.sub(r"\s+", " ", said))

    event.listen(app.extensions["engine"], "before_cursor_execute", statement)
    yield done
    event.remove(app.extensions["engine"], "before_cursor_execute", statement)


def tidy(page):
    """The page without what its reader typed."""
    return re.sub(r'value="[^"]*"', "", page.text)


def try_in(client, email, password="wrong", **environment):
    said = {"email": email, "password": password}
    return client.post("/sign-in", data=said, environ_overrides=environment)


def test_a_wrong_password_and_an_unknown_name_cost_the_same_work(client, ute, work):
    seen = []
    for email in (KNOWN, UNKNOWN):
        work.clear()
        page = try_in(client, email)
        seen.append((page.status_code, len(page.data), tidy(page), list(work)))
    assert seen[0] == seen[1]
    assert sum(said.startswith("$argon2id") for said in seen[0][3]) == 1


def test_asking_for_a_new_password_costs_the_same_work_whoever_it_is(client, ute, work):
    seen = []
    for email in (KNOWN, UNKNOWN):
        work.clear()
        page = client.post("/password-reset", data={"email": email})
        seen.append((page.status_code, page.location, list(work)))
    assert seen[0] == seen[1]


def test_a_dead_invitation_and_one_that_never_was_look_alike(client, ute):
    made_up = "01890a5d-ac96-774b-bcce-b302099a8057"
    for ask, status in ((client.get, 200), (client.post, 404)):
        pages = [
            ask(
                f"/invitations/{one}" + ("/opening" if ask == client.post else ""),
                data={"key": "1"},
            )
            for one in (made_up, ute.id)
        ]
        assert [page.status_code for page in pages] == [status, status]
        assert pages[0].text.replace(made_up, str(ute.id)) == pages[1].text


def test_an_application_is_answered_alike_for_an_address_that_signs_in_already(client, ute):
    said = {
        "company": "Harbour Wheels", "role": "reseller", "country": "DE", "town": "Kiel",
        "contact_name": "Jo Berg", "about": "We sell bicycles to schools along the coast.",
    }  # fmt: skip
    pages = [
        client.post("/become-a-partner", data=said | {"contact_email": email})
        for email in (KNOWN, UNKNOWN)
    ]
    assert pages[0].status_code == pages[1].status_code
    assert tidy(pages[0]).replace(KNOWN, UNKNOWN) == tidy(pages[1])


def test_sixty_guesses_at_one_account_are_braked_by_the_eleventh_and_the_owner_is_soon_back(
    client, ute, work, now
):
    for guess in range(60):
        try_in(client, KNOWN, f"guess {guess}", REMOTE_ADDR=f"198.51.100.{guess}")
    assert sum(said.startswith("$argon2id") for said in work) == 10
    assert "Too many tries" in try_in(client, KNOWN, GOOD).text
    with time_machine.travel(now + timedelta(minutes=15), tick=False):
        assert try_in(client, KNOWN, GOOD).status_code == 303


def test_one_guess_at_each_of_150_accounts_is_braked_by_the_fifty_first(client, ute, work):
    for n in range(150):
        try_in(client, f"person{n}@rhine.test", REMOTE_ADDR="198.51.100.7")
    assert sum(said.startswith("$argon2id") for said in work) == 50
    assert try_in(client, KNOWN, GOOD, REMOTE_ADDR="192.0.2.1").status_code == 303


def test_links_for_a_new_password_are_not_mailed_without_end(client, ute, session):
    for _ in range(5):
        client.post("/password-reset", data={"email": KNOWN})
    assert len(session.scalars(select(Job.id)).all()) == 3


def test_a_password_made_of_ones_own_companys_name_is_refused(sign_in, ute):
    said = {"old": GOOD, "new": "Kestrel-Velodrome-Supplies"}
    page = sign_in(ute).post("/account/password", data=said | {"again": said["new"]})
    assert page.status_code == 422 and "Add words that nobody would guess" in page.text


def test_the_list_of_passwords_that_are_guessed_first_has_ten_thousand():
    assert len(passwords.COMMON.read_text(encoding="utf-8").splitlines()) >= 10_000
