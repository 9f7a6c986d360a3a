"""What Stripe holds and has told, for finance: differences to explain, events, the balance."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select

from models.money import Money
from models.payouts import provider
from models.payouts.provider import ProviderDifference, ProviderEvent
from models.payouts.provider.queries import events
from models.payouts.transfers import StripeBalance
from models.payouts.transfers.queries import balance_booked
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.paging import Key, page_of
from portal.payouts.asking import attempt
from portal.payouts.blueprint import pages
from portal.payouts.forms import ReasonForm
from portal.payouts.stripe_connection import is_connected
from portal.payouts.stripe_looking import ask_comparison
from portal.permissions import Can, allow, staff
from portal.sheets import Column, sheet_response

LATEST = [Key(ProviderEvent.received_at, True), Key(ProviderEvent.id, True)]
COLUMNS = [
    Column("Event", lambda row: row.event_id),
    Column("Kind", lambda row: row.kind),
    Column("About", lambda row: row.about_id),
    Column("Account", lambda row: row.account),
    Column("Happened", lambda row: row.happened_at, "instant"),
    Column("Received", lambda row: row.received_at, "instant"),
    Column("Outcome", lambda row: row.outcome),
]


def difference_or_404(_person: Actor, difference_id: UUID) -> ProviderDifference:
    asked = select(ProviderDifference).where(ProviderDifference.id == difference_id)
    return session.scalar(asked) or abort(404)


@pages.get("/stripe")
@allow(Can.RUN_PAYOUTS)
def stripe(_person: Actor) -> str:
    return _page(ReasonForm(formdata=None))


@pages.post("/stripe/comparison")
@allow(Can.RUN_PAYOUTS)
def compare_now(_person: Actor) -> Any:
    ask_comparison(session, now())
    flash("Asked. The worker compares within a minute.")
    return redirect(url_for("payouts.stripe"), 303)


@pages.post("/stripe/differences/<uuid:difference_id>/explanation")
@allow(Can.RUN_PAYOUTS, find=difference_or_404)
def explain(person: Actor, difference: ProviderDifference) -> Any:
    form = ReasonForm()

    def do() -> Any:
        provider.explain(session, difference, reason=form.reason.data, by=person, now=now())
        flash("Explained. It is on record with your name.")
        return redirect(url_for("payouts.stripe"), 303)

    return attempt(form, do, lambda: _page(form))


@pages.get("/stripe/events/export")
@allow(Can.RUN_PAYOUTS, fresh=staff)
def export_events(_person: Actor) -> Response:
    rows = session.execute(events().order_by(ProviderEvent.received_at.desc()))
    return sheet_response("stripe-events", COLUMNS, rows, request.args.get("as", "csv"))


def _page(form: ReasonForm) -> str:
    balances = session.scalars(select(StripeBalance).order_by(StripeBalance.currency)).all()
    return render_template(
        "payouts/stripe.html",
        is_connected=is_connected(),
        balances=[
            {
                "available": Money(row.available_minor, row.currency),
                "pending": Money(row.pending_minor, row.currency),
                "booked": balance_booked(session, row.currency),
                "read_at": row.read_at,
            }
            for row in balances
        ],
        comparison=provider.last_comparison(session),
        differences=provider.open_differences(session),
        form=form,
        page=page_of(session, events(), LATEST),
    )
