"""The programme's settings: staff read them, the administrator changes them."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug import Response

from models import vendor
from models.errors import Refused
from models.people import Actor
from models.vendor import Vendor
from portal.database import session
from portal.fields import put_refusal
from portal.permissions import Can, allow, may
from portal.programme import (
    complaints,
    decisions,
    disputes,
    payouts,
    registration,
    signing_in,
)
from portal.programme.base_currency import must_be_free, to_look_at
from portal.programme.blueprint import pages
from portal.programme.changing import change
from portal.programme.forms import ProgrammeForm

GROUPS = (complaints, decisions, disputes, payouts, registration, signing_in)
"""The settings that stand on pages of their own."""


@pages.get("")
@allow(Can.SEE_PROGRAMME)
def show(person: Actor) -> str:
    return _page(person, _form(vendor.settings(session)))


@pages.post("")
@allow(Can.EDIT_PROGRAMME)
def save(person: Actor) -> Response | tuple[str, int]:
    programme = vendor.settings(session)
    form = _form(programme)
    if not form.validate() or not _may_have_its_currency(form, programme):
        return _page(person, form), 422
    changed = change(programme, _values(form), person)
    flash("Saved." if changed else "Nothing was different.")
    if "base_currency" in changed:
        flash(to_look_at(programme))
    return redirect(url_for("programme.show"), 303)


def _may_have_its_currency(form: ProgrammeForm, programme: Vendor) -> bool:
    try:
        if form.base_currency.data != programme.base_currency:
            must_be_free(programme)
    except Refused as no:
        put_refusal(form.base_currency, no)
        return False
    return True


def _page(person: Actor, form: ProgrammeForm) -> str:
    return render_template(
        "programme/show.html", form=form, can_edit=may(person, Can.EDIT_PROGRAMME)
    )


def _form(programme: Vendor) -> ProgrammeForm:
    return ProgrammeForm(obj=programme)


def _values(form: ProgrammeForm) -> dict[str, Any]:
    return {field.name: field.data for field in form if field.name != "csrf_token"}
