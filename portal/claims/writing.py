"""Between the form of a claim and the business: what was typed as terms, and back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from models import catalog, claims
from models.claims import Ask, Terms, TerritoryClaim, last_day
from models.money import Money
from models.partners import Partner
from models.people import Actor
from models.territories import Area, AreaKind
from portal.claims.forms import ClaimForm, LimitForm
from portal.database import session

DAY = timedelta(days=1)
SAME = ("naics", "employees_from", "employees_to", "is_exclusive", "from_on")


def families() -> dict[str, str]:
    """Names by code, as territories keep the code."""
    return {row.code.casefold(): row.name for row in session.execute(catalog.families())}


def claim_form(person: Actor, claim: TerritoryClaim | None, **options: Any) -> ClaimForm:
    """The form as it was sent; or, with formdata=None, filled from what is kept."""
    partner = session.execute(
        select(Partner.currency, Partner.country).where(Partner.id == person.partner_id)
    ).one()
    data = {"country": partner.country}
    if claim is not None:
        data |= {"name": claim.name, "plan": claim.plan} | _data(claim.terms, claim.currency)
    form = ClaimForm(data=data, **options)
    form.offer(families=families(), currency=partner.currency)
    return form


def limit_form(claim: TerritoryClaim, **options: Any) -> LimitForm:
    form = LimitForm(data=_data(claim.terms, claim.currency), **options)
    form.offer(families=families(), currency=claim.currency)
    return form


def ask_of(form: ClaimForm) -> Ask | None:
    """None when something cannot be read, which the form then says."""
    terms = terms_of(form)
    if terms is None:
        return None
    return Ask(name=form.name.data or "", plan=form.plan.data or "", terms=terms)


def terms_of(form: Any) -> Terms | None:
    places, cut_out = _places(form, form.places), _places(form, form.cut_out)
    if form.places.errors or form.cut_out.errors:
        return None
    return Terms(
        places=tuple(places),
        cut_out=tuple(cut_out),
        products=tuple(form.products.data or ()),
        naics=tuple((form.naics.data or "").split()),
        employees_from=form.employees_from.data,
        employees_to=form.employees_to.data,
        is_exclusive=form.is_exclusive.data,
        from_on=form.from_on.data,
        to_on=form.through.data + DAY if form.through.data else None,
        minimum_minor=form.minimum.data.minor if form.minimum.data else 0,
    )


def places_text(areas: Iterable[Area]) -> str:
    return " ".join(area.value for area in areas)


def _places(form: Any, field: Any) -> list[Area]:
    found, faults = claims.read_places(field.data or "", form.country.data or "")
    if faults:
        more = f" ({len(faults) - 1} more cannot be read.)" if len(faults) > 1 else ""
        field.errors = [f"{faults[0]}{more}"]
    elif len(found) > claims.MOST_PLACES:
        field.errors = [f"Name at most {claims.MOST_PLACES} places; use states or ranges."]
    return found


def _data(terms: Terms, currency: str) -> dict[str, Any]:
    postal = [a for a in (*terms.places, *terms.cut_out) if a.kind is AreaKind.POSTAL]
    data: dict[str, Any] = {name: getattr(terms, name) for name in SAME}
    data |= {
        "places": places_text(terms.places),
        "cut_out": places_text(terms.cut_out),
        "products": list(terms.products),
        "naics": " ".join(terms.naics),
        "through": last_day(terms.to_on) if terms.to_on else None,
        "minimum": Money(terms.minimum_minor, currency) if terms.minimum_minor else None,
    }
    return data | ({"country": postal[0].country} if postal else {})
