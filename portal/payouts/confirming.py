"""Pages on which finance confirms where a partner wants to be paid after a change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug import Response as Answer
from wtforms.validators import InputRequired, Length

from models import partners
from models.partners import Partner, destinations
from models.partners.destinations import DestinationStatus, PayoutDestination
from models.people import Actor, Person
from portal.clock import now
from portal.database import session
from portal.fields import TidyField
from portal.payouts.asking import attempt
from portal.payouts.blueprint import pages
from portal.permissions import Can, allow, everybody


class ConfirmationForm(FlaskForm):
    how = TidyField(
        "How did you make sure?",
        [InputRequired("Say how you made sure; an auditor will ask."), Length(max=300)],
        description="Such as a call to a number that we knew before, and who answered.",
    )


def destination_or_404(_person: Actor, destination_id: UUID) -> PayoutDestination:
    wanted = select(PayoutDestination).where(PayoutDestination.id == destination_id)
    return session.scalar(wanted) or abort(404)


@pages.get("/payout-destinations")
@allow(Can.RUN_PAYOUTS)
def changed_accounts(_person: Actor) -> str:
    waiting = destinations.unconfirmed(session)
    return render_template(
        "payouts/changed_accounts.html",
        rows=waiting,
        names=_names(waiting),
        people=_people(waiting),
        before=_before(waiting),
        forms={one.id: _form_of(one) for one in waiting},
        now=now(),
    )


@pages.post("/payout-destinations/<uuid:destination_id>/confirmation")
@allow(Can.RUN_PAYOUTS, find=destination_or_404, fresh=everybody)
def confirm_account(person: Actor, destination: PayoutDestination) -> Any:
    form = ConfirmationForm()

    def do() -> Answer:
        partners.confirm_destination(session, destination, how=form.how.data, by=person, now=now())
        flash(f"Confirmed: {destination.summary}.")
        return redirect(url_for("payouts.changed_accounts"), 303)

    def again() -> str:
        return render_template(
            "payouts/ask.html", form=form, title=f"Confirm {destination.summary}",
            submit="Confirm", url=request.path, back=url_for("payouts.changed_accounts"),
        )  # fmt: skip

    return attempt(form, do, again)


def _form_of(destination: PayoutDestination) -> ConfirmationForm:
    """Each stands on the page with an id of its own."""
    form = ConfirmationForm(formdata=None)
    form.how.id = f"how-{destination.id}"
    return form


def _names(waiting: Sequence[PayoutDestination]) -> dict[UUID, str]:
    ids = [one.partner_id for one in waiting]
    rows = session.execute(select(Partner.id, Partner.name).where(Partner.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _people(waiting: Sequence[PayoutDestination]) -> dict[UUID, str]:
    ids = [one.entered_by_id for one in waiting if one.entered_by_id]
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _before(waiting: Sequence[PayoutDestination]) -> dict[UUID, PayoutDestination]:
    """{partner: where it was paid until then}"""
    replaced = select(PayoutDestination).where(
        PayoutDestination.partner_id.in_([one.partner_id for one in waiting]),
        PayoutDestination.status == DestinationStatus.REPLACED,
    )
    rows = session.scalars(replaced.order_by(PayoutDestination.replaced_at))
    return {one.partner_id: one for one in rows}
