"""Leads that are offered to a partner: accepted, declined, registered."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug import Response

from models import deals, leads
from models.deals import Registration
from models.errors import Refused
from models.leads import LeadOffer, OfferState
from models.people import Actor
from portal.agreeing import agreed
from portal.clock import now
from portal.database import session
from portal.leads.blueprint import OFFER_TONES, Answer, family_of, pages
from portal.leads.forms import WhyForm
from portal.paging import Key, page_of
from portal.permissions import Can, allow

OFFERS_FIRST = [Key(LeadOffer.offered_at, True), Key(LeadOffer.id, True)]


def offer_or_404(_person: Actor, offer_id: UUID) -> LeadOffer:
    return session.scalar(select(LeadOffer).where(LeadOffer.id == offer_id)) or abort(404)


@pages.get("/offers")
@allow(Can.REGISTER_DEAL)
def offered(_person: Actor) -> str:
    query = leads.offers()
    return render_template(
        "leads/offered.html",
        page=page_of(session, query, OFFERS_FIRST),
        total=leads.how_many(session, query),
        tones=OFFER_TONES,
    )


@pages.get("/offers/<uuid:offer_id>")
@allow(Can.REGISTER_DEAL, find=offer_or_404)
def offer_page(_person: Actor, made: LeadOffer) -> str:
    return _offer_page(made, WhyForm(formdata=None))


@pages.post("/offers/<uuid:offer_id>/acceptance")
@allow(Can.REGISTER_DEAL, find=offer_or_404)
def accept(person: Actor, made: LeadOffer) -> Answer:
    return _answered(made, lambda: leads.accept(session, made, by=person, now=now()))


@pages.post("/offers/<uuid:offer_id>/refusal")
@allow(Can.REGISTER_DEAL, find=offer_or_404)
def decline(person: Actor, made: LeadOffer) -> Answer:
    form = WhyForm()

    def do() -> None:
        leads.decline(session, made, why=form.why.data, by=person, now=now())

    if not agreed(form, do):
        return _offer_page(made, form), 422
    flash("Declined. It goes back.")
    return redirect(url_for("leads.offered"), 303)


@pages.post("/offers/<uuid:offer_id>/registration")
@allow(Can.REGISTER_DEAL, find=offer_or_404)
def register(person: Actor, made: LeadOffer) -> Response:
    """A draft of a registration with what is known; the partner completes it."""
    known = Registration(
        customer_name=made.company, customer_country=made.country,
        customer_subdivision=made.subdivision, customer_postal_code=made.postal_code,
        customer_domain=made.domain, contact_name=made.contact_name,
        contact_email=made.contact_email, contact_phone=made.contact_phone,
    )  # fmt: skip
    try:
        draft = deals.draft(session, known, partner_id=made.partner_id, by=person, now=now())
        leads.registered(session, made, draft.id, by=person, now=now())
    except Refused as refusal:
        session.rollback()
        flash(str(refusal), "refused")
        return redirect(url_for("leads.offered"), 303)
    return redirect(url_for("deals.edit", deal_id=draft.id), 303)


def _answered(made: LeadOffer, do: Callable[[], object]) -> Response:
    offer_id = made.id
    try:
        do()
    except Refused as refusal:
        session.rollback()
        flash(str(refusal), "refused")
    return redirect(url_for("leads.offer_page", offer_id=offer_id), 303)


def _offer_page(made: LeadOffer, form: WhyForm) -> str:
    return render_template(
        "leads/offer.html",
        offer=made,
        tone=OFFER_TONES[made.state],
        family=family_of(made.family_id),
        is_waiting=made.state is OfferState.OFFERED,
        is_accepted=made.state is OfferState.ACCEPTED,
        is_taken_back=made.state is OfferState.TAKEN_BACK,
        form=form,
    )
