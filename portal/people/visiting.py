"""Looking at the portal through a partner's eyes: to help, never to act."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from models import visits
from models.people import Actor, Person
from models.scope import vendor_side
from models.visits import Visit
from portal import identity
from portal.clock import now
from portal.database import session
from portal.paging import Key, page_of
from portal.people.blueprint import pages
from portal.people.finding import person_or_404
from portal.people.forms import VisitForm
from portal.permissions import Can, allow, everybody

LATEST_FIRST = [Key(Visit.begun_at, True), Key(Visit.id, True)]


@pages.get("/visits")
@allow(Can.SEE_VISITS)
def visited(person: Actor) -> str:
    return render_template(
        "people/visits.html",
        page=page_of(session, visits.listed(), LATEST_FIRST),
        sees_all=person.partner_id is None,
    )


@pages.post("/<uuid:person_id>/visit")
@allow(Can.VISIT, find=person_or_404, fresh=everybody)
def visit(person: Actor, member: Person) -> Any:
    form = VisitForm()
    reason = form.reason.data if form.validate() else ""
    visits.begin(session, identity.session_asking(), member, by=person, reason=reason, now=now())
    flash(f"You see what {member.name} sees, for half an hour.")
    return redirect(url_for("home.index"), 303)


@pages.post("/visits/ending")
@allow(Can.SEE_VISITS, visitors=True)
def end_visit(_person: Actor) -> Any:
    with vendor_side(session) as own:
        visits.end(own, identity.session_asking(), now=now())
    return redirect(url_for("people.index"), 303)
