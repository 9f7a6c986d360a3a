"""Pages about payout runs, for finance."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy import Select
from werkzeug import Response as Answer

from models import payouts
from models.partners import destinations
from models.payouts import PayoutRun, RunStatus
from models.payouts import queries as asked
from models.payouts.due import open_statements
from models.payouts.previews import Preview
from models.payouts.terms import terms
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.paging import page_of
from portal.payouts import lists, showing
from portal.payouts.asking import ask, attempt, run_or_404, today
from portal.payouts.blueprint import pages
from portal.payouts.forms import PaymentForm, PrepareForm, ReasonForm, ReleaseForm
from portal.payouts.rails import rail_of_files, rails
from portal.payouts.run_page import run_page
from portal.payouts.stripe_desk import run_part
from portal.permissions import Can, allow, everybody, staff
from portal.sealing import seal
from portal.sheets import sheet_response


@pages.get("/payout-runs")
@allow(Can.RUN_PAYOUTS)
def runs(_person: Actor) -> str:
    proposed = showing.next_to_prepare(session) | {
        name: request.args[name] for name in ("period",) if name in request.args
    }
    return _runs_page(PrepareForm(data=proposed))


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


@pages.get("/payout-runs/export")
@allow(Can.RUN_PAYOUTS, fresh=staff)
def export_runs(_person: Actor) -> Response:
    rows = session.execute(_chosen().order_by(PayoutRun.id.desc()))
    return sheet_response("payout-runs", lists.RUNS_COLUMNS, rows, request.args.get("as", "csv"))


@pages.get("/payout-runs/<uuid:run_id>")
@allow(Can.RUN_PAYOUTS, find=run_or_404)
def run(person: Actor, run: PayoutRun) -> str:
    preview = Preview(run)
    sort = lists.sort_of_run(request.args.get("sort", ""))
    keys = lists.keys_of_run(preview, sort)
    return render_template(
        "payouts/run.html",
        **run_page(session, run, person, rails(), now()),
        **run_part(session, run),
        page=page_of(session, preview.standing(), keys, size=lists.PAGE_OF_RUN),
        sort=sort,
        payment=PaymentForm(data={"paid_on": today()}),
        reason=ReasonForm(),
    )


@pages.get("/payout-runs/<uuid:run_id>/export")
@allow(Can.RUN_PAYOUTS, find=run_or_404, fresh=staff)
def export_run(_person: Actor, run: PayoutRun) -> Response:
    preview = Preview(run)
    keys = lists.keys_of_run(preview, lists.sort_of_run(request.args.get("sort", "")))
    rows = session.execute(preview.standing().order_by(*lists.in_order(keys)))
    return sheet_response(
        f"payout-run-{run.key}", lists.RUN_COLUMNS, rows, request.args.get("as", "csv")
    )


@pages.post("/payout-runs/<uuid:run_id>/release")
@allow(Can.RUN_PAYOUTS, find=run_or_404, fresh=everybody)
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
        is_done = payouts.cancel(session, run, reason=form.reason.data, by=person, now=now())
        flash(
            f"Run {run.number} is cancelled. Everything in it is owed again."
            if is_done
            else "Stripe is asked first whether anything of it was sent. Cancel again in a minute."
        )
        return redirect(url_for("payouts.run", run_id=run.id), 303)

    return attempt(
        form, do, lambda: ask(form, f"Cancel run {run.number}", "Cancel the run", run=run)
    )


@pages.post("/payout-runs/<uuid:run_id>/bank-file")
@allow(Can.RUN_PAYOUTS, find=run_or_404, fresh=everybody)
def bank_file(person: Actor, run: PayoutRun) -> Response:
    """A POST, because it is written down who took the file."""
    rail = rail_of_files(run.currency)
    file = payouts.hand_over(session, run, rail, seal=seal(), by=person, now=now())
    response = Response(seal().open(file.content_sealed), mimetype=rail.media_type)
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
        page=page_of(session, _chosen(), lists.LATEST_RUN_FIRST),
        waiting=open_statements(session),
        shown=lists.state_of,
        form=form,
        states=RunStatus,
        days=showing.coming_days(session, now()),
        is_automatic=terms(session).is_automatic,
        unconfirmed=len(destinations.unconfirmed(session)),
    )


def _chosen() -> Select:
    """The runs that the address asks for; what cannot be read does not narrow."""
    found = asked.runs()
    status = request.args.get("status", type=RunStatus)
    currency = request.args.get("currency", "")[:3].upper()
    if status:
        found = found.where(PayoutRun.status == status)
    return found.where(PayoutRun.currency == currency) if currency else found
