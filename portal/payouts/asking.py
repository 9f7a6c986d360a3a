"""What the pages about payouts share: finding, trying, and asking once more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from flask import abort, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug import Response as Answer

from models import vendor
from models.errors import Refused
from models.payouts import Payout, PayoutRun
from models.payouts.rules import SHOWN_TO_PARTNER
from models.people import Actor
from portal.clock import now
from portal.database import session


def run_or_404(_person: Actor, run_id: UUID) -> PayoutRun:
    return session.scalar(select(PayoutRun).where(PayoutRun.id == run_id)) or abort(404)


def payout_or_404(person: Actor, payout_id: UUID) -> Payout:
    """The payout; a partner knows of its own, and not before it is released."""
    wanted = select(Payout).where(Payout.id == payout_id)
    if not person.is_staff:
        wanted = wanted.where(Payout.status.in_(SHOWN_TO_PARTNER))
    return session.scalar(wanted) or abort(404)


def attempt(form: FlaskForm, do: Callable[[], Answer], again: Callable[[], str]) -> Any:
    """Do it; when the form or the business says no, show the form again with what was typed."""
    if not form.validate():
        return again(), 422
    try:
        return do()
    except Refused as refusal:
        session.rollback()
        form.form_errors.append(str(refusal))
        return again(), 422


def ask(
    form: FlaskForm,
    title: str,
    submit: str,
    payout: Payout | None = None,
    run: PayoutRun | None = None,
) -> str:
    """The form on a page of its own."""
    back = (
        url_for("payouts.show", payout_id=payout.id)
        if payout
        else url_for("payouts.run", run_id=run.id if run else None)
    )
    return render_template(
        "payouts/ask.html", form=form, title=title, submit=submit, url=request.path, back=back
    )


def today() -> date:
    return vendor.settings(session).calendar.day_of(now())
