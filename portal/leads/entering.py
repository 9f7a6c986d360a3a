"""Pages about leads for the vendor: entered, read from a file, routed, offered, closed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import or_, select
from werkzeug import Response

from models import catalog, deals, leads
from models.deals import Deal
from models.errors import Refused
from models.leads import LEAD_MOVES, Lead, LeadFilter, LeadOffer, LeadState, OfferState
from models.partners import Partner
from models.people import Actor, Person
from portal.agreeing import agreed
from portal.clock import now
from portal.database import session
from portal.leads.blueprint import OFFER_TONES, Answer, family_of, pages
from portal.leads.forms import FileForm, LeadForm, OfferForm, WhyForm
from portal.leads.loading import COLUMNS, Loaded, load
from portal.paging import Key, page_of
from portal.permissions import Can, allow, staff
from portal.sheets import Column, sheet_response

NEWEST_FIRST = [Key(Lead.created_at, True), Key(Lead.id, True)]
TONES = {
    LeadState.NEW: "warn", LeadState.OFFERED: "info", LeadState.ACCEPTED: "info",
    LeadState.REGISTERED: "good", LeadState.CLOSED: "plain",
}  # fmt: skip
SHEET = [
    Column("Number", lambda row: row.number),
    Column("Company", lambda row: row.company),
    Column("Country", lambda row: row.country),
    Column("Product family", lambda row: row.family),
    Column("Channel manager", lambda row: row.channel_manager),
    Column("Why", lambda row: row.routing_why),
    Column("State", lambda row: row.state.words),
    Column("Entered", lambda row: row.created_at, "instant"),
]


@pages.get("")
@allow(Can.SEE_ROUTING)
def index(person: Actor) -> str:
    query = leads.listed(_wanted(person))
    return render_template(
        "leads/index.html",
        page=page_of(session, query, NEWEST_FIRST),
        total=leads.how_many(session, query),
        states=list(LeadState),
        tones=TONES,
    )


@pages.get("/export")
@allow(Can.SEE_ROUTING, fresh=staff)
def export(person: Actor) -> Response:
    query = leads.listed(_wanted(person)).order_by(Lead.created_at.desc(), Lead.id.desc())
    return sheet_response("Leads", SHEET, session.execute(query), request.args.get("as", "csv"))


@pages.get("/new")
@allow(Can.SEE_ROUTING)
def new(_person: Actor) -> str:
    return render_template("leads/new.html", form=_form(formdata=None))


@pages.post("")
@allow(Can.ROUTE)
def create(person: Actor) -> Answer:
    form = _form()
    entered: list[Lead] = []
    if not agreed(form, lambda: entered.append(_entered(form, person))):
        return render_template("leads/new.html", form=form), 422
    flash(f"{entered[0].company} is entered: {entered[0].state.words.lower()}.")
    return redirect(url_for("leads.show", lead_id=entered[0].id), 303)


@pages.get("/file")
@allow(Can.SEE_ROUTING)
def new_file(_person: Actor) -> str:
    return _file_page(FileForm(formdata=None))


@pages.post("/file")
@allow(Can.ROUTE)
def hand_in(person: Actor) -> Answer:
    """Good rows are kept.  The report is this answer: sending the file again changes nothing."""
    form = FileForm()
    loaded: list[Loaded] = []
    content = form.file.data.read() if form.file.data else b""
    if not agreed(form, lambda: loaded.append(load(session, content, by=person, now=now()))):
        return _file_page(form), 422
    flash(f"{loaded[0].new:,} leads entered and routed.")
    return _file_page(FileForm(formdata=None), loaded[0])


def lead_or_404(_person: Actor, lead_id: UUID) -> Lead:
    return session.get(Lead, lead_id) or abort(404)


@pages.get("/<uuid:lead_id>")
@allow(Can.SEE_ROUTING, find=lead_or_404)
def show(_person: Actor, lead: Lead) -> str:
    return _lead_page(lead, OfferForm(formdata=None), WhyForm(formdata=None))


@pages.post("/<uuid:lead_id>/offer")
@allow(Can.ROUTE, find=lead_or_404)
def offer(person: Actor, lead: Lead) -> Answer:
    form = OfferForm()
    if not agreed(form, lambda: leads.offer(session, lead, _partner(form), by=person, now=now())):
        return _lead_page(lead, form, WhyForm(formdata=None)), 422
    flash("Offered. The partner is told, and so are you when it answers.")
    return redirect(url_for("leads.show", lead_id=lead.id), 303)


@pages.post("/<uuid:lead_id>/closing")
@allow(Can.ROUTE, find=lead_or_404)
def close(person: Actor, lead: Lead) -> Answer:
    form = WhyForm()
    if not agreed(
        form, lambda: leads.close(session, lead, why=form.why.data, by=person, now=now())
    ):
        return _lead_page(lead, OfferForm(formdata=None), form), 422
    flash("Closed.")
    return redirect(url_for("leads.index"), 303)


@pages.post("/<uuid:lead_id>/return")
@allow(Can.ROUTE, find=lead_or_404)
def take_back(person: Actor, lead: Lead) -> Answer:
    form = WhyForm()

    def do() -> None:
        _refuse_registered(lead)
        leads.take_back(session, lead, why=form.why.data, by=person, now=now())

    if not agreed(form, do):
        return _lead_page(lead, OfferForm(formdata=None), form), 422
    flash("Taken back. The partner is told why.")
    return redirect(url_for("leads.show", lead_id=lead.id), 303)


def _refuse_registered(lead: Lead) -> None:
    """What the partner has submitted with it is decided like any other registration."""
    known = select(Deal.number).join(LeadOffer, LeadOffer.deal_id == Deal.id)
    open_ = (LeadOffer.lead_id == lead.id, LeadOffer.state == OfferState.REGISTERED)
    if number := session.scalar(known.where(*open_, Deal.status.in_(deals.OPEN))):
        raise Refused(f"It is registered as {number}. Decide that first.")


def _wanted(person: Actor) -> LeadFilter:
    state, whose = request.args.get("state", ""), request.args.get("whose", "")
    return LeadFilter(
        text=request.args.get("q", "")[:100].replace("\x00", ""),
        state=LeadState(state) if state in list(LeadState) else None,
        person_id=person.id if whose == "mine" else None,
    )


def _form(**said: Any) -> LeadForm:
    form = LeadForm(**said)
    form.offer({str(row.id): row.name for row in session.execute(catalog.families())})
    return form


def _entered(form: LeadForm, person: Actor) -> Lead:
    return leads.enter(session, form.details(), by=person, now=now())


def _partner(form: OfferForm) -> Partner:
    text = form.partner.data
    named = or_(Partner.number == text.upper(), Partner.name == text)
    found = session.scalars(select(Partner).where(named).limit(2)).all()
    if len(found) != 1:
        raise Refused("Write the number of the partner, such as P-7HM2KQV, or its exact name.")
    return found[0]


def _file_page(form: FileForm, loaded: Loaded | None = None) -> str:
    return render_template("leads/file.html", form=form, loaded=loaded, columns=COLUMNS)


def _lead_page(lead: Lead, offer_form: OfferForm, why_form: WhyForm) -> str:
    managers = (lead.channel_manager_id, lead.sales_manager_id)
    found = select(Person.name).where(Person.id.in_([each for each in managers if each]))
    return render_template(
        "leads/show.html",
        lead=lead,
        tone=TONES[lead.state],
        routed_to=session.scalars(found.order_by(Person.name)).all(),
        family=family_of(lead.family_id),
        offers=session.execute(leads.offers_of(lead.id)).all(),
        offer_tones=OFFER_TONES,
        is_new=lead.state is LeadState.NEW,
        can_take_back=LEAD_MOVES.allows("take_back", lead.state),
        offer_form=offer_form,
        why_form=why_form,
    )
