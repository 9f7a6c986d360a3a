"""One dispute: its line, its clock, what both sides wrote, and the decision."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from werkzeug import Response

from models import commissions, files
from models.commissions import disputes, words
from models.commissions.disputes import (
    DISPUTE_FILES,
    NOTE_WORDS,
    DecisionState,
    Dispute,
    DisputeStatus,
)
from models.money import Money
from models.people import Actor
from portal.agreeing import agreed
from portal.clock import now
from portal.commissions.blueprint import pages
from portal.commissions.dispute_forms import (
    DecisionForm,
    SendBackForm,
    WritingForm,
    decision_form,
)
from portal.commissions.disputes import TONES, Answer
from portal.commissions.shown import all_shown
from portal.database import session
from portal.fields import uploads
from portal.permissions import Can, allow, may


def dispute_or_404(_person: Actor, dispute_id: UUID) -> Dispute:
    return disputes.find(session, dispute_id) or abort(404)


@pages.get("/disputes/<uuid:dispute_id>")
@allow(Can.SEE_COMMISSIONS, find=dispute_or_404)
def dispute(person: Actor, dispute: Dispute) -> Answer:
    return _page(person, dispute)


@pages.post("/disputes/<uuid:dispute_id>/notes")
@allow(Can.JOIN_DISPUTE, find=dispute_or_404)
def write_in_dispute(person: Actor, dispute: Dispute) -> Answer:
    form = WritingForm()
    if not agreed(
        form,
        lambda: commissions.write_in_dispute(
            session, dispute.id, text=form.text.data or "", uploads=uploads(form.files),
            by=person, now=now(),
        ),
    ):  # fmt: skip
        return _page(person, dispute, writing=form), 422
    flash("Sent. The other side has been told.")
    return _back(dispute.id)


@pages.post("/disputes/<uuid:dispute_id>/withdrawal")
@allow(Can.DISPUTE_LINE, find=dispute_or_404)
def withdraw_dispute(person: Actor, dispute: Dispute) -> Response:
    dispute_id, is_held = dispute.id, dispute.hold_line_id is not None
    commissions.withdraw_dispute(session, dispute_id, by=person, at=now(), now=now())
    flash("Withdrawn." + (" What was held is on your next statement." if is_held else ""))
    return _back(dispute_id)


@pages.post("/disputes/<uuid:dispute_id>/decision")
@allow(Can.DECIDE_DISPUTE, find=dispute_or_404)
def decide_dispute(person: Actor, dispute: Dispute) -> Answer:
    form = decision_form(dispute.currency, _asked(dispute))
    if not agreed(
        form,
        lambda: commissions.decide_dispute(
            session, dispute, form.decision(), by=person, at=now(), now=now()
        ),
    ):
        return _page(person, dispute, decision=form), 422
    flash(
        "It is above what one person may add: a second person decides."
        if dispute.status is DisputeStatus.OPEN
        else "Decided. The partner reads your words, and its lines are in the open month."
    )
    return _back(dispute.id)


@pages.post("/disputes/<uuid:dispute_id>/decision/confirmation")
@allow(Can.DECIDE_DISPUTE, find=dispute_or_404)
def confirm_dispute(person: Actor, dispute: Dispute) -> Response:
    commissions.confirm_decision(session, dispute, by=person, at=now(), now=now())
    flash("Confirmed. The partner reads the decision, and its lines are in the open month.")
    return _back(dispute.id)


@pages.post("/disputes/<uuid:dispute_id>/decision/return")
@allow(Can.DECIDE_DISPUTE, find=dispute_or_404)
def send_back_dispute(person: Actor, dispute: Dispute) -> Answer:
    form = SendBackForm()
    if not agreed(
        form,
        lambda: commissions.send_back_decision(
            session, dispute, reason=form.reason.data or "", by=person, at=now(), now=now()
        ),
    ):
        return _page(person, dispute, back=form), 422
    flash("Sent back. Whoever decided reads your reason.")
    return _back(dispute.id)


def _page(
    person: Actor,
    dispute: Dispute,
    *,
    writing: WritingForm | None = None,
    decision: DecisionForm | None = None,
    back: SendBackForm | None = None,
) -> str:
    is_open = dispute.status is DisputeStatus.OPEN
    lines = [commissions.queries.line(session, dispute.line_id)] if dispute.line_id else []
    decided = disputes.decisions_of(session, dispute.id) if person.is_staff else []
    waits = next((one for one in decided if one.state is DecisionState.WAITING), None)
    row = disputes.found(session, dispute.id) or abort(404)
    return render_template(
        "commissions/dispute.html",
        dispute=dispute,
        row=row,
        line=next(iter(all_shown(session, lines, for_staff=person.is_staff)), None),
        about=row.missing_sale or row.customer_name or row.line_number,
        waits=waits,
        sent_back=[one for one in decided if one.note],
        is_second=waits is not None and waits.by_id != person.id,
        back=back or SendBackForm(formdata=None),
        posted_lines=disputes.posted(session, dispute),
        notes=disputes.notes_of(session, dispute.id),
        files=files.attached(session, DISPUTE_FILES, dispute.id),
        asked=_asked(dispute),
        noted=NOTE_WORDS,
        name_of=words.name_of,
        tone=TONES.get(dispute.status, "plain"),
        writing=writing or WritingForm(formdata=None),
        decision=decision or decision_form(dispute.currency, _asked(dispute), fresh=True),
        can_write=is_open and may(person, Can.JOIN_DISPUTE, dispute),
        can_withdraw=is_open and may(person, Can.DISPUTE_LINE, dispute),
        can_decide=is_open and may(person, Can.DECIDE_DISPUTE, dispute),
        is_late=is_open and dispute.decide_by < now(),
        for_staff=person.is_staff,
    )


def _asked(dispute: Dispute) -> Money | None:
    """What the partner asks for beyond what it has; None when it names no figure."""
    if dispute.line_id is None:
        return dispute.amount
    if dispute.claimed is None:
        return None
    line = commissions.queries.line(session, dispute.line_id)
    return None if line is None else dispute.claimed - Money(line.amount_minor, line.currency)


def _back(dispute_id: UUID) -> Response:
    return redirect(url_for("commissions.dispute", dispute_id=dispute_id), 303)
