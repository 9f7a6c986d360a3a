"""The command that loads the demonstration, and what `portal serve --demo` does the same with."""

from __future__ import annotations

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from portal import database, demo
from portal.clock import now
from portal.database_commands import bring_up_as_owner
from portal.demo.loading import STEPS
from portal.payouts.rails import rails, seal


@click.group("demo", help="The demonstration.")
def commands() -> None:
    pass


@commands.command()
def load() -> None:
    """Load the demonstration into an empty database.  Doing it twice changes nothing."""
    bring_up_as_owner()
    click.echo("The demonstration is loaded." if load_once() else "It is loaded already.")
    click.echo(demo.logins())


def load_once() -> bool:
    """True when it was loaded now.  In one transaction: it is there, or nothing of it is."""
    with database.reading() as session:
        if demo.is_loaded(session):
            return False
    columns = (TextColumn("Loading the demonstration"), BarColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        bar = progress.add_task("demo", total=STEPS)
        with database.transaction() as session:
            demo.load(
                session,
                now=now(),
                seal=seal(),
                rails=rails(),
                tick=lambda _what: progress.advance(bar),
            )
    return True
