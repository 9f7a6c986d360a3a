"""Pages on which files of territories, postal codes and accounts are handed in and given out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response as Download
from flask import abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from sqlalchemy import select
from werkzeug import Response
from wtforms import SelectField

from models import jobs
from models.errors import Refused
from models.people import Actor
from models.territories import DrawingState, LoadKind, LoadState, TerritoryDrawing, TerritoryLoad
from portal.clock import now
from portal.database import session
from portal.fields import put_refusal
from portal.permissions import Can, allow, staff
from portal.sheets import Column, safe_name, sheet_response
from portal.territories.blueprint import pages
from portal.territories.columns import COLUMNS, GIVEN, given
from portal.territories.loading import TOPIC

KINDS = {
    LoadKind.TERRITORIES.value: "Territories",
    LoadKind.POSTAL.value: "Postal codes of territories",
    LoadKind.ACCOUNTS.value: "Named accounts of territories",
}
TONES = {
    LoadState.CHECKING: "info", LoadState.READY: "warn", LoadState.TAKING: "info",
    LoadState.DONE: "good", LoadState.REFUSED: "bad",
}  # fmt: skip
WORDS = {
    LoadState.CHECKING: "Being read", LoadState.READY: "Waits for you",
    LoadState.TAKING: "Being taken", LoadState.DONE: "Taken", LoadState.REFUSED: "Cannot be read",
}  # fmt: skip


MOST_SHOWN = 200


class LoadForm(FlaskForm):
    kind = SelectField("What it lists", choices=KINDS)
    into = SelectField("Into", default="")
    file = FileField(
        "File",
        [FileRequired("Choose a file.")],
        description="CSV in UTF-8 or .xlsx, up to 200,000 rows.",
    )


def load_or_404(_person: Actor, load_id: Any) -> TerritoryLoad:
    return session.get(TerritoryLoad, load_id) or abort(404)


@pages.get("/territory-files")
@allow(Can.EDIT_TERRITORY)
def files(_person: Actor) -> str:
    return _files_page(_form(formdata=None, into=request.args.get("draft", "")))


@pages.post("/territory-files")
@allow(Can.EDIT_TERRITORY)
def hand_in(person: Actor) -> Response | tuple[str, int]:
    form = _form()
    if not form.validate():
        return _files_page(form), 422
    content = form.file.data.read()
    if not content:
        put_refusal(form.file, Refused("Choose a file that is not empty."))
        return _files_page(form), 422
    row = TerritoryLoad(
        kind=LoadKind(form.kind.data), file_name=(form.file.data.filename or "list.csv")[:200],
        content=content, drawing_id=UUID(form.into.data) if form.into.data else None,
        at=now(), by_id=person.id, by_name=person.name,
    )  # fmt: skip
    session.add(row)
    session.flush()
    jobs.enqueue(session, TOPIC, f"{TOPIC} {row.id} look", {"load": str(row.id)}, run_at=now())
    return redirect(url_for("territories.load", load_id=row.id), 303)


@pages.get("/territory-files/<uuid:load_id>")
@allow(Can.EDIT_TERRITORY, find=load_or_404)
def load(_person: Actor, row: TerritoryLoad) -> str:
    """While the worker is at it the page asks again by itself."""
    return render_template(
        "territories/file.html",
        row=row,
        most_shown=MOST_SHOWN,
        step=_step(row),
        kind=KINDS[row.kind.value],
        tone=TONES[row.state],
        state=WORDS[row.state],
        is_busy=row.state in (LoadState.CHECKING, LoadState.TAKING),
        can_take=row.state is LoadState.READY and bool(row.added + row.changed),
        nothing=row.state is LoadState.READY and not row.added + row.changed,
    )


def _step(row: TerritoryLoad) -> tuple[str, int]:
    """What the worker is at, in words, and how far of a hundred."""
    if not row.total:
        return f"{row.done:,} rows unpacked" if row.done else "Waits for its turn", 0
    percent = row.done * 50 // row.total
    if row.done < row.total:
        return f"{row.done:,} of {row.total:,} rows read", percent
    verb = "taken" if row.state is LoadState.TAKING else "compared"
    return f"{row.done - row.total:,} of {row.total:,} rows {verb}", percent


REPORT = [
    Column("Row", lambda each: each[0], "number"),
    Column("Column", lambda each: each[1]),
    Column("Territory", lambda each: each[2]),
    Column("What", lambda each: each[3]),
    Column("What to do", lambda each: each[4]),
]


@pages.get("/territory-files/<uuid:load_id>/report")
@allow(Can.EDIT_TERRITORY, find=load_or_404, fresh=staff)
def load_report(_person: Actor, row: TerritoryLoad) -> Download:
    """Each row that cannot be taken, and each territory that changes."""
    lines = [
        *([number, column, "", what, remedy] for number, column, what, remedy in row.problems),
        *([None, "", name, what, ""] for name, what in row.effects),
    ]
    name = f"Report {safe_name(row.file_name)}"
    return sheet_response(name, REPORT, lines, request.args.get("as", "csv"))


@pages.post("/territory-files/<uuid:load_id>/taking")
@allow(Can.EDIT_TERRITORY, find=load_or_404)
def take_file(_person: Actor, row: TerritoryLoad) -> Response:
    session.refresh(row, with_for_update=True)
    if row.state is LoadState.READY:
        row.state, row.done, row.total = LoadState.TAKING, 0, 0
        key = f"{TOPIC} {row.id} take"
        jobs.enqueue(session, TOPIC, key, {"load": str(row.id)}, run_at=now())
    else:
        flash("This file is taken already, or cannot be.", "refused")
    return redirect(url_for("territories.load", load_id=row.id), 303)


@pages.get("/territory-files/export")
@allow(Can.SEE_TERRITORIES, fresh=staff)
def list_export(_person: Actor) -> Download:
    """As it is handed in, so that a file given out and handed in again changes nothing."""
    asked = request.args.get("kind", "")
    if asked not in KINDS:
        abort(404)
    kind = LoadKind(asked)
    rows = given(session, kind)
    return sheet_response(KINDS[asked], GIVEN[kind], rows, request.args.get("as", "csv"))


def _form(**said: Any) -> LoadForm:
    form = LoadForm(**said)
    query = select(TerritoryDrawing.id, TerritoryDrawing.name).where(
        TerritoryDrawing.state == DrawingState.DRAFT
    )
    drafts = {str(row.id): f"The draft {row.name}" for row in session.execute(query)}
    form.into.choices = {"": "The territories that stand"} | drafts
    return form


def _files_page(form: LoadForm) -> str:
    newest = select(
        TerritoryLoad.id, TerritoryLoad.file_name, TerritoryLoad.kind, TerritoryLoad.state,
        TerritoryLoad.at, TerritoryLoad.by_name,
    ).order_by(TerritoryLoad.at.desc(), TerritoryLoad.id.desc()).limit(50)  # fmt: skip
    return render_template(
        "territories/files.html",
        form=form,
        loads=session.execute(newest).all(),
        tones=TONES,
        states=WORDS,
        kinds=KINDS,
        columns={KINDS[kind.value]: COLUMNS[kind] for kind in LoadKind},
    )
