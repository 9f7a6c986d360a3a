"""What people see when something is refused or goes wrong: always a page, never a trace."""

from __future__ import annotations

import errno
import json
import logging
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.routing import RequestRedirect

from models import engine as engines
from models.errors import Refused

log = logging.getLogger("counterpart")


NO_ROOM = (
    "There is no room left on the server's disk. Nothing was changed; please tell whoever runs the"
    " portal, and try again later."
)

SCIM = "/scim/v2/"
"""Under this path speak directories, which read no pages."""

SCIM_ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


def install(app: Flask) -> None:
    app.register_error_handler(Refused, say_no)
    app.register_error_handler(CSRFError, _form_too_old)
    app.register_error_handler(HTTPException, _page)
    app.register_error_handler(IntegrityError, _somebody_was_quicker)
    app.register_error_handler(DataError, _cannot_be_kept)
    app.register_error_handler(OperationalError, _try_again)
    app.register_error_handler(NoConnection, _all_taken)
    app.register_error_handler(OSError, _no_room_here)
    app.register_error_handler(Exception, _broken)


def say_no(refusal: Refused) -> Any:
    """Back to the page they came from, with the reason on it.  Nothing was changed."""
    _undo()
    g.refusal = str(refusal)
    flash(str(refusal), "refused")
    return redirect(_way_back(), 303)


def _way_back() -> str:
    """The page they came from, if it is one of ours that can be looked at."""
    here = urlsplit(request.referrer or "")
    if here.netloc != request.host:
        return url_for("home.index")
    try:
        current_app.url_map.bind(request.host).match(here.path, method="GET")
    except (HTTPException, RequestRedirect):
        return url_for("home.index")
    return here.path + (f"?{here.query}" if here.query else "")


def page_of_part() -> str:
    """The page of ours from which htmx asked."""
    return request.headers.get("HX-Current-URL", "").removeprefix(request.host_url.rstrip("/"))


def _undo() -> None:
    if "session" in g:
        g.session.rollback()


def _form_too_old(_error: CSRFError) -> Any:
    _undo()
    return _answer(400, "This form was open for too long. Go back, reload the page, send again.")


def _page(error: HTTPException) -> Any:
    _undo()
    if error.code == 401 and "HX-Request" in request.headers:
        # A part of a page: the sign-in page comes instead of the page, not into its place.
        return "", 401, {"HX-Redirect": url_for("signin.new", next=page_of_part())}
    if error.code == 401 and request.method in ("GET", "HEAD"):
        return redirect(url_for("signin.new", next=request.full_path.rstrip("?")))
    if error.response is not None or error.code is None or error.code < 400:
        return error
    answer = current_app.make_response(_answer(error.code))
    if isinstance(error, MethodNotAllowed):
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return answer


def _somebody_was_quicker(error: IntegrityError) -> Any:
    """The database had the last word: something else was written a moment earlier."""
    _undo()
    log.warning("refused by the database: %s", error.orig)
    return _answer(409, "Somebody else was quicker, or this was sent twice. Reload and look again.")


def _cannot_be_kept(error: DataError) -> Any:
    """PostgreSQL takes no NUL in a text and no number past its column's size."""
    _undo()
    log.warning("refused by the database: %s", error.orig)
    return _answer(400, "Something in there cannot be read. Check what was typed.")


def _try_again(error: OperationalError) -> Any:
    _undo()
    if engines.has_no_room(error.orig):
        log.error("the disk of the database is full: %s", error.orig)
        return _answer(507, NO_ROOM)
    log.error("the database did not answer: %s", error.orig)
    return _answer(503, "The database is busy. Nothing was changed; please try again.")


def _no_room_here(error: OSError) -> Any:
    """A form or a file is put aside on this machine's disk while it is read or written."""
    if error.errno not in (errno.ENOSPC, errno.EDQUOT):
        return _broken(error)
    _undo()
    log.error("the disk is full: %s", error)
    return _answer(507, NO_ROOM)


def _all_taken(error: NoConnection) -> Any:
    _undo()
    log.error("all connections to the database are taken: %s", error)
    return _answer(503, "The database is busy. Nothing was changed; please try again.")


def _broken(error: Exception) -> Any:
    _undo()
    log.exception("unexpected error", exc_info=error)
    return _answer(500)


def _answer(code: int, message: str | None = None) -> Any:
    if request.path.startswith(SCIM):
        detail = message or HTTP_STATUS_CODES.get(code, "")
        said = {"schemas": [SCIM_ERROR], "status": str(code), "detail": detail}
        return Response(json.dumps(said), code, mimetype="application/scim+json")
    if code == 404:
        message = message or NotFound.description
    return render_template("errors/error.html", code=code, message=message), code
