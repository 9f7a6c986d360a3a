"""Fixtures every test may use: a clean database, a fixed now, factories, the portal."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis
import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine

from models import engine as engines
from models import payouts, roles, schema
from models.people import Person
from models.scope import Scope, ScopedSession, open_session
from models.sealing import Seal
from portal import demo
from portal.app import create_app
from portal.settings import Settings
from tests import compiled
from tests.databases import Postgresql, Sqlite
from tests.factories import Factories
from tests.payout_story import RAILS
from tests.portal_client import PortalClient, client_of, way_in

KINDS = {"sqlite": Sqlite, "postgresql": Postgresql}
NOW = datetime(2026, 11, 18, 10, 30, tzinfo=UTC)
"""A Wednesday, half past eleven in Berlin; no holiday is near."""
SEALING_KEY = "sealing key of the tests, never of a server"


hypothesis.settings.register_profile("house", deadline=None)  # a busy machine is no bug
hypothesis.settings.load_profile("house")
compiled.share()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=sorted(KINDS),
        default="sqlite",
        help="what the tests keep their data in; a PostgreSQL server is started for the run",
    )
    parser.addoption(
        "--every-crash",
        action="store_true",
        help="kill the payout worker at every boundary, with every fault; takes a quarter hour",
    )
    parser.addoption("--drills", action="store_true", help="run tests/drills too: half an hour")
    parser.addoption(
        "--fuzz",
        type=int,
        metavar="REQUESTS",
        help="send so many odd requests instead of a hundred; 10,000 take a quarter hour",
    )
    parser.addoption(
        "--fuzz-part",
        type=int,
        default=0,
        metavar="NUMBER",
        help="another part of the odd requests: other doors, other values",
    )
    parser.addoption(
        "--every-model",
        action="store_true",
        help="draw 10,000 random models of territories instead of 100; takes a few minutes",
    )
    parser.addoption(
        "--games",
        type=int,
        metavar="GAMES",
        help="play so many random games of deals, of 50 steps, instead of six; a hundred take "
        "a few minutes",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what asks a database: the rest has been proven without one."""
    if config.getoption("--database") == "sqlite":
        return
    asks: dict[bool, list[pytest.Item]] = {True: [], False: []}
    for item in items:
        asks["databases" in getattr(item, "fixturenames", ())].append(item)
    config.hook.pytest_deselected(items=asks[False])
    items[:] = asks[True]


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Iterator[Sqlite | Postgresql]:
    """The kind of database that was asked for, with the schema built once as a template."""
    kind = KINDS[request.config.getoption("--database")]()
    try:
        engine = engines.connect(kind.as_owner(kind.template_url))
        schema.metadata().create_all(engines.for_writing(engine))
        roles.let_in(engine, kind.template_url)
        engine.dispose()
        yield kind
    finally:
        kind.stop()


@pytest.fixture(scope="session")
def demo_template(databases: Sqlite | Postgresql) -> str:
    """The demonstration as it looks at NOW, loaded once a run."""
    url = databases.fresh()
    engine = engines.connect(url)
    with open_session(engines.for_writing(engine), Scope.vendor()) as session:
        demo.load(session, now=NOW, seal=Seal(SEALING_KEY), rails=RAILS)
        session.commit()
    engine.dispose()
    databases.keep_as(url, "demo")
    return "demo"


@pytest.fixture
def database_url(request: pytest.FixtureRequest, databases: Sqlite | Postgresql) -> Iterator[str]:
    """A database with every table, for this test alone: empty, or marked `demo`, the demo's."""
    is_demo = request.node.get_closest_marker("demo") is not None
    template = request.getfixturevalue("demo_template") if is_demo else "template"
    url = databases.fresh(template)
    yield url
    databases.drop(url)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = engines.connect(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[ScopedSession]:
    """The vendor's session, in a transaction that ends with the test."""
    with open_session(engines.for_writing(engine), Scope.vendor()) as session:
        yield session


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def a(session: ScopedSession, now: datetime) -> Factories:
    """Makes things: a.partner(), a.person(role=…), a.manager(), …"""
    return Factories(session, now)


@pytest.fixture(scope="session")
def built_portal() -> Flask:
    """Built once a run: what takes long is the same for every test."""
    app = create_app(_settings("sqlite://", Path()))
    app.config["TESTING"] = app.config["PROPAGATE_EXCEPTIONS"] = False
    app.config["WTF_CSRF_ENABLED"] = False
    return app


@pytest.fixture
def app(
    built_portal: Flask, database_url: str, session: ScopedSession, now: datetime, tmp_path: Path
) -> Iterator[Flask]:
    """The portal on this test's database.  It is `now` in there, and no form needs its token.

    What a test changes of its settings is forgotten; what it adds to its pages is not: such a
    test builds a portal of its own.
    """
    portal = built_portal
    config, extensions = dict(portal.config), dict(portal.extensions)
    portal.extensions["settings"] = _settings(database_url, tmp_path)
    portal.extensions["engine"] = engines.connect(database_url)
    with time_machine.travel(now, tick=False):
        yield portal
        session.rollback()
        portal.extensions["engine"].dispose()
    for kept, before in ((portal.config, config), (portal.extensions, extensions)):
        kept.clear()
        kept.update(before)


def _settings(database_url: str, folder: Path) -> Settings:
    return Settings(
        instance=folder,
        database_url=database_url,
        secret_key="secret of the tests, never of a server",
        sealing_key=SEALING_KEY,
        base_url="http://localhost",
    )


@pytest.fixture
def client(app: Flask, session: ScopedSession) -> PortalClient:
    """A stranger's browser."""
    return client_of(app, session)


@pytest.fixture
def sign_in(app: Flask, session: ScopedSession) -> Callable[[Person | str], PortalClient]:
    """sign_in(person) or sign_in(email) gives that person's browser."""
    return way_in(app, session)


@pytest.fixture
def balanced_books(session):
    """Whatever the test does to payouts, the books agree afterwards."""
    yield
    assert payouts.check_books(session) == []


@pytest.fixture
def petra(a):
    """She prepares a run."""
    a.vendor()
    return a.finance(name="Petra").actor()


@pytest.fixture
def rita(a):
    """She releases it."""
    return a.finance(name="Rita").actor()


@pytest.fixture
def later(now):
    return now + timedelta(hours=1)
