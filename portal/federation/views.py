"""Pages on which the vendor's administrator sets up companies' identity providers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import BooleanField, PasswordField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from models import federation
from models.accounts import ROLE_NAMES
from models.errors import Refused
from models.federation import IdentityProvider, ProviderDomain
from models.partners import Partner
from models.people import Actor, Person
from portal.agreeing import agreed
from portal.clock import now
from portal.database import session
from portal.federation import coming, provider
from portal.federation.blueprint import pages
from portal.fields import TidyField
from portal.permissions import Can, allow, everybody
from portal.sealing import seal

PAGES = (coming,)
"""What stands in a file of its own."""


class ProviderForm(FlaskForm):
    company = SelectField(
        "Whose people", [Optional()], description="A partner, or our own staff.", default=""
    )
    name = TidyField("Name of the sign-in", [InputRequired("Enter a name."), Length(max=100)],
                     description="As people read it, such as “Kestrel Foods login”.")  # fmt: skip
    issuer = TidyField("Address (issuer)", [InputRequired("Enter its address."), Length(max=300)],
                       description="Such as https://login.company.com.")  # fmt: skip
    client_id = TidyField("Client ID", [InputRequired("Enter the client's ID."), Length(max=200)])
    client_secret = PasswordField(
        "Client secret",
        [Length(max=500)],
        description="Sealed here; empty keeps the present one.",
    )
    groups_claim = TidyField("Claim that names the groups", [Length(max=60)], default="groups")
    groups = TextAreaField(
        "Groups and their roles",
        [Length(max=4000)],
        description="One a line, such as: Partner sales = seller. Others get the least role. "
        "Administrator and finance are given by two people, never by a group.",
    )
    is_only_way = BooleanField(
        "Passwords are refused",
        description="Administrators keep theirs, for the day on which this sign-in is down.",
    )


KEPT_AS_TYPED = ("name", "issuer", "client_id", "groups_claim", "is_only_way")


class DomainForm(FlaskForm):
    domain = TidyField(
        "Mail domain",
        [InputRequired("Enter a domain."), Length(max=253)],
        description="Check first that it is theirs: whoever has an address there comes in.",
    )


def provider_or_404(_person: Actor, provider_id: UUID) -> IdentityProvider:
    return session.get(IdentityProvider, provider_id) or abort(404)


@pages.get("/single-sign-on")
@allow(Can.KEEP_PROVIDERS)
def index(_person: Actor) -> str:
    return render_template("federation/index.html", providers=federation.listed(session))


@pages.get("/single-sign-on/new")
@allow(Can.KEEP_PROVIDERS)
def new(_person: Actor) -> str:
    return _form_page(_with_companies(ProviderForm()), None)


@pages.post("/single-sign-on")
@allow(Can.KEEP_PROVIDERS, fresh=everybody)
def create(person: Actor) -> Any:
    return _save(person, _with_companies(ProviderForm()), None)


@pages.get("/single-sign-on/<uuid:provider_id>")
@allow(Can.KEEP_PROVIDERS, find=provider_or_404)
def show(_person: Actor, found: IdentityProvider) -> str:
    kept = {name: getattr(found, name) for name in KEPT_AS_TYPED}
    lines = [f"{group} = {role.replace('_', ' ')}" for group, role in found.groups.items()]
    company = str(found.partner_id or "")
    form = ProviderForm(data=kept | {"company": company, "groups": "\n".join(lines)})
    return _form_page(_with_companies(form), found)


@pages.post("/single-sign-on/<uuid:provider_id>")
@allow(Can.KEEP_PROVIDERS, find=provider_or_404, fresh=everybody)
def save(person: Actor, found: IdentityProvider) -> Any:
    return _save(person, _with_companies(ProviderForm()), found)


@pages.post("/single-sign-on/<uuid:provider_id>/domains")
@allow(Can.KEEP_PROVIDERS, find=provider_or_404, fresh=everybody)
def add_domain(person: Actor, found: IdentityProvider) -> Any:
    form = DomainForm()
    if not form.validate():
        raise Refused("Enter a mail domain such as company.com.")
    federation.add_domain(session, found, form.domain.data, by=person, now=now())
    flash("Added. People with an address there may come in.")
    return redirect(url_for("federation.show", provider_id=found.id), 303)


@pages.post("/single-sign-on/<uuid:provider_id>/domains/<uuid:domain_id>/removal")
@allow(Can.KEEP_PROVIDERS, fresh=everybody)
def remove_domain(person: Actor, provider_id: UUID, domain_id: UUID) -> Any:
    found = provider_or_404(person, provider_id)
    federation.remove_domain(session, found, domain_id, by=person, now=now())
    flash("Removed. Nobody with an address there comes in by it any more.")
    return redirect(url_for("federation.show", provider_id=found.id), 303)


@pages.post("/single-sign-on/<uuid:provider_id>/ending")
@allow(Can.KEEP_PROVIDERS, find=provider_or_404, fresh=everybody)
def shut(person: Actor, found: IdentityProvider) -> Any:
    federation.shut(session, found, by=person, now=now())
    flash("Shut. People sign in with their passwords; who has none asks for a new one.")
    return redirect(url_for("federation.index"), 303)


@pages.post("/single-sign-on/people/<uuid:person_id>/forgetting")
@allow(Can.KEEP_PROVIDERS, fresh=everybody)
def forget(person: Actor, person_id: UUID) -> Any:
    member = session.get(Person, person_id) or abort(404)
    federation.forget(session, member, by=person, now=now())
    flash(f"Forgotten. {member.name}'s next time through their company counts as the first.")
    return redirect(url_for("people.show", person_id=person_id), 303)


def _save(person: Actor, form: ProviderForm, found: IdentityProvider | None) -> Any:
    kept: list[IdentityProvider] = []
    if not agreed(form, lambda: kept.append(_arrange(person, form, found))):
        return _form_page(form, found), 422
    flash("Saved.")
    return redirect(url_for("federation.show", provider_id=kept[0].id), 303)


def _arrange(by: Actor, form: ProviderForm, found: IdentityProvider | None) -> IdentityProvider:
    issuer = (form.issuer.data or "").rstrip("/")
    provider.describe(issuer)  # it must answer before it is kept
    return federation.arrange(
        session,
        found,
        by=by,
        partner_id=UUID(form.company.data) if form.company.data else None,
        name=form.name.data or "",
        issuer=issuer,
        client_id=form.client_id.data or "",
        client_secret=form.client_secret.data or "",
        groups_claim=form.groups_claim.data or "groups",
        groups=_groups(form.groups.data or ""),
        is_only_way=form.is_only_way.data,
        seal=seal(),
        now=now(),
    )


def _groups(typed: str) -> dict[str, str]:
    """“Group = role” a line.  Raises Refused for a line that is not so."""
    roles = {name.casefold(): role.value for role, name in ROLE_NAMES.items()}
    mapping = {}
    for line in filter(None, (line.strip() for line in typed.splitlines())):
        group, sign, role = (part.strip() for part in line.rpartition("="))
        if not (group and sign):
            raise Refused(f"Write “group = role”; this is not so: {line[:60]}")
        mapping[group] = roles.get(role.casefold(), role.casefold().replace(" ", "_"))
    return mapping


def _with_companies(form: ProviderForm) -> ProviderForm:
    partners = session.execute(select(Partner.id, Partner.name).order_by(Partner.name))
    form.company.choices = [("", "Our own staff"), *((str(row.id), row.name) for row in partners)]
    return form


def _form_page(form: ProviderForm, found: IdentityProvider | None) -> str:
    domains: Sequence[Any] = ()
    if found is not None:
        domains = session.execute(
            select(ProviderDomain.id, ProviderDomain.domain, ProviderDomain.verified_by_name)
            .where(ProviderDomain.provider_id == found.id)
            .order_by(ProviderDomain.domain)
        ).all()
    return render_template(
        "federation/form.html",
        form=form,
        found=found,
        domains=domains,
        domain_form=DomainForm(formdata=None),
        back=coming.way_back(),
    )
