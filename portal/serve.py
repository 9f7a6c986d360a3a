"""`portal serve`: the web and the worker as children of one parent that stops both.

Before it starts them, it brings the database up to this release and, when asked,
loads the demonstration into an empty one.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType

import click

from portal.app import create_app
from portal.database import engine
from portal.database_commands import bring_up
from portal.demo import logins
from portal.demo_commands import load_once
from portal.settings import Settings

ROOT = Path(__file__).parent.parent
START_SECONDS = 30
STOP_SECONDS = 10
"""How long a child may take to finish what it is doing; then it is killed."""

PORT_TAKEN = 3


@click.command()
@click.option("--host", help="Address to listen on; HOST or 127.0.0.1 when not given.")
@click.option("--port", type=click.IntRange(1, 65535), help="PORT or 8000 when not given.")
@click.option(
    "--demo", "with_demo", is_flag=True, help="Load the demonstration into an empty database."
)
@click.option("--web-workers", default=2, show_default=True, help="Web processes, 8 threads each.")
@click.pass_context
def serve(
    context: click.Context, host: str | None, port: int | None, with_demo: bool, web_workers: int
) -> None:
    """Serve the portal: web and worker, until Ctrl-C."""
    settings = Settings.from_environment()
    settings = replace(
        settings,
        host=host or settings.host,
        port=port or settings.port,
        demo=with_demo or settings.demo,
    )
    if not _is_free(settings.host, settings.port):
        click.echo(
            f"Port {settings.port} is taken: stop what uses it, or choose another"
            f" (portal serve --port {settings.port + 1}, make run PORT={settings.port + 1}).",
            err=True,
        )
        context.exit(PORT_TAKEN)
    logins = _prepare(settings)
    context.exit(Family(settings, web_workers).live(_greeting(settings, logins)))


class Family:
    """The parent's children: all of them live, or none."""

    def __init__(self, settings: Settings, web_workers: int) -> None:
        self.settings = settings
        self.stopping = False
        self.commands = {
            "web": _gunicorn(settings, web_workers),
            "worker": [sys.executable, "-m", "portal.command_line", "worker"],
        }
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    def live(self, greeting: str) -> int:
        """Until a signal comes (0) or a child ends by itself (1)."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        try:
            for name, command in self.commands.items():
                self.children[name] = self._start(command)
            if self._answers():
                click.echo(greeting)
            return self._watch()
        finally:
            self._end_all()

    def _start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        """Ctrl-C reaches the parent alone; when the parent is killed, the child ends too."""
        bound = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
        return subprocess.Popen(
            [*bound, *command], cwd=ROOT, env=_environment(self.settings), start_new_session=True
        )

    def _answers(self) -> bool:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and not self.stopping and not self._ended():
            if not _is_free(self.settings.host, self.settings.port):
                return True
            time.sleep(0.05)
        return False

    def _watch(self) -> int:
        while not self.stopping:
            if ended := self._ended():
                click.echo(f"The {ended} ended by itself; everything is stopped.", err=True)
                return 1
            time.sleep(0.2)
        click.echo("Stopping …")
        return 0

    def _ended(self) -> str | None:
        return next(
            (name for name, child in self.children.items() if child.poll() is not None), None
        )

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _end_all(self) -> None:
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        until = time.monotonic() + STOP_SECONDS
        for child in self.children.values():
            try:
                child.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _prepare(settings: Settings) -> str:
    """The database of this release, with the demonstration if asked; its log-ins."""
    settings.instance.mkdir(parents=True, exist_ok=True)
    app = create_app(settings)
    try:
        with app.app_context():
            if bring_up(engine()):
                click.echo("The database is up to date.")
            if not settings.demo:
                return ""
            load_once()
            return logins()
    finally:
        app.extensions["engine"].dispose()


def _greeting(settings: Settings, logins: str) -> str:
    address = f"\nCounterpart is at http://{settings.host}:{settings.port}  (Ctrl-C stops it)\n"
    return f"{address}\n{logins}" if logins else address


def _gunicorn(settings: Settings, workers: int) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "wsgi:app"),
        *("--bind", f"{settings.host}:{settings.port}"),
        *("--worker-class", "gthread", "--workers", str(workers), "--threads", "8"),
        *("--preload", "--no-control-socket", "--log-level", "warning"),
        *("--graceful-timeout", str(STOP_SECONDS - 2), "--timeout", "60"),
    ]


def _environment(settings: Settings) -> dict[str, str]:
    """What the children need to know to be the same installation as their parent."""
    return os.environ | {
        "INSTANCE_DIR": str(settings.instance),
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "SEALING_KEY": settings.sealing_key,
        "HOST": settings.host,
        "PORT": str(settings.port),
        "DEMO": "yes" if settings.demo else "no",
    }


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
