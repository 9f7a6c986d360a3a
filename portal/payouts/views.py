"""Pages about payouts: runs for finance, and to each partner its own payouts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug import Response as Answer

from models import payouts, vendor
from models.errors import Refused
from models.partners import Partner
from models.partners.destinations import DestinationKind, PayoutDestination
from models.payouts import Failure, Payout, PayoutRun
from models.payouts import queries as asked
from models.payouts.due import open_statements
from models.payouts.rules import SHOWN_TO_PARTNER, STANDING
from models.people import Actor
from portal import documents
from portal.clock import now
from portal.database import session
from portal.paging import page_of
from portal.payouts import lists, papers, showing
from portal.payouts.forms import FailureForm, PaymentForm, PrepareForm, ReasonForm, ReleaseForm
from portal.payouts.rails import rails, seal
from portal.permissions import Can, allow
from portal.sheets import sheet_response

pages = Blueprint("payouts", __name__)


def run_or_404(_person: Actor, run_id: UUID) -> PayoutRun:
    return session.scalar(select(PayoutRun).where(PayoutRun.id == run_id)) or abort(404)


def payout_or_404(person: Actor, payout_id: UUID) -> Payout:
    """The payout; a partner knows of its own, and not before it is released."""
    wanted = select(Payout).where(Payout.id == payout_id)
    if not person.is_staff:
        wanted = wanted.where(Payout.status.in_(SHOWN_TO_PARTNER))
    return session.scalar(wanted) or abort(404)


@pages.get("/payout-runs")
@allow(Can.RUN_PAYOUTS)
def runs(_person: Actor) -> str:
    return _runs_page(PrepareForm(data=showing.next_to_prepare(session)))


@pages.post("/payout-runs")
@allow(Can.RUN_PAYOUTS)
def prepare(person: Actor) -> Any:
    form = PrepareForm()

    def do() -> Answer:
        run = payouts.prepare(
            session, form.period.data, form.currency.data, rails=rails(), by=person, now=now()
        )
        flash(f"Run {run.number} is prepared. A second person releases it.")
        return redirect(url_for("payouts.run", run_id=run.id), 303)

    return _try(form, do, lambda: _runs_page(form))


@pages.get("/payout-runs/<uuid:run_id>")
@allow(Can.RUN_PAYOUTS, find=run_or_404)
def run(person: Actor, run: PayoutRun) -> str:
    return render_template(
        "payouts/run.html",
        **showing.run_page(session, run, person),
        page=page_of(session, asked.standing_in(run), lists.BY_PARTNER, size=lists.PAGE_OF_RUN),
        payment=PaymentForm(data={"paid_on": _today()}),
        reason=ReasonForm(),
    )


@pages.get("/payout-runs/<uuid:run_id>/export")
@allow(Can.RUN_PAYOUTS, find=run_or_404)
def export_run(_person: Actor, run: PayoutRun) -> Response:
    rows = session.execute(asked.standing_in(run).order_by(Partner.name, Payout.id))
    return sheet_response(
        f"payout-run-{run.key}", lists.RUN_COLUMNS, rows, request.args.get("as", "csv")
    )


@pages.post("/payout-runs/<uuid:run_id>/release")
@allow(Can.RUN_PAYOUTS, find=run_or_404)
def release(person: Actor, run: PayoutRun) -> Answer:
    form = ReleaseForm()
    if not form.validate():
        abort(400)
    payouts.release(session, run, seen=form.seen.data, rails=rails(), by=person, now=now())
    flash(f"Run {run.number} is released. The money is reserved.")
    return redirect(url_for("payouts.run", run_id=run.id), 303)


@pages.post("/payout-runs/<uuid:run_id>/cancellation")
@allow(Can.RUN_PAYOUTS, find=run_or_404)
def cancel(person: Actor, run: PayoutRun) -> Any:
    form = ReasonForm()

    def do() -> Answer:
        payouts.cancel(session, run, reason=form.reason.data, by=person, now=now())
        flash(f"Run {run.number} is cancelled. Everything in it is owed again.")
        return redirect(url_for("payouts.run", run_id=run.id), 303)

    return _try(form, do, lambda: _ask(form, f"Cancel run {run.number}", "Cancel the run", run=run))


@pages.post("/payout-runs/<uuid:run_id>/bank-file")
@allow(Can.RUN_PAYOUTS, find=run_or_404)
def bank_file(person: Actor, run: PayoutRun) -> Response:
    """A POST, because it is written down who took the file."""
    sepa = rails()[DestinationKind.SEPA]
    file = payouts.hand_over(session, run, sepa, seal=seal(), by=person, now=now())
    response = Response(seal().open(file.content_sealed), mimetype="application/xml")
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@pages.post("/payout-runs/<uuid:run_id>/payment")
@allow(Can.RUN_PAYOUTS, find=run_or_404)
def pay_run(person: Actor, run: PayoutRun) -> Any:
    form = PaymentForm()

    def do() -> Answer:
        how_many = payouts.mark_run_paid(
            session,
            run,
            reference=form.reference.data,
            paid_on=form.paid_on.data,
            by=person,
            now=now(),
        )
        flash(f"{how_many} payouts recorded as paid." if how_many else "All were already paid.")
        return redirect(url_for("payouts.run", run_id=run.id), 303)

    return _try(form, do, lambda: _ask(form, f"Pay run {run.number}", "Record as paid", run=run))


@pages.get("/payouts")
@allow(Can.SEE_PAYOUTS)
def index(person: Actor) -> str:
    page = page_of(session, _payouts_seen(person), lists.LATEST_FIRST)
    return render_template(
        "payouts/index.html", page=page, shown=lists.state_of, is_staff=person.is_staff
    )


@pages.get("/payouts/export")
@allow(Can.SEE_PAYOUTS)
def export(person: Actor) -> Response:
    rows = session.execute(_payouts_seen(person).order_by(Payout.id.desc()))
    return sheet_response("payouts", lists.PAYOUT_COLUMNS, rows, request.args.get("as", "csv"))


@pages.get("/payouts/<uuid:payout_id>")
@allow(Can.SEE_PAYOUTS, find=payout_or_404)
def show(person: Actor, payout: Payout) -> str:
    return render_template(
        "payouts/show.html",
        **showing.payout_page(session, payout, person),
        payment=PaymentForm(data={"paid_on": _today()}),
        failure=FailureForm(),
        reason=ReasonForm(),
    )


@pages.get("/payouts/<uuid:payout_id>/remittance")
@allow(Can.SEE_PAYOUTS, find=payout_or_404)
def remittance(_person: Actor, payout: Payout) -> Response:
    if payout.status not in STANDING:
        raise Refused(f"There is no remittance advice for {payout.number}: it was not paid.")
    pdf = papers.remittance(
        payout,
        asked.statements_of(session, payout),
        vendor=vendor.settings(session),
        partner=session.get_one(Partner, payout.partner_id),
        destination=session.get_one(PayoutDestination, payout.destination_id),
        now=now(),
    )
    return documents.pdf_response(f"remittance-{payout.number}", pdf)


@pages.post("/payouts/<uuid:payout_id>/exclusion")
@allow(Can.RUN_PAYOUTS, find=payout_or_404)
def exclude(person: Actor, payout: Payout) -> Any:
    form = ReasonForm()

    def do() -> Answer:
        payouts.exclude(session, payout, reason=form.reason.data, by=person, now=now())
        flash(f"{payout.number} is left out of this run; the next one picks it up.")
        return redirect(url_for("payouts.run", run_id=payout.run_id), 303)

    return _try(form, do, lambda: _ask(form, f"Leave out {payout.number}", "Leave out", payout))


@pages.post("/payouts/<uuid:payout_id>/inclusion")
@allow(Can.RUN_PAYOUTS, find=payout_or_404)
def include(person: Actor, payout: Payout) -> Answer:
    payouts.include(session, payout, by=person, now=now())
    flash(f"{payout.number} is back in the run.")
    return redirect(url_for("payouts.run", run_id=payout.run_id), 303)


@pages.post("/payouts/<uuid:payout_id>/payment")
@allow(Can.RUN_PAYOUTS, find=payout_or_404)
def pay(person: Actor, payout: Payout) -> Any:
    form = PaymentForm()

    def do() -> Answer:
        payouts.mark_paid(
            session,
            payout,
            reference=form.reference.data,
            paid_on=form.paid_on.data,
            by=person,
            now=now(),
        )
        flash(f"{payout.number} is recorded as paid. The partner has been told.")
        return redirect(url_for("payouts.show", payout_id=payout.id), 303)

    return _try(form, do, lambda: _ask(form, f"Pay {payout.number}", "Record as paid", payout))


@pages.post("/payouts/<uuid:payout_id>/failure")
@allow(Can.RUN_PAYOUTS, find=payout_or_404)
def fail(person: Actor, payout: Payout) -> Any:
    form = FailureForm()

    def do() -> Answer:
        why = Failure(form.why.data)
        payouts.fail(session, payout, why=why, note=form.note.data, by=person, now=now())
        flash(f"{payout.number} is recorded as failed. It is owed again.")
        return redirect(url_for("payouts.show", payout_id=payout.id), 303)

    return _try(form, do, lambda: _ask(form, f"{payout.number} failed", "Record", payout))


def _try(form: FlaskForm, do: Callable[[], Answer], again: Callable[[], str]) -> Any:
    """Do it; when the form or the business says no, show the form again with what was typed."""
    if not form.validate():
        return again(), 422
    try:
        return do()
    except Refused as refusal:
        session.rollback()
        form.form_errors.append(str(refusal))
        return again(), 422


def _runs_page(form: FlaskForm) -> str:
    return render_template(
        "payouts/runs.html",
        page=page_of(session, asked.runs(), lists.LATEST_RUN_FIRST),
        waiting=open_statements(session),
        shown=lists.state_of,
        form=form,
    )


def _ask(
    form: FlaskForm,
    title: str,
    submit: str,
    payout: Payout | None = None,
    run: PayoutRun | None = None,
) -> str:
    back = (
        url_for("payouts.show", payout_id=payout.id)
        if payout
        else url_for("payouts.run", run_id=run.id if run else None)
    )
    return render_template(
        "payouts/ask.html", form=form, title=title, submit=submit, url=request.path, back=back
    )


def _payouts_seen(person: Actor) -> Any:
    if person.is_staff:
        return asked.payouts()
    assert person.partner_id is not None
    return asked.payouts_of(person.partner_id)


def _today() -> date:
    return vendor.settings(session).calendar.day_of(now())
