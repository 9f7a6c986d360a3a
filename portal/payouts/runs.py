"""Pages about payout runs, for finance."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug import Response as Answer

from models import payouts
from models.partners import Partner
from models.partners.destinations import DestinationKind
from models.payouts import Payout, PayoutRun
from models.payouts import queries as asked
from models.payouts.due import open_statements
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.paging import page_of
from portal.payouts import lists, showing
from portal.payouts.asking import ask, attempt, run_or_404, today
from portal.payouts.blueprint import pages
from portal.payouts.forms import PaymentForm, PrepareForm, ReasonForm, ReleaseForm
from portal.payouts.rails import rails, seal
from portal.permissions import Can, allow
from portal.sheets import sheet_response


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

    return attempt(form, do, lambda: _runs_page(form))


@pages.get("/payout-runs/<uuid:run_id>")
@allow(Can.RUN_PAYOUTS, find=run_or_404)
def run(person: Actor, run: PayoutRun) -> str:
    return render_template(
        "payouts/run.html",
        **showing.run_page(session, run, person),
        page=page_of(session, asked.standing_in(run), lists.BY_PARTNER, size=lists.PAGE_OF_RUN),
        payment=PaymentForm(data={"paid_on": today()}),
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

    return attempt(
        form, do, lambda: ask(form, f"Cancel run {run.number}", "Cancel the run", run=run)
    )


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

    return attempt(form, do, lambda: ask(form, f"Pay run {run.number}", "Record as paid", run=run))


def _runs_page(form: FlaskForm) -> str:
    return render_template(
        "payouts/runs.html",
        page=page_of(session, asked.runs(), lists.LATEST_RUN_FIRST),
        waiting=open_statements(session),
        shown=lists.state_of,
        form=form,
    )
