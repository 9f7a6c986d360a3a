"""What finance does about payouts by Stripe: tops up, decides what is unclear, takes back."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, url_for
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug import Response as Answer
from wtforms.validators import InputRequired, Length

from models.money import Money
from models.partners.destinations import DestinationKind
from models.payouts import Payout, PayoutRun, PayoutStatus, transfers
from models.payouts.transfers.queries import (
    attempts_of,
    balance_booked,
    balance_read,
    needed_at_stripe,
    pays_by_stripe,
    reversals_of,
    reversed_of,
)
from models.people import Actor, Role
from portal.clock import now
from portal.database import session
from portal.fields import MoneyField, TidyField
from portal.payouts.asking import ask, attempt, payout_or_404, run_or_404
from portal.payouts.blueprint import pages
from portal.payouts.forms import ReasonForm
from portal.payouts.stripe_connection import is_connected
from portal.permissions import Can, allow


def _currency() -> str:
    """Of the run or payout that the form is about."""
    return g.stripe_currency


class TopUpForm(FlaskForm):
    amount = MoneyField(
        "Amount", currency=_currency, validators=[InputRequired("Enter how much was topped up.")]
    )
    reference = TidyField(
        "Reference",
        [InputRequired("Enter the reference of the top-up."), Length(max=100)],
        description="Its id as Stripe shows it, such as tu_1…; each is recorded once.",
    )


class TransferForm(FlaskForm):
    transfer_id = TidyField(
        "Transfer",
        [InputRequired("Enter the transfer's id, such as tr_1…"), Length(max=60)],
        description="Its id as Stripe shows it.",
    )


class ReversalForm(FlaskForm):
    amount = MoneyField(
        "Amount", currency=_currency, validators=[InputRequired("Enter how much is taken back.")]
    )
    reason = TidyField("Reason", [InputRequired("Say why; the partner will ask."), Length(max=300)])


def run_part(asking: Session, run: PayoutRun) -> dict[str, Any]:
    """What the page of a run shows about Stripe; nothing when it pays nobody by Stripe."""
    if not pays_by_stripe(asking, run):
        return {"by_stripe": None}
    g.stripe_currency = run.currency
    needed, read = needed_at_stripe(asking, run), balance_read(asking, run.currency)
    available = Money(read.available_minor, run.currency) if read else None
    return {
        "by_stripe": {
            "needed": needed,
            "available": available,
            "short": needed - available if available and available < needed else None,
            "booked": balance_booked(asking, run.currency),
            "read_at": read.read_at if read else None,
            "is_connected": is_connected(),
            "top_up": TopUpForm(formdata=None),
        }
    }


def payout_part(asking: Session, payout: Payout, person: Actor) -> dict[str, Any]:
    """What the page of a payout shows about Stripe, to staff alone."""
    if payout.rail is not DestinationKind.STRIPE or not person.is_staff:
        return {"by_stripe": None}
    g.stripe_currency = payout.amount.currency
    acts = person.role is Role.FINANCE
    return {
        "by_stripe": {
            "attempts": attempts_of(asking, payout),
            "reversals": reversals_of(asking, payout),
            "left": payout.amount - reversed_of(asking, payout),
            "can_decide": acts and payout.status is PayoutStatus.REVIEW,
            "can_reverse": acts and payout.status is PayoutStatus.PAID,
            "sent": TransferForm(formdata=None),
            "not_sent": ReasonForm(formdata=None),
            "reversal": ReversalForm(formdata=None),
        }
    }


@pages.post("/payout-runs/<uuid:run_id>/top-up")
@allow(Can.RUN_PAYOUTS, find=run_or_404)
def top_up(person: Actor, run: PayoutRun) -> Any:
    g.stripe_currency = run.currency
    form = TopUpForm()

    def do() -> Answer:
        assert form.amount.data is not None
        transfers.top_up(
            session, form.amount.data, reference=form.reference.data, by=person, now=now()
        )
        flash("The top-up is recorded. What waited for it is sent within a minute.")
        return redirect(url_for("payouts.run", run_id=run.id), 303)

    return attempt(form, do, lambda: ask(form, "Record a top-up", "Record", run=run))


@pages.post("/payouts/<uuid:payout_id>/transfer")
@allow(Can.RUN_PAYOUTS, find=payout_or_404)
def was_sent(person: Actor, payout: Payout) -> Any:
    form = TransferForm()

    def do() -> Answer:
        transfers.decide_sent(
            session, payout, transfer_id=form.transfer_id.data, by=person, now=now()
        )
        flash(f"{payout.number} is recorded as sent.")
        return redirect(url_for("payouts.show", payout_id=payout.id), 303)

    return attempt(form, do, lambda: ask(form, f"{payout.number} was sent", "Record", payout))


@pages.post("/payouts/<uuid:payout_id>/no-transfer")
@allow(Can.RUN_PAYOUTS, find=payout_or_404)
def was_not_sent(person: Actor, payout: Payout) -> Any:
    form = ReasonForm()

    def do() -> Answer:
        transfers.decide_not_sent(session, payout, note=form.reason.data, by=person, now=now())
        flash(f"{payout.number} is owed again; the next run pays it.")
        return redirect(url_for("payouts.show", payout_id=payout.id), 303)

    return attempt(form, do, lambda: ask(form, f"{payout.number} was not sent", "Record", payout))


@pages.post("/payouts/<uuid:payout_id>/reversal")
@allow(Can.RUN_PAYOUTS, find=payout_or_404)
def reverse(person: Actor, payout: Payout) -> Any:
    g.stripe_currency = payout.amount.currency
    form = ReversalForm()

    def do() -> Answer:
        assert form.amount.data is not None
        transfers.ask_reversal(
            session, payout, form.amount.data, reason=form.reason.data, by=person, now=now()
        )
        flash("Stripe is asked for it within a minute.")
        return redirect(url_for("payouts.show", payout_id=payout.id), 303)

    return attempt(form, do, lambda: ask(form, f"Take back {payout.number}", "Take back", payout))
