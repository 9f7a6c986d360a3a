"""Migrations: how a database of an older release becomes one of this release.

The steps are in `versions/`, written once and never edited; alembic walks them.  A
database is moved inside one transaction: it arrives, or it stays where it was.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from models import fences
from models.engine import for_writing
from models.scope import as_vendor

FOLDER = Path(__file__).parent


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring the database up to a revision; the newest unless said otherwise."""
    with for_writing(engine).begin() as connection:
        fences.take_down(connection)
        command.upgrade(_config(connection), to)
        fences.put_up(connection)


def downgrade(engine: Engine, to: str) -> None:
    """Bring the database down to a revision, "base" being before the first table."""
    with for_writing(engine).begin() as connection:
        fences.take_down(connection)
        command.downgrade(_config(connection), to)
        fences.put_up(connection)


def revise(engine: Engine, title: str) -> None:
    """Write the next revision: what the declared tables have and this database has not."""
    with engine.connect() as connection:
        command.revision(_config(connection), message=title, autogenerate=True)


def newest() -> str | None:
    """The revision of this release; None while there is no revision at all."""
    return ScriptDirectory.from_config(_config(None)).get_current_head()


def known() -> set[str]:
    """Every revision that this release knows how to leave."""
    return {step.revision for step in ScriptDirectory.from_config(_config(None)).walk_revisions()}


def standing(engine: Engine) -> str | None:
    """The revision at which the database stands; None before the first."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = None if connection is None else as_vendor(connection)
    return config
