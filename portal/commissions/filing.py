"""The files of a statement: made once, as its partner may see it, and sent unchanged ever after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from flask import Response, abort
from sqlalchemy.orm import Session

from models import commissions, vendor
from models.calendars import first_day, next_month
from models.commissions import Statement
from models.commissions.papers import keep, kept
from models.partners import Partner
from models.partners.queries import resellers_of
from models.scope import Scope
from portal.clock import now
from portal.commissions import papers
from portal.commissions.lines import columns
from portal.commissions.shown import all_shown
from portal.database import reading, session, transaction
from portal.formats import for_everybody
from portal.sheets import TYPES, WRITERS, safe_name

MEDIA = {"pdf": "application/pdf", **TYPES}

Maker = Callable[[Session, Statement], bytes]


def filed(statement: Statement, kind: str) -> Response:
    """The statement as a download; kind: pdf, csv or xlsx, others are 404."""
    if kind not in MEDIA:
        abort(404)
    content = kept(session, statement.id, kind) or _made(statement, kind)
    response = Response(content, mimetype=MEDIA[kind].partition(";")[0])
    name = f"{statement.number if kind == 'pdf' else safe_name(statement.number)}.{kind}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _made(statement: Statement, kind: str) -> bytes:
    """Whoever asks first: what is kept is what the partner sees, in words for everybody."""
    statement_id, partner_id = statement.id, statement.partner_id
    through = first_day(next_month(statement.period)) - timedelta(days=1)
    with transaction() as own:
        reads = resellers_of(own, partner_id, through)
    zone = vendor.settings(session).time_zone
    with reading(Scope.partner(partner_id, reads=reads)) as own, for_everybody(zone):
        found = commissions.queries.statement(own, statement_id)
        assert found is not None, "its partner sees its own statement"
        content = _paper(own, found) if kind == "pdf" else _sheet(own, found, kind)
    with transaction() as own:
        return keep(own, statement_id, kind, content, partner_id=partner_id, now=now())


def _paper(own: Session, statement: Statement) -> bytes:
    return papers.statement(
        statement,
        all_shown(own, commissions.queries.lines_of(own, statement.id)),
        vendor=vendor.settings(own),
        partner=own.get_one(Partner, statement.partner_id),
        now=statement.closed_at,
    )


def _sheet(own: Session, statement: Statement, kind: str) -> bytes:
    rows: list[Any] = list(commissions.queries.lines_of(own, statement.id))
    file: IO[bytes] = SpooledTemporaryFile()  # noqa: SIM115  closed below
    with file:
        WRITERS[kind](file, columns(has_partner=False), rows)
        file.seek(0)
        return file.read()
