"""The command that begins a real installation."""

from __future__ import annotations

import click

from models.accounts.founding import found
from portal.clock import now
from portal.database import transaction


@click.command("set-up")
@click.option("--company", prompt="Your company's name")
@click.option("--country", prompt="Its country (ISO code)", help="Such as DE.")
@click.option("--currency", prompt="Its currency (ISO code)", help="Such as EUR.")
@click.option("--time-zone", prompt="Its time zone", help="Such as Europe/Berlin.")
@click.option("--name", prompt="Your name")
@click.option("--email", prompt="Your e-mail address")
@click.password_option(help="At least 15 characters; asked for when it is not given.")
def set_up(**said: str) -> None:
    """Begin: the company whose portal this is, and its first administrator.

    Works once.  Everybody else is invited from the portal.
    """
    with transaction() as session:
        administrator = found(session, **said, now=now())
        email = administrator.email
    click.echo(f"Done. Start with `portal serve` and sign in as {email}.")
