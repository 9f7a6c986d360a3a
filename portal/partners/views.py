"""Pages about partners as the vendor's staff see them: the list, one partner, a new one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select

from models import commissions, partners, vendor
from models.calendars import local_day
from models.errors import Refused
from models.partners import (
    PARTNER_MOVES,
    Partner,
    PartnerRole,
    PartnerStatus,
    Profile,
    Tier,
    destinations,
    history,
    members,
)
from models.partners.members import Choice
from models.payouts.terms import terms
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.fields import country_choices
from portal.paging import page_of
from portal.partners import company, decisions, lists
from portal.partners.blueprint import pages
from portal.partners.forms import (
    AdministratorForm,
    AgreementForm,
    DistributorForm,
    EndForm,
    NewPartnerForm,
)
from portal.permissions import Can, allow, may, staff

__all__ = ["company", "decisions", "pages"]


@pages.get("/partners")
@allow(Can.SEE_PARTNERS)
def index(person: Actor) -> str:
    chosen, day, sort = lists.chosen(), _today(), lists.sort()
    return render_template(
        "partners/index.html",
        page=page_of(session, partners.listed(chosen, day=day), lists.keys(sort)),
        total=partners.counted(session, chosen, day=day),
        chosen=chosen,
        sort=sort,
        roles=list(PartnerRole),
        tiers=list(Tier),
        statuses=list(PartnerStatus),
        countries=list(country_choices().items())[1:],
        managers=members.managers(session),
        can_edit=may(person, Can.EDIT_PARTNER),
    )


@pages.get("/partners/export")
@allow(Can.SEE_PARTNERS, fresh=staff)
def export(_person: Actor) -> Any:
    return lists.export(session, "Partners", lists.chosen(), _today())


@pages.get("/partners/new")
@allow(Can.EDIT_PARTNER)
def new(person: Actor) -> str:
    form = NewPartnerForm(currency=vendor.settings(session).base_currency)
    return _new_page(form, person)


@pages.post("/partners")
@allow(Can.EDIT_PARTNER)
def create(person: Actor) -> Any:
    form = NewPartnerForm()
    form.channel_manager.choices = lists.choices(members.managers(session), "Nobody yet")
    if not form.validate():
        return _new_page(form, person), 422
    try:
        partner = partners.create(
            session,
            by=person,
            name=form.name.data,
            role=form.role.data,
            country=form.country.data,
            currency=form.currency.data,
            profile=Profile(town=form.town.data, domain=form.domain.data),
            channel_manager_id=UUID(form.channel_manager.data)
            if form.channel_manager.data
            else None,
            now=now(),
        )
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _new_page(form, person), 422
    flash(f"{partner.name} is onboarding. Invite its administrator next.")
    return redirect(url_for("partners.show", partner_id=partner.id), 303)


def partner_or_404(_person: Actor, partner_id: UUID) -> Partner:
    return session.scalar(select(Partner).where(Partner.id == partner_id)) or abort(404)


@pages.get("/partners/<uuid:partner_id>")
@allow(Can.SEE_PARTNERS, find=partner_or_404)
def show(person: Actor, partner: Partner) -> str:
    day = _today()
    steps = partners.checklist(partners.standing_of(session, partner))
    people = members.listed(Choice(partner_id=partner.id)).order_by("name")
    distributor = DistributorForm(from_on=day, formdata=None)
    distributor.distributor.choices = lists.choices(
        partners.distributors(session), "Nobody: directly from us"
    )
    parent = partners.parent_on(session, partner.id, day)
    distributor.distributor.data = str(parent or "")
    return render_template(
        "partners/show.html",
        partner=partner,
        plan=commissions.plans.chosen_on(session, partner, day),
        manager=members.name_of(session, partner.channel_manager_id),
        steps=steps,
        is_complete=all(step.done for step in steps),
        people=session.execute(people).all(),
        destination=destinations.current(session, partner.id),
        held=_is_held(partner),
        parents=partners.parents_of(session, partner.id),
        tiers=partners.terms.held(session, partner),
        events=history.of(session, partner.id),
        can_edit=may(person, Can.EDIT_PARTNER),
        can_see_deals=may(person, Can.SEE_DEALS),
        can_see_plans=may(person, Can.SEE_PLANS),
        verbs=PARTNER_MOVES.possible_from(partner.status),
        is_distributor=partner.role is PartnerRole.DISTRIBUTOR,
        is_onboarding=partner.status is PartnerStatus.ONBOARDING,
        buys_through=partners.may_buy_through(partner),
        agreement=AgreementForm(signed_on=day, formdata=None, prefix="agreement-"),
        distributor=distributor,
        has_ended=partner.status is PartnerStatus.ENDED,
        can_settle=may(person, Can.SETTLE_LEAVERS),
        ending=EndForm(formdata=None, tail_months=terms(session).tail_months),
        administrator=AdministratorForm(formdata=None, prefix="administrator-"),
    )


def _is_held(partner: Partner) -> bool:
    destination = destinations.current(session, partner.id)
    return destination is not None and destination.is_held(now())


def _new_page(form: NewPartnerForm, person: Actor) -> str:
    form.channel_manager.choices = lists.choices(members.managers(session), "Nobody yet")
    if not request.form and str(person.id) in form.channel_manager.choices:
        form.channel_manager.data = str(person.id)
    return render_template("partners/new.html", form=form)


def _today() -> Any:
    return local_day(now(), vendor.settings(session).time_zone)
