"""Every request that wants to change something leaves an entry in the audit, refused or done.

What an operation keeps by itself suffices; where it keeps nothing, what was sent is kept.  What
was refused is kept in a transaction of its own, because the request's was taken back.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from uuid import UUID

from flask import Flask, Response, abort, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from models import audit
from models.base import new_id
from models.people import SYSTEM, Actor
from models.scope import Scope
from portal import database, identity
from portal.clock import now
from portal.identity import scope_of
from portal.logs import Throttle

log = logging.getLogger("counterpart")

STRANGER = replace(SYSTEM, name="somebody not signed in")
IN_CONFIDENCE = {"complaints"}
"""Whoever reads the audit may be the one complained about: no name, no address, no id."""
LOOKS = Throttle(20)
"""Refused looks of one person that are logged in a minute."""
TOO_MANY = 429
"""A throttle that wrote a row for each refusal would be the flood it holds off."""


def install(app: Flask) -> None:
    app.before_request(refuse_undeclared)
    app.after_request(_leave_one)  # before the session is committed: last registered, first run


def refuse_undeclared() -> None:
    """What declares no permission cannot be reached."""
    view = current_app.view_functions.get(request.endpoint or "static")
    if request.endpoint not in (None, "static") and not hasattr(view, "permission"):
        abort(404)


def name_who_asks(person: Actor) -> None:
    """For the lines of the log; before anything is refused."""
    g.person_id = person.id
    _name_the_request()


def open_session(person: Actor | None) -> None:
    """Give this request its session, with the scope of who is asking, and say whence it comes."""
    database.open_for(scope_of(person) if person else Scope.vendor())
    audit.comes_from(database.session, _origin())


def _origin() -> audit.Origin:
    asking = identity.asking()
    return audit.Origin(
        address=(request.remote_addr or "")[:45],
        session_id=asking.session_id if asking else None,
        request_id=_name_the_request(),
    )


def _name_the_request() -> UUID:
    """The same name each time; a form that is refused before it gets here needs one as well."""
    if "request_id" not in g:
        g.request_id = new_id()
    return g.request_id


def _leave_one(response: Response) -> Response:
    if request.method in database.READS or request.endpoint is None:
        _log_refused_look(response.status_code)
        return response
    if response.status_code >= 500 or response.status_code == TOO_MANY:
        return response
    if response.status_code < 400 and "refusal" not in g:
        if "session" in g and not audit.has_recorded(g.session):
            _record(g.session, "done", {})
        return response
    if "session" in g or identity.asking() is not None:
        _keep_refusal(response.status_code)
    return response


def _log_refused_look(status: int) -> None:
    """Somebody who is in wanted to see what is not for them, or not there: which, nobody says."""
    person_id = g.get("person_id")
    if status not in (403, 404) or person_id is None:
        return
    many = LOOKS.count(person_id, now())
    if many <= LOOKS.most:
        more = "; more in this minute are not logged" if many == LOOKS.most else ""
        log.warning("refused look: %s%s", status, more)


def _keep_refusal(status: int) -> None:
    if "session" in g:
        g.session.rollback()  # on SQLite it is the only one that may write
    detail = {"status": status, "why": str(g.get("refusal", ""))[:300]}
    try:
        with database.transaction() as own:
            audit.comes_from(own, _origin())
            _record(own, "refused", detail)
    except SQLAlchemyError:
        log.exception("a refusal could not be kept")


def _record(session: Session, outcome: str, detail: dict[str, object]) -> None:
    words = (request.endpoint or "").replace(".", ": ").replace("_", " ")
    if request.blueprint in IN_CONFIDENCE:
        audit.record_in_confidence(session, f"{outcome}: {words}"[:80], None, now=now())
        return
    asking = identity.asking()
    by = asking.actor if asking else STRANGER
    if asking is None and (typed := _typed_email()):
        detail = detail | {"email": typed[:254]}
    if asking and asking.actor.visitor:
        detail = detail | {"visitor": asking.actor.visitor}
    ids = {name: str(value) for name, value in (request.view_args or {}).items()}
    if ids:
        detail = detail | {"of": ids}
    audit.record(session, by, f"{outcome}: {words}"[:80], None, now=now(), detail=detail)


def _typed_email() -> str:
    """Empty of what was too large to be read: that is refused already."""
    try:
        return request.form.get("email", "")
    except HTTPException:
        return ""
