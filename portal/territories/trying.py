"""Try an address: what was typed, as facts; who would get it, by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pycountry
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.partners import Partner
from models.people import Person
from models.territories import Facts, Routing
from portal.territories.forms import AddressForm

COUNTRIES = dict(
    sorted(
        ((each.alpha_2, getattr(each, "common_name", each.name)) for each in pycountry.countries),
        key=lambda each: each[1],
    )
)


@dataclass(frozen=True)
class Names:
    channel_manager: str | None
    sales_manager: str | None
    owner: str | None


def form_from(args: Any, today: date, families: dict[str, str]) -> AddressForm:
    form = AddressForm(args if args else None, on=today)
    form.country.choices = {"": "–"} | COUNTRIES
    form.product.choices = {"": "–"} | families
    return form


def facts_from(form: AddressForm, today: date) -> Facts:
    return Facts(
        on=form.on.data or today,
        country=form.country.data or None,
        subdivision=form.subdivision.data or None,
        postal=form.postal.data or None,
        domain=form.domain.data or None,
        account=form.domain.data or None,
        naics=form.naics.data or None,
        product=form.product.data or None,
        employees=form.employees.data,
        partner_role=form.partner_role.data or None,
    )


def names_of(session: Session, routing: Routing) -> Names:
    return Names(
        _name(session, routing.channel_manager_id),
        _name(session, routing.sales_manager_id),
        session.scalar(select(Partner.name).where(Partner.id == routing.owner_id)),
    )


def _name(session: Session, person_id: UUID | None) -> str | None:
    return session.scalar(select(Person.name).where(Person.id == person_id))
