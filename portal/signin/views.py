"""Pages for coming in and going out.  What they answer never says who has an account."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import flask
from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select

from models import accounts, federation
from models.partners import members
from models.people import Person, Stage
from models.vendor import Vendor
from portal import identity
from portal.clock import now
from portal.database import reading, session, transaction
from portal.permissions import anyone
from portal.signin import companies, links, proving
from portal.signin.blueprint import pages
from portal.signin.coming import come_in
from portal.signin.forms import SignInForm
from portal.ways import next_step

PAGES = (companies, links, proving)
"""What stands in files of its own."""


@pages.get("/sign-in")
@anyone
def new() -> Any:
    wanted = request.args.get("next", "")
    here = identity.coming()
    if here is not None:
        return redirect(next_step(here.stage, wanted), 303)
    return _sign_in_page(SignInForm(), wanted)


@pages.post("/sign-in")
@anyone
def create() -> Any:
    form, wanted = SignInForm(), request.args.get("next", "")
    if not form.validate():
        return _sign_in_page(form, wanted), 422
    email, password, address = form.email.data, form.password.data, _address()
    with reading() as look:  # the slow part: no lock is held while the password is weighed
        verdict = accounts.weigh(look, email, password, address=address, now=now())
    if verdict.person_id is None:
        return _refused(form, verdict, wanted)
    person = accounts.enter(session, verdict, address=address, now=now())
    several = members.companies_of(session, person.id) if person.partner_id else []
    if len(several) == 1:
        person = session.get_one(Person, several[0].id)
    if len(several) < 2 and federation.must_use_provider(session, person):
        session.rollback()  # a right password is answered, and counted, as a wrong one
        return _refused(form, replace(verdict, refusal=accounts.WRONG), wanted)
    if len(several) > 1:
        return come_in(session.get_one(Person, several[0].id), wanted, Stage.COMPANY)
    return come_in(person, wanted)


@pages.post("/sign-out")
@anyone
def destroy() -> Any:
    identity.sign_out(session, at=now())
    flask.session.clear()
    flash("You are signed out.")
    return redirect(url_for("signin.new"), 303)


def _refused(form: SignInForm, verdict: accounts.Verdict, wanted: str) -> tuple[str, int]:
    with transaction() as own:  # remembered although this page is an error
        accounts.refuse(own, verdict, address=_address(), now=now())
        by_company = federation.provider_for(own, verdict.account) is not None
    hint = " People of your company sign in with your company." if by_company else ""
    form.form_errors.append(verdict.refusal + hint)
    return _sign_in_page(form, wanted), 422


def _sign_in_page(form: SignInForm, wanted: str) -> str:
    with reading() as look:
        company = look.scalar(select(Vendor.name))
    return render_template("signin/new.html", form=form, wanted=wanted, company=company)


def _address() -> str:
    return request.remote_addr or ""
