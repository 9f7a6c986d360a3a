"""Pages about single payouts: to finance every one, to each partner its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug import Response as Answer

from models import payouts, vendor
from models.errors import Refused
from models.partners import Partner
from models.partners.destinations import PayoutDestination
from models.payouts import Failure, Payout
from models.payouts import queries as asked
from models.payouts.invoices import to_pay
from models.payouts.rules import STANDING
from models.payouts.trace import trace_of
from models.people import Actor, Role
from portal import documents
from portal.clock import now
from portal.database import session
from portal.formats import day, instant
from portal.paging import page_of
from portal.payouts import lists, papers, showing
from portal.payouts.asking import ask, attempt, payout_or_404, today
from portal.payouts.blueprint import pages
from portal.payouts.forms import FailureForm, PaymentForm, ReasonForm
from portal.payouts.stripe_desk import payout_part
from portal.permissions import Can, allow, staff
from portal.sheets import sheet_response


@pages.get("/payouts")
@allow(Can.SEE_PAYOUTS)
def index(person: Actor) -> str:
    page = page_of(session, _payouts_seen(person), lists.LATEST_FIRST)
    return render_template(
        "payouts/index.html",
        page=page,
        shown=lists.state_of,
        is_staff=person.is_staff,
        days=showing.coming_days(session, now()),
        invoices=[] if person.is_staff else session.scalars(to_pay()).all(),
    )


@pages.get("/payouts/export")
@allow(Can.SEE_PAYOUTS, fresh=staff)
def export(person: Actor) -> Response:
    rows = session.execute(_payouts_seen(person).order_by(Payout.id.desc()))
    return sheet_response("payouts", lists.PAYOUT_COLUMNS, rows, request.args.get("as", "csv"))


@pages.get("/payouts/<uuid:payout_id>")
@allow(Can.SEE_PAYOUTS, find=payout_or_404)
def show(person: Actor, payout: Payout) -> str:
    return render_template(
        "payouts/show.html",
        **showing.payout_page(session, payout, person),
        **payout_part(session, payout, person),
        payment=PaymentForm(data={"paid_on": today()}),
        failure=FailureForm(),
        reason=ReasonForm(),
    )


@pages.get("/payouts/<uuid:payout_id>/trace")
@allow(Can.SEE_PAYOUTS, find=payout_or_404)
def trace(person: Actor, payout: Payout) -> str:
    return render_template(
        "payouts/trace.html",
        payout=payout,
        marks=trace_of(
            session,
            payout,
            for_staff=person.is_staff,
            opens_runs=person.role is Role.FINANCE,
        ),
        when=lambda at: instant(at) if isinstance(at, datetime) else day(at),
    )


@pages.get("/payouts/<uuid:payout_id>/trace/export")
@allow(Can.SEE_PAYOUTS, find=payout_or_404)
def export_trace(person: Actor, payout: Payout) -> Response:
    marks = trace_of(session, payout, for_staff=person.is_staff)
    return sheet_response(
        f"trace-{payout.number}", lists.TRACE_COLUMNS, marks, request.args.get("as", "csv")
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

    return attempt(form, do, lambda: ask(form, f"Leave out {payout.number}", "Leave out", payout))


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

    return attempt(form, do, lambda: ask(form, f"Pay {payout.number}", "Record as paid", payout))


@pages.post("/payouts/<uuid:payout_id>/failure")
@allow(Can.RUN_PAYOUTS, find=payout_or_404)
def fail(person: Actor, payout: Payout) -> Any:
    form = FailureForm()

    def do() -> Answer:
        why = Failure(form.why.data)
        payouts.fail(session, payout, why=why, note=form.note.data, by=person, now=now())
        flash(f"{payout.number} is recorded as failed. It is owed again.")
        return redirect(url_for("payouts.show", payout_id=payout.id), 303)

    return attempt(form, do, lambda: ask(form, f"{payout.number} failed", "Record", payout))


def _payouts_seen(person: Actor) -> Any:
    if person.is_staff:
        return asked.payouts()
    assert person.partner_id is not None
    return asked.payouts_of(person.partner_id)
