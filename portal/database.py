"""One request, one session, one transaction.  The only file that commits.

A view that returns a page or a redirect is committed; a view that raises, or
answers 4xx or 5xx, is rolled back.  GET and HEAD are always rolled back, so a
page cannot change anything by being looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import flask
from flask import Flask, Response, current_app, g, request
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.local import LocalProxy

from models import engine as engines
from models.scope import Scope, ScopedSession, open_session

READS = {"GET", "HEAD", "OPTIONS"}


def connect(app: Flask, url: str, **engine_options: Any) -> None:
    app.extensions["engine"] = engines.connect(url, **engine_options)
    app.after_request(_finish)
    app.teardown_appcontext(_close)


def engine() -> Engine:
    return current_app.extensions["engine"]


@contextmanager
def transaction(scope: Scope | None = None) -> Iterator[ScopedSession]:
    """A transaction of its own, for commands and the worker; commits at the end of the block."""
    with open_session(engines.for_writing(engine()), scope or Scope.vendor()) as own:
        yield own
        own.commit()


@contextmanager
def reading(scope: Scope | None = None) -> Iterator[ScopedSession]:
    """A session for looking only; nothing it changes is kept."""
    with open_session(engine(), scope or Scope.vendor()) as own:
        yield own


def open_for(scope: Scope) -> None:
    """Give this request its session, with the scope of who is asking.  Called by the guards."""
    assert "session" not in g, "a request has one scope"
    bind = engine() if request.method in READS else engines.for_writing(engine())
    g.session = open_session(bind, scope)


def _session() -> ScopedSession:
    assert "session" in g, "only a guarded view has a session"
    return g.session


session: Session = LocalProxy(_session)  # type: ignore[assignment]


def _finish(response: Response) -> Response:
    if "session" in g:
        if request.method in READS or response.status_code >= 400:
            g.session.rollback()
        else:
            return _committed(response)
    return response


def flushed(answer: Any) -> Response:
    """The view's answer, after the database has had its word: while a refusal is still a page."""
    response = flask.make_response(answer)
    if "session" in g and request.method not in READS and response.status_code < 400:
        g.session.flush()
    return response


def _committed(response: Response) -> Response:
    """The answer, or what is said of an error of a view: a full disk shows only now."""
    try:
        g.session.commit()
    except Exception as error:
        flask.session.pop("_flashes", None)  # "Approved." would be a lie
        return current_app.make_response(current_app.handle_user_exception(error))
    return response


def _close(_error: BaseException | None) -> None:
    if "session" in g:
        g.pop("session").close()
