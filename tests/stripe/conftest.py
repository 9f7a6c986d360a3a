"""A story of payouts by Stripe; the books and Stripe are compared after every test."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from models import payouts
from models.money import Money
from tests.databases import Sqlite
from tests.portal_client import client_of
from tests.stripe.connection import NEW, OLD
from tests.stripe.provider import check_against_stripe
from tests.stripe_standin import Webhooks
from tests.stripe_story import ENVIRONMENT, KEY, Story, standin


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
        self.databases._say(f"DROP DATABASE IF EXISTS {name}_backup WITH (FORCE)")
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


@pytest.fixture
def connected(story):
    story.app.extensions["settings"] = replace(
        story.app.extensions["settings"],
        stripe_secret_key=KEY,
        stripe_api_base=story.served.url,
        stripe_webhook_secret=f"{NEW}, {OLD}",
        stripe_environment=ENVIRONMENT,
    )
    story.world.things["event"] = {}
    story.session.commit()
    return story


@pytest.fixture
def post(connected):
    def post(body, headers, path="/stripe/webhooks"):
        client = client_of(connected.app, connected.session)
        return client.post(path, data=body, headers=headers).status_code

    return post


@pytest.fixture
def hooks(connected, post):
    return Webhooks(connected.world, NEW, post)


@pytest.fixture
def finance(connected, sign_in):
    return sign_in(connected.a.finance())


@pytest.fixture
def topped_up(connected):
    """The stand-in's first million, in our books too."""
    finance = connected.a.finance().actor()
    source = connected.world.all("balance_transaction")[0]["source"]
    payouts.transfers.top_up(
        connected.session, Money(1_000_000_00, "EUR"), reference=source, by=finance,
        now=connected.world.now,
    )  # fmt: skip
    connected.topped_up = 1_000_000_00
    connected.session.commit()
    return connected
