"""The programme's sign-in: whose password alone is not enough."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from models import vendor
from models.accounts import ROLE_NAMES
from models.factors import ALWAYS
from models.people import Actor, Role
from portal.database import session
from portal.permissions import Can, allow, everybody, may
from portal.programme.blueprint import pages
from portal.programme.changing import change

CHOICES = {role.value: ROLE_NAMES[role] for role in Role if role not in ALWAYS}


class SignInRulesForm(FlaskForm):
    factor_roles = SelectMultipleField(
        "A second factor is also needed by",
        choices=CHOICES,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description="They set one up at their next sign-in. Who has one is asked for it anyway. "
        "A new portal asks everybody; whoever is left out comes in by a password alone.",
    )


@pages.get("/sign-in")
@allow(Can.SEE_PROGRAMME)
def signing_in(person: Actor) -> str:
    return _page(person, SignInRulesForm(obj=vendor.settings(session)))


@pages.post("/sign-in")
@allow(Can.EDIT_PROGRAMME, fresh=everybody)
def save_signing_in(person: Actor) -> Any:
    form = SignInRulesForm()
    if not form.validate():
        return _page(person, form), 422
    chosen = sorted(form.factor_roles.data or [])
    changed = change(vendor.settings(session), {"factor_roles": chosen}, person)
    flash("Saved." if changed else "Nothing was different.")
    return redirect(url_for("programme.signing_in"), 303)


def _page(person: Actor, form: SignInRulesForm) -> str:
    return render_template(
        "programme/signing_in.html",
        form=form,
        always=[ROLE_NAMES[role] for role in Role if role in ALWAYS],
        further=[CHOICES[role] for role in form.factor_roles.data or [] if role in CHOICES],
        can_edit=may(person, Can.EDIT_PROGRAMME),
    )
