"""The page that says which distributor reports how often, and whose report is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for

from models import sellthrough
from models.partners import Partner
from models.people import Actor
from models.sellthrough import Missing, Rhythm
from portal.agreeing import agreed
from portal.clock import now
from portal.database import session
from portal.permissions import Can, allow, may
from portal.sellthrough.blueprint import Answer, calendar, pages
from portal.sellthrough.forms import RhythmForm


@dataclass(frozen=True)
class Asked:
    """A distributor of the list."""

    id: UUID
    name: str
    number: str
    rhythm: Rhythm | None
    latest: datetime | None
    missing: list[Missing]

    @property
    def is_late(self) -> bool:
        return any(each.is_late for each in self.missing)


@pages.get("/distributors")
@allow(Can.SEE_PARTNERS)
def distributors(person: Actor) -> str:
    return _page(person, _form(formdata=None))


@pages.post("/distributors")
@allow(Can.EDIT_PARTNER)
def set_rhythm(person: Actor) -> Answer:
    form = _form()

    def do() -> None:
        distributor = session.get_one(Partner, UUID(form.distributor.data))
        rhythm = Rhythm(form.rhythm.data) if form.rhythm.data else None
        today = calendar().day_of(now())
        sellthrough.expect(session, distributor, rhythm, from_on=today, by=person, now=now())

    if not agreed(form, do):
        return _page(person, form), 422
    flash("Noted.")
    return redirect(url_for("sellthrough.distributors"), 303)


def _form(**said: Any) -> RhythmForm:
    form = RhythmForm(**said)
    rows = session.execute(sellthrough.distributors())
    form.distributor.choices = {"": "Choose"} | {str(row.id): row.name for row in rows}
    return form


def _page(person: Actor, form: RhythmForm) -> str:
    owed = sellthrough.missing(session, calendar(), now=now())
    rows = [
        Asked(row.id, row.name, row.number, row.rhythm, row.latest, owed.get(row.id, []))
        for row in session.execute(sellthrough.distributors())
        if row.rhythm or row.latest
    ]
    return render_template(
        "sellthrough/distributors.html",
        rows=sorted(rows, key=lambda row: not row.is_late),
        form=form,
        can_edit=may(person, Can.EDIT_PARTNER),
    )
