"""Pages about the texts: staff read them and who signed, the administrator publishes."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from models import agreements
from models.agreements import TITLES, Signature, TextKind
from models.errors import Refused
from models.partners import Partner
from models.people import Actor
from portal.agreements.blueprint import pages
from portal.clock import now
from portal.database import session
from portal.fields import TidyField, put_refusal
from portal.paging import Key, page_of
from portal.permissions import Can, allow, everybody, may

LATEST_FIRST = [Key(Signature.signed_at, True), Key(Signature.id, True)]


class TextForm(FlaskForm):
    kind = RadioField(
        "What it is",
        [InputRequired("Choose one.")],
        coerce=TextKind,
        choices={
            TextKind.AGREEMENT.value: "Partner agreement: signed by one administrator of a company",
            TextKind.CODE_OF_CONDUCT.value: "Code of conduct: signed by each person",
        },
    )
    title = TidyField("Title", [InputRequired("Enter a title."), Length(max=200)])
    body = TextAreaField(
        "Text",
        [InputRequired("Enter the text."), Length(max=100_000)],
        description="An empty line begins a paragraph. It cannot be changed afterwards.",
    )
    blocks = BooleanField(
        "The portal is shut until it is signed",
        description="Partners read and sign it before anything else.",
    )


@pages.get("/texts")
@allow(Can.SEE_PROGRAMME)
def index_of_texts(person: Actor) -> str:
    signed = agreements.signed().add_columns(
        select(Partner.name)
        .where(Partner.id == Signature.partner_id)
        .scalar_subquery()
        .label("company")
    )
    return render_template(
        "agreements/texts.html",
        texts=agreements.texts(session),
        titles=TITLES,
        page=page_of(session, signed, LATEST_FIRST),
        can_edit=may(person, Can.EDIT_PROGRAMME),
    )


@pages.get("/texts/new")
@allow(Can.EDIT_PROGRAMME)
def new_text(_person: Actor) -> str:
    return render_template("agreements/new_text.html", form=TextForm())


@pages.post("/texts")
@allow(Can.EDIT_PROGRAMME, fresh=everybody)
def publish(person: Actor) -> Any:
    form = TextForm()
    if form.validate():
        try:
            agreements.publish(
                session,
                by=person,
                kind=form.kind.data,
                title=form.title.data or "",
                body=form.body.data or "",
                blocks=form.blocks.data,
                now=now(),
            )
            flash("Published. Partners are asked to sign it.")
            return redirect(url_for("agreements.index_of_texts"), 303)
        except Refused as no:
            put_refusal(form.body, no)
    return render_template("agreements/new_text.html", form=form), 422
