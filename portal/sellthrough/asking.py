"""The page that says which distributor reports how often, and whose report is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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
from portal.sellthrough.blueprint import Answer, calendar, distributor_or_404, pages
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
    return _page(person)


@pages.post("/distributors/<uuid:partner_id>/rhythm")
@allow(Can.EDIT_PARTNER, find=distributor_or_404)
def set_rhythm(person: Actor, distributor: Partner) -> Answer:
    form = RhythmForm()

    def do() -> None:
        rhythm = Rhythm(form.rhythm.data) if form.rhythm.data else None
        today = calendar().day_of(now())
        sellthrough.expect(session, distributor, rhythm, from_on=today, by=person, now=now())

    name = distributor.name
    if not agreed(form, do):
        return _page(person, form), 422
    flash(f"Noted for {name}. It counts from this week or month on.")
    return redirect(url_for("sellthrough.distributors"), 303)


def _page(person: Actor, form: RhythmForm | None = None) -> str:
    owed = sellthrough.missing(session, calendar(), now=now())
    rows = [
        Asked(row.id, row.name, row.number, row.rhythm, row.latest, owed.get(row.id, []))
        for row in session.execute(sellthrough.distributors())
    ]
    return render_template(
        "sellthrough/distributors.html",
        rows=sorted(rows, key=lambda row: not row.is_late),
        form=form,
        rhythms=list(Rhythm),
        can_edit=may(person, Can.EDIT_PARTNER),
    )
