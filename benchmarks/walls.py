"""What scope, tripwire and audit add: a partner's list of deals, and an approval.

    python -m benchmarks.walls --deals 300 --turns 40 [--postgresql]

Turn by turn in one run, with them and without; "without" exists only in here: the criteria are
empty, the tripwire does not listen, nothing is recorded, and on PostgreSQL the role is one that
policies do not hold and nobody is told for whom it is.  All deals are one partner's, so both turns
draw the same page.  Medians of the portal's processor time; of the clock, where a server of its own
works too.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import click
from flask import Flask
from sqlalchemy import Engine, event, select

from benchmarks.deals_list import PATH, TOKEN, _app
from models import audit, deals, roles, schema
from models import engine as engines
from models.audit import operations as keeping
from models.people import Person
from models.scope import Scope, ScopedSession, open_session
from portal import footprints
from portal.clock import now
from tests.databases import Postgresql
from tests.factories import Factories


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--deals", type=int, default=300)
    words.add_argument("--turns", type=int, default=40)
    words.add_argument("--postgresql", action="store_true")
    said = words.parse_args()
    with tempfile.TemporaryDirectory() as folder, _database(said.postgresql) as (url, bare_url):
        app = _app(Path(folder))
        if url:
            app.extensions["engine"] = engines.connect(url)
        bare = engines._connect(bare_url or app.extensions["engine"].url)
        with open_session(engines.for_writing(app.extensions["engine"]), Scope.vendor()) as own:
            if not url:
                schema.metadata().create_all(own.connection())
            seller, waiting = _fill(own, said.deals, said.turns)
            own.commit()
        for what, work in (
            ("The list of deals", _looking(app, seller)),
            ("An approval", _approving(app, waiting)),
        ):
            _compare(what, work, app, bare, said.turns)
        bare.dispose()
        app.extensions["engine"].dispose()


@contextmanager
def _database(is_postgresql: bool) -> Iterator[tuple[str, str]]:
    """Where the portal goes, as its own role and as one above the policies; SQLite: nowhere."""
    if not is_postgresql:
        yield "", ""
        return
    server = Postgresql()
    try:
        owner = engines.connect(server.as_owner(server.template_url))
        schema.metadata().create_all(engines.for_writing(owner))
        roles.let_in(owner, server.template_url)
        owner.dispose()
        url = server.fresh()
        yield url, server._url(url.rsplit("/", 1)[1], "postgres")
    finally:
        server.stop()


def _compare(what: str, work: Callable[[], Any], app: Flask, bare: Engine, turns: int) -> None:
    with_them, without = [], []
    for turn in range(2 * turns):
        if turn % 2:
            with _bare(app, bare):
                without.append(_cost(work))
        else:
            with_them.append(_cost(work))
    for kind, name in enumerate(("of processor time", "by the clock")):
        full, least = (
            1000 * statistics.median(one[kind] for one in measured[3:])
            for measured in (with_them, without)
        )
        click.echo(
            f"{what}: {full:.1f} ms with, {least:.1f} ms without,"
            f" {100 * (full / least - 1):+.1f} % {name}."
        )


def _cost(work: Callable[[], Any]) -> tuple[float, float]:
    started = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - started[0], time.perf_counter() - started[1]


@contextmanager
def _bare(app: Flask, bare: Engine) -> Iterator[None]:
    """Neither scope nor tripwire nor audit, nor the database's own wall."""
    whole, app.extensions["engine"] = app.extensions["engine"], bare
    event.remove(ScopedSession, "before_commit", keeping._link)
    with ExitStack() as off:
        no_fence = property(lambda _own: (), lambda _own, _kept: None)
        off.enter_context(mock.patch.object(ScopedSession, "_fence", no_fence, create=True))
        off.enter_context(mock.patch("models.scope.announce", lambda *_words: None))
        off.enter_context(mock.patch.object(audit, "record", lambda *_words, **_said: None))
        off.enter_context(mock.patch.object(audit, "has_recorded", lambda _session: True))
        off.enter_context(mock.patch.object(footprints, "_leave_one", lambda response: response))
        yield
    event.listen(ScopedSession, "before_commit", keeping._link)
    app.extensions["engine"] = whole


def _looking(app: Flask, token: str) -> Callable[[], Any]:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token

    def look() -> None:
        assert client.get(PATH).status_code == 200

    return look


def _approving(app: Flask, waiting: list[Any]) -> Callable[[], Any]:
    def approve() -> None:
        engine = engines.for_writing(app.extensions["engine"])
        with open_session(engine, Scope.vendor()) as session:
            deal = session.get_one(deals.Deal, waiting.pop())
            manager = session.get_one(Person, deal.channel_manager_id)
            deals.approve(session, deal, by=manager.actor(), now=now())
            session.commit()

    return approve


def _fill(session: ScopedSession, many: int, turns: int) -> tuple[str, list[Any]]:
    a = Factories(session, now())
    partner = a.partner()
    seller = a.seller(partner)
    waiting = [a.submitted(partner=partner, by=seller.actor()).id for _ in range(2 * turns)]
    for _ in range(max(0, many - len(waiting))):
        a.draft(partner=partner, by=seller.actor())
    session.add(_signed_in(session, seller))
    session.flush()
    assert session.scalar(select(Person.id).where(Person.id == seller.id))
    return TOKEN, waiting


def _signed_in(_session: ScopedSession, seller: Person) -> Any:
    return footprints.identity.UserSession(
        person_id=seller.id, token_hash=footprints.identity._hashed(TOKEN),
        created_at=now(), last_seen_at=now(), address="", browser="",
    )  # fmt: skip


if __name__ == "__main__":
    main()
