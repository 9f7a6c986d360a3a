"""The browser of the tests: a client that sees what the test has made, and a quick way in."""

import hashlib
import secrets
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models.people import Person, UserSession
from models.scope import ScopedSession
from portal.clock import now


class PortalClient(FlaskClient):
    """Commits what the test has made before it asks, and lets the test see what came of it."""

    session: ScopedSession

    def open(self, *words: Any, **options: Any) -> Any:
        self.session.commit()
        answer = super().open(*words, **options)
        self.session.expire_all()
        return answer


def client_of(app: Flask, session: ScopedSession) -> PortalClient:
    app.test_client_class = type("Client", (PortalClient,), {"session": session})
    return app.test_client()


def way_in(app: Flask, session: ScopedSession) -> Callable[[Person | str], PortalClient]:
    """sign_in(person or e-mail) → a client that is signed in.  Sign-in itself has its own tests."""

    def sign_in(who: Person | str) -> PortalClient:
        email = who if isinstance(who, str) else who.email
        person = session.scalars(select(Person).where(Person.email == email)).one()
        token = secrets.token_urlsafe(16)
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
        client = client_of(app, session)
        session.commit()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        return client

    return sign_in
