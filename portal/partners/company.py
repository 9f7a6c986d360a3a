"""A partner's own company: profile, where it is paid, its checklist; a distributor's resellers."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from models import accounts, partners, vendor
from models.calendars import local_day
from models.errors import Refused
from models.partners import Partner, PartnerRole, PartnerStatus, destinations, members
from models.partners.members import Choice
from models.partners.us_accounts import UsAccount, checked_us
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.fields import put_refusal
from portal.paging import page_of
from portal.partners import lists
from portal.partners.blueprint import pages
from portal.partners.forms import DestinationForm, ProfileForm
from portal.permissions import Can, allow, everybody, may
from portal.sealing import seal


@pages.get("/company")
@allow(Can.SEE_COMPANY)
def company(person: Actor) -> str:
    partner, day = _own(person), local_day(now(), vendor.settings(session).time_zone)
    may_edit = may(person, Can.EDIT_COMPANY)
    destination = destinations.current(session, partner.id) if may_edit else None
    return render_template(
        "partners/company.html",
        partner=partner,
        manager=members.name_of(session, partner.channel_manager_id),
        steps=_steps(partner, may_edit),
        is_onboarding=partner.status is PartnerStatus.ONBOARDING,
        is_suspended=partner.status is PartnerStatus.SUSPENDED,
        destination=destination,
        held=destination is not None and destination.is_held(now()),
        distributor=partners.distributor_named(session, partner.id, day),
        tiers=partners.terms.held(session, partner),
        is_distributor=partner.role is PartnerRole.DISTRIBUTOR,
        people=session.execute(
            members.listed(Choice(partner_id=partner.id)).order_by("name")
        ).all(),
        role_names=accounts.ROLE_NAMES,
        can_edit=may_edit,
    )


@pages.get("/company/edit")
@allow(Can.EDIT_COMPANY)
def edit_company(person: Actor) -> str:
    partner = _own(person)
    return _profile_page(partner, ProfileForm(obj=partner))


@pages.post("/company")
@allow(Can.EDIT_COMPANY)
def save_company(person: Actor) -> Any:
    partner, form = _own(person), ProfileForm()
    if form.validate():
        try:
            partners.edit_profile(session, partner, by=person, profile=form.profile(), now=now())
        except Refused as refusal:
            form.form_errors.append(str(refusal))
    if form.errors:
        return _profile_page(partner, form), 422
    flash("Saved.")
    return redirect(url_for("partners.company"), 303)


@pages.get("/company/payout-destination")
@allow(Can.EDIT_COMPANY)
def destination(person: Actor) -> str:
    partner = _own(person)
    form = DestinationForm(holder=partner.legal_name or partner.name)
    return _destination_page(partner, form)


@pages.post("/company/payout-destination")
@allow(Can.EDIT_COMPANY, fresh=everybody)
def save_destination(person: Actor) -> Any:
    partner, form = _own(person), DestinationForm()
    if form.validate():
        try:
            kept = _pay(person, partner, form)
        except Refused as refusal:
            put_refusal(form.mends_refusal, refusal)
    if form.errors:
        return _destination_page(partner, form), 422
    wait = " It is used after the hold." if kept.is_held(now()) else ""
    flash(f"Saved: {kept.summary}.{wait}")
    return redirect(url_for("partners.company"), 303)


@pages.get("/resellers")
@allow(Can.SEE_COMPANY)
def resellers(person: Actor) -> str:
    narrowed, day, sort = _resellers_of(person), _today(), lists.sort()
    return render_template(
        "partners/resellers.html",
        page=page_of(session, partners.listed(narrowed, day=day), lists.keys(sort)),
        total=partners.counted(session, narrowed, day=day),
        chosen=narrowed,
        sort=sort,
    )


@pages.get("/resellers/export")
@allow(Can.SEE_COMPANY)
def export_resellers(person: Actor) -> Any:
    return lists.export(session, "Resellers", _resellers_of(person), _today())


def _resellers_of(person: Actor) -> Any:
    """Only what the address asks for and only one's own: others' partners are not there."""
    if _own(person).role is not PartnerRole.DISTRIBUTOR:
        abort(404)
    return partners.Filter(text=request.args.get("q", "")[:100], distributor_id=person.partner_id)


def _steps(partner: Partner, may_edit: bool) -> list[dict[str, Any]]:
    """The checklist, each step with the page where the partner gets it done."""
    pages_of = {
        "administrator": "people.new",
        "address": "partners.edit_company",
        "tax": "partners.edit_company",
        "destination": "partners.destination",
    }
    return [
        {
            "label": step.label,
            "done": step.done,
            "hint": step.hint,
            "url": url_for(pages_of[step.key]) if may_edit and step.key in pages_of else None,
        }
        for step in partners.checklist(partners.standing_of(session, partner))
    ]


def _pay(person: Actor, partner: Partner, form: DestinationForm) -> destinations.PayoutDestination:
    if form.kind.data != "by_hand":
        return partners.pay_to_account(
            session,
            partner,
            _account(form),
            by=person,
            seal=seal(),
            now=now(),
        )
    return partners.pay_by_hand(
        session,
        partner,
        holder=form.holder.data,
        instructions=form.instructions.data or "",
        by=person,
        now=now(),
    )


def _account(form: DestinationForm) -> destinations.BankAccount | UsAccount:
    if form.kind.data == "ach":
        return checked_us(
            holder=form.holder.data,
            routing_number=form.routing_number.data,
            account=form.account.data,
            is_savings=form.is_savings.data,
        )
    return destinations.checked(holder=form.holder.data, iban=form.iban.data, bic=form.bic.data)


def _own(person: Actor) -> Partner:
    return session.get_one(Partner, person.partner_id)


def _today() -> Any:
    return local_day(now(), vendor.settings(session).time_zone)


def _profile_page(partner: Partner, form: ProfileForm) -> str:
    return render_template("partners/edit_company.html", partner=partner, form=form)


def _destination_page(partner: Partner, form: DestinationForm) -> str:
    return render_template(
        "partners/destination.html",
        form=form,
        present=destinations.current(session, partner.id),
        hold_hours=vendor.settings(session).destination_hold_hours,
    )
