"""The portal on the demonstration's data, served from a thread to a real browser."""

import hashlib
import secrets
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server

from models.people import Person, UserSession
from portal import database
from portal.app import create_app
from portal.clock import now
from portal.database_commands import bring_up
from portal.demo_commands import load_once
from portal.settings import Settings


@dataclass(frozen=True)
class Site:
    """A running portal.  url: where; app: what."""

    url: str
    app: Flask

    def cookie(self, email: str) -> dict[str, Any]:
        """The cookie of somebody who has signed in; signing in itself has its own tests."""
        token = secrets.token_urlsafe(16)
        with self.app.app_context(), database.transaction() as session:
            known = select(Person).where(Person.email == email).order_by(Person.id)
            person = session.scalars(known).first()  # of somebody of two companies: the first
            assert person is not None, email
            session.add(
                UserSession(
                    person_id=person.id,
                    token_hash=hashlib.sha256(token.encode()).hexdigest(),
                    created_at=now(),
                    last_seen_at=now(),
                    address="127.0.0.1",
                    browser="tests",
                    proven_at=now(),
                )
            )
        signer = self.app.session_interface.get_signing_serializer(self.app)
        value = signer.dumps({"_user_id": token, "_fresh": True})
        return {"name": self.app.config["SESSION_COOKIE_NAME"], "value": value, "url": self.url}


def make_demo(folder: Path) -> Path:
    """The demonstration, loaded once, as a database file."""
    file = folder / "demo.sqlite"
    app = _app(folder, file)
    with app.app_context():
        bring_up(database.engine())
        load_once()
    app.extensions["engine"].dispose()
    return file


@contextmanager
def served(folder: Path, demo: Path) -> Iterator[Site]:
    """A copy of the demonstration, served until the block ends."""
    file = folder / f"{secrets.token_hex(4)}.sqlite"
    shutil.copyfile(demo, file)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    app = _app(folder, file, port)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Site(f"http://localhost:{port}", app)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        app.extensions["engine"].dispose()


def _app(folder: Path, file: Path, port: int = 80) -> Flask:
    """At the name localhost: passkeys belong to a name, never to a number."""
    return create_app(
        Settings(
            instance=folder,
            database_url=f"sqlite:///{file}",
            secret_key="secret of the tests, never of a server",
            sealing_key="sealing key of the tests, never of a server",
            base_url=f"http://localhost:{port}",
            demo=True,
        )
    )
