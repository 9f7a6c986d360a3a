"""Pages where finance hands in files, and the reports of what they brought."""

from __future__ import annotations

from contextlib import nullcontext
from uuid import UUID

from flask import Response as Download
from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug import Response

from models import sales
from models.errors import Refused
from models.people import Actor
from models.sales import SalesImport
from portal.clock import now
from portal.database import session
from portal.imports import Problem
from portal.paging import Key, page_of
from portal.permissions import Can, allow
from portal.sales.blueprint import pages
from portal.sales.files import KINDS, FileKind
from portal.sales.forms import ImportForm, show_refusal
from portal.sales.loading import load
from portal.sheets import Column, sheet_response

MOST_ROWS = 2_000
"""Of one file handed in by page, so that nobody waits longer than a page may take."""

PROBLEM_COLUMNS = [
    Column("Row", lambda problem: problem.row, "number"),
    Column("Column", lambda problem: problem.column),
    Column("What is wrong", lambda problem: problem.what),
    Column("What to do", lambda problem: problem.remedy),
]


@pages.get("/imports")
@allow(Can.RECORD_SALES)
def imports(_person: Actor) -> str:
    keys = [Key(SalesImport.at, True), Key(SalesImport.id, True)]
    return render_template(
        "sales/imports.html",
        kinds=KINDS.values(),
        names=KINDS,
        page=page_of(session, sales.imports(), keys),
    )


@pages.get("/imports/new")
@allow(Can.RECORD_SALES)
def new_import(_person: Actor) -> str:
    return _page(_kind(), ImportForm())


@pages.get("/imports/sample")
@allow(Can.RECORD_SALES)
def sample(_person: Actor) -> Download:
    kind = _kind()
    answer = Download(f"\ufeff{kind.header}\n{kind.sample}", mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{kind.name}-sample.csv"'
    return answer


@pages.post("/imports")
@allow(Can.RECORD_SALES)
def hand_in(person: Actor) -> Response | tuple[str, int]:
    kind, form = _kind(), ImportForm()
    if not form.validate():
        return _page(kind, form), 422
    try:
        report = load(
            lambda: nullcontext(session),
            kind,
            form.file.data.read(),
            file_name=form.file.data.filename or "file.csv",
            most_rows=MOST_ROWS,
            by=person,
            now=now(),
        )
    except Refused as refusal:
        show_refusal(form, refusal, field="file")
        return _page(kind, form), 422
    flash("Everything was loaded." if not report.problem_count else "The good rows were loaded.")
    return redirect(url_for("sales.show_import", import_id=report.id), 303)


def report_or_404(_person: Actor, import_id: UUID) -> SalesImport:
    return session.scalar(select(SalesImport).where(SalesImport.id == import_id)) or abort(404)


@pages.get("/imports/<uuid:import_id>")
@allow(Can.RECORD_SALES, find=report_or_404)
def show_import(_person: Actor, report: SalesImport) -> str:
    return render_template(
        "sales/import.html",
        report=report,
        kind=KINDS[report.kind],
        problems=[Problem(**problem) for problem in report.problems],
    )


@pages.get("/imports/<uuid:import_id>/export")
@allow(Can.RECORD_SALES, find=report_or_404)
def export_problems(_person: Actor, report: SalesImport) -> Download:
    problems = [Problem(**problem) for problem in report.problems]
    name = f"problems of {report.file_name}"
    return sheet_response(name, PROBLEM_COLUMNS, problems, request.args.get("as", "csv"))


def _kind() -> FileKind:
    return KINDS.get(request.values.get("kind", "")) or abort(404)


def _page(kind: FileKind, form: ImportForm) -> str:
    return render_template("sales/new_import.html", kind=kind, form=form)
