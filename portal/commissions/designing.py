"""The plan designer: each component as a form, with examples that the engine works out beside."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import FieldList

from models import commissions
from models.commissions import Plan, PlanDraft
from models.errors import Refused
from models.people import Actor
from portal.agreeing import agreed
from portal.clock import now
from portal.commissions.blueprint import pages
from portal.commissions.drafting import SAVED, as_seen, draft_or_404
from portal.commissions.plan_form import DesignerForm
from portal.commissions.plan_json import field_of, form_data, rules_from
from portal.commissions.plan_shown import examples_of
from portal.commissions.plans import Answer
from portal.database import session
from portal.permissions import Can, allow


@pages.get("/plans/drafts/<uuid:draft_id>/edit")
@allow(Can.EDIT_PLAN, find=draft_or_404)
def edit_draft(_person: Actor, draft: PlanDraft) -> str:
    days = {"from_on": draft.from_on, "to_on": draft.to_on}
    form = DesignerForm(data=form_data(draft.rules) | days)
    return _page(draft, form, draft.rules)


@pages.post("/plans/drafts/<uuid:draft_id>/edit")
@allow(Can.EDIT_PLAN, find=draft_or_404)
def save_draft(person: Actor, draft: PlanDraft) -> Answer:
    """Saved, or only looked at: the button says which."""
    form = DesignerForm()
    rules = rules_from(form.data, draft.rules)
    if request.form.get("button") == "preview":
        readable = form.validate()
        return _page(draft, form, rules), 200 if readable else 422
    if not agreed(
        form,
        lambda: commissions.edit_draft(
            session,
            draft,
            rules=rules,
            from_on=form.from_on.data,
            to_on=form.to_on.data,
            was=as_seen(),
            by=person,
            now=now(),
        ),
        put=lambda refusal: _put(form, refusal),
    ):
        return _page(draft, form, rules), 422
    flash(SAVED)
    return redirect(url_for("commissions.draft", draft_id=draft.id), 303)


@pages.post("/plans/drafts/<uuid:draft_id>/examples")
@allow(Can.EDIT_PLAN, find=draft_or_404)
def watch_draft(_person: Actor, draft: PlanDraft) -> str:
    """The examples alone, asked for while somebody types; nothing is kept."""
    form = DesignerForm()
    form.validate()
    told = examples_of(draft, rules_from(form.data, draft.rules), form.try_amount.data)
    session.rollback()
    return render_template("commissions/examples.html", **told)


def _put(form: DesignerForm, refusal: Refused) -> None:
    """Beside the field that can mend it; of a list beside its first row."""
    field: Any = form[field_of(str(refusal))]
    while isinstance(field, FieldList):
        if not field.entries:
            field.append_entry()
        field = next(iter(field.entries[0].form))
    field.errors = [*field.errors, str(refusal).partition(": ")[2] or str(refusal)]


def _page(draft: PlanDraft, form: DesignerForm, rules: dict[str, Any]) -> str:
    told = examples_of(draft, rules, form.try_amount.data)
    form.grow()
    plan = session.get_one(Plan, draft.plan_id)
    was = request.form.get("was")
    return render_template(
        "commissions/designer.html", draft=draft, plan=plan, form=form, was=was, **told
    )
