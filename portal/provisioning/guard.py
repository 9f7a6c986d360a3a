"""Who may speak SCIM: a company's directory with its living token, and as far as it goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from flask import Response, g, request
from pydantic import ValidationError
from scim2_models import Error, SCIMException
from sqlalchemy import update

from models.errors import Refused
from models.federation import IdentityProvider
from models.provisioning import ScimToken, recognised
from models.provisioning.rules import Taken
from portal import database, footprints
from portal.clock import now
from portal.database import reading, session, transaction

MEDIA_TYPE = "application/scim+json"


def directory(view: Callable[..., Any]) -> Callable[..., Any]:
    """Guard a view of SCIM: it gets the company's provider.  GET needs a token that reads, all
    else one that writes; another company's people are not there."""

    @wraps(view)
    def guarded(**ids: Any) -> Response:
        known = _who()
        if known is None:
            answer = problem(401, "A bearer token of your company is needed.")
            answer.headers["WWW-Authenticate"] = "Bearer"
            return answer
        token, provider = known
        is_search = request.path.endswith("/.search")
        if request.method not in database.READS and not is_search and not token.may_write:
            return problem(403, "This token only reads.")
        footprints.open_session(None)
        try:
            return database.flushed(view(session.get_one(IdentityProvider, provider.id), **ids))
        except SCIMException as no:
            return _refused(no.to_error())
        except ValidationError as no:
            return _refused(Error.from_validation_errors(no)[0])
        except Taken as no:
            return _refused(Error(status=409, scim_type="uniqueness", detail=f"{no} is taken."))
        except Refused as no:
            return _refused(Error(status=400, scim_type="invalidValue", detail=str(no)))

    guarded.permission = None  # type: ignore[attr-defined]
    return guarded


def problem(status: int, detail: str) -> Response:
    return _answer(Error(status=status, detail=detail).model_dump_json(), status)


def answer(body: str, status: int = 200) -> Response:
    return _answer(body, status)


def _answer(body: str, status: int) -> Response:
    return Response(body, status, mimetype=MEDIA_TYPE)


def _refused(error: Error) -> Response:
    if "session" in g:
        g.session.rollback()
    return _answer(error.model_dump_json(), int(error.status or 400))


def _who() -> tuple[ScimToken, IdentityProvider] | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.casefold() != "bearer" or not token:
        return None
    with reading() as look:
        known = recognised(look, token.strip())
    if known is not None:
        _remember_use(known[0], now())
    return known


def _remember_use(token: ScimToken, at: datetime) -> None:
    """To the hour: a write for each request would be waste."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    if token.last_used_on != hour:
        with transaction() as own:
            mine = update(ScimToken).where(ScimToken.id == token.id)
            own.execute(mine.values(last_used_on=hour))
