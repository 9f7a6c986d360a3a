"""Pages where a partner says that a sale is missing on its statement."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select

from models import commissions, vendor
from models.deals import Deal
from models.errors import Refused
from models.partners import Partner
from models.people import Actor
from models.scope import vendor_side
from portal.agreeing import agreed
from portal.clock import now
from portal.commissions.blueprint import pages
from portal.commissions.dispute_forms import MissingForm, missing_form
from portal.commissions.disputes import Answer
from portal.database import session
from portal.fields import uploads
from portal.formats import month as in_words
from portal.permissions import Can, allow


@pages.get("/disputes/new")
@allow(Can.DISPUTE_LINE)
def new_missing_sale(person: Actor) -> Answer:
    asked = {name: request.args.get(name, "")[:200] for name in ("month", "deal", "sale")}
    return _form_page(_form(person, fresh=asked))


@pages.post("/disputes")
@allow(Can.DISPUTE_LINE)
def miss_sale(person: Actor) -> Answer:
    form = _form(person)
    opened: list[UUID] = []

    def do() -> None:
        assert person.partner_id is not None, "only a partner misses a sale"
        opened.append(
            commissions.miss_sale(
                session, form.missing(_deal(person, form)), partner_id=person.partner_id,
                uploads=uploads(form["files"]), by=person, at=now(), now=now(),
            )
        )  # fmt: skip

    if not agreed(form, do):
        return _form_page(form), 422
    flash("Sent. You see here when we have to decide, and what we decide.")
    return redirect(url_for("commissions.dispute", dispute_id=opened[0]), 303)


def _form(person: Actor, *, fresh: dict[str, str] | None = None) -> MissingForm:
    with vendor_side(session) as vendors:
        months = commissions.months_to_miss(vendors, now=now())
        currency = vendors.get_one(Partner, person.partner_id).currency
    return missing_form(currency, [(month, in_words(month)) for month in months], fresh=fresh)


def _deal(person: Actor, form: MissingForm) -> UUID | None:
    """The partner's own deal of that number."""
    if not form.deal.data:
        return None
    wanted = select(Deal.id).where(
        Deal.number == form.deal.data.upper(), Deal.partner_id == person.partner_id
    )
    found = session.scalar(wanted)
    if found is None:
        raise Refused(f"You have no deal {form.deal.data}. Leave it empty if it has no number.")
    return found


def _form_page(form: MissingForm) -> str:
    house = vendor.settings(session)
    return render_template(
        "commissions/missing_new.html",
        form=form,
        business_days=house.dispute_business_days,
        window_days=house.dispute_window_days,
    )
