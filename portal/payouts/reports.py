"""Pages about what banks answered: take a file in, see what each answer did."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from sqlalchemy import select
from werkzeug import Response as Answer

from models import payouts
from models.payouts.reports import EFFECT_WORDS, BankReport, Effect, known_report, lines_of, reports
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.paging import Key, page_of
from portal.payouts.asking import attempt
from portal.payouts.bank_answers import read_answers
from portal.payouts.blueprint import pages
from portal.permissions import Can, allow, staff
from portal.sheets import Column, sheet_response

NEWEST = [Key(BankReport.taken_at, True), Key(BankReport.id, True)]
TONES = {
    Effect.DONE: "good",
    Effect.KNOWN: "plain",
    Effect.NOTED: "plain",
    Effect.REFUSED: "bad",
}
COLUMNS = [
    Column("Payout", lambda row: row.number),
    Column("The bank says", lambda row: row.outcome),
    Column("Code", lambda row: row.code),
    Column("In its words", lambda row: row.words),
    Column("Effect", lambda row: EFFECT_WORDS[row.effect]),
    Column("What was done", lambda row: row.said),
]


class ReportForm(FlaskForm):
    file = FileField(
        "File of the bank",
        [FileRequired("Choose the file that the bank gave you.")],
        description="A pain.002 status report, or an ACH return file. The same file twice "
        "changes nothing.",
    )


def report_or_404(_person: Actor, report_id: UUID) -> BankReport:
    return session.scalar(select(BankReport).where(BankReport.id == report_id)) or abort(404)


@pages.get("/bank-reports")
@allow(Can.RUN_PAYOUTS)
def bank_reports(_person: Actor) -> str:
    return _list(ReportForm())


@pages.post("/bank-reports")
@allow(Can.RUN_PAYOUTS)
def take_report(person: Actor) -> Any:
    form = ReportForm()

    def do() -> Answer:
        content = form.file.data.read()
        sha256 = hashlib.sha256(content).hexdigest()
        again = known_report(session, sha256) is not None
        report = payouts.take_in(
            session,
            read_answers(content),
            name=form.file.data.filename,
            sha256=sha256,
            by=person,
            now=now(),
        )
        flash("This file was taken in before; nothing was changed." if again else _in_words(report))
        return redirect(url_for("payouts.bank_report", report_id=report.id), 303)

    return attempt(form, do, lambda: _list(form))


@pages.get("/bank-reports/<uuid:report_id>")
@allow(Can.RUN_PAYOUTS, find=report_or_404)
def bank_report(_person: Actor, report: BankReport) -> str:
    return render_template(
        "payouts/report.html",
        report=report,
        lines=lines_of(session, report),
        words=EFFECT_WORDS,
        tones=TONES,
    )


@pages.get("/bank-reports/<uuid:report_id>/export")
@allow(Can.RUN_PAYOUTS, find=report_or_404, fresh=staff)
def export_report(_person: Actor, report: BankReport) -> Response:
    lines = lines_of(session, report)
    return sheet_response("bank-report", COLUMNS, lines, request.args.get("as", "csv"))


def _list(form: ReportForm) -> str:
    return render_template(
        "payouts/reports.html", form=form, page=page_of(session, reports(), NEWEST)
    )


def _in_words(report: BankReport) -> str:
    said = f"{report.done} of {report.total} answers recorded."
    return f"{said} {report.refused} could not be: see why below." if report.refused else said
