"""The rules of registration: one page of settings, and what each type asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from sqlalchemy import Row
from werkzeug import Response

from models import deals, vendor
from models.deals import CHOOSABLE, MOST_REQUIRED, NEEDED, Ask, DealType, TypeRules
from models.errors import Refused
from models.partners import Tier
from models.people import Actor
from models.vendor import Vendor
from portal.clock import now
from portal.database import session
from portal.permissions import Can, allow, may
from portal.programme.blueprint import pages
from portal.programme.changing import change, lately
from portal.programme.registration_forms import BY_TIER, GROUPS, RegistrationForm, TypeForm

OWN = {name for names in GROUPS.values() for name in names} | set(BY_TIER) | {"minimum_deal_minor"}
"""The settings of this page, as the history knows them."""


@pages.get("/registration")
@allow(Can.SEE_PROGRAMME)
def registration(person: Actor) -> str:
    programme = vendor.settings(session)
    return _page(person, _form(programme))


@pages.post("/registration")
@allow(Can.EDIT_PROGRAMME)
def save_registration(person: Actor) -> Response | tuple[str, int]:
    programme = vendor.settings(session)
    form = _form(programme)
    if not form.validate():
        return _page(person, form), 422
    changed = change(programme, _values(form), person)
    flash("Saved. It counts from now on." if changed else "Nothing was different.")
    return redirect(url_for("programme.registration"), 303)


def kind_or_404(_person: Actor, kind: str) -> DealType:
    return DealType(kind) if kind in set(DealType) else abort(404)


@pages.get("/registration/types/<word:kind>")
@allow(Can.SEE_PROGRAMME, find=kind_or_404)
def registration_type(person: Actor, kind: DealType) -> str:
    rules = deals.type_rules(session)[kind]
    asks = {name: ask.value for name, ask in rules.asks.items()}
    form = TypeForm(data=asks | {"is_offered": rules.is_offered, "guidance": rules.guidance})
    return _type_page(person, rules, form)


@pages.post("/registration/types/<word:kind>")
@allow(Can.EDIT_PROGRAMME, find=kind_or_404)
def save_registration_type(person: Actor, kind: DealType) -> Response | tuple[str, int]:
    rules, form = deals.type_rules(session)[kind], TypeForm()
    if not form.validate():
        return _type_page(person, rules, form), 422
    try:
        changed = deals.set_type(
            session,
            kind,
            is_offered=form.is_offered.data,
            asks={name: Ask(form[name].data) for name in CHOOSABLE},
            guidance=" ".join((form.guidance.data or "").split()),
            by=person,
            now=now(),
        )
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _type_page(person, rules, form), 422
    flash("Saved. It counts from now on." if changed else "Nothing was different.")
    return redirect(url_for("programme.registration"), 303)


def _page(person: Actor, form: RegistrationForm) -> str:
    return render_template(
        "programme/registration.html",
        form=form,
        groups=GROUPS,
        tiers=[tier.value for tier in Tier],
        types=deals.type_rules(session).values(),
        changes=list(_told(lately("vendor", "registration_type"))),
        can_edit=may(person, Can.EDIT_PROGRAMME),
    )


def _type_page(person: Actor, rules: TypeRules, form: TypeForm) -> str:
    return render_template(
        "programme/registration_type.html",
        form=form,
        rules=rules,
        names=list(CHOOSABLE),
        needed=NEEDED.get(rules.kind, ()),
        most=MOST_REQUIRED,
        can_edit=may(person, Can.EDIT_PROGRAMME),
    )


def _form(programme: Vendor) -> RegistrationForm:
    kept = {
        f"{name}_{tier}": number
        for name in BY_TIER
        for tier, number in (getattr(programme, name) or {}).items()
    }
    form = RegistrationForm(obj=programme, data=kept)
    form.minimum_deal.in_currency(programme.base_currency)
    return form


def _values(form: RegistrationForm) -> dict[str, Any]:
    """As the vendor's row keeps them; a tier that is left empty has nothing of its own."""
    values = {name: form[name].data for names in GROUPS.values() for name in names}
    minimum = values.pop("minimum_deal")
    for name in BY_TIER:
        said = {tier.value: form[f"{name}_{tier.value}"].data for tier in Tier}
        values[name] = {tier: number for tier, number in said.items() if number is not None} or None
    return values | {"minimum_deal_minor": minimum.minor}


def _told(entries: Any) -> Iterator[tuple[Row, str]]:
    """Each change with its words; changes of other pages are left out."""
    for entry in entries:
        said = [
            f"{name.replace('_minor', '').replace('_', ' ')}: {_was(pair[0])} to {_was(pair[1])}"
            for name, pair in entry.detail.items()
            if isinstance(pair, list) and (name in OWN or "type" in entry.detail)
        ]
        kind = entry.detail.get("type")
        if said:
            yield entry, (f"{DealType(kind).words}: " if kind else "") + "; ".join(said)


def _was(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{tier} {number}" for tier, number in value.items())
    if isinstance(value, list):
        return ", ".join(value)
    return {True: "yes", False: "no", None: "none", "": "none"}.get(value, str(value))
