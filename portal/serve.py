"""`portal serve`: the web and the worker as children of one parent that stops both.

Before it starts them, it brings the database up to this release and, when asked,
loads the demonstration into an empty one.
"""

from __future__ import annotations

import ctypes
import http.client
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from types import FrameType

import click
import waitress
from flask import Flask

from portal import database, ways_out, worker
from portal.app import create_app
from portal.database_commands import bring_up_as_owner
from portal.demo import is_loaded, logins
from portal.demo_commands import load_once
from portal.settings import Settings
from portal.starting import refuse_what_is_unsafe

FORK = multiprocessing.get_context("fork")
"""The children are copies of the parent: what it has imported, they need not read again."""

START_SECONDS = 30
STOP_SECONDS = 10
"""How long a child may take to finish what it is doing; then it is killed."""

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
BACKLOG, CONNECTIONS = 1024, 1000
"""How many may knock at once, and how many each web process listens to."""

DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of Linux's prctl."""

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
    settings = replace(settings, base_url=_base_url(settings))
    if not _is_free(settings.host, settings.port):
        click.echo(
            f"Port {settings.port} is taken: stop what uses it, or choose another"
            f" (portal serve --port {settings.port + 1}, make run PORT={settings.port + 1}).",
            err=True,
        )
        context.exit(PORT_TAKEN)
    app, logins = _prepare(settings)
    context.exit(Family(app, web_workers).live(_greeting(settings, logins)))


class Family:
    """The parent's children: all of them live, or none."""

    def __init__(self, app: Flask, web_workers: int) -> None:
        self.settings: Settings = app.extensions["settings"]
        self.stopping = False
        line = socket.create_server((self.settings.host, self.settings.port), backlog=BACKLOG)
        self.children = [
            *(FORK.Process(target=_web, name="web", args=(app, line)) for _ in range(web_workers)),
            FORK.Process(target=_worker, name="worker", args=(app,)),
        ]

    def live(self, greeting: str) -> int:
        """Until a signal comes (0) or a child ends by itself (1)."""
        for number in STOPS:
            signal.signal(number, self._stop)
        try:
            for child in self.children:
                child.start()
            if self._answers():
                click.echo(greeting)
            return self._watch()
        finally:
            self._end_all()

    def _answers(self) -> bool:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and not self.stopping and not self._ended():
            line = http.client.HTTPConnection(self.settings.host, self.settings.port, timeout=1)
            try:
                line.request("GET", "/healthz")
                return line.getresponse().status < 500
            except OSError:
                time.sleep(0.05)
            finally:
                line.close()
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
        return next((child.name for child in self.children if child.exitcode is not None), None)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _end_all(self) -> None:
        for child in self.children:
            if child.is_alive():
                child.terminate()
        until = time.monotonic() + STOP_SECONDS
        for child in self.children:
            if child.pid is not None:
                child.join(max(0.0, until - time.monotonic()))
            if child.is_alive():
                child.kill()
                child.join()


def _web(app: Flask, line: socket.socket) -> None:
    """One process of several at one address.  It reads a request whole before a thread takes it,
    and a thread leaves its answer to be read: who dawdles holds nobody up."""
    _leave_the_terminal()
    settings: Settings = app.extensions["settings"]
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # each time one has to wait
    server = waitress.create_server(
        app,
        sockets=[line],
        threads=8,
        connection_limit=CONNECTIONS,
        asyncore_use_poll=True,
        channel_timeout=60,
        cleanup_interval=10,
        outbuf_high_watermark=1 << 40,  # above a megabyte it lies in a file: no thread waits for it
        max_request_header_size=64 * 1024,
        max_request_body_size=2 * settings.upload_megabytes * 1024 * 1024,
        ident="",
        clear_untrusted_proxy_headers=False,  # whom to believe is TRUSTED_PROXIES' to say
    )
    ways_out.hold(settings)  # only now: it would not let the server look up its own address
    server.run()


def _worker(app: Flask) -> None:
    _leave_the_terminal()
    ways_out.hold(app.extensions["settings"])
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    worker.run(app, stop)


def _leave_the_terminal() -> None:
    """Ctrl-C reaches the parent alone; where the system can, a child ends when its parent does."""
    os.setsid()
    for number in STOPS:
        signal.signal(number, lambda *_: sys.exit(0))  # what has begun is finished
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)


def _prepare(settings: Settings) -> tuple[Flask, str]:
    """The portal on a database of this release, with the demonstration if asked; its log-ins.

    It is built once, before the fork, and none of its connections is left open.
    """
    settings.instance.mkdir(parents=True, exist_ok=True)
    app = create_app(settings)
    try:
        with app.app_context():
            if bring_up_as_owner():
                click.echo("The database is up to date.")
            refuse_what_is_unsafe(app)
            if not settings.demo:
                return app, ""
            with database.reading() as session:
                has_demo = is_loaded(session)
    finally:
        app.extensions["engine"].dispose()
    if not has_demo:
        _in_a_child(_load_demo, settings)
    return app, logins()


def _load_demo(settings: Settings) -> None:
    with create_app(settings).app_context():
        load_once()


def _in_a_child(work: Callable[[Settings], None], settings: Settings) -> None:
    """What sets papers leaves threads behind that do not survive a fork: a process that did
    can be the parent of no other."""
    child = FORK.Process(target=work, args=(settings,))
    child.start()
    child.join()
    if child.exitcode:
        raise click.ClickException("The demonstration was not loaded; what is above says why.")


def _base_url(settings: Settings) -> str:
    """Where people reach the portal when nobody said: on this machine, by a name and not by
    a number, because passkeys belong to a name."""
    if "BASE_URL" in os.environ:
        return settings.base_url
    name = "localhost" if settings.host == "127.0.0.1" else settings.host
    return f"http://{name}:{settings.port}"


def _greeting(settings: Settings, logins: str) -> str:
    address = f"\nCounterpart is at {settings.base_url}  (Ctrl-C stops it)\n"
    return f"{address}\n{logins}" if logins else address


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
