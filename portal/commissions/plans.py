"""Pages about plans: the list, one plan with its versions, whom it is for."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import func, or_, select
from werkzeug import Response

from models import commissions, vendor
from models.calendars import local_day
from models.commissions import Plan, PlanAssignment, drafts
from models.commissions import plans as asked
from models.commissions.plan_files import written_plan
from models.errors import Refused
from models.partners import Partner, PartnerRole, Tier
from models.people import Actor, Person
from portal.agreeing import agreed
from portal.clock import now
from portal.commissions.blueprint import pages
from portal.commissions.forms import AssignmentForm, PlanForm
from portal.commissions.plan_shown import components_of, json_file
from portal.database import session
from portal.permissions import Can, allow, may

Answer = Response | tuple[str, int]


def plan_or_404(_person: Actor, plan_id: UUID) -> Plan:
    return session.get(Plan, plan_id) or abort(404)


def assignment_or_404(_person: Actor, assignment_id: UUID) -> PlanAssignment:
    return session.get(PlanAssignment, assignment_id) or abort(404)


@pages.get("/plans")
@allow(Can.SEE_PLANS)
def plans(person: Actor) -> str:
    return render_template(
        "commissions/plans.html",
        plans=asked.plans(session, _today()),
        why=_why(request.args.get("partner", "").strip()),
        drafts=drafts.open_drafts(session),
        can_edit=may(person, Can.EDIT_PLAN),
    )


@pages.get("/plans/new")
@allow(Can.EDIT_PLAN)
def new_plan(_person: Actor) -> str:
    programme = vendor.settings(session)
    usual = {"currency": programme.base_currency, "time_zone": programme.time_zone}
    return _new_plan_page(PlanForm(data=usual))


@pages.post("/plans")
@allow(Can.EDIT_PLAN)
def make_plan(person: Actor) -> Answer:
    form = PlanForm()
    made: list[Plan] = []
    if not agreed(
        form,
        lambda: made.append(commissions.make_plan(session, **form.frame(), by=person, now=now())),
    ):
        return _new_plan_page(form), 422
    flash("The plan is made. Write what it pays: its first version.")
    return redirect(url_for("commissions.plan", plan_id=made[0].id), 303)


@pages.get("/plans/<uuid:plan_id>")
@allow(Can.SEE_PLANS, find=plan_or_404)
def plan(person: Actor, plan: Plan) -> str:
    today = _today()
    shadows = asked.shadowed(session, plan.id, today)
    return render_template(
        "commissions/plan.html",
        plan=plan,
        versions=[
            {
                "row": row,
                "state": _state_of(row.from_on, row.to_on, today),
                "components": components_of(plan, row.rules),
                "draft": drafts.draft_of(session, row.id),
                "approved_by": row.approved_by_id
                and session.get_one(Person, row.approved_by_id).name,
            }
            for row in asked.versions_of(session, plan.id)
        ],
        assignments=[
            {
                "row": row,
                "state": _state_of(row.from_on, row.to_on, today),
                "shadow": shadows.get(row.id),
            }
            for row in asked.assignments_of(session, plan.id)
        ],
        drafts=drafts.open_drafts(session, plan.id),
        can_edit=may(person, Can.EDIT_PLAN),
    )


@pages.get("/plans/<uuid:plan_id>/frame")
@allow(Can.EDIT_PLAN, find=plan_or_404)
def edit_frame(_person: Actor, plan: Plan) -> Response | str:
    try:
        commissions.frame_must_be_open(session, plan)
    except Refused as refusal:
        flash(str(refusal), "refused")
        return redirect(url_for("commissions.plan", plan_id=plan.id), 303)
    return _frame_page(plan, PlanForm(obj=plan))


@pages.post("/plans/<uuid:plan_id>/frame")
@allow(Can.EDIT_PLAN, find=plan_or_404)
def save_frame(person: Actor, plan: Plan) -> Answer:
    form = PlanForm()
    if not agreed(
        form, lambda: commissions.edit_frame(session, plan, **form.frame(), by=person, now=now())
    ):
        return _frame_page(plan, form), 422
    flash("Saved. What was proposed is a draft again.")
    return redirect(url_for("commissions.plan", plan_id=plan.id), 303)


@pages.get("/plans/<uuid:plan_id>/file")
@allow(Can.SEE_PLANS, find=plan_or_404)
def plan_file(_person: Actor, plan: Plan) -> Response:
    return json_file(plan.name, written_plan(session, plan))


@pages.get("/plans/<uuid:plan_id>/assignments/new")
@allow(Can.EDIT_PLAN, find=plan_or_404)
def new_assignment(_person: Actor, plan: Plan) -> str:
    return _assignment_page(plan, AssignmentForm(data={"from_on": _today()}))


@pages.post("/plans/<uuid:plan_id>/assignments")
@allow(Can.EDIT_PLAN, find=plan_or_404)
def assign(person: Actor, plan: Plan) -> Answer:
    form = AssignmentForm()
    if not agreed(
        form,
        lambda: commissions.assign(
            session,
            plan,
            partner_id=partner_called(form.partner.data),
            tier=Tier(form.tier.data) if form.tier.data else None,
            role=PartnerRole(form.role.data) if form.role.data else None,
            country=form.country.data or None,
            from_on=form.from_on.data,
            to_on=form.to_on.data,
            by=person,
            now=now(),
        ),
    ):
        return _assignment_page(plan, form), 422
    flash("Assigned.")
    return redirect(url_for("commissions.plan", plan_id=plan.id), 303)


@pages.post("/plan-assignments/<uuid:assignment_id>/end")
@allow(Can.EDIT_PLAN, find=assignment_or_404)
def end_assignment(person: Actor, assignment: PlanAssignment) -> Response:
    """From today on; what was won before stays with the plan."""
    commissions.end_assignment(session, assignment, to_on=_today(), by=person, now=now())
    flash("It holds no longer for deals won from today on.")
    return redirect(url_for("commissions.plan", plan_id=assignment.plan_id), 303)


def _why(text: str) -> str:
    """Which plan a partner is on today, and why; or why it is on none."""
    try:
        partner_id = partner_called(text)
        if partner_id is None:
            return ""
        return commissions.plan_for(session, session.get_one(Partner, partner_id), _today()).why
    except Refused as refusal:
        return str(refusal)


def partner_called(text: str) -> UUID | None:
    if not text:
        return None
    named = or_(Partner.number == text.upper(), func.lower(Partner.name) == text.lower())
    found = session.scalars(select(Partner.id).where(named).limit(2)).all()
    if len(found) != 1:
        raise Refused(
            f"{'No' if not found else 'More than one'} partner is called “{text}”; "
            "enter its number, such as P-4K7QXMP."
        )
    return found[0]


def _state_of(from_on: date, to_on: date | None, today: date) -> tuple[str, str]:
    """In a word, and its tone."""
    if today < from_on:
        return "Comes", "info"
    if to_on is not None and to_on <= today:
        return "Ended", "plain"
    return "In force", "good"


def _today() -> date:
    return local_day(now(), vendor.settings(session).time_zone)


def _new_plan_page(form: PlanForm) -> str:
    return render_template("commissions/new_plan.html", form=form)


def _frame_page(plan: Plan, form: PlanForm) -> str:
    return render_template("commissions/plan_frame.html", plan=plan, form=form)


def _assignment_page(plan: Plan, form: AssignmentForm) -> str:
    return render_template("commissions/new_assignment.html", plan=plan, form=form)
