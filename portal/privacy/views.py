"""Pages about personal data: how long it is kept, what we know of somebody, and erasing them."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug import Response
from wtforms import IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length

from models import audit, privacy, vendor
from models.audit import AuditEntry
from models.people import Actor, Person, PersonStatus
from models.privacy import PERIODS, Erasure, ErasureState, Kept, erasing
from models.scope import vendor_side
from portal.agreeing import agreed
from portal.clock import now
from portal.database import session
from portal.permissions import Can, allow, everybody

pages = Blueprint("privacy", __name__)

SHOWN = 10


class ErasureForm(FlaskForm):
    reason = TextAreaField(
        "Who asked for it, and how do you know that it is them?",
        [InputRequired("Write who asked."), Length(max=500)],
        description="Kept until it is done, then deleted too.",
    )


class PeriodsForm(FlaskForm):
    """Filled with a field for each kind below."""


for _kind, _period in PERIODS.items():
    setattr(
        PeriodsForm,
        _kind.value,
        IntegerField(
            _period.words,
            [InputRequired("Enter a number of days.")],
            description=f"Days; then {_period.done}. Between {_period.least} and {_period.most}. "
            f"{_period.why}",
        ),
    )


@pages.get("/privacy")
@allow(Can.KEEP_PERSONAL_DATA)
def index(_person: Actor) -> str:
    return _index(_periods())


@pages.post("/privacy")
@allow(Can.KEEP_PERSONAL_DATA, fresh=everybody)
def keep(person: Actor) -> Any:
    form, changed = PeriodsForm(), []

    def keep_for() -> None:
        days = {kind: form[kind.value].data for kind in Kept}
        changed.append(privacy.keep_for(session, days, by=person, now=now()))

    if not agreed(form, keep_for):
        return _index(form), 422
    said = "Saved. What is past its time goes within the day."
    flash(said if any(changed) else "Nothing changed.")
    return redirect(url_for("privacy.index"), 303)


def person_or_404(_person: Actor, person_id: UUID) -> Person:
    return session.get(Person, person_id) or abort(404)


@pages.get("/privacy/people/<uuid:person_id>")
@allow(Can.KEEP_PERSONAL_DATA, find=person_or_404)
def person(_person: Actor, about: Person) -> str:
    return _page(about, ErasureForm(formdata=None))


@pages.get("/privacy/people/<uuid:person_id>/export")
@allow(Can.KEEP_PERSONAL_DATA, find=person_or_404, fresh=everybody)
def export(person: Actor, about: Person) -> Response:
    return _file(privacy.about(session, about))


@pages.get("/account/export")
@allow(Can.KEEP_ACCOUNT, fresh=everybody)
def own(person: Actor) -> Response:
    with vendor_side(session) as beside:
        told = privacy.about(beside, beside.get_one(Person, person.id))
    return _file(told)


@pages.post("/privacy/people/<uuid:person_id>/erasure")
@allow(Can.KEEP_PERSONAL_DATA, find=person_or_404, fresh=everybody)
def ask(person: Actor, about: Person) -> Any:
    form = ErasureForm()
    if not agreed(
        form,
        lambda: erasing.ask(session, about, reason=form.reason.data or "", by=person, now=now()),
    ):
        return _page(about, form), 422
    flash("Asked. When another administrator confirms it, it is done at once.")
    return redirect(url_for("privacy.index"), 303)


def erasure_or_404(_person: Actor, erasure_id: UUID) -> Erasure:
    return session.get(Erasure, erasure_id) or abort(404)


@pages.post("/privacy/erasures/<uuid:erasure_id>/confirmation")
@allow(Can.KEEP_PERSONAL_DATA, find=erasure_or_404, fresh=everybody)
def confirm(person: Actor, erasure: Erasure) -> Response:
    erasing.confirm(session, erasure, by=person, now=now())
    flash("Erased.")
    return redirect(url_for("privacy.index"), 303)


@pages.post("/privacy/erasures/<uuid:erasure_id>/refusal")
@allow(Can.KEEP_PERSONAL_DATA, find=erasure_or_404)
def refuse(person: Actor, erasure: Erasure) -> Response:
    erasing.refuse(session, erasure, by=person, now=now())
    flash("Refused. Nothing was erased.")
    return redirect(url_for("privacy.index"), 303)


def _index(form: PeriodsForm) -> str:
    found = session.execute(
        select(Erasure, Person.name)
        .join(Person, Person.id == Erasure.person_id)
        .order_by(Erasure.asked_at.desc())
        .limit(SHOWN)
    )
    gone = audit.listed(audit.Choice(action="data past its time removed"))
    return render_template(
        "privacy/index.html",
        form=form,
        erasures=[{"row": erasure, "name": name} for erasure, name in found],
        states=ErasureState,
        gone=session.execute(gone.order_by(AuditEntry.at.desc()).limit(SHOWN)).all(),
        words={kind.value: period.words for kind, period in PERIODS.items()},
        for_good=privacy.FOR_GOOD,
    )


def _periods() -> PeriodsForm:
    days = privacy.days_of(vendor.settings(session).retention)
    return PeriodsForm(formdata=None, data={kind.value: days[kind] for kind in Kept})


def _page(about: Person, form: ErasureForm) -> str:
    is_erased = about.email == privacy.nowhere(about.id)
    return render_template(
        "privacy/person.html",
        member=about,
        form=form,
        preview=erasing.preview(session, about),
        has_left=about.status is PersonStatus.LEFT,
        is_erased=is_erased,
    )


def _file(told: dict[str, Any]) -> Response:
    """A download that no browser shows or keeps."""
    body = json.dumps(told, ensure_ascii=False, indent=2, default=str)
    answer = Response(body, mimetype="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="personal-data.json"'
    return answer
