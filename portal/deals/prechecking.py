"""Pages on which a partner asks whether a customer is free, and staff see who asks how much.

The form's live check and the page ask the same question of the same function: the answer is
kept and counted either way.  It is as long, whatever it says.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, make_response, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug import Response
from wtforms import SelectChoice, SelectField
from wtforms.validators import InputRequired, Length

from models import catalog, customers, deals, vendor
from models.deals import AskedTooOften, Enquiry, Precheck, PrecheckAsked
from models.errors import Refused
from models.partners import Partner
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.deals.blueprint import pages
from portal.deals.forms import countries
from portal.deals.writing import Desk
from portal.fields import TidyField, UpperField
from portal.formats import day
from portal.paging import Key, page_of
from portal.permissions import Can, allow, staff
from portal.sheets import Column, sheet_response

Answer = Response | tuple[str, int] | str

SENTENCES = {
    Precheck.FREE: "Nothing is in the way of a registration that we know of. "
    "Whoever registers first comes first.",
    Precheck.REVIEW: "A person will look at this one before it is decided. You may register it.",
    Precheck.YOURS: "You have registered this customer already. Find it among your own deals.",
    Precheck.PROTECTED: "This customer is protected until {until}. You may register it after that.",
    Precheck.ENGAGED: "Our own sales people are at work there. Register it and we will decide.",
}
TONES = {
    Precheck.FREE: "good",
    Precheck.REVIEW: "warn",
    Precheck.YOURS: "info",
    Precheck.PROTECTED: "warn",
    Precheck.ENGAGED: "warn",
}
ICONS = {"good": "circle-check", "warn": "clock", "info": "info-circle"}
LONGEST = 160
"""Letters of an answer with its icon's name: blanks fill it up, so its length tells nothing."""

SORTS = [Key(PrecheckAsked.at, True), Key(PrecheckAsked.id, True)]
COLUMNS = [
    Column("At", lambda row: row.at, "instant"),
    Column("Person", lambda row: row.person_name),
    Column("Company", lambda row: row.name),
    Column("Web site", lambda row: row.domain),
    Column("VAT number", lambda row: row.vat_id),
    Column("Country", lambda row: row.country),
    Column("Product family", lambda row: row.family or "any"),
    Column("Answer", lambda row: row.answer.words),
    Column("Until", lambda row: row.until_on, "day"),
    Column("Counts", lambda row: "yes" if row.is_new else "no"),
]


class PrecheckForm(FlaskForm):
    name = TidyField("Company", [Length(max=200)])
    domain = TidyField("Web site", [Length(max=253)])
    vat_id = UpperField("VAT number", [Length(max=20)])
    country = SelectField("Country", [InputRequired("Choose the country.")], default="")
    family = SelectField("Product family", default="")

    def enquiry(self) -> Enquiry:
        said = {name: self[name].data or "" for name in ("name", "domain", "vat_id", "country")}
        family_id = UUID(self.family.data) if self.family.data else None
        return Enquiry(**said, family_id=family_id)


def asked_or_404(_person: Actor, precheck_id: UUID) -> PrecheckAsked:
    own = select(PrecheckAsked).where(PrecheckAsked.id == precheck_id)
    return session.scalar(own) or abort(404)


def partner_or_404(_person: Actor, partner_id: UUID) -> Partner:
    return session.scalar(select(Partner).where(Partner.id == partner_id)) or abort(404)


@pages.get("/pre-check")
@allow(Can.REGISTER_DEAL)
def precheck(person: Actor) -> Answer:
    return _page(person, _form(), None)


@pages.post("/pre-check")
@allow(Can.REGISTER_DEAL)
def ask_precheck(person: Actor) -> Answer:
    form = _form()
    if not form.validate():
        return _page(person, form, None), 422
    try:
        asked = deals.ask_precheck(session, form.enquiry(), live=False, by=person, now=now())
    except AskedTooOften as refusal:
        form.form_errors.append(str(refusal))
        return _page(person, form, None), 429
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _page(person, form, None), 422
    return redirect(url_for("deals.precheck_answer", precheck_id=asked.id), 303)


@pages.get("/pre-check/<uuid:precheck_id>")
@allow(Can.REGISTER_DEAL, find=asked_or_404)
def precheck_answer(person: Actor, asked: PrecheckAsked) -> Answer:
    """As it was answered then; looking again asks nothing."""
    filled = {"name": asked.name, "domain": asked.domain, "vat_id": asked.vat_id}
    family = str(asked.family_id or "")
    return _page(person, _form(data=filled | {"country": asked.country, "family": family}), asked)


@pages.post("/check")
@allow(Can.REGISTER_DEAL)
def check(person: Actor) -> Answer:
    """The live check of the form: the same question, while it is being typed."""
    desk = Desk(person)
    enquiry = Enquiry(
        name=_typed("customer_name", 200),
        country=_typed("customer_country", 2),
        domain=_typed("customer_domain", 253),
        vat_id=_typed("customer_vat_id", 20),
        family_id=_family_of(desk),
    )
    if not enquiry.name or not enquiry.country:
        return render_template("deals/check.html", found=None)
    try:
        asked = deals.ask_precheck(session, enquiry, live=True, by=person, now=now())
    except AskedTooOften as refusal:
        answer = make_response(render_template("deals/check.html", too_often=str(refusal)), 429)
        answer.headers["Retry-After"] = str(max(1, int((refusal.until - now()).total_seconds())))
        return answer
    return render_template("deals/check.html", **said(asked))


@pages.get("/customer-names")
@allow(Can.REGISTER_DEAL)
def customer_names(_person: Actor) -> str:
    """Names of customers that the asking partner deals with, for the form to suggest."""
    typed = request.args.get("customer_name") or request.args.get("name") or ""
    typed = typed.replace("\x00", "")[:100]
    return render_template("deals/names.html", names=customers.called_like(session, typed))


@pages.get("/pre-checks")
@allow(Can.DECIDE_DEAL)
def askers(_person: Actor) -> str:
    return render_template("deals/askers.html", askers=deals.askers(session, now=now()))


@pages.get("/pre-checks/<uuid:partner_id>")
@allow(Can.DECIDE_DEAL, find=partner_or_404)
def prechecks_of(_person: Actor, partner: Partner) -> str:
    page = page_of(session, deals.listed_prechecks(partner.id), SORTS)
    return render_template("deals/prechecks.html", partner=partner, page=page)


@pages.get("/pre-checks/<uuid:partner_id>/export")
@allow(Can.DECIDE_DEAL, find=partner_or_404, fresh=staff)
def export_prechecks(_person: Actor, partner: Partner) -> Response:
    query = deals.listed_prechecks(partner.id)
    rows = session.execute(query.order_by(PrecheckAsked.at.desc(), PrecheckAsked.id.desc()))
    return sheet_response("Pre-checks", COLUMNS, rows, request.args.get("as", "csv"))


def said(asked: PrecheckAsked) -> dict[str, Any]:
    """The answer in words, always of one length."""
    sentence = SENTENCES[asked.answer].format(until=day(asked.until_on))
    word, tone = asked.answer.words, TONES[asked.answer]
    icon = ICONS[tone]
    return {
        "found": asked.answer,
        "word": word,
        "tone": tone,
        "icon": icon,
        "sentence": sentence.ljust(LONGEST - len(word) - len(icon)),
    }


def _page(person: Actor, form: PrecheckForm, asked: PrecheckAsked | None) -> str:
    assert person.partner_id
    own = deals.listed_prechecks(person.partner_id).where(PrecheckAsked.is_live.is_(False))
    lately = own.order_by(PrecheckAsked.at.desc(), PrecheckAsked.id.desc()).limit(20)
    programme = vendor.settings(session)
    return render_template(
        "deals/precheck.html",
        form=form,
        asked=asked,
        answer=said(asked) if asked else None,
        lately=session.execute(lately).all(),
        tells_protection=programme.precheck_tells_protection,
        tells_engagement=programme.precheck_tells_engagement,
    )


def _form(data: dict[str, Any] | None = None) -> PrecheckForm:
    form = PrecheckForm(formdata=None, data=data) if data else PrecheckForm()
    form.country.choices = countries()
    form.family.choices = [SelectChoice("", "Any"), *_families()]
    return form


def _families() -> list[SelectChoice]:
    return [SelectChoice(str(row.id), row.name) for row in session.execute(catalog.families())]


def _typed(name: str, most: int) -> str:
    return request.form.get(name, "").replace("\x00", "").strip()[:most]


def _family_of(desk: Desk) -> UUID | None:
    """Of the first product that is chosen; None while none is."""
    for name in sorted(request.form):
        chosen = request.form[name] if name.startswith("lines-") else ""
        if name.endswith("-product") and (product := desk.by_id.get(chosen)):
            return product.family_id
    return None
