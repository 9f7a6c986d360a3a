"""Between a run's preparation and its end: approve it, prepare it again, watch it, retry it."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, render_template, request, url_for
from werkzeug import Response as Answer

from models import payouts
from models.partners import Partner
from models.payouts import PayoutRun, WhyNot
from models.payouts.previews import Preview, obstacles_in, skips_in
from models.payouts.tables import Payout, PayoutSkip
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.paging import Key, page_of
from portal.payouts import lists
from portal.payouts.asking import run_or_404
from portal.payouts.blueprint import pages
from portal.payouts.forms import ReleaseForm
from portal.payouts.rails import rails
from portal.payouts.run_page import progress, shown_with
from portal.permissions import Can, allow, everybody, staff
from portal.sheets import sheet_response

BY_NAME = [Key(Partner.name), Key(PayoutSkip.id)]
LEFT_OUT_BY_NAME = [Key(Partner.name), Key(Payout.id)]


@pages.post("/payout-runs/<uuid:run_id>/approval")
@allow(Can.RUN_PAYOUTS, find=run_or_404, fresh=everybody)
def approve(person: Actor, run: PayoutRun) -> Answer:
    form = ReleaseForm()
    if not form.validate():
        abort(400)
    payouts.approve(session, run, seen=form.seen.data, by=person, now=now())
    flash(f"You approved run {run.number}. Another person releases it.")
    return _to(run)


@pages.post("/payout-runs/<uuid:run_id>/preparation")
@allow(Can.RUN_PAYOUTS, find=run_or_404)
def prepare_again(person: Actor, run: PayoutRun) -> Answer:
    fresh = payouts.prepare_again(session, run, rails=rails(), by=person, now=now())
    flash(f"Run {fresh.number} is prepared from what is due now, instead of {run.number}.")
    return _to(fresh)


@pages.post("/payout-runs/<uuid:run_id>/retry")
@allow(Can.RUN_PAYOUTS, find=run_or_404)
def retry(person: Actor, run: PayoutRun) -> Answer:
    further = payouts.retry(session, run, rails=rails(), by=person, now=now())
    flash(f"Run {further.number} is prepared for those who were not reached.")
    return _to(further)


@pages.get("/payout-runs/<uuid:run_id>/progress")
@allow(Can.RUN_PAYOUTS, find=run_or_404)
def watch(_person: Actor, run: PayoutRun) -> str:
    """The part of the run's page that is asked again while money moves."""
    return render_template("payouts/progress.html", run=run, **progress(session, run, now()))


@pages.get("/payout-runs/<uuid:run_id>/not-paid")
@allow(Can.RUN_PAYOUTS, find=run_or_404)
def not_paid(_person: Actor, run: PayoutRun) -> str:
    why = request.args.get("why", type=WhyNot)
    return render_template(
        "payouts/not_paid.html",
        run=run,
        page=page_of(session, skips_in(run, [why] if why else ()), BY_NAME),
        why=why,
        obstacles=obstacles_in(session, run),
        **shown_with(run),
    )


@pages.get("/payout-runs/<uuid:run_id>/not-paid/export")
@allow(Can.RUN_PAYOUTS, find=run_or_404, fresh=staff)
def export_not_paid(_person: Actor, run: PayoutRun) -> Response:
    why = request.args.get("why", type=WhyNot)
    found = skips_in(run, [why] if why else ()).order_by(*lists.in_order(BY_NAME))
    return sheet_response(
        f"not-paid-{run.key}",
        lists.NOT_PAID_COLUMNS,
        session.execute(found),
        request.args.get("as", "csv"),
    )


@pages.get("/payout-runs/<uuid:run_id>/left-out")
@allow(Can.RUN_PAYOUTS, find=run_or_404)
def left_out(_person: Actor, run: PayoutRun) -> str:
    return render_template(
        "payouts/left_out.html",
        run=run,
        page=page_of(session, Preview(run).left_out(), LEFT_OUT_BY_NAME),
        **shown_with(run),
    )


def _to(run: PayoutRun) -> Answer:
    return redirect(url_for("payouts.run", run_id=run.id), 303)
