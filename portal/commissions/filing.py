"""The files of a statement: made after the close, as its partner may see it, and then unchanged."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from uuid import UUID

from flask import Response, abort
from sqlalchemy import Select
from sqlalchemy.orm import Session

from models import commissions, jobs, vendor
from models.calendars import first_day, next_month
from models.commissions import MonthClose, Statement
from models.commissions.papers import KINDS, keep, kept, not_kept
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

FILE = "file statements"
"""The job that keeps the files of a month; its payload is {"close": id}."""
AFTER_MAILS = timedelta(minutes=1)
AT_ONCE = 40
"""Statements in one errand; then the worker looks whether something else is due."""

log = logging.getLogger("counterpart.statements")


def filed(statement: Statement, kind: str) -> Response:
    """The statement as a download; kind: pdf, csv or xlsx, others are 404."""
    if kind not in MEDIA:
        abort(404)
    content = kept(session, statement.id, kind)
    if content is None:  # the worker has not come to it yet, or it is older than this
        content = _made(statement.id, kind)
    response = Response(content, mimetype=MEDIA[kind].partition(";")[0])
    name = f"{statement.number if kind == 'pdf' else safe_name(statement.number)}.{kind}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def queue_files(own: Session, close: MonthClose) -> None:
    """Once a month is stated; a minute later, so that the mails that tell of it go first."""
    key, payload = f"{FILE} {close.month}", {"close": str(close.id)}
    jobs.enqueue_new(own, FILE, [(key, payload, now() + AFTER_MAILS)])


def file_statements(payload: dict[str, Any]) -> datetime | None:
    """Each file in a transaction of its own: killed anywhere, the next run goes on."""
    with transaction() as own:
        month = own.get_one(MonthClose, UUID(payload["close"])).month
        found = not_kept(own, month, most=AT_ONCE)
    failed = [statement_id for statement_id in found if not _all_made(statement_id)]
    if failed and len(failed) == len(found):
        raise RuntimeError(f"no file can be made of statement {failed[0]} and {len(failed)} in all")
    return now() if found else None


def _all_made(statement_id: UUID) -> bool:
    """One that cannot be made does not keep the others from it."""
    try:
        for kind in KINDS:
            with transaction() as own:
                is_there = kept(own, statement_id, kind) is not None
            if not is_there:
                _made(statement_id, kind)
    except Exception:
        log.exception("statement %s cannot be filed", statement_id)
        return False
    return True


def _made(statement_id: UUID, kind: str) -> bytes:
    """What is kept is what the partner sees, in words for everybody."""
    with transaction() as own:
        statement = own.get_one(Statement, statement_id)
        partner_id = statement.partner_id
        through = first_day(next_month(statement.period)) - timedelta(days=1)
        reads = resellers_of(own, partner_id, through)
        zone = vendor.settings(own).time_zone
    with reading(Scope.partner(partner_id, reads=reads)) as own, for_everybody(zone):
        found = commissions.queries.statement(own, statement_id)
        assert found is not None, "its partner sees its own statement"
        content = _paper(own, found) if kind == "pdf" else _sheet(own, found, kind)
    with transaction() as own:
        return keep(own, statement_id, kind, content, partner_id=partner_id, now=now())


def _paper(own: Session, statement: Statement) -> bytes:
    is_short = statement.line_count <= papers.MOST
    return papers.statement(
        statement,
        all_shown(own, own.execute(_lines(statement)).all()) if is_short else [],
        commissions.queries.by_code(own, statement.id)[statement.id],
        vendor=vendor.settings(own),
        partner=own.get_one(Partner, statement.partner_id),
        now=statement.closed_at,
    )


def _lines(statement: Statement) -> Select[Any]:
    asked = commissions.queries.lines_of(statement.id)
    return asked.order_by(*commissions.queries.AS_EARNED)


def _sheet(own: Session, statement: Statement, kind: str) -> bytes:
    rows: Any = own.execute(_lines(statement).execution_options(yield_per=1000))
    file: IO[bytes] = SpooledTemporaryFile()  # noqa: SIM115  closed below
    with file:
        WRITERS[kind](file, columns(has_partner=False), rows)
        file.seek(0)
        return file.read()


ERRANDS = {FILE: file_statements}
