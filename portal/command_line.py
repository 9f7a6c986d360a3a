"""The command `portal`: everything that is done without a browser.

Exit codes: 0 done, 1 refused (the reason is printed), 2 wrong words or a bad setting,
3 the database or the port cannot be used.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from typing import Any

import click
from flask import current_app, has_app_context
from sqlalchemy.exc import OperationalError

from models.errors import Refused
from portal import logs, ways_out
from portal.app import create_app
from portal.audit.commands import commands as audit
from portal.commissions.commands import commands as commissions
from portal.customers.commands import commands as customers
from portal.database_commands import commands as database
from portal.demo_commands import commands as demo
from portal.payouts.commands import commands as payouts
from portal.payouts.commands import ledger_commands as ledger
from portal.people.commands import commands as people
from portal.programme.commands import set_up
from portal.sales.commands import commands as sales
from portal.serve import serve
from portal.settings import BadSetting, Settings
from portal.starting import refuse_what_is_unsafe
from portal.territories.commands import commands as territories
from portal.worker import run

COMMANDS: list[click.Command] = [
    audit,
    commissions,
    customers,
    database,
    demo,
    ledger,
    payouts,
    people,
    sales,
    set_up,
    territories,
]
"""What the features can do without a browser."""

BAD_SETTING, UNUSABLE = 2, 3


class Portal(click.Group):
    """Turns what may go wrong into one sentence and an exit code."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except Refused as refusal:
            raise click.ClickException(str(refusal)) from refusal
        except BadSetting as bad:
            raise _stop(str(bad), BAD_SETTING) from bad
        except OperationalError as error:
            raise _stop(f"The database cannot be used: {error.orig}", UNUSABLE) from error


@click.group(cls=Portal, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="counterpart")
def portal() -> None:
    """Counterpart: the channel partner portal.  Settings come from the environment."""


def _stop(sentence: str, code: int) -> click.ClickException:
    stop = click.ClickException(sentence)
    stop.exit_code = code  # type: ignore[misc]  # click means it to be set
    return stop


def _inside_app(run: Callable[..., Any]) -> Callable[..., Any]:
    """Run with the portal around it; a test that has one already keeps its own."""

    @wraps(run)
    def inside(*words: Any, **options: Any) -> Any:
        if has_app_context():
            around: Any = nullcontext()
        else:
            around = create_app(Settings.from_environment()).app_context()
        with around:
            return run(*words, **options)

    return inside


def _furnish(command: click.Command) -> click.Command:
    for part in command.commands.values() if isinstance(command, click.Group) else ():
        _furnish(part)
    if not isinstance(command, click.Group) and command.callback is not None:
        command.callback = _inside_app(command.callback)
    return command


@portal.command()
def worker() -> None:
    """Do the jobs whose time has come and send the mails, until Ctrl-C."""
    ways_out.hold(current_app.extensions["settings"])
    refuse_what_is_unsafe(current_app._get_current_object())  # type: ignore[attr-defined]
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    run(current_app._get_current_object(), stop)  # type: ignore[attr-defined]


portal.add_command(serve)
_furnish(worker)
for command in COMMANDS:
    portal.add_command(_furnish(command))


def main() -> None:
    logs.install()
    portal(prog_name="portal")


if __name__ == "__main__":
    main()
