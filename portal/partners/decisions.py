"""What staff decide about a partner: terms, profile, agreement, status, distributor."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug import Response

from models import partners, vendor
from models.calendars import local_day
from models.errors import Refused
from models.partners import Partner, members
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.partners import lists
from portal.partners.blueprint import pages
from portal.partners.forms import (
    AdministratorForm,
    AgreementForm,
    DistributorForm,
    EndForm,
    ProfileForm,
    ReasonForm,
    TermsForm,
)
from portal.permissions import Can, allow, everybody
from portal.sealing import seal


def partner_or_404(_person: Actor, partner_id: UUID) -> Partner:
    return session.scalar(select(Partner).where(Partner.id == partner_id)) or abort(404)


@pages.get("/partners/<uuid:partner_id>/edit")
@allow(Can.EDIT_PARTNER, find=partner_or_404)
def edit(_person: Actor, partner: Partner) -> str:
    return _edit_page(partner, _terms(partner), ProfileForm(obj=partner))


@pages.post("/partners/<uuid:partner_id>/terms")
@allow(Can.EDIT_PARTNER, find=partner_or_404)
def save_terms(person: Actor, partner: Partner) -> Any:
    form = _terms(partner)
    if form.validate():
        try:
            partners.edit_terms(
                session,
                partner,
                by=person,
                name=form.name.data,
                role=form.role.data,
                tier=form.tier.data,
                currency=form.currency.data,
                channel_manager_id=UUID(form.channel_manager.data)
                if form.channel_manager.data
                else None,
                now=now(),
            )
        except Refused as refusal:
            form.form_errors.append(str(refusal))
    if form.errors:
        return _edit_page(partner, form, ProfileForm(formdata=None, obj=partner)), 422
    flash("Saved.")
    return _back_to(partner)


@pages.post("/partners/<uuid:partner_id>/profile")
@allow(Can.EDIT_PARTNER, find=partner_or_404)
def save_profile(person: Actor, partner: Partner) -> Any:
    form = ProfileForm()
    if form.validate():
        try:
            partners.edit_profile(session, partner, by=person, profile=form.profile(), now=now())
        except Refused as refusal:
            form.form_errors.append(str(refusal))
    if form.errors:
        return _edit_page(partner, _terms(partner, fresh=True), form), 422
    flash("Saved.")
    return _back_to(partner)


@pages.post("/partners/<uuid:partner_id>/agreement")
@allow(Can.EDIT_PARTNER, find=partner_or_404)
def record_agreement(person: Actor, partner: Partner) -> Response:
    form = _valid(AgreementForm(prefix="agreement-"))
    today = local_day(now(), vendor.settings(session).time_zone)
    partners.record_agreement(
        session, partner, by=person, signed_on=form.signed_on.data, today=today, now=now()
    )
    flash("The agreement is on file.")
    return _back_to(partner)


@pages.post("/partners/<uuid:partner_id>/administrator")
@allow(Can.EDIT_PARTNER, find=partner_or_404, fresh=everybody)
def invite_administrator(person: Actor, partner: Partner) -> Response:
    form = _valid(AdministratorForm(prefix="administrator-"))
    partners.invite_administrator(
        session,
        partner,
        by=person,
        email=form.email.data,
        name=form.name.data,
        seal=seal(),
        now=now(),
    )
    flash(f"{form.name.data} is invited. The link in the mail works for seven days.")
    return _back_to(partner)


@pages.post("/partners/<uuid:partner_id>/distributor")
@allow(Can.EDIT_PARTNER, find=partner_or_404)
def set_distributor(person: Actor, partner: Partner) -> Response:
    form = DistributorForm()
    form.distributor.choices = lists.choices(partners.distributors(session), "Nobody")
    _valid(form)
    chosen = UUID(form.distributor.data) if form.distributor.data else None
    partners.buy_through(session, partner, chosen, from_on=form.from_on.data, by=person, now=now())
    flash("Saved.")
    return _back_to(partner)


@pages.post("/partners/<uuid:partner_id>/activation")
@allow(Can.EDIT_PARTNER, find=partner_or_404)
def activate(person: Actor, partner: Partner) -> Response:
    partners.activate(session, partner, by=person, now=now())
    flash(f"{partner.name} is active and can register deals.")
    return _back_to(partner)


@pages.post("/partners/<uuid:partner_id>/suspension")
@allow(Can.EDIT_PARTNER, find=partner_or_404)
def suspend(person: Actor, partner: Partner) -> Response:
    form = _valid(ReasonForm())
    partners.suspend(session, partner, by=person, reason=form.reason.data, now=now())
    flash(f"{partner.name} is suspended and has been told why.")
    return _back_to(partner)


@pages.post("/partners/<uuid:partner_id>/resumption")
@allow(Can.EDIT_PARTNER, find=partner_or_404)
def resume(person: Actor, partner: Partner) -> Response:
    partners.resume(session, partner, by=person, now=now())
    flash(f"{partner.name} is active again.")
    return _back_to(partner)


@pages.post("/partners/<uuid:partner_id>/ending")
@allow(Can.EDIT_PARTNER, find=partner_or_404)
def end(person: Actor, partner: Partner) -> Response:
    form = _valid(EndForm())
    partners.end(
        session,
        partner,
        by=person,
        reason=form.reason.data,
        tail_months=form.tail_months.data,
        now=now(),
    )
    flash(f"The partnership with {partner.name} has ended. What it earned is paid all the same.")
    return _back_to(partner)


def _valid(form: Any) -> Any:
    """The form if its shape is right.  Raises Refused with the first thing to mend."""
    if not form.validate():
        field = next(field for field in form if field.errors)
        raise Refused(f"{field.label.text}: {field.errors[0]}")
    return form


def _terms(partner: Partner, *, fresh: bool = False) -> TermsForm:
    given = {"channel_manager": str(partner.channel_manager_id or "")}
    form = (
        TermsForm(formdata=None, obj=partner, data=given)
        if fresh
        else TermsForm(obj=partner, data=given)
    )
    managers = members.managers(session)
    here = partner.channel_manager_id
    if here is not None and here not in {manager_id for manager_id, _ in managers}:
        managers.append((here, members.name_of(session, here)))
    form.channel_manager.choices = lists.choices(managers, "Nobody yet")
    return form


def _edit_page(partner: Partner, terms: TermsForm, profile: ProfileForm) -> str:
    return render_template("partners/edit.html", partner=partner, terms=terms, profile=profile)


def _back_to(partner: Partner) -> Response:
    return redirect(url_for("partners.show", partner_id=partner.id), 303)
