"""What a load balancer asks, answered without a sign-in."""

from models import migrations


def test_a_living_process_says_so(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")


def test_a_database_of_this_release_is_ready(client, monkeypatch):
    monkeypatch.setattr(migrations, "standing", lambda _engine: migrations.newest())
    assert client.get("/readyz").status_code == 200


def test_a_database_of_another_release_is_not(client, monkeypatch):
    monkeypatch.setattr(migrations, "standing", lambda _engine: "another")
    answer = client.get("/readyz")
    assert answer.status_code == 503 and "another release" in answer.text
