"""Pages on which partners read and sign, and find what they signed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy.orm import undefer
from wtforms.validators import InputRequired, Length

from models import agreements, vendor
from models.agreements import AgreementText, Signature
from models.agreements.operations import must_be_able_to_sign
from models.agreements.rules import may_sign
from models.calendars import local_day
from models.errors import Refused
from models.partners import Partner
from models.people import Actor
from portal import documents
from portal.agreements import texts
from portal.agreements.blueprint import pages
from portal.agreements.papers import paper_of
from portal.barriers import MustSign
from portal.clock import now
from portal.database import session
from portal.fields import TidyField, put_refusal
from portal.paging import Key, page_of
from portal.permissions import Can, allow

PAGES = (texts,)
"""What stands in a file of its own."""

LATEST_FIRST = [Key(Signature.signed_at, True), Key(Signature.id, True)]


class SignForm(FlaskForm):
    name = TidyField(
        "Your name",
        [InputRequired("Type your name to sign."), Length(max=200)],
        description="Typing it is your signature. It is kept with the time and your address.",
    )


def text_or_404(_person: Actor, text_id: UUID) -> AgreementText:
    return session.get(AgreementText, text_id) or abort(404)


def signature_or_404(_person: Actor, signature_id: UUID) -> Signature:
    return session.get(Signature, signature_id, options=[undefer(Signature.pdf)]) or abort(404)


@pages.get("")
@allow(Can.SIGN_AGREEMENTS)
def index(person: Actor) -> str:
    waiting = agreements.open_for(session, person)
    return render_template(
        "agreements/index.html",
        waiting=waiting,
        is_shut=any(row.blocks for row in waiting),
        may_sign=lambda row: may_sign(row.kind, person.role),
        page=page_of(session, agreements.signed(), LATEST_FIRST),
    )


@pages.get("/<uuid:text_id>")
@allow(Can.SIGN_AGREEMENTS, find=text_or_404)
def read(person: Actor, text: AgreementText) -> str:
    return _page(person, text, SignForm())


@pages.post("/<uuid:text_id>/signature")
@allow(Can.SIGN_AGREEMENTS, find=text_or_404)
def sign(person: Actor, text: AgreementText) -> Any:
    form = SignForm()
    if form.validate():
        try:
            _sign(person, text, form.name.data or "")
            flash(f"Signed: {text.title}. The paper is below.")
            return redirect(url_for("agreements.index"), 303)
        except Refused as no:
            put_refusal(form.name, no)
    return _page(person, text, form), 422


@pages.get("/signatures/<uuid:signature_id>/pdf")
@allow(Can.SEE_SIGNATURES, find=signature_or_404)
def paper(_person: Actor, signature: Signature) -> Response:
    name = f"signed-{signature.signed_at:%Y-%m-%d}-{signature.sha256[:8]}"
    return documents.pdf_response(name, signature.pdf)


@pages.app_errorhandler(MustSign)
def shut_until_signed(_must: MustSign) -> Any:
    if request.method in ("GET", "HEAD") and "HX-Request" not in request.headers:
        return redirect(url_for("agreements.index"), 303)
    return "", 403, {"HX-Redirect": url_for("agreements.index")}


def _sign(person: Actor, text: AgreementText, typed: str) -> None:
    must_be_able_to_sign(session, text, by=person, typed=typed)
    house, at, address = vendor.settings(session), now(), request.remote_addr or ""
    partner = session.get_one(Partner, person.partner_id)
    pdf = paper_of(text, typed, person, house=house, partner=partner, address=address, now=at)
    agreements.sign(
        session,
        text,
        by=person,
        typed=typed,
        address=address,
        browser=request.user_agent.string,
        pdf=pdf,
        today=local_day(at, house.time_zone),
        now=at,
    )


def _page(person: Actor, text: AgreementText, form: SignForm) -> str:
    is_open = any(row.id == text.id for row in agreements.open_for(session, person))
    return render_template(
        "agreements/read.html",
        text=text,
        form=form,
        can_sign=is_open and may_sign(text.kind, person.role),
        is_open=is_open,
    )
