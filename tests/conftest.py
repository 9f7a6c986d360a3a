"""Fixtures every test may use: a clean database, a fixed now, factories, the portal."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import hypothesis
import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine

import models
from models import engine as engines
from models.base import Base
from models.people import Person
from models.scope import Scope, ScopedSession, open_session
from portal.app import create_app
from portal.settings import Settings
from tests.databases import Postgresql, Sqlite
from tests.factories import Factories
from tests.portal_client import PortalClient, client_of, way_in

KINDS = {"sqlite": Sqlite, "postgresql": Postgresql}
NOW = datetime(2026, 11, 18, 10, 30, tzinfo=UTC)
"""A Wednesday, half past eleven in Berlin; no holiday is near."""


hypothesis.settings.register_profile("house", deadline=None)  # a busy machine is no bug
hypothesis.settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=sorted(KINDS),
        default="sqlite",
        help="what the tests keep their data in; a PostgreSQL server is started for the run",
    )


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Iterator[Sqlite | Postgresql]:
    """The kind of database that was asked for, with the schema built once as a template."""
    kind = KINDS[request.config.getoption("--database")]()
    try:
        engine = engines.connect(kind.template_url)
        _while_we_build(engines.for_writing(engine))
        engine.dispose()
        yield kind
    finally:
        kind.stop()


@pytest.fixture
def database_url(databases: Sqlite | Postgresql) -> Iterator[str]:
    """An empty database with every table, for this test alone."""
    url = databases.fresh()
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


@pytest.fixture
def app(
    database_url: str, session: ScopedSession, now: datetime, tmp_path: Path
) -> Iterator[Flask]:
    """The portal on this test's database.  It is `now` in there, and no form needs its token."""
    settings = Settings(
        instance=tmp_path,
        database_url=database_url,
        secret_key="secret of the tests, never of a server",
        sealing_key="sealing key of the tests, never of a server",
        base_url="http://localhost",
    )
    with time_machine.travel(now, tick=False):
        app = create_app(settings)
        app.config["TESTING"] = app.config["PROPAGATE_EXCEPTIONS"] = False
        app.config["WTF_CSRF_ENABLED"] = False
        yield app
        session.rollback()
        app.extensions["engine"].dispose()


@pytest.fixture
def client(app: Flask, session: ScopedSession) -> PortalClient:
    """A stranger's browser."""
    return client_of(app, session)


@pytest.fixture
def sign_in(app: Flask, session: ScopedSession) -> Callable[[Person | str], PortalClient]:
    """sign_in(person) or sign_in(email) gives that person's browser."""
    return way_in(app, session)


def _while_we_build(engine: Engine) -> None:
    """Every table whose file can be imported and whose neighbours exist, until all stand."""
    for module in walk_packages(models.__path__, "models.", onerror=print):
        try:
            import_module(module.name)
        except Exception as error:
            print(f"tests: left out {module.name}: {error}")
    tables = {table.fullname: table for table in Base.metadata.tables.values()}
    while True:
        lone = [
            name
            for name, table in tables.items()
            if any(key.target_fullname.split(".")[0] not in tables for key in table.foreign_keys)
        ]
        if not lone:
            break
        for name in lone:
            print(f"tests: left out table {name}: a neighbour is missing")
            del tables[name]
    Base.metadata.create_all(engine, tables=list(tables.values()))
