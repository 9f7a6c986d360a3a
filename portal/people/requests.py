"""What one administrator asked and a second one decides: privileges, and lost second factors."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for

from models import accounts, privileges
from models.people import Actor, Person
from models.privileges import Ask, PrivilegeRequest
from models.scope import vendor_side
from portal.clock import now
from portal.database import session
from portal.people.blueprint import pages
from portal.people.finding import person_or_404
from portal.people.forms import ResetForm
from portal.permissions import Can, allow, everybody
from portal.sealing import seal

KINDS = {
    Ask.INVITATION: "Invite as",
    Ask.ROLE: "Make",
    Ask.FACTOR_RESET: "Reset the second factor",
}


def request_or_404(by: Actor, request_id: UUID) -> UUID:
    """A request about one's own people; the vendor's administrators see all."""
    with vendor_side(session) as own:
        row = own.get(PrivilegeRequest, request_id)
        person = own.get(Person, row.person_id) if row and row.person_id else None
    if row is None or (by.partner_id and (person is None or person.partner_id != by.partner_id)):
        abort(404)
    return request_id


@pages.get("/requests")
@allow(Can.INVITE_PEOPLE)
def requests(person: Actor) -> str:
    with vendor_side(session) as own:
        waiting = privileges.waiting(own, person, now=now())
    return render_template(
        "people/requests.html",
        waiting=waiting,
        kinds=KINDS,
        role_names=accounts.ROLE_NAMES,
        may_agree=lambda row: person.id not in (row.asked_by_id, row.person_id),
    )


@pages.post("/requests/<uuid:request_id>/confirmation")
@allow(Can.INVITE_PEOPLE, find=request_or_404, fresh=everybody)
def agree(person: Actor, request_id: UUID) -> Any:
    with vendor_side(session) as own:
        said = privileges.give(own, request_id, by=person, seal=seal(), now=now())
    flash(said)
    return redirect(url_for("people.requests"), 303)


@pages.post("/requests/<uuid:request_id>/refusal")
@allow(Can.INVITE_PEOPLE, find=request_or_404)
def disagree(person: Actor, request_id: UUID) -> Any:
    with vendor_side(session) as own:
        privileges.refuse(own, request_id, by=person, now=now())
    flash("Refused. Nothing was changed.")
    return redirect(url_for("people.requests"), 303)


@pages.post("/<uuid:person_id>/factor-reset")
@allow(Can.INVITE_PEOPLE, find=person_or_404, fresh=everybody)
def ask_factor_reset(person: Actor, member: Person) -> Any:
    form = ResetForm()
    reason = form.reason.data if form.validate() else ""
    with vendor_side(session) as own:
        privileges.ask_factor_reset(own, member.id, by=person, reason=reason or "", now=now())
    flash(f"Asked. When another administrator agrees, {member.name} sets up a new second factor.")
    return redirect(url_for("people.show", person_id=member.id), 303)
