"""One conflict case as the vendor sees it: everything side by side, and the decision."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from werkzeug import Response

from models.deals import VERBS_DONE
from models.deals.conflicts import NOTE_WORDS, Conflict, ConflictStatus, party_deals
from models.deals.conflicts import operations as verbs
from models.people import Actor
from portal.agreeing import agreed
from portal.clock import now
from portal.conflicts.blueprint import back_to_case, conflict_or_404, pages
from portal.conflicts.forms import DecisionForm, EvidenceForm, decision_form
from portal.conflicts.showing import opened
from portal.database import session
from portal.fields import uploads
from portal.permissions import Can, allow, may

Answer = Response | tuple[str, int] | str


@pages.get("/<uuid:conflict_id>")
@allow(Can.SEE_CONFLICTS, find=conflict_or_404)
def show(person: Actor, conflict: Conflict) -> Answer:
    return _page(person, conflict)


@pages.post("/<uuid:conflict_id>/evidence")
@allow(Can.SEE_CONFLICTS, find=conflict_or_404)
def add_our_evidence(person: Actor, conflict: Conflict) -> Answer:
    form = EvidenceForm()

    def do() -> None:
        said = {"text": form.text.data, "uploads": uploads(form.files)}
        verbs.add_our_evidence(session, conflict, **said, by=person, now=now())

    if not agreed(form, do):
        return _page(person, conflict, evidence=form), 422
    flash("Added. No partner reads it.")
    return back_to_case(conflict)


@pages.post("/<uuid:conflict_id>/decision")
@allow(Can.DECIDE_CONFLICT, find=conflict_or_404)
def decide(person: Actor, conflict: Conflict) -> Answer:
    return _take(person, conflict, verbs.decide, "Decided. Each party reads its own words.")


@pages.post("/<uuid:conflict_id>/appeal-decision")
@allow(Can.DECIDE_CONFLICT, find=conflict_or_404)
def judge(person: Actor, conflict: Conflict) -> Answer:
    return _take(person, conflict, verbs.judge, "The case is final.")


def _take(person: Actor, conflict: Conflict, verb, said: str) -> Answer:
    parties = party_deals(session, conflict.id)
    form = decision_form(
        parties, has_vendor=conflict.touch_id is not None, chosen=conflict.likely_rule
    )
    if not agreed(form, lambda: verb(session, conflict, form.decision(), by=person, now=now())):
        return _page(person, conflict, decision=form), 422
    flash(said)
    return back_to_case(conflict)


def _page(
    person: Actor,
    conflict: Conflict,
    *,
    evidence: EvidenceForm | None = None,
    decision: DecisionForm | None = None,
) -> str:
    it = opened(conflict)
    return render_template(
        "conflicts/show.html",
        it=it,
        done=VERBS_DONE,
        noted=NOTE_WORDS,
        evidence=evidence or EvidenceForm(formdata=None),
        decision=decision or decision_form(
            it.rows, has_vendor=conflict.touch_id is not None,
            chosen=conflict.rule or conflict.likely_rule, fresh=True,
        ),
        can_add=evidence is not None
        or conflict.status in (ConflictStatus.OPEN, ConflictStatus.APPEALED),
        decide_at=request.path if decision else _decide_at(person, conflict),
        is_appeal=conflict.status is ConflictStatus.APPEALED,
        now=now(),
    )  # fmt: skip


def _decide_at(person: Actor, conflict: Conflict) -> str | None:
    """Where this person's decision goes to; None when there is none to make."""
    if not may(person, Can.DECIDE_CONFLICT):
        return None
    if conflict.status is ConflictStatus.OPEN:
        return url_for("conflicts.decide", conflict_id=conflict.id)
    if conflict.status is ConflictStatus.APPEALED and conflict.decided_by_id != person.id:
        return url_for("conflicts.judge", conflict_id=conflict.id)
    return None
