"""For which of their companies somebody comes in; a session is of one company alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import flask
from flask import abort, redirect, render_template, request
from sqlalchemy.orm import Session

from models import audit, factors, federation
from models.partners import members
from models.people import Actor, Person, Stage
from models.scope import vendor_side
from portal import identity
from portal.clock import now
from portal.database import session
from portal.permissions import Can, allow
from portal.signin.blueprint import pages
from portal.ways import next_step

OWN_SIGN_IN = "{} lets people in through its own sign-in alone. Go there."


@pages.get("/sign-in/for")
@allow(Can.PROVE_ONESELF, stages=(Stage.COMPANY,))
def companies(person: Actor) -> str:
    return _page(person)


@pages.post("/sign-in/for/<uuid:person_id>")
@allow(Can.PROVE_ONESELF, stages=(Stage.COMPANY,))
def choose(person: Actor, person_id: UUID) -> Any:
    """The password was right for all of them; the factor too, for whoever is in already."""
    here = identity.coming()
    assert here is not None, "a guarded view has somebody asking"
    with vendor_side(session) as own:
        found = next((row for row in companies_open_to(own, person) if row.id == person_id), None)
        if found is None:
            abort(404)
        chosen = own.get_one(Person, person_id)
        if federation.must_use_provider(own, chosen):
            return _page(person, OWN_SIGN_IN.format(found.company)), 422
        stage = factors.stage_of(own, chosen)
        if stage is Stage.FACTOR and here.stage is Stage.IN:
            stage = Stage.IN  # shown already, and it is the same factor
        flask.session.clear()  # nothing of the other company comes along
        identity.change_company(own, chosen, stage=stage, at=now())
        audit.record(own, chosen.actor(), "company chosen", chosen, now=now())
    return redirect(next_step(stage, request.args.get("next", "")), 303)


def companies_open_to(own: Session, person: Actor) -> list[Any]:
    """Where they may come in now: a company's own sign-in opens that company alone."""
    here = identity.coming()
    if here is None or here.provider_id is not None or person.partner_id is None:
        return []
    return members.companies_of(own, own.get_one(Person, person.id).keys_id)


def _page(person: Actor, refusal: str = "") -> str:
    here = identity.asking()
    with vendor_side(session) as own:
        rows = companies_open_to(own, person)
    return render_template(
        "signin/companies.html",
        rows=rows,
        refusal=refusal,
        present=person.id if here else None,
        wanted=request.args.get("next", ""),
    )
