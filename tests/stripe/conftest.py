"""A story of payouts by Stripe; the books and Stripe are compared after every test."""

import shutil
from pathlib import Path

import pytest

from tests.databases import Sqlite
from tests.stripe.provider import check_against_stripe
from tests.stripe_story import Story, standin


@pytest.fixture
def story(session, app, a, now):
    a.vendor()
    with standin(now) as served:
        story = Story(session, app, served, a)
        yield story
        if not getattr(story, "is_broken", False):
            assert check_against_stripe(story) == []


class Backups:
    """Copies of the test's database, kept and brought back while nobody is connected."""

    def __init__(self, databases, url, disconnect):
        self.databases, self.url, self.disconnect = databases, url, disconnect

    def keep(self):
        """A copy of the database as it is now."""
        self.disconnect()
        name = self.url.rsplit("/", 1)[1]
        if isinstance(self.databases, Sqlite):
            file = self.databases._file(Path(name).stem)
            copy = file.with_suffix(".backup")
            shutil.copyfile(file, copy)  # the last to disconnect has emptied the log into it
            return copy
        self.databases._say(f"CREATE DATABASE {name}_backup TEMPLATE {name}")
        return f"{name}_backup"

    def bring_back(self, backup, keep=False):
        """keep: the copy is wanted again."""
        self.disconnect()
        name = self.url.rsplit("/", 1)[1]
        if isinstance(self.databases, Sqlite):
            shutil.copyfile(backup, self.databases._file(Path(name).stem))
            return
        self.databases._say(f"DROP DATABASE {name} WITH (FORCE)")
        self.databases._say(f"CREATE DATABASE {name} TEMPLATE {backup}")
        if not keep:
            self.databases._say(f"DROP DATABASE {backup}")


@pytest.fixture
def restore(databases, database_url, session, engine, app):
    def disconnect():
        session.close()
        engine.dispose()
        app.extensions["engine"].dispose()

    return Backups(databases, database_url, disconnect)
