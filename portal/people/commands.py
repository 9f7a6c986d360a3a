"""Commands about people: what cannot wait for a second administrator."""

from __future__ import annotations

import getpass

import click

from models import privileges
from portal.clock import now
from portal.database import transaction


@click.group("people", help="What cannot wait for a second administrator.")
def commands() -> None:
    pass


@commands.command("reset-factor")
@click.argument("email")
@click.option("--reason", required=True, help="How you know that it is really them who ask.")
def reset_factor(email: str, reason: str) -> None:
    """Take away the second factor of EMAIL; all administrators are told, the audit keeps it."""
    with transaction() as session:
        names = privileges.reset_factor_from_server(
            session, email, operator=getpass.getuser(), reason=reason, now=now()
        )
    click.echo(f"Reset: {', '.join(names)}. They set up a new one at the next sign-in.")
