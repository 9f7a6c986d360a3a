"""What scope, tripwire and audit add: a partner's list of deals, and an approval.

    python -m benchmarks.walls --deals 300 --turns 40

Turn by turn in one run, with them and without; "without" exists only in here: the criteria are
empty, the tripwire does not listen, and nothing is recorded.  All deals are one partner's, so both
turns draw the same page.  Processor time, medians.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import click
from flask import Flask
from sqlalchemy import event, select

from benchmarks.deals_list import PATH, TOKEN, _app, _seconds
from models import audit, deals, schema, tripwire
from models import engine as engines
from models.audit import operations as keeping
from models.people import Person
from models.scope import Scope, ScopedSession, open_session
from portal import footprints
from portal.clock import now
from tests.factories import Factories


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--deals", type=int, default=300)
    words.add_argument("--turns", type=int, default=40)
    said = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app = _app(Path(folder))
        engine = engines.for_writing(app.extensions["engine"])
        schema.metadata().create_all(engine)
        with open_session(engine, Scope.vendor()) as session:
            seller, waiting = _fill(session, said.deals, said.turns)
            session.commit()
        _compare("The list of deals", _looking(app, seller), app, said.turns)
        _compare("An approval", _approving(app, waiting), app, said.turns)


def _compare(what: str, work: Callable[[], Any], app: Flask, turns: int) -> None:
    with_them, without = [], []
    for turn in range(2 * turns):
        if turn % 2:
            with _bare(app):
                without.append(_seconds(work))
        else:
            with_them.append(_seconds(work))
    full, bare = statistics.median(with_them[3:]), statistics.median(without[3:])
    click.echo(
        f"{what}: {1000 * full:.1f} ms with, {1000 * bare:.1f} ms without,"
        f" {100 * (full / bare - 1):+.1f} %."
    )


@contextmanager
def _bare(app: Flask) -> Iterator[None]:
    """Neither scope nor tripwire nor audit."""
    engine = app.extensions["engine"]
    event.remove(engine, "before_cursor_execute", tripwire._judge)
    event.remove(ScopedSession, "before_commit", keeping._link)
    with ExitStack() as off:
        off.enter_context(mock.patch("models.scope.criteria", lambda _scope: ()))
        off.enter_context(mock.patch.object(audit, "record", lambda *_words, **_said: None))
        off.enter_context(mock.patch.object(audit, "has_recorded", lambda _session: True))
        off.enter_context(mock.patch.object(footprints, "_leave_one", lambda response: response))
        yield
    event.listen(ScopedSession, "before_commit", keeping._link)
    tripwire.watch(engine)


def _looking(app: Flask, token: str) -> Callable[[], Any]:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token

    def look() -> None:
        assert client.get(PATH).status_code == 200

    return look


def _approving(app: Flask, waiting: list[Any]) -> Callable[[], Any]:
    engine = engines.for_writing(app.extensions["engine"])

    def approve() -> None:
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
