"""Pages on which a partner registers many deals by a file, and reads what each line became."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response as Download
from flask import abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from sqlalchemy import select
from werkzeug import Response

from models import deals
from models.deals import DealBatch, Outcome
from models.errors import Refused
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.deals.batch_file import COLUMNS, HEADER, NAMES, SAMPLE, entries
from portal.deals.blueprint import pages
from portal.deals.entry_form import Marked
from portal.deals.writing import Desk
from portal.fields import put_refusal
from portal.paging import Key, page_of
from portal.permissions import Can, allow
from portal.sheets import Column, sheet_response

MOST = 200
"""Deals of one file, so that nobody waits longer than a page may take."""

TONES = {
    Outcome.REGISTERED: "good",
    Outcome.REVIEW: "warn",
    Outcome.KNOWN: "plain",
    Outcome.REFUSED: "bad",
}


class BatchForm(FlaskForm):
    file = FileField("File", [Marked()], description="CSV in UTF-8, with the columns below.")


def batch_or_404(_person: Actor, batch_id: UUID) -> DealBatch:
    return session.scalar(select(DealBatch).where(DealBatch.id == batch_id)) or abort(404)


@pages.get("/files")
@allow(Can.REGISTER_DEAL)
def batches(_person: Actor) -> str:
    return _page(BatchForm(formdata=None))


@pages.get("/files/template")
@allow(Can.REGISTER_DEAL)
def batch_template(_person: Actor) -> Download:
    answer = Download(f"\ufeff{HEADER}\n{SAMPLE}", mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="deals-template.csv"'
    return answer


@pages.post("/files")
@allow(Can.REGISTER_DEAL)
def hand_in(person: Actor) -> Response | tuple[str, int]:
    form = BatchForm()
    if not form.validate() or not form.file.data:
        put_refusal(form.file, Refused("Choose a CSV file."))
        return _page(form), 422
    assert person.partner_id
    try:
        found = list(entries(form.file.data.read(), Desk(person)))
        if len(found) > MOST:
            raise Refused(f"The file has {len(found):,} deals; one file takes {MOST}. Split it.")
        batch = deals.register_many(
            session,
            found,
            file_name=form.file.data.filename or "deals.csv",
            partner_id=person.partner_id,
            by=person,
            now=now(),
        )
    except Refused as refusal:
        put_refusal(form.file, refusal)
        return _page(form), 422
    flash("Every line is registered." if not batch.refused else "The good lines are registered.")
    return redirect(url_for("deals.batch", batch_id=batch.id), 303)


@pages.get("/files/<uuid:batch_id>")
@allow(Can.REGISTER_DEAL, find=batch_or_404)
def batch(_person: Actor, batch: DealBatch) -> str:
    return render_template(
        "deals/batch.html",
        batch=batch,
        lines=deals.lines_of_batch(session, batch.id),
        tones=TONES,
    )


@pages.get("/files/<uuid:batch_id>/refused")
@allow(Can.REGISTER_DEAL, find=batch_or_404)
def export_refused(_person: Actor, batch: DealBatch) -> Download:
    """The refused lines as they were written, with the reason, to be mended and handed in."""
    rows = [
        {**cells, "why": line.said}
        for line in deals.lines_of_batch(session, batch.id)
        if line.outcome is Outcome.REFUSED
        for cells in line.cells
    ]
    columns = [Column(name, _cell(name)) for name in NAMES]
    name = f"refused of {batch.file_name.removesuffix('.csv')}"
    return sheet_response(name, columns, rows, request.args.get("as", "csv"))


def _cell(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda cells: cells.get(name)


def _page(form: BatchForm) -> str:
    keys = [Key(DealBatch.at, True), Key(DealBatch.id, True)]
    return render_template(
        "deals/batches.html",
        form=form,
        columns=COLUMNS,
        most=MOST,
        page=page_of(session, deals.batches(), keys),
    )
