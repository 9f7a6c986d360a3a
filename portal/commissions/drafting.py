"""Pages about a plan version before it is in force: written by one, decided by another."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug import Response

from models import commissions
from models.calendars import local_day
from models.commissions import DraftState, Plan, PlanDraft, drafts
from models.commissions.plan_files import written
from models.commissions.replay.case import VersionCase
from models.people import Actor
from portal.agreeing import agreed
from portal.clock import now
from portal.commissions.blueprint import pages
from portal.commissions.forms import EXAMPLE, ReasonForm, VersionForm
from portal.commissions.plan_shown import (
    as_json,
    changes_of,
    components_of,
    examples_of,
    json_file,
)
from portal.commissions.plans import Answer, plan_or_404
from portal.database import session
from portal.fields import put_refusal
from portal.permissions import Can, allow, may

STATES = {
    DraftState.DRAFT: ("Draft", "plain"),
    DraftState.PROPOSED: ("Waits for approval", "warn"),
    DraftState.APPROVED: ("Approved", "good"),
    DraftState.DISCARDED: ("Discarded", "plain"),
}
STEPS = {
    "begin": "Begun",
    "edit": "Changed",
    "void": "Changed, so that what was decided counts no longer",
    "propose": "Proposed",
    "approve": "Approved",
    "send_back": "Sent back",
    "discard": "Discarded",
}


SAVED = "Saved. It is a draft: nothing is rated by it before it is approved."


def as_seen() -> DraftState:
    """The state that the form was opened in."""
    said = request.form.get("was", "")
    return DraftState(said) if said in list(DraftState) else DraftState.DRAFT


def draft_or_404(_person: Actor, draft_id: UUID) -> PlanDraft:
    return session.get(PlanDraft, draft_id) or abort(404)


@pages.post("/plans/<uuid:plan_id>/drafts")
@allow(Can.EDIT_PLAN, find=plan_or_404)
def begin_draft(person: Actor, plan: Plan) -> Response:
    """Starts from the latest version's rules, because most versions change one figure."""
    return redirect(url_for("commissions.edit_draft", draft_id=begun(person, plan).id), 303)


@pages.get("/plans/drafts/<uuid:draft_id>")
@allow(Can.SEE_PLANS, find=draft_or_404)
def draft(person: Actor, draft: PlanDraft) -> str:
    return draft_page(person, draft, ReasonForm())


@pages.get("/plans/drafts/<uuid:draft_id>/json")
@allow(Can.EDIT_PLAN, find=draft_or_404)
def draft_json(_person: Actor, draft: PlanDraft) -> str:
    usual = {"from_on": draft.from_on, "to_on": draft.to_on, "rules": as_json(draft.rules)}
    return _json_page(draft, VersionForm(data=usual))


@pages.post("/plans/drafts/<uuid:draft_id>/json")
@allow(Can.EDIT_PLAN, find=draft_or_404)
def save_json(person: Actor, draft: PlanDraft) -> Answer:
    form = VersionForm()
    if not agreed(
        form,
        lambda: commissions.edit_draft(
            session,
            draft,
            rules=form.parsed,
            from_on=form.from_on.data,
            to_on=form.to_on.data,
            was=as_seen(),
            by=person,
            now=now(),
        ),
        put=lambda no: put_refusal(form.rules if str(no).startswith("rules") else form.from_on, no),
    ):
        return _json_page(draft, form), 422
    flash(SAVED)
    return redirect(url_for("commissions.draft", draft_id=draft.id), 303)


@pages.get("/plans/drafts/<uuid:draft_id>/file")
@allow(Can.SEE_PLANS, find=draft_or_404)
def draft_file(_person: Actor, draft: PlanDraft) -> Response:
    plan = session.get_one(Plan, draft.plan_id)
    told = written(plan, [VersionCase(draft.from_on, draft.to_on, draft.rules)])
    return json_file(f"{plan.name} draft", told)


@pages.post("/plans/drafts/<uuid:draft_id>/proposal")
@allow(Can.EDIT_PLAN, find=draft_or_404)
def propose_draft(person: Actor, draft: PlanDraft) -> Response:
    commissions.propose_draft(session, draft, by=person, now=now())
    flash("Proposed. Somebody who did not write on it approves it or sends it back.")
    return redirect(url_for("commissions.draft", draft_id=draft.id), 303)


@pages.post("/plans/drafts/<uuid:draft_id>/approval")
@allow(Can.APPROVE_PLAN, find=draft_or_404)
def approve_draft(person: Actor, draft: PlanDraft) -> Response:
    seen = request.form.get("seen", "")
    version = commissions.approve_draft(session, draft, seen=seen, by=person, now=now())
    flash(f"Version {version.number} is approved, in force from {version.from_on:%-d %B %Y}.")
    return redirect(url_for("commissions.plan", plan_id=draft.plan_id), 303)


@pages.post("/plans/drafts/<uuid:draft_id>/return")
@allow(Can.APPROVE_PLAN, find=draft_or_404)
def send_back_draft(person: Actor, draft: PlanDraft) -> Answer:
    form = ReasonForm()
    if not agreed(
        form,
        lambda: commissions.send_back_draft(
            session, draft, reason=form.reason.data, by=person, now=now()
        ),
    ):
        return draft_page(person, draft, form), 422
    flash("Sent back. Its author reads your reason word for word.")
    return redirect(url_for("commissions.draft", draft_id=draft.id), 303)


@pages.post("/plans/drafts/<uuid:draft_id>/discarding")
@allow(Can.EDIT_PLAN, find=draft_or_404)
def discard_draft(person: Actor, draft: PlanDraft) -> Response:
    commissions.discard_draft(session, draft, by=person, now=now())
    flash("Discarded.")
    return redirect(url_for("commissions.plan", plan_id=draft.plan_id), 303)


def begun(person: Actor, plan: Plan) -> PlanDraft:
    """A fresh draft, from tomorrow on."""
    known = commissions.plans.versions_of(session, plan.id)
    return commissions.begin_draft(
        session,
        plan,
        rules=known[0].rules if known else EXAMPLE,
        from_on=_today(plan) + timedelta(days=1),
        by=person,
        now=now(),
    )


def draft_page(person: Actor, draft: PlanDraft, reason: ReasonForm) -> str:
    plan = session.get_one(Plan, draft.plan_id)
    before = drafts.in_force_on(session, plan.id, draft.from_on - timedelta(days=1))
    wrote = str(person.id) in draft.editors
    waits = draft.state is DraftState.PROPOSED
    return render_template(
        "commissions/draft.html",
        draft=draft,
        plan=plan,
        state=STATES[draft.state],
        seen=drafts.seen_of(draft),
        before=before,
        changes=changes_of(plan, before.rules if before else None, draft.rules),
        components=components_of(plan, draft.rules),
        **examples_of(draft, draft.rules),
        findings=_findings(plan, draft),
        events=[(event, STEPS[event.verb]) for event in drafts.events_of(session, draft.id)],
        reason=reason,
        can_edit=may(person, Can.EDIT_PLAN) and (draft.state in drafts.OPEN or _comes(draft, plan)),
        can_discard=draft.state in drafts.OPEN and may(person, Can.EDIT_PLAN),
        can_propose=draft.state is DraftState.DRAFT and may(person, Can.EDIT_PLAN),
        can_decide=waits and not wrote and may(person, Can.APPROVE_PLAN),
        must_wait=waits and wrote,
    )


def _comes(draft: PlanDraft, plan: Plan) -> bool:
    """It is approved, and can still be changed: then it is a draft again."""
    return draft.state is DraftState.APPROVED and draft.from_on > _today(plan)


def _findings(plan: Plan, draft: PlanDraft) -> list[commissions.Finding]:
    if draft.state not in drafts.OPEN:
        return []
    return commissions.findings(
        session, plan, draft.rules, draft.from_on, draft.to_on, today=_today(plan)
    )


def _json_page(draft: PlanDraft, form: VersionForm) -> str:
    plan = session.get_one(Plan, draft.plan_id)
    return render_template(
        "commissions/draft_json.html",
        draft=draft,
        plan=plan,
        form=form,
        was=request.form.get("was"),
    )


def _today(plan: Plan) -> date:
    return local_day(now(), plan.time_zone)
