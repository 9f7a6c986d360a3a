"""Pages on which other territories are drafted, looked at beforehand, and published on a day."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug import Response
from wtforms import DateField, TextAreaField
from wtforms.validators import InputRequired, Length

from models import territories
from models.errors import Refused
from models.people import Actor
from models.territories import DrawingState, Territory, TerritoryDrawing, drawings
from portal.clock import now
from portal.database import session
from portal.fields import TidyField, put_refusal
from portal.permissions import Can, allow, may
from portal.territories import drawing as forms_of
from portal.territories.blueprint import drawing_or_404, pages, today
from portal.territories.forms import TerritoryForm

MOST_FOUND = 20
TONES = {
    DrawingState.DRAFT: "warn",
    DrawingState.PUBLISHED: "good",
    DrawingState.GIVEN_UP: "plain",
}


class DraftForm(FlaskForm):
    name = TidyField("Name", [InputRequired("Give the draft a name."), Length(max=120)])
    note = TextAreaField("What it is for")


class PublishForm(FlaskForm):
    on = DateField(
        "From this day on",
        [InputRequired("Choose the first day.")],
        description="Until then the present territories hold, and for all days before.",
    )


@pages.get("/territory-drafts")
@allow(Can.SEE_TERRITORIES)
def drafts(person: Actor) -> str:
    return _drafts_page(person, DraftForm(formdata=None))


@pages.post("/territory-drafts")
@allow(Can.EDIT_TERRITORY)
def begin_draft(person: Actor) -> Response | tuple[str, int]:
    form = DraftForm()
    if not form.validate():
        return _drafts_page(person, form), 422
    begun = drawings.begin(session, form.name.data, form.note.data or "", by=person, now=now())
    return redirect(url_for("territories.draft", drawing_id=begun.id), 303)


@pages.get("/territory-drafts/<uuid:drawing_id>")
@allow(Can.SEE_TERRITORIES, find=drawing_or_404)
def draft(person: Actor, drawing: TerritoryDrawing) -> str:
    return _draft_page(person, drawing, PublishForm(formdata=None, on=drawing.publish_on))


@pages.get("/territory-drafts/<uuid:drawing_id>/territory")
@allow(Can.EDIT_TERRITORY, find=drawing_or_404)
def edit_in_draft(_person: Actor, drawing: TerritoryDrawing) -> str:
    """The form of one territory in the draft: ?of= one that stands or is in it; else a new one."""
    row = _named(drawing)
    if row is None:
        form = forms_of.offered(TerritoryForm(formdata=None))
        form.leave_room()
    else:
        form = forms_of.form_of(row)
    return _form_page(drawing, form, row)


@pages.post("/territory-drafts/<uuid:drawing_id>/territory")
@allow(Can.EDIT_TERRITORY, find=drawing_or_404)
def put_in_draft(_person: Actor, drawing: TerritoryDrawing) -> Response | str | tuple[str, int]:
    row = _named(drawing)
    form = forms_of.offered(TerritoryForm(), but_not=row.id if row else None)
    if "more" in request.form:
        form.leave_room()
        return _form_page(drawing, form, row)
    details = forms_of.details_of(form) if form.validate() else None
    if details is None:
        return _form_page(drawing, form, row), 422
    try:
        kept = drawings.put(session, drawing, details, instead_of=row, now=now())
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _form_page(drawing, form, row), 422
    flash(f"{kept.name} is in the draft. Nothing changes before it is published.")
    return _back(drawing)


@pages.post("/territory-drafts/<uuid:drawing_id>/removal")
@allow(Can.EDIT_TERRITORY, find=drawing_or_404)
def leave_out_of_draft(_person: Actor, drawing: TerritoryDrawing) -> Response:
    row = _named(drawing) or abort(404)
    try:
        drawings.leave_out(session, drawing, row, now=now())
    except Refused as refusal:
        flash(str(refusal), "refused")
    return _back(drawing)


@pages.post("/territory-drafts/<uuid:drawing_id>/undo")
@allow(Can.EDIT_TERRITORY, find=drawing_or_404)
def undo_in_draft(_person: Actor, drawing: TerritoryDrawing) -> Response:
    row = _named(drawing)
    if row is None or row.drawing_id != drawing.id:
        abort(404)
    try:
        drawings.forget(session, drawing, row)
    except Refused as refusal:
        flash(str(refusal), "refused")
    return _back(drawing)


@pages.post("/territory-drafts/<uuid:drawing_id>/publication")
@allow(Can.PUBLISH_TERRITORIES, find=drawing_or_404)
def publish_draft(person: Actor, drawing: TerritoryDrawing) -> Response | tuple[str, int]:
    form = PublishForm()
    if not form.validate():
        return _draft_page(person, drawing, form), 422
    try:
        territories.publish(session, drawing, on=form.on.data, today=today(), by=person, now=now())
    except Refused as refusal:
        session.rollback()
        put_refusal(form.on, refusal)
        return _draft_page(person, drawing, form), 422
    flash("Published. Won deals stay where they are; open ones move only where you say so.")
    return _back(drawing)


@pages.post("/territory-drafts/<uuid:drawing_id>/end")
@allow(Can.EDIT_TERRITORY, find=drawing_or_404)
def give_up_draft(person: Actor, drawing: TerritoryDrawing) -> Response:
    try:
        drawings.give_up(session, drawing, by=person, now=now())
    except Refused as refusal:
        flash(str(refusal), "refused")
    return redirect(url_for("territories.drafts"), 303)


def _named(drawing: TerritoryDrawing) -> Territory | None:
    """What ?of= names: of this draft, or one that stands; None when it names nothing."""
    said = request.values.get("of", "")
    if not said:
        return None
    try:
        row = session.get(Territory, UUID(said))
    except ValueError:
        abort(404)
    if row is None or row.drawing_id not in (None, drawing.id):
        abort(404)
    return row if row.drawing_id else drawings.copy_of(session, drawing, row.id) or row


def _back(drawing: TerritoryDrawing) -> Response:
    return redirect(url_for("territories.draft", drawing_id=drawing.id), 303)


def _drafts_page(person: Actor, form: DraftForm) -> str:
    return render_template(
        "territories/drafts.html",
        form=form,
        drafts=session.execute(drawings.drawings()).all(),
        tones=TONES,
        can_edit=may(person, Can.EDIT_TERRITORY),
    )


def _draft_page(person: Actor, drawing: TerritoryDrawing, form: PublishForm) -> str:
    rows = session.scalars(drawings.changes_of(drawing.id)).all()
    is_open = drawing.state is DrawingState.DRAFT
    wanted = request.args.get("q", "").replace("\x00", "")[:100]
    found = territories.listed(search=wanted).order_by(Territory.name).limit(MOST_FOUND)
    return render_template(
        "territories/draft.html",
        drawing=drawing,
        tone=TONES[drawing.state],
        changes=drawings.told(session, rows),
        verbs=drawings.VERBS,
        form=form,
        found=session.execute(found).all() if wanted and is_open else [],
        searched=wanted,
        can_edit=is_open and may(person, Can.EDIT_TERRITORY),
        can_publish=is_open and may(person, Can.PUBLISH_TERRITORIES),
        can_move=may(person, Can.EDIT_TERRITORY),
        is_published=drawing.state is DrawingState.PUBLISHED,
    )


def _form_page(drawing: TerritoryDrawing, form: TerritoryForm, row: Territory | None) -> str:
    """The same form as that of territories that stand, sent to the draft."""
    return render_template(
        "territories/form.html",
        form=form,
        territory=row,
        target=url_for(
            "territories.put_in_draft", drawing_id=drawing.id, of=row.id if row else None
        ),
        back=(drawing.name, url_for("territories.draft", drawing_id=drawing.id)),
        lead=f"In the draft {drawing.name}; nothing changes before it is published.",
    )
