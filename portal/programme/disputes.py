"""The programme's disputes: how fast they are decided, and how long a partner may object."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug import Response
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from models import vendor
from models.money import Money
from models.people import Actor
from models.vendor import Vendor
from portal.database import session
from portal.permissions import Can, allow, may
from portal.programme.blueprint import pages
from portal.programme.changing import change


class DisputesForm(FlaskForm):
    dispute_business_days = IntegerField(
        "Decision",
        [InputRequired("Enter a number of days."), NumberRange(1, 60)],
        description="Business days from the day of the dispute. Both sides see the clock; when "
        "it is missed, finance, the administrators and the partner are told.",
    )
    dispute_window_days = IntegerField(
        "Window",
        [InputRequired("Enter a number of days."), NumberRange(1, 1000)],
        description="Days after its statement was closed in which a line can be disputed, or a "
        "missing sale named. The last one is included.",
    )


NAMES = ("dispute_business_days", "dispute_window_days")


@pages.get("/disputes")
@allow(Can.SEE_PROGRAMME)
def disputes(person: Actor) -> str:
    return _page(person, DisputesForm(obj=vendor.settings(session)))


@pages.post("/disputes")
@allow(Can.EDIT_PROGRAMME)
def save_disputes(person: Actor) -> Response | tuple[str, int]:
    programme = vendor.settings(session)
    form = DisputesForm(obj=programme)
    if not form.validate():
        return _page(person, form), 422
    changed = change(programme, {name: form[name].data for name in NAMES}, person)
    flash("Saved. Clocks that run keep their deadlines." if changed else "Nothing was different.")
    return redirect(url_for("programme.disputes"), 303)


def _page(person: Actor, form: DisputesForm) -> str:
    programme: Vendor = vendor.settings(session)
    return render_template(
        "programme/disputes.html",
        form=form,
        names=NAMES,
        limit=Money(programme.adjustment_limit_minor, programme.base_currency),
        can_edit=may(person, Can.EDIT_PROGRAMME),
        can_see_adjustments=may(person, Can.SEE_ADJUSTMENTS),
    )
