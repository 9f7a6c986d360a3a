"""The programme's settings: staff read them, the administrator changes them."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug import Response

from models import audit, vendor
from models.money import Money
from models.people import Actor
from models.vendor import Vendor
from portal.clock import now
from portal.database import session
from portal.permissions import Can, allow, may
from portal.programme import payouts
from portal.programme.blueprint import pages
from portal.programme.forms import ProgrammeForm

GROUPS = (payouts,)
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
    if not form.validate():
        return _page(person, form), 422
    changed = _change(programme, _values(form))
    if changed:
        audit.record(session, person, "programme changed", programme, now=now(), detail=changed)
    flash("Saved." if changed else "Nothing was different.")
    return redirect(url_for("programme.show"), 303)


def _page(person: Actor, form: ProgrammeForm) -> str:
    return render_template(
        "programme/show.html", form=form, can_edit=may(person, Can.EDIT_PROGRAMME)
    )


def _form(programme: Vendor) -> ProgrammeForm:
    form = ProgrammeForm(obj=programme)
    form.minimum_deal._currency = programme.base_currency
    return form


def _values(form: ProgrammeForm) -> dict[str, Any]:
    values = {field.name: field.data for field in form if field.name != "csrf_token"}
    minimum: Money = values.pop("minimum_deal")
    return values | {"minimum_deal_minor": minimum.minor}


def _change(programme: Vendor, values: dict[str, Any]) -> dict[str, Any]:
    """Write what differs; which settings, from what to what."""
    changed = {}
    for name, value in values.items():
        before = getattr(programme, name)
        if before != value:
            setattr(programme, name, value)
            changed[name] = [before, value]
    return changed
