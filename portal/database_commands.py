"""Commands about the database itself: where it stands, bringing it up, backing it up."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask import current_app
from sqlalchemy import Engine, inspect

from models import engine as engines
from models import fences, migrations, roles
from models.errors import Refused
from models.scope import as_vendor
from portal import backing_up, backups
from portal.database import engine


@click.group("database", help="Where the database stands, bringing it up, backup.")
def commands() -> None:
    pass


@commands.command()
def upgrade() -> None:
    """Bring the database to this release.  Doing it twice changes nothing."""
    click.echo("Upgraded." if bring_up_as_owner() else "Already up to date.")


@commands.command()
@click.option("--json", "as_json", is_flag=True, help="For a machine to read.")
@click.pass_context
def status(context: click.Context, as_json: bool) -> None:
    """Say where the database stands.  Exit code 1 when it is not up to date."""
    stands, newest = migrations.standing(engine()), migrations.newest()
    if as_json:
        click.echo(json.dumps({"stands": stands, "newest": newest, "current": stands == newest}))
    else:
        click.echo(f"The database stands at {stands or 'nothing'}; this release needs {newest}.")
    context.exit(0 if stands == newest else 1)


@commands.command()
@click.argument("folder", type=click.Path(path_type=Path))
def backup(folder: Path) -> None:
    """Write the whole database into FOLDER as one file, while others go on working.

    Files at deals are in it; SEALING_KEY is not, and without it bank details cannot be read.
    """
    click.echo(f"Written: {backing_up.write(folder).words}")


@commands.command()
@click.argument("file", type=click.Path(path_type=Path))
def restore(file: Path) -> None:
    """Bring a backup back into the database of the settings, which must be empty."""
    kept = backups.restore(current_app.extensions["settings"], file)
    click.echo(f"Restored as it was at {kept.at}, and counted: {kept.words}")
    if kept.revision != migrations.newest():
        click.echo("It is of an older release: run `portal database upgrade`.")


def bring_up_as_owner() -> bool:
    """As the role that owns the tables, if there is one of its own; then the portal's may enter.

    True when something was done.  Raises Refused for a database that is not ours to change.
    """
    settings = current_app.extensions["settings"]
    if not settings.database_owner_url:
        return bring_up(engine())
    owner = engines.connect(settings.database_owner_url)
    try:
        is_done = bring_up(owner)
        roles.let_in(owner, settings.database_url)
        return is_done
    finally:
        owner.dispose()


def bring_up(engine: Engine) -> bool:
    """With one role for all.  True when something was done."""
    stands = migrations.standing(engine)
    if stands == migrations.newest():
        return _put_up_walls(engine)
    if stands is None and inspect(engine).get_table_names():
        raise Refused(
            f"The database {engine.url.render_as_string()} is half made: it has tables but no"
            " revision. Move it away (or name another in DATABASE_URL) and start again."
        )
    if stands is not None and stands not in migrations.known():
        raise Refused(
            f"The database {engine.url.render_as_string()} was made by a newer Counterpart"
            f" (revision {stands}). Use that release, or another database."
        )
    migrations.upgrade(engine)
    return True


def _put_up_walls(engine: Engine) -> bool:
    """Those that are missing in a database that is otherwise of this release."""
    with engines.for_writing(engine).begin() as connection:
        if not fences.missing(as_vendor(connection)):
            return False
        fences.put_up(connection)
        return True
