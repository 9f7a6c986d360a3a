"""Pages on which a report is handed in, or it is said that nothing was sold."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response as Download
from flask import flash, redirect, render_template, request, url_for
from werkzeug import Response

from models import sellthrough
from models.errors import Refused
from models.partners import Partner
from models.people import Actor
from models.sellthrough import Amounts, PosReport
from portal.agreeing import agreed
from portal.clock import now
from portal.database import session
from portal.permissions import Can, allow
from portal.sellthrough.blueprint import Answer, own_company, pages
from portal.sellthrough.columns import COLUMNS, OWN_WORDS, SAMPLE
from portal.sellthrough.forms import ReportForm


@pages.get("/new")
@allow(Can.REPORT_POS)
def new(person: Actor) -> str:
    return _page(_form(person, formdata=None, distributor=request.args.get("distributor", "")))


@pages.post("")
@allow(Can.REPORT_POS)
def hand_in(person: Actor) -> Answer:
    form, kept = _form(person), []

    def do() -> None:
        kept.append(_handed_in(form, person))

    if not agreed(form, do):
        return _page(form), 422
    flash("Handed in. The worker reads it now.")
    return redirect(url_for("sellthrough.show", pos_report_id=kept[0].id), 303)


def _handed_in(form: ReportForm, person: Actor) -> PosReport:
    return sellthrough.hand_in(
        session,
        own_company(person) or session.get_one(Partner, UUID(form.distributor.data)),
        file_name=form.file.data.filename or "report.csv",
        content=form.file.data.read(),
        amounts=Amounts(form.amounts.data),
        is_correction=form.is_correction.data,
        by=person,
        now=now(),
    )


@pages.post("/nothing-sold")
@allow(Can.REPORT_POS)
def nothing_sold(person: Actor) -> Response:
    """Of the week or month that the page named: pressed twice, it is said once."""
    company = own_company(person)
    try:
        first = date.fromisoformat(request.form.get("first", ""))
        if company is None:
            raise Refused("A distributor says so itself.")
        sellthrough.nothing_sold(session, company, first, by=person, now=now())
        flash("Noted: nothing was sold.")
    except (Refused, ValueError) as refusal:
        session.rollback()
        is_ours = isinstance(refusal, Refused)
        flash(str(refusal) if is_ours else "Press the button beside the report.", "refused")
    return redirect(url_for("sellthrough.index"), 303)


@pages.get("/sample")
@allow(Can.REPORT_POS)
def sample(_person: Actor) -> Download:
    header = ",".join(column.name for column in COLUMNS if column.name not in OWN_WORDS)
    answer = Download(f"\ufeff{header}\n{SAMPLE}", mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="point-of-sale-sample.csv"'
    return answer


def _form(person: Actor, **said: Any) -> ReportForm:
    form = ReportForm(**said)
    if person.partner_id:
        del form.distributor
    else:
        rows = session.execute(sellthrough.distributors())
        form.distributor.choices = {"": "Choose"} | {str(row.id): row.name for row in rows}
    return form


def _page(form: ReportForm) -> str:
    return render_template("sellthrough/new.html", form=form, columns=COLUMNS)
