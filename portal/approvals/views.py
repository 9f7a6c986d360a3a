"""Pages about approval rules: the list with what is amiss, and one rule's form."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug import Response

from models import approvals, vendor
from models.approvals import ApprovalRule
from models.catalog import ProductFamily
from models.deals import DealType
from models.errors import Refused
from models.money import Money
from models.partners import Tier
from models.people import Actor
from portal.approvals.forms import details_of, leave_room, rule_form
from portal.clock import now
from portal.database import session
from portal.formats import money, words
from portal.permissions import Can, allow, may
from portal.sheets import Column, sheet_response

pages = Blueprint("approvals", __name__, url_prefix="/approvals")

COLUMNS = [
    Column("Order", lambda row: row["order"]),
    Column("Rule", lambda row: row["name"]),
    Column("Holds for", lambda row: row["when"]),
    Column("Approvals", lambda row: "; ".join(row["steps"])),
]


def rule_or_404(_person: Actor, rule_id: UUID) -> ApprovalRule:
    return session.get(ApprovalRule, rule_id) or abort(404)


@pages.get("")
@allow(Can.SEE_PROGRAMME)
def index(person: Actor) -> str:
    return render_template(
        "approvals/index.html",
        rules=_shown(),
        faults=approvals.faults(session),
        can_edit=may(person, Can.EDIT_PROGRAMME),
    )


@pages.get("/export")
@allow(Can.SEE_PROGRAMME)
def export(_person: Actor) -> Response:
    return sheet_response("Approval rules", COLUMNS, _shown(), request.args.get("as", "csv"))


@pages.get("/new")
@allow(Can.EDIT_PROGRAMME)
def new(_person: Actor) -> str:
    form = _form()
    leave_room(form)
    return _form_page(form, None)


@pages.post("")
@allow(Can.EDIT_PROGRAMME)
def create(person: Actor) -> Any:
    form = _form()
    if answer := _not_yet(form, None):
        return answer
    try:
        rule = approvals.add(session, details_of(form), by=person, now=now())
    except Refused as refusal:
        return _refused(form, None, refusal)
    flash(f"“{rule.name}” holds for what is submitted from now on.")
    return redirect(url_for("approvals.index"), 303)


@pages.get("/<uuid:rule_id>")
@allow(Can.EDIT_PROGRAMME, find=rule_or_404)
def edit(_person: Actor, rule: ApprovalRule) -> str:
    form = _form(_filled(rule))
    leave_room(form)
    return _form_page(form, rule)


@pages.post("/<uuid:rule_id>")
@allow(Can.EDIT_PROGRAMME, find=rule_or_404)
def change(person: Actor, rule: ApprovalRule) -> Any:
    form = _form()
    if answer := _not_yet(form, rule):
        return answer
    try:
        approvals.change(session, rule, details_of(form), by=person, now=now())
    except Refused as refusal:
        return _refused(form, rule, refusal)
    flash("Saved. What waits already keeps the approvals it was promised.")
    return redirect(url_for("approvals.index"), 303)


@pages.post("/<uuid:rule_id>/raise")
@allow(Can.EDIT_PROGRAMME, find=rule_or_404)
def raise_up(person: Actor, rule: ApprovalRule) -> Response:
    approvals.raise_up(session, rule, by=person, now=now())
    return redirect(url_for("approvals.index"), 303)


@pages.post("/<uuid:rule_id>/removal")
@allow(Can.EDIT_PROGRAMME, find=rule_or_404)
def remove(person: Actor, rule: ApprovalRule) -> Response:
    flash(f"“{rule.name}” is gone. What waits already keeps its approvals.")
    approvals.remove(session, rule, by=person, now=now())
    return redirect(url_for("approvals.index"), 303)


def _form(data: dict[str, Any] | None = None) -> Any:
    staff = [(person.id, person.name) for person in approvals.staff_of(session)]
    kind = rule_form(vendor.settings(session).base_currency, staff, _families())
    return kind(data=data) if data else kind()


def _not_yet(form: Any, rule: ApprovalRule | None) -> Any:
    """The form again: with more room, or with what is to be mended; None when it is whole."""
    if "more" in request.form:
        leave_room(form)
        return _form_page(form, rule)
    return None if form.validate() else (_form_page(form, rule), 422)


def _refused(form: Any, rule: ApprovalRule | None, refusal: Refused) -> tuple[str, int]:
    session.rollback()
    form.form_errors.append(str(refusal))
    return _form_page(form, rule), 422


def _form_page(form: Any, rule: ApprovalRule | None) -> str:
    currency = vendor.settings(session).base_currency
    return render_template("approvals/form.html", form=form, rule=rule, currency=currency)


def _filled(rule: ApprovalRule) -> dict[str, Any]:
    currency = vendor.settings(session).base_currency
    return {
        "name": rule.name,
        "from_value": Money(rule.from_minor, currency) if rule.from_minor else None,
        "to_value": Money(rule.to_minor, currency) if rule.to_minor is not None else None,
        "tiers": rule.tiers,
        "kinds": rule.kinds,
        "families": rule.families,
        "regions": " ".join(rule.regions),
        "steps": [
            {"stage": str(step.stage), "approver": str(step.person_id or step.kind.value)}
            for step in rule.steps
        ],
    }


def _shown() -> list[dict[str, Any]]:
    names = {person.id: person.name for person in approvals.staff_of(session)}
    families = _families()
    return [
        {
            "id": rule.id,
            "order": at,
            "name": rule.name,
            "when": _when(rule, families),
            "steps": _steps(rule, names),
        }
        for at, rule in enumerate(approvals.in_order(session), start=1)
    ]


def _when(rule: ApprovalRule, families: dict[str, str]) -> str:
    currency = vendor.settings(session).base_currency
    parts = []
    if rule.from_minor or rule.to_minor is not None:
        low = f"from {money(Money(rule.from_minor, currency))}" if rule.from_minor else ""
        high = "" if rule.to_minor is None else f"below {money(Money(rule.to_minor, currency))}"
        parts.append(" to ".join(part for part in (low, high) if part))
    parts.append(", ".join(words(Tier(tier)) for tier in rule.tiers))
    parts.append(", ".join(DealType(kind).words for kind in rule.kinds))
    parts.append(", ".join(families.get(family, "a family gone") for family in rule.families))
    parts.append(", ".join(rule.regions))
    return "; ".join(part for part in parts if part) or "everything"


def _steps(rule: ApprovalRule, names: dict[UUID, str]) -> list[str]:
    """One line a stage; side by side means that all of them must agree, in any order."""
    lines: dict[int, list[str]] = {}
    for step in rule.steps:
        name = step.kind.words
        if step.person_id is not None:
            name = names.get(step.person_id, "somebody who has left")
        lines.setdefault(step.stage, []).append(name)
    return [" and ".join(lines[stage]) for stage in sorted(lines)]


def _families() -> dict[str, str]:
    rows = session.execute(
        select(ProductFamily.id, ProductFamily.name).order_by(ProductFamily.name)
    )
    return {str(row.id): row.name for row in rows}
